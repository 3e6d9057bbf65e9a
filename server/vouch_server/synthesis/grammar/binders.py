"""What comprehensions and loops run over: sources of elements, the names for them, and their rows."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from vouch_server.synthesis.grammar.bank import made
from vouch_server.synthesis.grammar.terms import OR, POSTFIX, Operation, Term, constant, render, variable
from vouch_server.synthesis.values import ERROR, REFUSED, Row, Value, kind_of_all

MAX_ROWS: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Binder:
    """A `for` clause: `rows` holds, for every example, the tuples that the names take in turn.

    `clause` is its text with `{0}` for the source; `source` the terms it reads. `element` is the name that stands
    for an element where there is a natural one: what a filter keeps.
    """

    names: tuple[str, ...]
    clause: str
    source: tuple[Term, ...]
    rows: tuple[tuple[tuple[Value, ...], ...], ...]
    element: str = ""
    cost: int = 2
    slot: int = OR

    @property
    def nested(self) -> bool:
        """Whether it is two loops in one, which only a comprehension can write as one line."""
        return self.clause.count("for ") > 1

    def written(self) -> str:
        """The clause as source text."""
        return self.clause.format(*(render(it, self.slot) for it in self.source))

    def columns(self) -> list[Term]:
        """The names as terms over all rows of all examples, one after another."""
        flat = [row for rows in self.rows for row in rows]
        found = []
        for place, name in enumerate(self.names):
            values = [row[place] for row in flat]
            found.append(
                variable(
                    name, values, kind_of_all(values), 1 if name == self.element or not self.element else 2
                )
            )
        return found

    def spread(self, term: Term, cost: int) -> Term:
        """A term of the outer scope as it is seen on every row."""
        pairs = zip(term.values, self.rows, strict=True)
        values = [value for value, rows in pairs for _ in rows]
        return Term(term.op, term.args, cost, values, term.kind, term.partial)

    def split(self, values: Row) -> list[list[Value]]:
        """The values of a term over the rows, gathered by example."""
        found, start = [], 0
        for rows in self.rows:
            found.append(list(values[start : start + len(rows)]))
            start += len(rows)
        return found


def binders_over(term: Term, taken: frozenset[str]) -> list[Binder]:
    """The ways to run over the elements of one term."""
    if term.partial or not all(isinstance(it, list | tuple | str | dict | set) for it in term.values):
        return []
    found: list[Binder] = []
    kind, _, inner = term.kind.partition(":")
    if kind in ("dict", "set"):
        return []
    name = element_name(term, taken)
    offer(found, (name,), f"for {name} in {{0}}", (term,), lambda a: [(it,) for it in a], name, 2)
    if inner == "tuple":
        first, second = ("key", "value") if term.does == "items" else ("a", "b")
        first, second = _free((first, "first"), taken), _free((second, "second"), taken)
        offer(found, (first, second), f"for {first}, {second} in {{0}}", (term,), _pairs, "", 1)
    if kind in ("list", "tuple", "str"):
        place = _free(("i", "index", "place"), taken)
        numbered = f"for {place}, {name} in enumerate({{0}})"
        offer(found, (place, name), numbered, (term,), lambda a: list(enumerate(a)), name, 5, slot=0)
        if inner not in ("list", "tuple", "set", "dict"):
            found += _neighbours(term, taken)
    if inner in ("list", "tuple", "str") and kind != "str":
        inside = _free(("item", "element", "it"), taken | {name})
        nested = f"for {name} in {{0}} for {inside} in {name}"
        offer(
            found,
            (name, inside),
            nested,
            (term,),
            lambda a: [(row, it) for row in a for it in row],
            inside,
            5,
        )
    return found


def _neighbours(term: Term, taken: frozenset[str]) -> list[Binder]:
    found: list[Binder] = []
    a, b = _free(("a", "left", "previous"), taken), _free(("b", "right", "current"), taken)
    step = f"for {a}, {b} in zip({{0}}, {{0}}[1:])"
    offer(found, (a, b), step, (term,), lambda v: list(itertools.pairwise(v)), "", 6, slot=POSTFIX)
    i = _free(("i", "index"), taken)
    every = f"for {i}, {a} in enumerate({{0}}) for {b} in {{0}}[{i} + 1:]"
    offer(found, (a, b), every, (term,), _every_pair, "", 9, slot=POSTFIX)
    return found


def binders_beside(left: Term, right: Term, taken: frozenset[str]) -> list[Binder]:
    """The way to run over two terms side by side."""
    found: list[Binder] = []
    a, b = _free(("a", "left"), taken), _free(("b", "right"), taken)
    clause = f"for {a}, {b} in zip({{0}}, {{1}})"
    offer(found, (a, b), clause, (left, right), lambda x, y: list(zip(x, y, strict=False)), "", 4, slot=0)
    return found


def ranges_for(
    numbers: Iterable[Term], operations: dict[str, Operation], taken: frozenset[str], rows: int
) -> list[Binder]:
    """Runs over counted numbers up to each of the terms."""
    found: list[Binder] = []
    name = _free(("i", "n", "k", "number"), taken)
    two = constant(2, rows, 2)
    for number in numbers:
        shapes = [
            made(operations["range"], (number,)),
            made(operations["naturals"], (number,)),
            made(operations["range_from"], (two, number)),
        ]
        for shape in shapes:
            if shape is not None and not shape.partial:
                over = f"for {name} in {{0}}"
                offer(found, (name,), over, (shape,), lambda a: [(it,) for it in a], name, 3)
    return found


def strides_over(items: Term, size: Term, taken: frozenset[str]) -> list[Binder]:
    """Runs over the starts of pieces, and of windows, of `size` in `items`."""
    found: list[Binder] = []
    name = _free(("i", "start"), taken)
    pieces = f"for {name} in range(0, len({{0}}), {{1}})"
    offer(
        found, (name,), pieces, (items, size), lambda a, n: [(i,) for i in range(0, len(a), n)], "", 5, slot=0
    )
    windows = f"for {name} in range(len({{0}}) - {{1}} + 1)"
    offer(
        found,
        (name,),
        windows,
        (items, size),
        lambda a, n: [(i,) for i in range(len(a) - n + 1)],
        "",
        6,
        slot=POSTFIX,
    )
    return found


def offer(
    found: list[Binder],
    names: tuple[str, ...],
    clause: str,
    source: tuple[Term, ...],
    run: Callable[..., Iterable[tuple[Value, ...]]],
    element: str,
    cost: int,
    *,
    slot: int = OR,
) -> None:
    """Adds a binder where its rows can be made on every example and are not too many."""
    rows: list[tuple[tuple[Value, ...], ...]] = []
    for args in zip(*(it.values for it in source), strict=True):
        if any(it is ERROR for it in args):
            return
        try:
            rows.append(tuple(run(*args)))
        except REFUSED:
            return
    total = sum(map(len, rows))
    if 1 <= total <= MAX_ROWS * max(1, len(rows) // 2) and all(
        len(it) == len(names) for row in rows for it in row
    ):
        total_cost = cost + sum(it.cost for it in source)
        found.append(
            Binder(
                names=names,
                clause=clause,
                source=source,
                rows=tuple(rows),
                element=element,
                cost=total_cost,
                slot=slot,
            )
        )


def _pairs(items: Iterable[Value]) -> list[tuple[Value, ...]]:
    return [tuple(it) for it in items if len(it) == 2]


def _every_pair(items: Value) -> list[tuple[Value, ...]]:
    if len(items) > 12:
        raise ValueError("too many pairs")
    return [(a, b) for place, a in enumerate(items) for b in items[place + 1 :]]


def _free(names: tuple[str, ...], taken: frozenset[str]) -> str:
    return next((it for it in names if it not in taken), f"{names[0]}_")


def element_name(term: Term, taken: frozenset[str]) -> str:
    """What a person would call one element of a term."""
    choices: list[str] = []
    if term.op.variable:
        choices += _singular(term.op.name.rpartition(".")[2])
    if term.does in ("split", "splitlines"):
        choices.append("line" if term.does == "splitlines" else "word")
    kind, _, inner = term.kind.partition(":")
    if kind == "str":
        choices += ["char", "letter", "c"]
    by_kind = {
        "int": "number",
        "float": "number",
        "str": "word",
        "list": "row",
        "tuple": "pair",
        "dict": "entry",
    }
    choices += [by_kind.get(inner, "item"), "item", "element", "x"]
    return _free(tuple(it for it in choices if it.isidentifier()), taken)


def _singular(name: str) -> list[str]:
    irregular = {
        "children": "child",
        "people": "person",
        "matrix": "row",
        "matrices": "matrix",
        "indices": "index",
        "data": "item",
    }
    if name in irregular:
        return [irregular[name]]
    if name.endswith("ies") and len(name) > 4:
        return [name[:-3] + "y"]
    if name.endswith(("sses", "shes", "ches", "xes")):
        return [name[:-2]]
    if name.endswith("s") and not name.endswith("ss") and len(name) > 1:
        return [name[:-1]] if name[:-1] not in ("clas", "i", "a") else []
    return []
