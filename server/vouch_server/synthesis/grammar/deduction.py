"""Top-down steps: from the values wanted to the terms that would give them. Knows values and terms only."""

import itertools
from collections.abc import Callable, Iterator
from typing import Final

from vouch_server.synthesis.grammar.bank import TICK, Bank, Step, made
from vouch_server.synthesis.grammar.choice import mask_of
from vouch_server.synthesis.grammar.terms import (
    ATOM,
    Operation,
    Term,
    literal,
    refuse,
    render,
)
from vouch_server.synthesis.values import REFUSED, Row, Value, identity, kind_of_all

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
    wanted = mask_of(target)
    wider: dict[int, Term] = {}
    narrower: dict[int, Term] = {}
    for term in list(bank.terms("bool"))[:MAX_TERMS]:
        if term.partial or term.op.constant:
            continue
        true = mask_of(bool(it) for it in term.values)
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


def composed(bank: Bank, target: Row) -> Iterator[Step]:
    """Tuples and lists of a fixed number of parts, and dictionaries with the same keys always: each part for itself."""
    first = target[0]
    if isinstance(first, dict):
        keys = list(first)
        if keys and all(isinstance(it, str) for it in keys) and all(list(it) == keys for it in target):
            yield from _put_together(bank, target, keys, [literal(it) + ": " for it in keys], "{}")
    elif isinstance(first, tuple | list) and 1 < len(first) < 5 and _same_shape(target):
        places = list(range(len(first)))
        brackets = "()" if isinstance(first, tuple) else "[]"
        yield from _put_together(bank, target, places, ["" for _ in places], brackets)


def _same_shape(target: Row) -> bool:
    return all(type(it) is type(target[0]) and len(it) == len(target[0]) for it in target)


def _put_together(
    bank: Bank, target: Row, keys: list[Value], labels: list[str], brackets: str
) -> Iterator[Step]:
    columns = [[it[key] for it in target] for key in keys]
    found = [bank.found.get(identity(it, kind_of_all(it))) for it in columns]
    yield TICK
    parts = tuple(it for it in found if it is not None)
    if len(parts) < len(keys) or all(it.op.constant for it in parts):
        return
    text = ", ".join(label + render(it) for label, it in zip(labels, parts, strict=True))
    op = Operation(
        name="composed",
        template="",
        run=refuse,
        level=ATOM,
        write=lambda _: f"{brackets[0]}{text}{brackets[1]}",
    )
    yield Term(op, parts, 2 + sum(it.cost for it in parts), list(target), kind_of_all(target))
