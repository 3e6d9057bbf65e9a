"""Bottom-up enumeration: every expression over some leaves in the order of cost, one for each vector of values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from vouch_server.synthesis.grammar.terms import Operation, Term, apply
from vouch_server.synthesis.values import accepts, identity, kind_of_all

TICK: Final = None  # yielded now and then without news, so that whoever drives can stop or let others run
ATTEMPTS_PER_TICK: Final = 60
Step = Term | None
Level = dict[str, list[Term]]


class Bank:
    """Terms found so far, by cost and kind. `target` is the identity of the values sought, if there are any.

    Two terms with equal values on all rows are one, the cheaper; but every term that has the target's values is
    announced, for several programs can fit the examples and only one of them be meant.
    """

    def __init__(
        self, leaves: Iterable[Term], operations: Sequence[Operation], target: bytes | None = None
    ) -> None:
        self.target = target
        self.found: dict[bytes, Term] = {}
        self.levels: dict[int, Level] = defaultdict(lambda: defaultdict(list))
        self.reached = 0
        self._operations = sorted(operations, key=lambda it: it.cost)
        self._leaves = list(leaves)
        self._attempts = 0

    def grow(self, limit: int) -> Iterator[Step]:
        """Announces new terms up to the cost `limit`, cheapest first, with ticks in between."""
        if not self.reached:
            for leaf in sorted(self._leaves, key=lambda it: it.cost):
                if self.add(leaf):
                    yield leaf
        while self.reached < limit:
            level = self.reached + 1
            for op in self._operations:
                if op.takes and op.cost < level:
                    yield from self._extend(op, level)
            self.reached = level

    def add(self, term: Term) -> bool:
        """Keeps a term made elsewhere where its values are new; says whether it is worth announcing."""
        key = identity(term.values, term.kind)
        known = self.found.get(key)
        if known is None:
            self.found[key] = term
            self.levels[term.cost][term.kind].append(term)
            return True
        return key == self.target

    def terms(self, wanted: str = "any") -> Iterator[Term]:
        """The terms kept that fit a slot, cheapest first."""
        for cost in sorted(self.levels):
            for kind, terms in list(self.levels[cost].items()):
                if accepts(wanted, kind):
                    yield from terms

    def _extend(self, op: Operation, level: int) -> Iterator[Step]:
        for args in self._arguments(op, level - op.cost, 0):
            self._attempts += 1
            if self._attempts % ATTEMPTS_PER_TICK == 0:
                yield TICK
            if all(arg.op.constant for arg in args) or _silly(op, args):
                continue
            term = made(op, args, level)
            if term is not None and self.add(term):
                yield term

    def _arguments(self, op: Operation, budget: int, place: int) -> Iterator[tuple[Term, ...]]:
        remaining = len(op.takes) - place - 1
        if remaining == 0:
            for term in self._at(budget, op.takes[place]):
                yield (term,)
            return
        for cost in range(1, budget):
            firsts = self._at(cost, op.takes[place])
            if not firsts:
                continue
            for first in firsts:
                for rest in self._arguments(op, budget - cost, place + 1):
                    if op.commutes and first.cost > rest[0].cost:
                        continue
                    yield (first, *rest)

    def _at(self, cost: int, wanted: str) -> list[Term]:
        level = self.levels.get(cost)
        if not level:
            return []
        return [term for kind, terms in level.items() if accepts(wanted, kind) for term in terms]


def made(op: Operation, args: tuple[Term, ...], cost: int | None = None) -> Term | None:
    """The term of an operation on arguments; None where it has a value on no row."""
    applied = apply(op, args)
    if applied is None:
        return None
    values, partial = applied
    kind = kind_of_all(values)
    if op.gives:
        kind = f"{op.gives}:{kind.partition(':')[2] or '?'}"
    if cost is None:
        cost = op.cost + sum(arg.cost for arg in args)
    return Term(op, args, cost, values, kind, partial)


_NEUTRAL: Final = ("multiply", "divide", "quotient", "remainder", "power", "divides", "indivisible")


def _is(term: Term, value: int) -> bool:
    return term.op.constant and term.values[0] == value


def _silly(op: Operation, args: tuple[Term, ...]) -> bool:
    """What nobody would write, whatever its values: `x - x`, `x + 0`, `not (a == b)`, comparing bool with bool."""
    if len(args) == 2:
        if args[0] is args[1]:
            return op.name not in ("add", "multiply", "pair", "couple", "concat", "extend")
        if op.name in ("equal", "differ"):
            kinds = {args[0].kind.partition(":")[0], args[1].kind.partition(":")[0]}
            return "bool" in kinds or (
                len(kinds) > 1 and not kinds <= {"int", "float"} and not kinds & {"mix", "none"}
            )
        if op.name in _NEUTRAL and (_is(args[0], 0) or _is(args[1], 0) or _is(args[1], 1)):
            return True
        if op.name in _NEUTRAL and "negate" in (args[0].does, args[1].does):
            return True
        if op.name in ("add", "subtract") and (_is(args[1], 0) or (op.commutes and _is(args[0], 0))):
            return True
    if op.name == "not":
        return args[0].does in (
            "equal",
            "differ",
            "less",
            "more",
            "at_least",
            "at_most",
            "not",
            "member",
            "contains",
        )
    return False
