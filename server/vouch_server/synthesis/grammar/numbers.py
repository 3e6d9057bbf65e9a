"""Operations on numbers and truth values."""

from typing import Final

from vouch_server.synthesis.grammar.notation import op
from vouch_server.synthesis.values import MAX_BITS, Unfit, Value, small

COMPARABLE: Final = "num|str"


def multiplied(left: Value, right: Value) -> Value:
    """A product of numbers of bounded size. Raises Unfit."""
    return small(left * right)


def powered(base: Value, exponent: Value) -> Value:
    """A power whose size is known to be bounded before it is taken. Raises Unfit."""
    if isinstance(base, int) and base.bit_length() * max(1, abs(exponent)) > 2 * MAX_BITS:
        raise Unfit("power too large")
    return small(base**exponent)


def _comparable(left: Value, right: Value) -> None:
    if isinstance(left, str) != isinstance(right, str):
        raise TypeError("numbers and strings have no order")


def _less(left: Value, right: Value) -> bool:
    _comparable(left, right)
    return bool(left < right)


def _at_most(left: Value, right: Value) -> bool:
    _comparable(left, right)
    return bool(left <= right)


def _more(left: Value, right: Value) -> bool:
    _comparable(left, right)
    return bool(left > right)


def _at_least(left: Value, right: Value) -> bool:
    _comparable(left, right)
    return bool(left >= right)


def _equal(left: Value, right: Value) -> bool:
    return bool(left == right)


def _rounded(number: Value, digits: Value) -> Value:
    if not 0 <= digits <= 12:
        raise Unfit("rounding to so many digits is not meant")
    return round(number, digits)


ARITHMETIC: Final = (
    op("add", "{0} + {1}", lambda a, b: small(a + b), "num num", 2, commutes=True),
    op("subtract", "{0} - {1}", lambda a, b: small(a - b), "num num", 2),
    op("multiply", "{0} * {1}", multiplied, "num num", 2, commutes=True),
    op("divide", "{0} / {1}", lambda a, b: a / b, "num num", 2),
    op("quotient", "{0} // {1}", lambda a, b: a // b, "int int", 5),
    op("remainder", "{0} % {1}", lambda a, b: a % b, "num num", 5),
    op("power", "{0} ** {1}", powered, "num num", 4),
    op("negate", "-{0}", lambda a: -a, "num", 3),
    op("abs", "abs({0})", abs, "num", 3),
    op("lesser", "min({0}, {1})", min, "num num", 3, commutes=True),
    op("greater", "max({0}, {1})", max, "num num", 3, commutes=True),
    op("clamp", "max({0}, min({1}, {2}))", lambda low, x, high: max(low, min(x, high)), "num num num", 8),
    op("round", "round({0})", lambda a: small(round(a)), "float", 3),
    op("round_to", "round({0}, {1})", _rounded, "float int", 4),
    op("truncate", "int({0})", lambda a: small(int(a)), "float|bool", 4),
    op("float", "float({0})", float, "int", 4),
    op("divmod", "divmod({0}, {1})", divmod, "int int", 5),
)

COMPARISONS: Final = (
    op("less", "{0} < {1}", _less, "num|str num|str", 2),
    op("at_most", "{0} <= {1}", _at_most, "num|str num|str", 4),
    op("more", "{0} > {1}", _more, "num|str num|str", 2),
    op("at_least", "{0} >= {1}", _at_least, "num|str num|str", 4),
    op("equal", "{0} == {1}", _equal, "any any", 2, commutes=True),
    op("differ", "{0} != {1}", lambda a, b: bool(a != b), "any any", 4, commutes=True),
    op("even", "{0} % 2 == 0", lambda a: a % 2 == 0, "int", 4),
    op("odd", "{0} % 2 == 1", lambda a: a % 2 == 1, "int", 5),
    op("divides", "{0} % {1} == 0", lambda a, b: a % b == 0, "int int", 5),
    op("indivisible", "{0} % {1} != 0", lambda a, b: a % b != 0, "int int", 6),
    op("between", "{0} <= {1} <= {2}", lambda low, x, high: bool(low <= x <= high), "num num num", 6),
    op("is_none", "{0} is None", lambda a: a is None, "none|mix", 2),
)

LOGIC: Final = (
    op("not", "not {0}", lambda a: not a, "bool|str|items|dict|set|int", 3),
    op("and", "{0} and {1}", lambda a, b: a and b, "bool bool", 4, commutes=True),
    op("or", "{0} or {1}", lambda a, b: a or b, "bool bool", 4, commutes=True),
    op("default", "{0} or {1}", lambda a, b: a or b, "str|none|mix|list str|list", 5),
    op("bool", "bool({0})", bool, "str|items|dict|set", 4),
)


def _shifted(number: int, places: int) -> Value:
    if not 0 <= places <= MAX_BITS:
        raise Unfit("shift too far")
    return small(number << places)


BITS: Final = (
    op("bit_and", "{0} & {1}", lambda a, b: a & b, "int int", 8, commutes=True),
    op("bit_or", "{0} | {1}", lambda a, b: a | b, "int int", 8, commutes=True),
    op("bit_xor", "{0} ^ {1}", lambda a, b: a ^ b, "int int", 8, commutes=True),
    op("shift_left", "{0} << {1}", _shifted, "int int", 8),
    op("shift_right", "{0} >> {1}", lambda a, b: a >> b, "int int", 8),
    op("power_of_two", "{0} > 0 and {0} & ({0} - 1) == 0", lambda a: a > 0 and a & a - 1 == 0, "int", 10),
)

NUMBERS: Final = ARITHMETIC + COMPARISONS + LOGIC + BITS
