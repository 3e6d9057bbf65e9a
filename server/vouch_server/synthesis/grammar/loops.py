"""Loops as statements: counting, grouping, early return, folds, running results and steps repeated. All of them end."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from vouch_server.synthesis.grammar.bank import TICK, Bank, Step
from vouch_server.synthesis.grammar.binders import Binder
from vouch_server.synthesis.grammar.terms import (
    Operation,
    Term,
    constant,
    evaluate,
    literal,
    refuse,
    render,
    variable,
)
from vouch_server.synthesis.values import ERROR, REFUSED, Row, Value, kind_of_all, same, small

MAX_STEPS: Final = 200
DEFAULTS: Final[tuple[Value, ...]] = (None, -1, 0, "", False, True, [])


def statement(
    name: str, lines: tuple[str, ...], parts: tuple[Term, ...], binds: tuple[str, ...], cost: int, values: Row
) -> Term:
    """A body of statements as a term: it has values, but stands in no expression."""
    op = Operation(name=name, template="", run=refuse, binds=binds, body=lines)
    return Term(op, parts, cost + sum(it.cost for it in parts), values, kind_of_all(values))


def counted(binder: Binder, key: Term, target: Row) -> Term | None:
    """Counts elements by a key into a dictionary."""
    values: list[Value] = []
    for keys in binder.split(key.values):
        counts: dict[Value, int] = {}
        for it in keys:
            counts[it] = counts.get(it, 0) + 1
        values.append(counts)
    if not all_same(values, target):
        return None
    name = "counts" if "counts" not in binder.names else "result"
    written = render(key)
    setting = () if key.op.variable else (f"\tkey = {written}",)
    word = written if key.op.variable else "key"
    lines = (
        f"{name} = {{}}",
        f"{binder.written()}:",
        *setting,
        f"\t{name}[{word}] = {name}.get({word}, 0) + 1",
        f"return {name}",
    )
    return statement("counting", lines, (key, *binder.source), (*binder.names, name, "key"), 4, values)


def grouped(binder: Binder, key: Term, element: Term, target: Row) -> Term | None:
    """Gathers elements into lists by a key."""
    values: list[Value] = []
    for keys, items in zip(binder.split(key.values), binder.split(element.values), strict=True):
        groups: dict[Value, list[Value]] = {}
        for k, item in zip(keys, items, strict=True):
            groups.setdefault(k, []).append(item)
        values.append(groups)
    if not all_same(values, target):
        return None
    lines = (
        "groups = {}",
        f"{binder.written()}:",
        f"\tgroups.setdefault({render(key)}, []).append({render(element)})",
        "return groups",
    )
    return statement("grouping", lines, (key, element, *binder.source), (*binder.names, "groups"), 4, values)


def found_first(binder: Binder, condition: Term, target: Row) -> Iterator[Term]:
    """Returns something of the first element that meets a condition, and a default where none does."""
    truths = binder.split(condition.values)
    hits = [next((place for place, it in enumerate(row) if it), None) for row in truths]
    missing = [want for hit, want in zip(hits, target, strict=True) if hit is None]
    if len(missing) == len(target) or any(not same(it, missing[0]) for it in missing):
        return
    default = missing[0] if missing else None
    if binder.nested or not any(same(default, it) for it in DEFAULTS):
        return
    for column in binder.columns():
        rows = binder.split(column.values)
        pairs = zip(rows, hits, target, strict=True)
        if all(hit is None or same(row[hit], want) for row, hit, want in pairs):
            lines = (
                f"{binder.written()}:",
                f"\tif {render(condition)}:",
                f"\t\treturn {column.op.name}",
                f"return {literal(default)}",
            )
            # A default that no example asks for is a guess.
            cost = 3 if missing else 7
            parts = (condition, column, *binder.source)
            yield statement("finding", lines, parts, binder.names, cost, list(target))


def repeated_pairs(numbers: list[Term], operations: tuple[Operation, ...], target: Row) -> Iterator[Step]:
    """`a, b = b, step(a, b)` as often as an argument says, from small beginnings."""
    wanted = ("add", "multiply", "subtract")
    few = tuple(it for it in operations if it.name in wanted)
    samples: list[tuple[int, int]] = [(0, 1), (1, 1), (1, 2), (2, 3), (3, 5), (5, 2)]
    leaves = [
        variable("a", [a for a, _ in samples], "int", 1),
        variable("b", [b for _, b in samples], "int", 1),
    ]
    leaves.append(constant(2, len(samples), 3))
    for step in Bank(leaves, few).grow(9):
        if step is None or not {"a", "b"} <= step.names:
            yield TICK
            continue
        for number in numbers:
            for first, second in ((0, 1), (1, 1), (2, 1), (1, 2)):
                yield TICK
                values = (_repeat(step, first, second, times) for times in number.values)
                if all_same(values, target):
                    lines = (
                        f"a, b = {first}, {second}", f"for _ in range({render(number)}):",
                        f"\ta, b = b, {render(step)}", "return a",
                    )  # fmt: skip
                    yield statement("recurrence", lines, (step, number), ("a", "b", "_"), 6, list(target))


def _repeat(step: Term, a: Value, b: Value, times: Value) -> Value:
    if not isinstance(times, int) or not 0 <= times <= MAX_STEPS:
        return ERROR
    try:
        for _ in range(times):
            a, b = b, small(evaluate(step, {"a": a, "b": b}))
    except REFUSED:
        return ERROR
    return a


def dwindling_pairs(numbers: list[Term], operations: tuple[Operation, ...], target: Row) -> Iterator[Step]:
    """`while b: a, b = b, step(a, b)` on two arguments, as Euclid does."""
    few = tuple(replace(it, cost=2) for it in operations if it.name in ("remainder", "subtract", "abs"))
    for first in numbers:
        for second in numbers:
            if first is second:
                continue
            a, b = first.op.name, second.op.name
            for step in Bank([first, second], few).grow(10):
                if step is None or not {a, b} <= step.names:
                    yield TICK
                    continue
                yield TICK
                pairs = zip(first.values, second.values, strict=True)
                if all_same((_dwindle(step, a, b, x, y) for x, y in pairs), target):
                    lines = (f"while {b}:", f"\t{a}, {b} = {b}, {render(step)}", f"return {a}")
                    yield statement("dwindling", lines, (step, first, second), (), 5, list(target))


def _dwindle(step: Term, a: str, b: str, x: Value, y: Value) -> Value:
    try:
        for _ in range(MAX_STEPS):
            if not y:
                return x
            x, y = y, small(evaluate(step, {a: x, b: y}))
    except REFUSED:
        return ERROR
    return ERROR


def all_same(values: Iterable[Value], target: Row) -> bool:
    """Equal in value and type on every row."""
    return all(same(it, want) for it, want in zip(values, target, strict=True))
