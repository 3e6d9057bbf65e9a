"""Loops as statements: counting, grouping, early return, folds, running results and steps repeated. All of them end."""

from collections.abc import Iterator, Mapping
from typing import Final

from vouch_server.synthesis.grammar.bank import TICK, Bank, Step
from vouch_server.synthesis.grammar.binders import Binder
from vouch_server.synthesis.grammar.terms import Operation, Term, constant, evaluate, literal, refuse, render, variable
from vouch_server.synthesis.values import ERROR, REFUSED, Row, Value, identity, kind_of_all, same, small

MAX_STEPS: Final = 200
FOLD_DEPTH: Final = 11
DEFAULTS: Final[tuple[Value, ...]] = (None, -1, 0, "", False, True, [])
_STARTS: Final[dict[str, tuple[Value, ...]]] = {
    "int": (0, 1),
    "float": (0.0, 1.0, 0),
    "str": ("",),
    "list": ([],),
}
_AUGMENTED: Final = {
    "add": "+=", "subtract": "-=", "multiply": "*=", "divide": "/=", "quotient": "//=", "remainder": "%=",
    "concat": "+=", "extend": "+=",
}  # fmt: skip


def statement(name: str, lines: tuple[str, ...], parts: tuple[Term, ...], binds: tuple[str, ...], cost: int, values: Row) -> Term:
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
    if not _all_same(values, target):
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
    if not _all_same(values, target):
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
            yield statement("finding", lines, (condition, column, *binder.source), binder.names, 3, list(target))


class Folds:
    """A search for what is done with one more element: for a final result, or for all results on the way."""

    def __init__(self, binder: Binder, operations: tuple[Operation, ...], target: Row, outer: tuple[Term, ...]) -> None:
        self.binder = binder
        self.operations = operations
        self.target = target
        self.outer = [it for it in outer if not any(it is source for source in binder.source)]
        self.kind = kind_of_all(target).partition(":")[0]
        self.name = next(it for it in ("total", "result", "acc") if it not in {*binder.names, *(t.op.name for t in outer)})
        if self.kind in ("str", "list"):
            self.name = "result"

    def run(self) -> Iterator[Step]:
        """Announces statement terms that give the target."""
        if self.kind == "list":
            yield from self._running()
        if self.kind in _STARTS:
            yield from self._final()

    def _final(self) -> Iterator[Step]:
        samples, columns = self._samples()
        accumulator = variable(self.name, samples, kind_of_all(samples), 1)
        outer = [Term(it.op, it.args, 3, [it.values[0]] * len(samples), it.kind) for it in self.outer]
        leaves = [accumulator, *columns, *outer, *(constant(it, len(samples), 3) for it in (1, 2, 10))]
        for step in Bank(leaves, self.operations).grow(FOLD_DEPTH):
            if step is None or self.name not in step.names or not step.names & set(self.binder.names):
                yield TICK
                continue
            for start in _STARTS[self.kind]:
                if self._gives(step, start):
                    yield self._written(step, start)

    def _samples(self) -> tuple[list[Value], list[Term]]:
        """Values that the accumulator may have, each beside elements, to tell steps apart."""
        starts = _STARTS[self.kind]
        firsts = [row for rows in self.binder.rows for row in rows][:8]
        seen = [*starts, *[it for it in self.target if it is not ERROR][:4]]
        pairs = [(acc, row) for acc in seen for row in firsts][:16]
        columns = [
            variable(name, [row[place] for _, row in pairs], kind_of_all(row[place] for _, row in pairs), 1)
            for place, name in enumerate(self.binder.names)
        ]
        return [acc for acc, _ in pairs], columns

    def _gives(self, step: Term, start: Value) -> bool:
        for place, (rows, want) in enumerate(zip(self.binder.rows, self.target, strict=True)):
            scope = {it.op.name: it.values[place] for it in self.outer}
            accumulator = start
            try:
                for row in rows:
                    scope |= zip(self.binder.names, row, strict=True)
                    accumulator = small(evaluate(step, {**scope, self.name: accumulator}))
            except REFUSED:
                return False
            if not same(accumulator, want):
                return False
        return True

    def _written(self, step: Term, start: Value) -> Term:
        lines = (
            f"{self.name} = {literal(start)}",
            f"{self.binder.written()}:",
            f"\t{assignment(self.name, step)}",
            f"return {self.name}",
        )
        return statement("fold", lines, (step, *self.binder.source), (*self.binder.names, self.name), 6, list(self.target))

    def _running(self) -> Iterator[Step]:
        """Every result on the way is wanted: each follows from the one before and the element."""
        if any(len(want) != len(rows) for want, rows in zip(self.target, self.binder.rows, strict=True)):
            return
        before, after, elements = [], [], []
        for want, rows in zip(self.target, self.binder.rows, strict=True):
            before += want[:-1]
            after += want[1:]
            elements += rows[1:]
        if len(after) < 2:
            return
        columns = [
            variable(name, [row[place] for row in elements], kind_of_all(row[place] for row in elements), 1)
            for place, name in enumerate(self.binder.names)
        ]
        leaves = [variable(self.name, before, kind_of_all(before), 1), *columns, constant(1, len(after), 3), constant(2, len(after), 4)]
        goal = identity(after, kind_of_all(after))
        for step in Bank(leaves, self.operations, goal).grow(FOLD_DEPTH):
            if step is None:
                yield TICK
            elif identity(step.values, step.kind) == goal and self.name in step.names:
                yield from self._running_body(step)

    def _running_body(self, step: Term) -> Iterator[Step]:
        firsts = [(rows[0], want[0]) for rows, want in zip(self.binder.rows, self.target, strict=True) if rows]
        tail = ("result = []", f"{self.binder.written()}:")
        binds = (*self.binder.names, self.name, "result")
        for start in (0, 1, ""):
            if step.op.name in ("greater", "lesser"):
                continue
            if all(_is(step, {self.name: start, **dict(zip(self.binder.names, row, strict=True))}, want) for row, want in firsts):
                name = "total" if self.name == "result" else self.name
                renamed = _renamed(step, self.name, name)
                lines = (
                    f"{name} = {literal(start)}", *tail,
                    f"\t{assignment(name, renamed)}", f"\tresult.append({name})", "return result",
                )  # fmt: skip
                yield statement("running", lines, (step, *self.binder.source), (*binds, name), 6, list(self.target))
                return
        for place, name in enumerate(self.binder.names):
            if all(same(row[place], want) for row, want in firsts):
                then = render(_renamed(step, self.name, "result[-1]"))
                lines = (*tail, f"\tresult.append({then} if result else {name})", "return result")
                yield statement("running", lines, (step, *self.binder.source), binds, 7, list(self.target))


def assignment(name: str, value: Term) -> str:
    """An assignment, augmented where that is how one writes it."""
    sign = _AUGMENTED.get(value.op.name)
    if sign is not None and value.op.commutes and value.args[1].op.name == name:
        value = Term(value.op, (value.args[1], value.args[0]), value.cost, value.values, value.kind)
    if sign is not None and value.args[0].op.name == name:
        return f"{name} {sign} {render(value.args[1])}"
    return f"{name} = {render(value)}"


def repeated_pairs(numbers: list[Term], operations: tuple[Operation, ...], target: Row) -> Iterator[Step]:
    """`a, b = b, step(a, b)` as often as an argument says, from small beginnings."""
    wanted = ("add", "multiply", "subtract")
    few = tuple(it for it in operations if it.name in wanted)
    samples: list[tuple[int, int]] = [(0, 1), (1, 1), (1, 2), (2, 3), (3, 5), (5, 2)]
    leaves = [variable("a", [a for a, _ in samples], "int", 1), variable("b", [b for _, b in samples], "int", 1)]
    leaves.append(constant(2, len(samples), 3))
    for step in Bank(leaves, few).grow(9):
        if step is None or not {"a", "b"} <= step.names:
            yield TICK
            continue
        for number in numbers:
            for first, second in ((0, 1), (1, 1), (2, 1), (1, 2)):
                values = [_repeat(step, first, second, times) for times in number.values]
                if _all_same(values, target):
                    lines = (
                        f"a, b = {first}, {second}", f"for _ in range({render(number)}):",
                        f"\ta, b = b, {render(step)}", "return a",
                    )  # fmt: skip
                    yield statement("recurrence", lines, (step, number), ("a", "b", "_"), 6, values)


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
    few = tuple(it for it in operations if it.name in ("remainder", "subtract", "abs"))
    for first in numbers:
        for second in numbers:
            if first is second:
                continue
            a, b = first.op.name, second.op.name
            for step in Bank([first, second], few).grow(10):
                if step is None or not {a, b} <= step.names:
                    yield TICK
                    continue
                values = [_dwindle(step, a, b, x, y) for x, y in zip(first.values, second.values, strict=True)]
                if _all_same(values, target):
                    lines = (f"while {b}:", f"\t{a}, {b} = {b}, {render(step)}", f"return {a}")
                    yield statement("dwindling", lines, (step, first, second), (), 5, values)


def _dwindle(step: Term, a: str, b: str, x: Value, y: Value) -> Value:
    try:
        for _ in range(MAX_STEPS):
            if not y:
                return x
            x, y = y, small(evaluate(step, {a: x, b: y}))
    except REFUSED:
        return ERROR
    return ERROR


def _is(step: Term, scope: Mapping[str, Value], want: Value) -> bool:
    try:
        return same(evaluate(step, scope), want)
    except (*REFUSED, KeyError):
        return False


def _renamed(term: Term, old: str, new: str) -> Term:
    if term.op.variable and term.op.name == old:
        return variable(new, term.values, term.kind, term.cost)
    return Term(term.op, tuple(_renamed(it, old, new) for it in term.args), term.cost, term.values, term.kind)


def _all_same(values: Row, target: Row) -> bool:
    return all(same(it, want) for it, want in zip(values, target, strict=True))
