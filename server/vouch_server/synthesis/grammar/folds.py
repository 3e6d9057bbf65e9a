"""Loops that carry one value along: a final result, or every result on the way."""

from collections.abc import Iterator, Mapping
from typing import Final

from vouch_server.synthesis.grammar.bank import TICK, Bank, Step
from vouch_server.synthesis.grammar.binders import Binder
from vouch_server.synthesis.grammar.loops import statement
from vouch_server.synthesis.grammar.terms import (
    Operation,
    Term,
    constant,
    evaluate,
    literal,
    render,
    variable,
)
from vouch_server.synthesis.values import ERROR, REFUSED, Row, Value, identity, kind_of_all, same, small

FOLD_DEPTH: Final = 11
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


class Folds:
    """A search for what is done with one more element: for a final result, or for all results on the way."""

    def __init__(
        self, binder: Binder, operations: tuple[Operation, ...], target: Row, outer: tuple[Term, ...]
    ) -> None:
        self.binder = binder
        self.operations = operations
        self.target = target
        self.outer = [it for it in outer if not any(it is source for source in binder.source)]
        self.kind = kind_of_all(target).partition(":")[0]
        self.name = next(
            it for it in ("total", "result", "acc") if it not in {*binder.names, *(t.op.name for t in outer)}
        )
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
                yield self._written(step, start) if self._gives(step, start) else TICK

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
        return statement(
            "fold", lines, (step, *self.binder.source), (*self.binder.names, self.name), 6, list(self.target)
        )

    def _running(self) -> Iterator[Step]:
        """Every result on the way is wanted: each follows from the one before and the element."""
        if any(len(want) != len(rows) for want, rows in zip(self.target, self.binder.rows, strict=True)):
            return
        before: Row = []
        after: Row = []
        elements: list[tuple[Value, ...]] = []
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
        leaves = [
            variable(self.name, before, kind_of_all(before), 1),
            *columns,
            constant(1, len(after), 3),
            constant(2, len(after), 4),
        ]
        goal = identity(after, kind_of_all(after))
        for step in Bank(leaves, self.operations, goal).grow(FOLD_DEPTH):
            if step is None:
                yield TICK
            elif identity(step.values, step.kind) == goal and self.name in step.names:
                yield from self._running_body(step)

    def _running_body(self, step: Term) -> Iterator[Step]:
        firsts = [
            (rows[0], want[0]) for rows, want in zip(self.binder.rows, self.target, strict=True) if rows
        ]
        names = self.binder.names
        starts = () if step.does in ("greater", "lesser") else (0, 1, "")
        for start in starts:
            scopes = ((dict(zip(names, row, strict=True)), want) for row, want in firsts)
            if all(_is(step, {**scope, self.name: start}, want) for scope, want in scopes):
                yield self._from_start(step, start)
                return
        for place, name in enumerate(names):
            if all(same(row[place], want) for row, want in firsts):
                yield self._from_first(step, name)

    def _from_start(self, step: Term, start: Value) -> Term:
        name = "total" if self.name == "result" else self.name
        lines: tuple[str, ...] = (
            f"{name} = {literal(start)}",
            "result = []",
            f"{self.binder.written()}:",
            f"\t{assignment(name, _renamed(step, self.name, name))}",
            f"\tresult.append({name})",
            "return result",
        )
        return self._running_term(step, lines, 6)

    def _from_first(self, step: Term, first: str) -> Term:
        then = render(_renamed(step, self.name, "result[-1]"))
        lines: tuple[str, ...] = (
            "result = []",
            f"{self.binder.written()}:",
            f"\tresult.append({then} if result else {first})",
            "return result",
        )
        return self._running_term(step, lines, 7)

    def _running_term(self, step: Term, lines: tuple[str, ...], cost: int) -> Term:
        binds = (*self.binder.names, self.name, "result")
        return statement("running", lines, (step, *self.binder.source), binds, cost, list(self.target))


def assignment(name: str, value: Term) -> str:
    """An assignment, augmented where that is how one writes it."""
    sign = _AUGMENTED.get(value.does)
    if sign is not None and value.op.commutes and value.args[1].op.name == name:
        value = Term(value.op, (value.args[1], value.args[0]), value.cost, value.values, value.kind)
    if sign is not None and value.args[0].op.name == name:
        return f"{name} {sign} {render(value.args[1])}"
    return f"{name} = {render(value)}"


def _is(step: Term, scope: Mapping[str, Value], want: Value) -> bool:
    try:
        return same(evaluate(step, scope), want)
    except (*REFUSED, KeyError):
        return False


def _renamed(term: Term, old: str, new: str) -> Term:
    if term.op.variable and term.op.name == old:
        return variable(new, term.values, term.kind, term.cost)
    return Term(term.op, tuple(_renamed(it, old, new) for it in term.args), term.cost, term.values, term.kind)
