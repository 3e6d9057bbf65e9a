"""Terms: expressions as trees of operations, with their values on every row. Never evaluated as text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from vouch_server.synthesis.values import ERROR, REFUSED, Row, Value, accepts, kind_of

# Binding strength of what an operation writes, weakest first; a slot names the least it takes without parentheses.
CHOICE, OR, AND, NOT, COMPARE, UNION, XOR, CROSS, SHIFT, ADD, MULTIPLY, SIGN, POWER, POSTFIX, ATOM = range(
    1, 16
)
ANYTHING: Final = 0
BARE: Final = -1  # a sole argument that is iterated: a comprehension there is written as a generator


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """One way to make a term of others. `run` is pure and bounded, and raises one of REFUSED where it has no value.

    `template` holds `{0}`, `{1}`, … for the arguments; `level` is its binding strength, `slots` what each
    argument must bind at least, `takes` the kinds of the arguments (see `values.accepts`), `cost` its rarity.
    """

    name: str
    template: str
    run: Callable[..., Value]
    takes: tuple[str, ...] = ()
    slots: tuple[int, ...] = ()
    level: int = POSTFIX
    cost: int = 2
    gives: str = ""  # "iter" where what comes out can only be run over, though it is a list here
    commutes: bool = False
    constant: bool = False
    variable: bool = False
    binds: tuple[str, ...] = ()  # names that a comprehension introduces for its first and its condition
    body: tuple[str, ...] = ()  # statements, one tab for each step of indentation: then it is no expression
    write: "Callable[[Term], str] | None" = None
    needs: str = ""  # a name that must be in scope
    hint: tuple[str, ...] = ()  # stems of words that make this operation likely


class Term(NamedTuple):
    """An expression and its value on each row; ERROR on rows where it raises."""

    op: Operation
    args: "tuple[Term, ...]"
    cost: int
    values: Row
    kind: str
    partial: bool = False

    def parts(self) -> "Iterator[Term]":
        """This term and all below it."""
        yield self
        for arg in self.args:
            yield from arg.parts()

    @property
    def does(self) -> str:
        """The name of the operation at its top; "" for leaves, whose names are anybody's choice."""
        return self.op.name if self.args else ""

    @property
    def names(self) -> frozenset[str]:
        """The variables it reads, those that it binds itself included."""
        return frozenset(it.op.name for it in self.parts() if it.op.variable)


def refuse(*_: Any) -> Value:  # noqa: ANN401 - stands in for any operation
    """The `run` of what is never applied by name: leaves and comprehensions."""
    raise TypeError("not applicable")


def variable(name: str, values: Row, kind: str, cost: int = 2) -> Term:
    """A name in scope; `name` may be dotted, as in `self.items`."""
    op = Operation(name=name, template=name, run=refuse, level=ATOM, variable=True, cost=cost)
    return Term(op, (), cost, values, kind, any(it is ERROR for it in values))


def constant(value: Value, rows: int, cost: int = 3) -> Term:
    """A literal."""
    negative = isinstance(value, int | float) and not isinstance(value, bool) and value < 0
    level = SIGN if negative else ATOM
    op = Operation(
        name=f"={value!r}", template=literal(value), run=refuse, level=level, constant=True, cost=cost
    )
    return Term(op, (), cost, [value] * rows, kind_of(value))


def literal(value: Value) -> str:
    """Source text of a literal, strings in double quotes as formatters write them."""
    if isinstance(value, str):
        text = repr(value)
        plain = text.startswith("'") and '"' not in value and "\\" not in text
        return f'"{value}"' if plain else text
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    return repr(value)


def render(term: Term, slot: int = ANYTHING) -> str:
    """The term as source text, with no more parentheses than needed in a place that binds like `slot`."""
    op = term.op
    if op.constant or op.variable:
        text = op.template
    elif op.write is not None:
        text = op.write(term)
    elif op.name in ("set", "len") and term.args[0].op.binds:
        text = _brief(op.name, render(term.args[0]), term.args[0])
    else:
        text = op.template.format(*(render(arg, to) for arg, to in zip(term.args, op.slots, strict=True)))
    if slot == BARE:
        return text[1:-1] if op.binds and text.startswith("[") else text
    return f"({text})" if op.level < slot else text


def _brief(name: str, inner: str, comprehension: Term) -> str:
    """A set or a length of a comprehension, as a person writes it."""
    if name == "set":
        return "{" + inner[1:-1] + "}"
    if " if " in inner and comprehension.does == "comprehension":
        clause = inner[len(render(comprehension.args[0])) + 1 : -1]
        return f"sum(1{clause})"
    return f"len({inner})"


def evaluate(term: Term, scope: Mapping[str, Value]) -> Value:
    """The value of a term of plain operations with its variables bound by `scope`. Raises one of REFUSED."""
    op = term.op
    if op.variable:
        return scope[op.name]
    if op.constant:
        return term.values[0]
    return op.run(*[evaluate(arg, scope) for arg in term.args])


def apply(op: Operation, args: tuple[Term, ...]) -> tuple[list[Value], bool] | None:
    """The values of an operation on every row and whether some row failed; None where all did."""
    columns = [arg.values for arg in args]
    if not any(arg.partial for arg in args):
        try:
            return list(map(op.run, *columns)), False
        except REFUSED:
            if len(columns[0]) < 2:
                return None
    values = [_one(op, row) for row in zip(*columns, strict=True)]
    if all(it is ERROR for it in values):
        return None
    return values, True


def _one(op: Operation, row: tuple[Value, ...]) -> Value:
    if any(it is ERROR for it in row):
        return ERROR
    try:
        return op.run(*row)
    except REFUSED:
        return ERROR


def fits(op: Operation, args: tuple[Value, ...]) -> bool:
    """Whether values are of the kinds that an operation takes."""
    return len(op.takes) == len(args) and all(
        accepts(want, kind_of(it)) for want, it in zip(op.takes, args, strict=True)
    )
