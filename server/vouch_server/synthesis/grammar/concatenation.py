"""Answers put together from pieces: strings and lists that are one known thing after another."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from vouch_server.synthesis.grammar.bank import TICK, Bank, Step, made
from vouch_server.synthesis.grammar.terms import Operation, Term, constant
from vouch_server.synthesis.values import ERROR, Row, Value

MAX_PIECES: Final = 6
MAX_PIECES_KNOWN: Final = 400


def concatenated(
    bank: Bank, operations: dict[str, Operation], target: Row, rows: Sequence[int]
) -> Iterator[Step]:
    """Terms that give the target on `rows` by putting strings, or lists, one after another.

    Literal text must be in every answer, or be a usual separator.
    """
    wanted = [target[it] for it in rows]
    texts = all(isinstance(it, str) for it in wanted)
    if not texts and not all(isinstance(it, list) for it in wanted):
        return
    written = []
    for term in list(bank.terms("str|int" if texts else "list"))[:MAX_PIECES_KNOWN]:
        column = _piece(term, texts, rows)
        if any(column) and not any(it is ERROR for it in column):
            written.append((term, column))
    search = _Concatenation(bank, operations, written, wanted, rows)
    plus = operations["concat" if texts else "extend"]
    yield TICK
    for parts in search.run(tuple(0 for _ in wanted), ()):
        if parts is None:
            yield TICK
        elif len(parts) > 1:
            yield _chain(plus, parts)


def _piece(term: Term, texts: bool, rows: Sequence[int]) -> list[Value]:
    column = [term.values[it] for it in rows]
    if not texts or term.kind == "str":
        return column
    return [it if it is ERROR else str(it) for it in column]


_STR: Final = Operation(name="str", template="str({0})", run=str, takes=("num",), slots=(0,), cost=2)


def _chain(plus: Operation, parts: tuple[Term, ...]) -> Term:
    strings = [made(_STR, (it,)) or it if it.kind in ("int", "float") else it for it in parts]
    result = strings[0]
    for it in strings[1:]:
        result = made(plus, (result, it)) or result
    return result


class _Concatenation:
    def __init__(
        self,
        bank: Bank,
        operations: dict[str, Operation],
        written: list[tuple[Term, list[Value]]],
        target: Row,
        rows: Sequence[int],
    ) -> None:
        self.bank = bank
        self.rows = rows
        self.count = next((len(it.values) for it, _ in written), 0)
        self.repeat = operations["repeat"]
        self.pieces = [(it, column) for it, column in written if not it.op.constant]
        self.separators = [(it, column) for it, column in written if it.op.constant and len(column[0]) < 3]
        self.target = target
        self.texts = isinstance(target[0], str)
        self.visited: set[tuple[int, ...]] = set()

    def run(self, at: tuple[int, ...], parts: tuple[Term, ...]) -> Iterator[tuple[Term, ...] | None]:
        rests = [want[place:] for want, place in zip(self.target, at, strict=True)]
        if not any(rests):
            if any(not it.op.constant for it in parts):
                yield parts
            return
        if len(parts) >= MAX_PIECES or (at in self.visited and parts):
            return
        self.visited.add(at)
        yield None
        yield from self._after_piece(rests, at, parts)
        if self.texts:
            yield from self._after_run(rests, at, parts)
            if not (parts and parts[-1].op.constant):
                yield from self._after_literal(rests, at, parts)

    def _after_piece(
        self, rests: list[Value], at: tuple[int, ...], parts: tuple[Term, ...]
    ) -> Iterator[tuple[Term, ...] | None]:
        pieces = self.pieces
        if self.texts and len(rests) == 1:
            pieces = pieces + self.separators
        for term, values in pieces:
            if all(rest[: len(it)] == it for rest, it in zip(rests, values, strict=True)):
                after = tuple(place + len(it) for place, it in zip(at, values, strict=True))
                if after != at:
                    yield from self.run(after, (*parts, term))

    def _after_run(
        self, rests: list[Value], at: tuple[int, ...], parts: tuple[Term, ...]
    ) -> Iterator[tuple[Term, ...] | None]:
        """One character repeated as often as a known number says."""
        first = rests[0][:1]
        lengths = [len(it) - len(it.lstrip(first)) for it in rests]
        if not first or len(set(lengths)) < 2:
            return
        for term in itertools.islice(self.bank.terms("int"), 400):
            if [term.values[it] for it in self.rows] == lengths:
                run = made(self.repeat, (constant(first, len(term.values), 3), term))
                if run is not None:
                    after = tuple(place + length for place, length in zip(at, lengths, strict=True))
                    yield from self.run(after, (*parts, run))
                return

    def _after_literal(
        self, rests: list[Value], at: tuple[int, ...], parts: tuple[Term, ...]
    ) -> Iterator[tuple[Term, ...] | None]:
        shared = 0
        while all(len(it) > shared and it[shared] == rests[0][shared] for it in rests):
            shared += 1
        if shared and len(rests) > 1:
            text = constant(rests[0][:shared], self.count, 2 + shared)
            yield from self.run(tuple(place + shared for place in at), (*parts, text))
            if shared > 1:
                text = constant(rests[0][:1], self.count, 4)
                yield from self.run(tuple(place + 1 for place in at), (*parts, text))
