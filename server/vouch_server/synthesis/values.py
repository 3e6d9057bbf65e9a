"""Values that synthesis computes with: their kinds, their identity, and the bounds that keep every step short.

Knows nothing of terms or of source text. All operations on values are pure; a value is never changed in place.
"""

import marshal
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

Value = Any  # the one place where user data is untyped: literals of any shape
Row = list[Value]

MAX_BITS: Final = 256
MAX_LENGTH: Final = 1_000
MAX_RANGE: Final = 400
MAX_LITERAL: Final = 4_000

# Stands in a vector for "raised here": marshal can write it, and no operation accepts it.
ERROR: Final = Ellipsis

REFUSED: Final = (
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
)

_UNORDERED: Final = ("set", "dict", "mix", "other")
_PLAIN: Final = (bool, int, str, type(None))
_SCALARS: Final[dict[type, str]] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    type(None): "none",
    complex: "complex",
    bytes: "bytes",
}
_CONTAINERS: Final[dict[type, str]] = {
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "set",
    dict: "dict",
}
_FAMILIES: Final = {
    "num": ("int", "float"),
    "seq": ("list", "tuple", "str"),
    "items": ("list", "tuple"),
    "iterable": ("list", "tuple", "str", "set", "dict", "iter"),
    "collection": ("list", "tuple", "set", "iter"),
    "hashable": ("int", "float", "str", "bool", "tuple", "none"),
    "sortable": ("int", "float", "str", "tuple", "list"),
}


class Unfit(ValueError):
    """A step that would make a value larger than synthesis is prepared to handle."""


def kind_of(value: Value) -> str:
    """The kind of one value: `int`, `str`, `list:int`, `dict:str`, … `?` is the element of an empty container."""
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        return scalar
    outer = _CONTAINERS.get(type(value))
    return f"{outer}:{_inner(value)}" if outer else "other"


def kind_of_all(values: Iterable[Value]) -> str:
    """The kind that holds for every value; `mix` where there is none. Failed rows are left out."""
    kinds = {kind_of(it) for it in values if it is not ERROR}
    if len(kinds) == 1:
        return kinds.pop()
    return _join(kinds)


def _inner(container: Iterable[Value]) -> str:
    kinds = {_SCALARS.get(type(it)) or _CONTAINERS.get(type(it), "other") for it in container}
    if len(kinds) == 1:
        return kinds.pop()
    return _join(kinds) if kinds else "?"


def _join(kinds: set[str]) -> str:
    if not kinds:
        return "?"
    if kinds <= {"int", "float"}:
        return "float"
    outers = {it.partition(":")[0] for it in kinds}
    if len(outers) == 1 and all(":" in it for it in kinds):
        inner = {it.partition(":")[2] for it in kinds} - {"?"}
        return f"{outers.pop()}:{_join(inner) if len(inner) > 1 else next(iter(inner), '?')}"
    return "mix"


@lru_cache(maxsize=4096)
def accepts(wanted: str, kind: str) -> bool:
    """Whether an argument of `kind` fits a slot: alternatives split by `|`, families expanded, `:` the element."""
    return any(_fits(it, kind) for it in wanted.split("|"))


def _fits(wanted: str, kind: str) -> bool:
    if wanted == "any":
        return not kind.startswith("iter")
    outer, _, inner = wanted.partition(":")
    actual, _, element = kind.partition(":")
    if actual not in _FAMILIES.get(outer, (outer,)):
        return False
    if not inner or element == "?":
        return True
    if actual == "str":
        element = "str"
    return element in _FAMILIES.get(inner, (inner,))


def identity(values: Row, kind: str) -> bytes:
    """What tells two vectors apart: equal bytes mean equal values of equal types, row by row."""
    if kind.startswith(_UNORDERED) or kind.endswith((":set", ":dict", ":mix")):
        return marshal.dumps([_ordered(it) for it in values], 2)
    if kind.startswith("iter"):
        return b"~" + marshal.dumps(values, 2)
    return marshal.dumps(values, 2)


def _ordered(value: Value) -> Value:
    match value:
        case set() | frozenset():
            return ("set", sorted((_ordered(it) for it in value), key=repr))
        case dict():
            # The order counts: it is what a doctest prints.
            return ("dict", [(_ordered(k), _ordered(v)) for k, v in value.items()])
        case list() | tuple():
            return type(value)(_ordered(it) for it in value)
        case _:
            return value


def same(left: Value, right: Value) -> bool:
    """Equal in value and in type, all the way down: 1, 1.0 and True are three things."""
    if type(left) is not type(right):
        return False
    if left != right:
        return False
    if isinstance(left, _PLAIN):
        return True
    return identity([left], "mix") == identity([right], "mix")


def small(value: Value) -> Value:
    """The value itself where it is of a size to go on with. Raises Unfit."""
    match value:
        case bool() | float() | None:
            return value
        case int():
            if value.bit_length() > MAX_BITS:
                raise Unfit("integer too large")
        case str() | list() | tuple() | set() | frozenset() | dict():
            if len(value) > MAX_LENGTH:
                raise Unfit("too long")
        case complex():
            raise Unfit("complex numbers are not meant")
        case _:
            pass
    return value


def fits_bounds(value: Value) -> bool:
    """Whether a value is of a size to go on with, what it holds directly included."""
    try:
        small(value)
        for it in value if isinstance(value, list | tuple | set | dict) else ():
            small(it)
    except Unfit:
        return False
    return True


def literal_size(value: Value) -> int:
    """How many scalars and characters a literal holds, to refuse examples that are data files."""
    match value:
        case str() | bytes():
            return 1 + len(value)
        case dict():
            return 1 + sum(literal_size(k) + literal_size(v) for k, v in value.items())
        case list() | tuple() | set() | frozenset():
            return 1 + sum(literal_size(it) for it in value)
        case _:
            return 1
