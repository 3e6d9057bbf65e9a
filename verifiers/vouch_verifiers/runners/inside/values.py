"""Turns an observed value into plain data that the other side can compare, without trusting the value's methods.

Built-in types (and their subclasses, by what the base type holds) become tagged lists; anything else becomes its
type's name and a bounded repr. Everything used here is bound before a candidate runs.
"""

from typing import Any, List, Optional

MAX_NODES = 20_000
MAX_TEXT = 4_000
_BIG = 10**15

_repr = repr
_str = str
_isinstance = isinstance
_type = type


class TooLarge(Exception):
    """The value holds more than is worth sending."""


def encode(value: Any) -> List[Any]:
    """Tagged data: n none, b bool, i int (hexadecimal when large), f float, c complex, s text, y bytes, l list,
    t tuple, S set, F frozenset, d dict as pairs, o other. Never raises, but may run a stranger's `__repr__`."""
    try:
        return _encode(value, [MAX_NODES], 0)
    except (TooLarge, RecursionError):
        return ["o", _type(value).__name__, text_of(value)]


def text_of(value: Any) -> str:
    """A bounded repr; says so when repr itself raises."""
    try:
        text = _repr(value)
    except Exception as error:
        return "<repr raised %s>" % _type(error).__name__
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def _encode(value: Any, budget: List[int], depth: int) -> List[Any]:
    budget[0] -= 1
    if budget[0] < 0 or depth > 50:
        raise TooLarge
    if value is None:
        return ["n"]
    scalar: Optional[List[Any]] = _scalar(value)
    if scalar is not None:
        return scalar
    for kind, tag in ((list, "l"), (tuple, "t"), (set, "S"), (frozenset, "F")):
        if _isinstance(value, kind):
            return [tag, [_encode(it, budget, depth + 1) for it in kind.__iter__(value)]]
    if _isinstance(value, dict):
        pairs = dict.items(value)
        return ["d", [[_encode(k, budget, depth + 1), _encode(v, budget, depth + 1)] for k, v in pairs]]
    item = _numpy_scalar(value)
    if item is not None:
        return _encode(item, budget, depth + 1)
    return ["o", _type(value).__name__, text_of(value)]


def _scalar(value: Any) -> Any:
    if _isinstance(value, bool):
        return ["b", value is True]
    if _isinstance(value, int):
        plain = int.__int__(value)
        return ["i", plain if -_BIG < plain < _BIG else hex(plain)]
    if _isinstance(value, float):
        return ["f", float.__repr__(value)]
    if _isinstance(value, complex):
        return ["c", complex.__repr__(value)]
    if _isinstance(value, str):
        if len(value) > 1_000_000:
            raise TooLarge
        return ["s", str.__str__(value)]
    if _isinstance(value, (bytes, bytearray)):
        return ["y", bytes(value[:1_000_000]).hex()]
    return None


def _numpy_scalar(value: Any) -> Any:
    kind = _type(value)
    if kind.__module__ == "numpy" and any(it.__name__ == "generic" for it in kind.__mro__):
        return value.item()
    return None
