"""Comprehensions: element expressions found by enumeration, then gathered, filtered, folded and sorted."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from vouch_server.synthesis.grammar.bank import TICK, Bank, Step, made
from vouch_server.synthesis.grammar.binders import Binder
from vouch_server.synthesis.grammar.choice import CHOOSE, chosen
from vouch_server.synthesis.grammar.concatenation import concatenated
from vouch_server.synthesis.grammar.loops import counted, found_first, grouped
from vouch_server.synthesis.grammar.terms import ANYTHING, ATOM, OR, Operation, Term, constant, refuse, render
from vouch_server.synthesis.values import ERROR, Row, Value, accepts, identity, kind_of_all, same

MAX_KEPT: Final = 40
MAX_SHARED: Final = 400
# What is made of a gathered list, by the kind of what is wanted in the end.
_FOLDS: Final[dict[str, tuple[str, ...]]] = {
    "bool": ("any", "all", "has_duplicates", "all_distinct", "palindrome", "ascending"),
    "int": ("sum", "len", "max", "min", "math.prod", "prod", "first", "last"),
    "float": ("sum", "mean", "max", "min", "math.prod", "prod"),
    "str": ("join", "max", "min", "first", "last", "mode"),
    "list": ("sorted", "sorted_down", "unique", "reverse", "flatten", "list", "rest", "front"),
    "set": ("set",),
    "dict": ("counts", "dict"),
    "tuple": ("tuple", "max", "min", "first", "last"),
    "none": (),
}
_SHARED_FOLDS: Final = ("sum", "len", "max", "min", "mean", "set", "all", "any")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a search over elements is given: the outer terms, operations by name, and the values wanted in the end."""

    bank: Bank
    operations: tuple[Operation, ...]
    target: Row | None
    constants: tuple[tuple[Value, int], ...]
    outer: tuple[Term, ...]

    @property
    def by_name(self) -> dict[str, Operation]:
        return {it.name: it for it in reversed(self.operations)}


def gathered(
    binder: Binder, element: Term, condition: Term | None = None, name: str = "comprehension"
) -> Term | None:
    """`[element for … if condition]`, with its values by example."""
    columns = binder.split(element.values)
    kept: list[list[Value]] = columns
    cost = binder.cost + element.cost + 1
    if condition is not None:
        truths = binder.split(condition.values)
        kept = [[v for v, c in zip(vs, cs, strict=True) if c] for vs, cs in zip(columns, truths, strict=True)]
        cost += condition.cost + 1
    elif element.partial:
        return None
    if element.kind.startswith("iter"):
        return None
    if any(it is ERROR for column in kept for it in column):
        return None
    op = Operation(
        name=name,
        template="",
        run=refuse,
        level=ATOM,
        binds=binder.names,
        write=lambda _: f"[{_element(element)} {binder.written()}{_condition(condition)}]",
    )
    inner = (element, *((condition,) if condition is not None else ()), *binder.source)
    return Term(op, inner, cost, kept, kind_of_all(kept))


def _element(element: Term) -> str:
    return render(element, ANYTHING)


def _condition(condition: Term | None) -> str:
    return "" if condition is None else f" if {render(condition, OR)}"


class Elements:
    """A search over the elements of one binder. Announces outer terms whatever their values: its caller checks."""

    def __init__(self, binder: Binder, setting: Setting) -> None:
        self.binder = binder
        self.setting = setting
        self.names = setting.by_name
        self.kind = kind_of_all(setting.target).partition(":")[0] if setting.target is not None else "any"
        rows = sum(map(len, binder.rows))
        leaves = binder.columns()
        leaves += [binder.spread(it, it.cost) for it in setting.outer]
        leaves += [constant(value, rows, cost) for value, cost in setting.constants if cost <= 4]
        self.wanted = self._row_target()
        target = identity(self.wanted, kind_of_all(self.wanted)) if self.wanted else None
        self.bank = Bank(leaves, setting.operations, target)
        self.bound = frozenset(binder.names)
        self.predicates: list[Term] = []
        self.maps: list[Term] = []
        self.shared = 0

    def run(self, limit: int) -> Iterator[Step]:
        """Announces terms of the outer scope that are made of element terms up to a cost."""
        for level in range(1, limit + 1):
            for element in self.bank.grow(level):
                if element is None:
                    yield TICK
                elif not element.op.constant and element.names & self.bound:
                    yield from self._use(element)
            if self.wanted is not None and level in (6, 8, 10):
                yield from self._deduced()

    def _row_target(self) -> list[Value] | None:
        """What each element must become where the answer is a list, or a text, as long as the source."""
        target = self.setting.target
        if target is None or self.kind not in ("list", "str"):
            return None
        if any(len(want) != len(rows) for want, rows in zip(target, self.binder.rows, strict=True)):
            return None
        return [it for want in target for it in want]

    def _deduced(self) -> Iterator[Step]:
        assert self.wanted is not None
        if self.kind == "list":
            yield from self._announced(
                concatenated(self.bank, self.names, self.wanted, range(len(self.wanted)))
            )
        distinct = {repr(it): it for it in self.wanted}
        extra = [constant(it, len(self.wanted), 6) for it in distinct.values()] if len(distinct) < 4 else []
        yield from self._announced(chosen(self.bank, CHOOSE, self.wanted, extra))

    def _announced(self, steps: Iterator[Step]) -> Iterator[Step]:
        for element in steps:
            if element is None:
                yield TICK
            elif element.names & self.bound:
                yield from self._use(element)

    def _use(self, element: Term) -> Iterator[Step]:
        if _decides(element) and len(self.predicates) < MAX_KEPT * 3:
            self.predicates.append(element)
            yield from self._filtered(element)
            if self.setting.target is not None:
                yield from found_first(self.binder, element, self.setting.target)
        if len(self.maps) < MAX_KEPT:
            self.maps.append(element)
            for condition in self.predicates[:MAX_KEPT]:
                yield TICK
                yield from self._folded(gathered(self.binder, element, condition))
        whole = gathered(self.binder, element)
        yield from self._folded(whole)
        if element.kind.partition(":")[0] in ("int", "float", "str", "bool", "tuple") and not element.partial:
            yield from self._by_key(element)

    def _filtered(self, condition: Term) -> Iterator[Step]:
        for element in self.maps:
            yield TICK
            yield from self._folded(gathered(self.binder, element, condition))

    def _folded(self, whole: Term | None) -> Iterator[Step]:
        if whole is None:
            return
        yield whole
        if self.kind in ("tuple", "list") and self.shared < MAX_SHARED and whole.cost <= 12:
            self.shared += 1
            self.setting.bank.add(whole)
        if (
            self.kind in ("int", "float", "bool", "tuple", "any")
            and self.shared < MAX_SHARED
            and whole.cost <= 12
        ):
            yield from self._shared(whole)
        for name in _FOLDS.get(self.kind, ()):
            op = self.names.get(name)
            if op is None or not accepts(op.takes[-1], whole.kind):
                continue
            if name == "join":
                yield from self._joined(op, whole)
            else:
                term = made(op, (whole,))
                if term is not None and not (name == "list" and whole.kind.startswith("list")):
                    yield term

    def _shared(self, whole: Term) -> Iterator[Step]:
        """Folds that go to the outer search, to be parts of larger expressions there."""
        for name in _SHARED_FOLDS:
            op = self.names[name]
            term = made(op, (whole,)) if accepts(op.takes[0], whole.kind) else None
            if term is not None and not term.partial and self.setting.bank.add(term):
                self.shared += 1
                yield term

    def _joined(self, op: Operation, whole: Term) -> Iterator[Step]:
        if not accepts("list:str", whole.kind):
            return
        for separator in ("", " ", ", ", "-", "_", ",", "\n"):
            term = made(
                op, (constant(separator, len(whole.values), 2 if separator in ("", " ") else 4), whole)
            )
            if term is not None:
                yield term

    def _by_key(self, key: Term) -> Iterator[Step]:
        """Sorting, choosing and mapping by a key of the elements."""
        if self.setting.target is None:
            return
        if self.kind == "dict" and _hashable(key.values):
            yield from self._mapped(key)
            if self.binder.nested:
                return
            yield counted(self.binder, key, self.setting.target)
            for element in self.binder.columns():
                yield grouped(self.binder, key, element, self.setting.target)
        natural = self.binder.element and self.binder.names == (self.binder.element,)
        if natural and not key.op.variable:
            yield from keyed(self.binder, key, self.setting.target)

    def _mapped(self, key: Term) -> Iterator[Step]:
        target = self.setting.target
        assert target is not None
        keys = self.binder.split(key.values)
        if any(list(dict.fromkeys(ks)) != list(want) for ks, want in zip(keys, target, strict=True)):
            return
        wanted = [want[k] for ks, want in zip(keys, target, strict=True) for k in ks]
        value = self.bank.found.get(identity(wanted, kind_of_all(wanted)))
        if value is not None:
            text = f"{{{render(key)}: {render(value)} {self.binder.written()}}}"
            names = self.binder.names
            op = Operation(
                name="mapping", template="", run=refuse, level=ATOM, binds=names, write=_fixed(text)
            )
            cost = self.binder.cost + key.cost + value.cost + 2
            yield Term(op, (key, value, *self.binder.source), cost, list(target), kind_of_all(target))


def _decides(element: Term) -> bool:
    """Whether an element term is fit to be a condition: a truth value, or a text or list that is empty at times."""
    if element.partial or not element.args:
        return False
    return element.kind == "bool" or (
        element.kind.startswith(("str", "list")) and not all(element.values) and any(element.values)
    )


def _hashable(values: Row) -> bool:
    try:
        hash(tuple(values))
    except TypeError:
        return False
    return True


def keyed(binder: Binder, key: Term, target: Row) -> Iterable[Term]:
    """`sorted`, `max` and `min` of the source by a key, where that gives the target."""
    elements = [[row[0] for row in rows] for rows in binder.rows]
    keys = binder.split(key.values)
    source = binder.source[0]
    plain = key.does in ("len", "abs", "sum") and key.args[0].op.variable
    name = key.does if plain else f"lambda {binder.element}: {render(key)}"
    for called, text in (("sorted", ""), ("sorted", ", reverse=True"), ("max", ""), ("min", "")):
        values = [_chosen(called, bool(text), items, ks) for items, ks in zip(elements, keys, strict=True)]
        if all(same(it, want) for it, want in zip(values, target, strict=True)):
            written = f"{called}({render(source)}, key={name}{text})"
            op = Operation(
                name=f"keyed {called}", template="", run=refuse, binds=binder.names, write=_fixed(written)
            )
            cost = binder.cost + key.cost + (1 if plain else 5) + len(text) // 8
            yield Term(op, (key, source), cost, values, kind_of_all(values))


def _fixed(text: str) -> Callable[[Term], str]:
    return lambda _: text


def _chosen(called: str, backwards: bool, items: list[Value], keys: list[Value]) -> Value:
    order = range(len(items))
    try:
        if called == "sorted":
            return [items[i] for i in sorted(order, key=keys.__getitem__, reverse=backwards)]
        choose = max if called == "max" else min
        return items[choose(order, key=keys.__getitem__)]
    except (TypeError, ValueError):
        return ERROR
