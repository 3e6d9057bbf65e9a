"""Searches for programs that reach a goal: several searches side by side, a little of each at a time."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from vouch_server.synthesis.goal import Goal
from vouch_server.synthesis.grammar.bank import TICK, Bank, made
from vouch_server.synthesis.grammar.binders import (
    Binder,
    binders_beside,
    binders_over,
    ranges_for,
    strides_over,
)
from vouch_server.synthesis.grammar.choice import CHOOSE, chosen
from vouch_server.synthesis.grammar.comprehensions import Elements, Setting
from vouch_server.synthesis.grammar.concatenation import concatenated
from vouch_server.synthesis.grammar.deduction import combined, composed, undone
from vouch_server.synthesis.grammar.folds import Folds
from vouch_server.synthesis.grammar.loops import dwindling_pairs, repeated_pairs
from vouch_server.synthesis.grammar.terms import Term, constant, variable
from vouch_server.synthesis.prior import (
    EMPTY,
    constants_for,
    evidence_of,
    expectations_of,
    is_told,
    speaks_of_cases,
    spoken_for,
    unsaid,
    weight_of,
    weighted,
)
from vouch_server.synthesis.program import Program, program_of
from vouch_server.synthesis.rivals import Rivals
from vouch_server.synthesis.values import ERROR, Value, identity, kind_of_all, literal_size, same
from vouch_server.synthesis.words import stemmed

Steps = Iterator[Program | None]
DEPTH: Final = 24
ELEMENT_DEPTH: Final = 18
MAX_BINDERS: Final = 14
# Words that speak for a way to run over things, told by a part of its clause.
_RUNS_SPOKEN_OF: Final = (
    ("range(0, len(", ("chunk", "batch", "group", "piece", "split")),
    ("- {1} + 1)", ("window", "slide", "consecutive", "substring")),
    ("[1:])", ("neighbour", "adjacent", "consecutive", "difference", "between", "increasing")),
    ("enumerate({0}) for", ("pair", "close", "closer", "any", "two", "combination")),
)
TURN_S: Final = 0.001
# In bits: what the function's name adds to the evidence where the program does what it says, and where it does not,
# and what is taken off where leaving out an example would have led to a simpler program each time.
SAID: Final = 7.5
UNSAID: Final = 2.5
BENT: Final = 6.0
# What one runs over that is not simply a name.
_RUN_OVER: Final = frozenset(
    {"split", "splitlines", "items", "values", "keys", "str", "set", "unique", "sorted", "reverse", "rest"}
)


class Search:
    """All searches for one goal that has examples."""

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.operations = weighted(goal)
        self.by_name = {it.name: it for it in reversed(self.operations)}
        self.count = len(goal.rows)
        self.target = list(goal.target) if goal.target is not None else None
        self.kind = kind_of_all(self.target) if self.target is not None else "any"
        wanted = identity(self.target, self.kind) if self.target is not None else None
        self.constants = constants_for(goal)
        self.scope = _scope_terms(goal)
        leaves = [*self.scope, *(constant(value, self.count, cost) for value, cost in self.constants)]
        self.bank = Bank(leaves, self.operations, wanted)
        self.rivals = Rivals(self.target or [])
        self.likely = spoken_for(goal)
        self.expectations = expectations_of(goal)
        self.evidence = evidence_of([it.expected for it in goal.calls], goal.prose)

    def run(self) -> Steps:
        """Programs as they are found, None in between; ends when everything affordable was tried."""
        yield from self._foundations()
        searches: list[tuple[int, Steps]] = [(5, self._expressions()), (5, self._deductions())]
        binders = self._binders()
        searches += [(max(1, 3 - place), self._elements(it)) for place, it in enumerate(binders)]
        if self.goal.hole.statements:
            searches += [(1, it) for it in self._loops(binders)]
        while searches:
            for search in list(searches):
                share, steps = search
                turn = time.perf_counter() + share * TURN_S
                while time.perf_counter() < turn:
                    try:
                        yield next(steps)
                    except StopIteration:
                        searches.remove(search)
                        break

    def _foundations(self) -> Steps:
        yield from self._checked(self.bank.grow(6))
        if self.target is not None:
            yield from self._deduced()

    def _expressions(self) -> Steps:
        yield from self._checked(self.bank.grow(DEPTH))

    def _deductions(self) -> Steps:
        """Works backwards from the target whenever the enumeration has come a step further."""
        if self.target is None:
            return
        done = self.bank.reached
        while done < DEPTH:
            if self.bank.reached == done:
                yield TICK
                continue
            done = self.bank.reached
            yield from self._deduced()

    def _deduced(self) -> Steps:
        assert self.target is not None
        yield from self._checked(composed(self.bank, self.target))
        if self.kind == "bool":
            yield from self._checked(combined(self.bank, self.by_name, self.target))
        else:
            yield from self._branches()
        yield from self._checked(concatenated(self.bank, self.by_name, self.target, range(self.count)))
        yield from self._checked(undone(self.bank, self.by_name, self.target))

    def _branches(self) -> Steps:
        """Conditions between terms that are each right on some examples; those may be put together for that."""
        assert self.target is not None
        extra = self._answers()
        if self.kind in ("str", "list") and 2 < self.count < 6:
            for size in range(self.count - 1, 0, -1):
                for rows in itertools.combinations(range(self.count), size):
                    for part in concatenated(self.bank, self.by_name, self.target, rows):
                        if part is None:
                            yield TICK
                        else:
                            extra.append(part)
                            break
        choose = replace(CHOOSE, cost=1) if speaks_of_cases(self.goal) else CHOOSE
        yield from self._checked(chosen(self.bank, choose, self.target, extra))

    def _answers(self) -> list[Term]:
        """Literals from the answers themselves, to be given on a condition."""
        assert self.target is not None
        found: dict[str, Term] = {}
        for value in self.target:
            usual = any(same(value, it) for it in EMPTY)
            if usual or (isinstance(value, str | int | float) and literal_size(value) < 40):
                told = is_told(value, self.goal.prose)
                repeated = sum(same(value, it) for it in self.target) > 1
                if told or usual or repeated:
                    found[repr(value)] = constant(value, self.count, 2 if told else (3 if usual else 5))
        return list(found.values())

    def _binders(self) -> list[Binder]:
        taken = frozenset(self.goal.parameters) | frozenset(self.goal.surroundings.names)
        sources = [it for it in self.bank.terms("iterable") if _is_run_over(it)]
        sources = sources[:12] + list(self._fields())
        found = [binder for it in sources for binder in binders_over(it, taken)]
        plain = [it for it in self.scope if it.kind.startswith(("list", "tuple", "str"))]
        for left in plain[:4]:
            for right in plain[:4]:
                if left is not right:
                    found += binders_beside(left, right, taken)
        numbers = [it for it in self.scope if it.kind == "int"]
        found += [
            it for items in plain[:3] for size in numbers[:2] for it in strides_over(items, size, taken)
        ]
        lengths = [it for it in self.bank.terms("int") if it.does == "len" and it.args[0].op.variable]
        found += ranges_for([*numbers[:3], *lengths[:1]], self.by_name, taken, self.count)
        words = self.goal.named | self.goal.described
        return sorted(found, key=lambda it: _unusual(it, words))[:MAX_BINDERS]

    def _fields(self) -> Iterator[Term]:
        """Texts split at the separators that they hold."""
        split = [it for it in self.operations if it.name == "split" and len(it.takes) == 2]
        for text in [it for it in self.scope if it.kind == "str" and not it.partial]:
            for value, cost in self.constants:
                if isinstance(value, str) and value.strip() and any(value in it for it in text.values):
                    term = made(split[0], (text, constant(value, self.count, cost)), 4)
                    if term is not None:
                        yield term

    def _elements(self, binder: Binder) -> Steps:
        setting = Setting(
            bank=self.bank,
            operations=self.operations,
            target=self.target,
            constants=tuple(self.constants),
            outer=(*self.scope, *self._told()),
        )
        yield from self._checked(Elements(binder, setting).run(ELEMENT_DEPTH))

    def _loops(self, binders: list[Binder]) -> list[Steps]:
        if self.target is None:
            return []
        numbers = [it for it in self.scope if it.kind == "int" and not it.partial]
        found: list[Iterator[Term | None]] = []
        if self.kind == "int":
            found.append(dwindling_pairs(numbers, self.operations, self.target))
            found.append(repeated_pairs(numbers, self.operations, self.target))
        plain = [it for it in binders if it.element and it.names == (it.element,)]
        found += [Folds(it, self.operations, self.target, tuple(self.scope)).run() for it in plain[:6]]
        return [self._checked(it) for it in found]

    def _told(self) -> list[Term]:
        """Small computed terms that the words speak of, for use inside of loops: the average in `above_average`."""
        found = []
        for term in self.bank.terms("num|set:hashable"):
            usual = next((it.cost for it in self.goal.operations if it.name == term.does), 0)
            if term.args and term.op.cost < usual and term.cost <= 6 and not term.partial:
                found.append(term)
        return found[:4]

    def _checked(self, steps: Iterator[Term | None]) -> Steps:
        for count, term in enumerate(steps):
            if count % 16 == 0:
                yield TICK
            if term is None:
                yield TICK
            elif self._reaches(term):
                weight = weight_of(term, self.goal, self.expectations, self.likely)
                if self._borne_out(term, weight):
                    yield program_of(term, weight)

    def _borne_out(self, term: Term, weight: float) -> bool:
        """Whether the examples, with the words, say enough for a program of this weight to be more than chance."""
        explained = bool(self.expectations) and not unsaid(term, self.expectations)
        told = term.does in ("choice", "finding") and speaks_of_cases(self.goal)
        doubt = 0.0 if told else BENT * self.rivals.doubt(weight)
        return weight + doubt <= self.evidence + (SAID if explained else UNSAID)

    def _reaches(self, term: Term) -> bool:
        if self.target is not None and term.values != self.target:
            if not term.op.constant:
                self.rivals.see(term)
            return False
        if term.partial or term.op.constant or not (term.names - set(term.op.binds)) or self._wraps(term):
            return False
        if term.op.body and not self.goal.hole.statements:
            return False
        if self.target is not None:
            return identity(term.values, term.kind) == self.bank.target
        return self.goal.reached_by(term.values)

    def _wraps(self, term: Term) -> bool:
        """Whether it only does something without effect to what is the answer already."""
        wanted = self.bank.target
        return wanted is not None and any(
            it.names == term.names and len(it.values) == self.count and identity(it.values, it.kind) == wanted
            for it in term.args
        )


def _is_run_over(term: Term) -> bool:
    if term.does in _RUN_OVER:
        return term.args[0].op.variable and all(it.op.variable or it.op.constant for it in term.args)
    return term.op.variable


def _unusual(binder: Binder, words: frozenset[str]) -> int:
    spoken = any(clause in binder.clause and words & stemmed(hint) for clause, hint in _RUNS_SPOKEN_OF)
    if spoken:
        return 4
    return binder.cost + sum(1 for it in binder.source if not it.op.variable)


def _scope_terms(goal: Goal) -> list[Term]:
    found = []
    names = list(dict.fromkeys(it for row in goal.rows for it in row))
    for name in names:
        values: list[Value] = [row.get(name, ERROR) for row in goal.rows]
        if name != "self" and any(it is not ERROR for it in values):
            found.append(variable(name, values, kind_of_all(values), 2))
    for name, value in goal.surroundings.constants.items():
        found.append(variable(name, [value] * len(goal.rows), kind_of_all([value]), 3))
    return found
