"""Operations on numbers and truth values."""

from typing import Final

from vouch_server.synthesis.grammar.terms import ADD, AND, ANYTHING, COMPARE, CROSS, MULTIPLY, NOT, OR, POSTFIX, POWER, SIGN, SHIFT, UNION, XOR, Operation
from vouch_server.synthesis.values import MAX_BITS, Unfit, Value, small

COMPARABLE: Final = "num|str"


def multiplied(left: Value, right: Value) -> Value:
    """A product of numbers of bounded size. Raises Unfit."""
    return small(left * right)


def powered(base: Value, exponent: Value) -> Value:
    """A power whose size is known to be bounded before it is taken. Raises Unfit."""
    if abs(exponent) > MAX_BITS:
        raise Unfit("exponent too large")
    if isinstance(base, int) and base.bit_length() * max(1, abs(exponent)) > 2 * MAX_BITS:
        raise Unfit("power too large")
    return small(base**exponent)


def _infix(name: str, symbol: str, level: int, run: object, **more: object) -> Operation:
    slots = (level, level + 1)
    return Operation(  # type: ignore[arg-type]
        name=name, template=f"{{0}} {symbol} {{1}}", run=run, level=level, slots=slots, **more
    )


def _compare(name: str, symbol: str, run: object, takes: str, **more: object) -> Operation:
    return Operation(  # type: ignore[arg-type]
        name=name,
        template=f"{{0}} {symbol} {{1}}",
        run=run,
        level=COMPARE,
        slots=(COMPARE + 1, COMPARE + 1),
        takes=(takes, takes),
        **more,
    )


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
    _infix("add", "+", ADD, lambda a, b: small(a + b), takes=("num", "num"), commutes=True, hint=("add", "sum", "plus", "total")),
    _infix("subtract", "-", ADD, lambda a, b: small(a - b), takes=("num", "num"), hint=("subtract", "differ", "minu", "between")),
    _infix("multiply", "*", MULTIPLY, multiplied, takes=("num", "num"), commutes=True, hint=("multiply", "product", "area", "time", "double", "triple", "volume")),
    _infix("divide", "/", MULTIPLY, lambda a, b: a / b, takes=("num", "num"), hint=("divide", "average", "mean", "half", "ratio", "percent", "fraction")),
    _infix("quotient", "//", MULTIPLY, lambda a, b: a // b, takes=("int", "int"), cost=5, hint=("half", "middle", "quotient", "floor")),
    _infix("remainder", "%", MULTIPLY, lambda a, b: a % b, takes=("int", "int"), cost=5, hint=("remainder", "modulo", "divisible", "wrap", "even", "odd", "cycl")),
    Operation(name="power", template="{0} ** {1}", run=powered, takes=("num", "num"), level=POWER, slots=(POWER + 1, SIGN), cost=4, hint=("power", "square", "cube", "exponent", "raise")),
    Operation(name="negate", template="-{0}", run=lambda a: -a, takes=("num",), level=SIGN, slots=(SIGN,), cost=3, hint=("neg", "opposite")),
    Operation(name="abs", template="abs({0})", run=abs, takes=("num",), slots=(ANYTHING,), cost=3, hint=("absolute", "distance", "differ", "magnitude", "close")),
    Operation(name="lesser", template="min({0}, {1})", run=min, takes=("num", "num"), slots=(ANYTHING, ANYTHING), cost=3, commutes=True, hint=("min", "minimum", "smaller", "smallest", "lesser", "cap", "limit", "clamp")),
    Operation(name="greater", template="max({0}, {1})", run=max, takes=("num", "num"), slots=(ANYTHING, ANYTHING), cost=3, commutes=True, hint=("max", "maximum", "larger", "largest", "greater", "clamp", "least")),
    Operation(name="clamp", template="max({0}, min({1}, {2}))", run=lambda low, x, high: max(low, min(x, high)), takes=("num", "num", "num"), slots=(ANYTHING, ANYTHING, ANYTHING), cost=8, hint=("clamp", "clip", "limit", "range", "within", "bound")),
    Operation(name="round", template="round({0})", run=round, takes=("float",), slots=(ANYTHING,), cost=3, hint=("round", "nearest")),
    Operation(name="round_to", template="round({0}, {1})", run=_rounded, takes=("float", "int"), slots=(ANYTHING, ANYTHING), cost=4, hint=("round", "decimal", "place", "digit")),
    Operation(name="truncate", template="int({0})", run=lambda a: small(int(a)), takes=("float|bool",), slots=(ANYTHING,), cost=4, hint=("int", "integer", "truncat", "whole")),
    Operation(name="float", template="float({0})", run=float, takes=("int",), slots=(ANYTHING,), cost=4, hint=("float",)),
    Operation(name="divmod", template="divmod({0}, {1})", run=divmod, takes=("int", "int"), slots=(ANYTHING, ANYTHING), cost=5, hint=("divmod", "quotient", "remainder")),
)

COMPARISONS: Final = (
    _compare("less", "<", _less, COMPARABLE, cost=2, hint=("less", "negative", "below", "under", "smaller", "before", "close", "closer", "lower")),
    _compare("at_most", "<=", _at_most, COMPARABLE, cost=4, hint=("most", "within", "up")),
    _compare("more", ">", _more, COMPARABLE, cost=2, hint=("more", "above", "over", "greater", "larger", "bigger", "exceed", "positive", "longer", "after", "higher")),
    _compare("at_least", ">=", _at_least, COMPARABLE, cost=4, hint=("least", "adult", "minimum")),
    _compare("equal", "==", _equal, "any", cost=2, commutes=True, hint=("zero", "equal", "same", "match", "identical")),
    _compare("differ", "!=", lambda a, b: bool(a != b), "any", cost=4, commutes=True, hint=("differ", "unequal", "except", "remove", "without")),
    Operation(name="even", template="{0} % 2 == 0", run=lambda a: a % 2 == 0, takes=("int",), level=COMPARE, slots=(MULTIPLY,), cost=4, hint=("even",)),
    Operation(name="odd", template="{0} % 2 == 1", run=lambda a: a % 2 == 1, takes=("int",), level=COMPARE, slots=(MULTIPLY,), cost=5, hint=("odd",)),
    Operation(name="divides", template="{0} % {1} == 0", run=lambda a, b: a % b == 0, takes=("int", "int"), level=COMPARE, slots=(MULTIPLY, MULTIPLY + 1), cost=5, hint=("divisible", "multiple", "divisor", "factor", "divide", "leap", "divid", "prime")),
    Operation(name="indivisible", template="{0} % {1} != 0", run=lambda a, b: a % b != 0, takes=("int", "int"), level=COMPARE, slots=(MULTIPLY, MULTIPLY + 1), cost=6, hint=("prime", "coprime", "indivisible")),
    Operation(name="between", template="{0} <= {1} <= {2}", run=lambda low, x, high: bool(low <= x <= high), takes=("num", "num", "num"), level=COMPARE, slots=(COMPARE + 1,) * 3, cost=6, hint=("between", "range", "within", "inside", "bound")),
    Operation(name="is_none", template="{0} is None", run=lambda a: a is None, takes=("none|mix",), level=COMPARE, slots=(COMPARE + 1,), cost=2),
)

LOGIC: Final = (
    Operation(name="not", template="not {0}", run=lambda a: not a, takes=("bool|str|items|dict|set|int",), level=NOT, slots=(NOT,), cost=3, hint=("not", "empty", "no", "without")),
    Operation(name="and", template="{0} and {1}", run=lambda a, b: a and b, takes=("bool", "bool"), level=AND, slots=(AND, AND + 1), cost=4, commutes=True, hint=("both", "and")),
    Operation(name="or", template="{0} or {1}", run=lambda a, b: a or b, takes=("bool", "bool"), level=OR, slots=(OR, OR + 1), cost=4, commutes=True, hint=("either", "or")),
    Operation(name="default", template="{0} or {1}", run=lambda a, b: a or b, takes=("str|none|mix|list", "str|list"), level=OR, slots=(OR, OR + 1), cost=5, hint=("default", "fallback")),
    Operation(name="bool", template="bool({0})", run=bool, takes=("str|items|dict|set",), level=POSTFIX, slots=(ANYTHING,), cost=4, hint=("any", "has", "empty")),
)



def _shifted(number: int, places: int) -> int:
    if not 0 <= places <= MAX_BITS:
        raise Unfit("shift too far")
    return small(number << places)


def _bit(name: str, symbol: str, level: int, run: object, **more: object) -> Operation:
    return _infix(name, symbol, level, run, takes=("int", "int"), cost=8, **more)


BITS: Final = (
    _bit("bit_and", "&", CROSS, lambda a, b: a & b, commutes=True, hint=("bit", "mask", "flag")),
    _bit("bit_or", "|", UNION, lambda a, b: a | b, commutes=True, hint=("bit", "flag", "combin")),
    _bit("bit_xor", "^", XOR, lambda a, b: a ^ b, commutes=True, hint=("xor", "bit", "single", "toggl")),
    _bit("shift_left", "<<", SHIFT, _shifted, hint=("shift", "bit")),
    _bit("shift_right", ">>", SHIFT, lambda a, b: a >> b, hint=("shift", "bit")),
    Operation(
        name="power_of_two",
        template="{0} > 0 and {0} & ({0} - 1) == 0",
        run=lambda a: a > 0 and a & (a - 1) == 0,
        takes=("int",),
        level=AND,
        slots=(POSTFIX,),
        cost=10,
        hint=("power",),
    ),
)

NUMBERS: Final = ARITHMETIC + COMPARISONS + LOGIC + BITS
