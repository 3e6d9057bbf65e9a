"""Conditions between terms that are each right on some rows: the cheapest chain of `a if c else b`."""

from collections.abc import Iterable, Iterator
from typing import Final

from vouch_server.synthesis.grammar.bank import TICK, Bank, Step
from vouch_server.synthesis.grammar.terms import CHOICE, OR, Operation, Term
from vouch_server.synthesis.values import ERROR, Row, Value, kind_of_all, same

MAX_BRANCHES: Final = 3
MAX_CHOICES: Final = 48
MANY_ROWS: Final = 8

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
    """Terms `a if c else b`, chains included, that have the target's values; `extra` are more answers to try."""
    full = (1 << len(target)) - 1
    answers: dict[int, Term] = {}
    conditions: dict[int, Term] = {}
    for count, term in enumerate([*bank.terms(), *extra]):
        if count % 40 == 0:
            yield TICK
        right = mask_of(same(it, want) for it, want in zip(term.values, target, strict=True))
        if right and (right not in answers or term.cost < answers[right].cost):
            answers[right] = term
        if not term.partial and not term.op.constant and term.kind in ("bool",):
            true = mask_of(bool(it) for it in term.values)
            if true not in (0, full) and (true not in conditions or term.cost < conditions[true].cost):
                conditions[true] = term
    search = _Choice(choose, answers, conditions)
    yield TICK
    # A branch for every example is a table of the examples: one must be there that no branch was made for.
    branches = MAX_BRANCHES if len(target) <= MANY_ROWS else 2
    best = search.best(full, min(branches, len(target) - 1))
    if best is not None and best.op is choose:
        yield best


def mask_of(bits: Iterable[bool]) -> int:
    """A bit for each row on which something is so."""
    return sum(1 << place for place, bit in enumerate(bits) if bit)


class _Choice:
    def __init__(self, choose: Operation, answers: dict[int, Term], conditions: dict[int, Term]) -> None:
        self.answers = sorted(answers.items(), key=lambda it: it[1].cost)[:MAX_CHOICES]
        self.conditions = sorted(conditions.items(), key=lambda it: it[1].cost)[:MAX_CHOICES]
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
