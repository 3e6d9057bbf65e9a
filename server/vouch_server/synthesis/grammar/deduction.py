"""Top-down steps: from the values wanted to the terms that would give them. Knows values and terms only."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from vouch_server.synthesis.grammar.bank import TICK, Bank, Step, made
from vouch_server.synthesis.grammar.terms import ATOM, CHOICE, OR, Operation, Term, constant, literal, refuse, render
from vouch_server.synthesis.values import ERROR, REFUSED, Row, Value, identity, kind_of_all, same

MAX_PIECES: Final = 6
MAX_BRANCHES: Final = 3
MAX_TERMS: Final = 1500
MAX_PIECES_KNOWN: Final = 400

# From the target and one argument to the other, for operations that can be undone: (operation, undone, swapped).
_UNDO: Final[tuple[tuple[str, Callable[[Value, Value], Value], bool], ...]] = (
    ("add", lambda t, a: t - a, False),
    ("subtract", lambda t, a: a - t, False),
    ("subtract", lambda t, a: t + a, True),
    ("multiply", lambda t, a: t // a if isinstance(t, int) and t % a == 0 else t / a, False),
    ("divide", lambda t, a: a / t, False),
    ("divide", lambda t, a: t * a, True),
)


def undone(bank: Bank, operations: dict[str, Operation], target: Row) -> Iterator[Step]:
    """Terms `a op b` that have the target's values, where `b` is known to the bank by the values it must have."""
    kind = kind_of_all(target)
    if kind not in ("int", "float"):
        return
    for count, term in enumerate(list(bank.terms("num"))[:MAX_TERMS]):
        if count % 20 == 0:
            yield TICK
        if term.op.constant or term.partial:
            continue
        for name, undo, swapped in _UNDO:
            found = _other(bank, target, term, undo)
            if found is None:
                continue
            result = made(operations[name], (found, term) if swapped else (term, found))
            if result is not None and identity(result.values, result.kind) == bank.target:
                yield result


def _other(bank: Bank, target: Row, term: Term, undo: Callable[[Value, Value], Value]) -> Term | None:
    try:
        wanted = [undo(t, a) for t, a in zip(target, term.values, strict=True)]
    except REFUSED:
        return None
    found = bank.found.get(identity(wanted, "int"))
    if found is None and all(isinstance(it, float) and it.is_integer() for it in wanted):
        found = bank.found.get(identity([int(it) for it in wanted], "int"))
    return found


def combined(bank: Bank, operations: dict[str, Operation], target: Row) -> Iterator[Step]:
    """`a and b`, `a or b` that have the target's truth values."""
    full = (1 << len(target)) - 1
    wanted = _mask(target)
    wider: dict[int, Term] = {}
    narrower: dict[int, Term] = {}
    for term in list(bank.terms("bool"))[:MAX_TERMS]:
        if term.partial or term.op.constant:
            continue
        true = _mask(bool(it) for it in term.values)
        if true & wanted == wanted and true not in (full, wanted):
            wider.setdefault(true, term)
        elif true & ~wanted == 0 and true not in (0, wanted):
            narrower.setdefault(true, term)
    for name, pool in (("and", wider), ("or", narrower)):
        yield TICK
        pairs = itertools.combinations(list(pool.items())[:80], 2)
        fit = [(a, b) for (x, a), (y, b) in pairs if (x & y if name == "and" else x | y) == wanted]
        for a, b in sorted(fit, key=lambda it: it[0].cost + it[1].cost)[:3]:
            result = made(operations[name], (a, b))
            if result is not None:
                yield result


def concatenated(bank: Bank, operations: dict[str, Operation], target: Row, rows: Sequence[int]) -> Iterator[Step]:
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


def composed(bank: Bank, target: Row) -> Iterator[Step]:
    """Tuples and lists of a fixed number of parts, and dictionaries with the same keys always: each part for itself."""
    first = target[0]
    if isinstance(first, dict):
        keys = list(first)
        if keys and all(isinstance(it, str) for it in keys) and all(list(it) == keys for it in target):
            yield from _put_together(bank, target, keys, [literal(it) + ": " for it in keys], "{}")
    elif isinstance(first, tuple | list) and 1 < len(first) < 5:
        if all(type(it) is type(first) and len(it) == len(first) for it in target):
            places = list(range(len(first)))
            yield from _put_together(bank, target, places, ["" for _ in places], "()" if isinstance(first, tuple) else "[]")


def _put_together(bank: Bank, target: Row, keys: list[Value], labels: list[str], brackets: str) -> Iterator[Step]:
    columns = [[it[key] for it in target] for key in keys]
    found = [bank.found.get(identity(it, kind_of_all(it))) for it in columns]
    yield TICK
    parts = tuple(it for it in found if it is not None)
    if len(parts) < len(keys) or all(it.op.constant for it in parts):
        return
    text = ", ".join(label + render(it) for label, it in zip(labels, parts, strict=True))
    op = Operation(name="composed", template="", run=refuse, level=ATOM, write=lambda _: f"{brackets[0]}{text}{brackets[1]}")
    yield Term(op, parts, 2 + sum(it.cost for it in parts), list(target), kind_of_all(target))


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
        pieces = self.pieces
        if self.texts and len(rests) == 1:
            pieces = pieces + self.separators
        for term, values in pieces:
            if all(rest[: len(it)] == it for rest, it in zip(rests, values, strict=True)):
                after = tuple(place + len(it) for place, it in zip(at, values, strict=True))
                if after != at:
                    yield from self.run(after, (*parts, term))
        if self.texts:
            yield from self._after_run(rests, at, parts)
        if self.texts and not (parts and parts[-1].op.constant):
            yield from self._after_literal(rests, at, parts)

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
            text = constant(rests[0][:shared], self.count, 3 + (shared + 3) // 4)
            yield from self.run(tuple(place + shared for place in at), (*parts, text))
            if shared > 1:
                text = constant(rests[0][:1], self.count, 4)
                yield from self.run(tuple(place + 1 for place in at), (*parts, text))


CHOOSE: Final = Operation(
    name="choice",
    template="{1} if {0} else {2}",
    run=lambda c, a, b: a if c else b,
    takes=("any", "any", "any"),
    slots=(OR, OR, CHOICE),
    level=CHOICE,
    cost=3,
)


def chosen(bank: Bank, choose: Operation, target: Row, extra: list[Term]) -> Iterator[Step]:
    """Terms `a if c else b`, chains included, that have the target's values; `extra` are more answers to choose from."""
    full = (1 << len(target)) - 1
    answers: dict[int, Term] = {}
    conditions: dict[int, Term] = {}
    for count, term in enumerate([*bank.terms(), *extra]):
        if count % 40 == 0:
            yield TICK
        right = _mask(same(it, want) for it, want in zip(term.values, target, strict=True))
        if right and (right not in answers or term.cost < answers[right].cost):
            answers[right] = term
        if not term.partial and not term.op.constant and term.kind in ("bool",):
            true = _mask(bool(it) for it in term.values)
            if true not in (0, full) and (true not in conditions or term.cost < conditions[true].cost):
                conditions[true] = term
    search = _Choice(choose, answers, conditions)
    yield TICK
    best = search.best(full, MAX_BRANCHES)
    if best is not None and best.op is choose:
        yield best


def _mask(bits: Iterable[bool]) -> int:
    return sum(1 << place for place, bit in enumerate(bits) if bit)


class _Choice:
    def __init__(self, choose: Operation, answers: dict[int, Term], conditions: dict[int, Term]) -> None:
        self.answers = sorted(answers.items(), key=lambda it: it[1].cost)[:120]
        self.conditions = sorted(conditions.items(), key=lambda it: it[1].cost)[:120]
        self.choose = choose
        self.known: dict[tuple[int, int], Term | None] = {}

    def best(self, rows: int, branches: int) -> Term | None:
        """The cheapest chain that answers these rows."""
        key = (rows, branches)
        if key not in self.known:
            self.known[key] = self._search(rows, branches)
        return self.known[key]

    def _answer(self, rows: int) -> Term | None:
        return next((term for mask, term in self.answers if mask & rows == rows), None)

    def _search(self, rows: int, branches: int) -> Term | None:
        best = self._answer(rows)
        if branches < 2:
            return best
        for true, condition in self.conditions:
            here = true & rows
            if here in (0, rows) or (best is not None and condition.cost + self.choose.cost + 2 >= best.cost):
                continue
            then = self._answer(here)
            rest = self.best(rows & ~here, branches - 1) if then is not None else None
            if then is None or rest is None:
                continue
            cost = self.choose.cost + condition.cost + then.cost + rest.cost
            if best is None or cost < best.cost:
                values = [_pick(*row) for row in zip(condition.values, then.values, rest.values, strict=True)]
                best = Term(self.choose, (condition, then, rest), cost, values, kind_of_all(values))
        return best


def _pick(condition: Value, then: Value, otherwise: Value) -> Value:
    return ERROR if condition is ERROR else (then if condition else otherwise)
