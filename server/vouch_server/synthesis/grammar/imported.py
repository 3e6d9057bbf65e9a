"""Operations of standard-library modules, offered only where the file has already imported what they need."""

import itertools
import math
import re
import statistics
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from vouch_server.synthesis.grammar.terms import ANYTHING, Operation
from vouch_server.synthesis.values import MAX_LENGTH, Unfit, Value, small


def _factorial(number: int) -> int:
    if number > 60:
        raise Unfit("factorial too large")
    return math.factorial(number)


def _choose(items: int, chosen: int) -> int:
    if items > 200:
        raise Unfit("too many combinations")
    ways: int = small(math.comb(items, chosen))
    return ways


def _product(numbers: list[Value]) -> Value:
    result: Value = 1
    for it in numbers:
        result = small(result * it)
    return result


def _accumulated(numbers: list[Value]) -> list[Value]:
    return [small(it) for it in itertools.accumulate(numbers)]


def _pairs(items: list[Value]) -> list[Value]:
    if len(items) ** 2 > MAX_LENGTH:
        raise Unfit("too many pairs")
    return list(itertools.combinations(items, 2))


# module -> name -> (run, kinds taken, kind given, words that make it likely)
FUNCTIONS: Final[
    Mapping[str, Mapping[str, tuple[Callable[..., Value], tuple[str, ...], str, tuple[str, ...]]]]
] = {
    "math": {
        "sqrt": (
            math.sqrt,
            ("num",),
            "",
            ("root", "square", "distance", "euclidean", "hypotenuse", "norm", "length"),
        ),
        "isqrt": (math.isqrt, ("int",), "", ("root", "square", "perfect", "prime")),
        "floor": (lambda a: small(math.floor(a)), ("float",), "", ("floor", "down")),
        "ceil": (lambda a: small(math.ceil(a)), ("float",), "", ("ceil", "ceiling", "up", "page")),
        "gcd": (math.gcd, ("int", "int"), "", ("gcd", "common", "divisor", "lcm", "simplif")),
        "lcm": (math.lcm, ("int", "int"), "", ("lcm", "multiple")),
        "hypot": (math.hypot, ("num", "num"), "", ("hypotenuse", "distance", "norm", "length")),
        "prod": (_product, ("collection:num",), "", ("product", "multipl", "factorial")),
        "factorial": (_factorial, ("int",), "", ("factorial", "permutation")),
        "comb": (_choose, ("int", "int"), "", ("choose", "combination", "binomial")),
        "log": (math.log, ("num",), "", ("log", "logarithm")),
        "log2": (math.log2, ("num",), "", ("log", "power", "bit")),
        "exp": (math.exp, ("num",), "", ("exp", "exponential")),
        "radians": (math.radians, ("num",), "", ("radian", "degree")),
        "degrees": (math.degrees, ("num",), "", ("radian", "degree")),
    },
    "itertools": {
        "accumulate": (
            _accumulated,
            ("list:num",),
            "iter",
            ("cumulative", "running", "prefix", "accumulat"),
        ),
        "combinations": (lambda a: _pairs(a), ("list",), "iter", ("pair", "combination")),
    },
    "collections": {
        "Counter": (
            lambda a: dict(Counter(a)),
            ("items:hashable|str",),
            "",
            ("count", "frequenc", "common", "occur"),
        ),
    },
    "statistics": {
        "mean": (statistics.mean, ("list:num",), "", ("mean", "average")),
        "median": (statistics.median, ("list:num",), "", ("median",)),
    },
}
# Patterns that match in linear time; the text they meet is bounded.
PATTERNS: Final = (
    ("findall", r"\d+", ("number", "digit", "integer")),
    ("findall", r"\w+", ("word", "token")),
    ("findall", r"[A-Z]", ("upper", "capital")),
)
SUBSTITUTIONS: Final = (
    (r"\s+", " ", ("space", "white", "whitespace", "collaps", "normal")),
    (r"\s+", "", ("space", "remove", "white")),
    (r"\D", "", ("digit", "number", "phone")),
    (r"[^a-z0-9]+", "-", ("slug",)),
)


def imported(bindings: Mapping[str, str]) -> tuple[Operation, ...]:
    """The operations that `bindings` bring in: from a name in the file to what it is, `math` or `math.sqrt`."""
    found: list[Operation] = []
    for name, origin in bindings.items():
        module, _, member = origin.partition(".")
        functions = FUNCTIONS.get(module, {})
        for function, (run, takes, gives, hint) in functions.items():
            if member not in ("", function):
                continue
            called = name if member else f"{name}.{function}"
            found.append(_function(called, run, takes, gives, hint))
        if origin == "re":
            found += _expressions(name)
    return tuple(found)


def _function(
    called: str, run: Callable[..., Value], takes: tuple[str, ...], gives: str, hint: tuple[str, ...]
) -> Operation:
    places = ", ".join(f"{{{place}}}" for place in range(len(takes)))
    template = f"{called}({places})"
    if called.endswith("combinations"):
        template = f"{called}({{0}}, 2)"
    if called.endswith("Counter"):
        template = f"dict({template})"
    slots = (ANYTHING,) * len(takes)
    return Operation(
        name=called, template=template, run=run, takes=takes, slots=slots, gives=gives, cost=4, hint=hint
    )


def _expressions(name: str) -> list[Operation]:
    found = [
        Operation(
            name=f"findall{pattern}",
            template=f'{name}.{method}(r"{pattern}", {{0}})',
            run=re.compile(pattern).findall,
            takes=("str",),
            slots=(ANYTHING,),
            cost=6,
            hint=hint,
        )
        for method, pattern, hint in PATTERNS
    ]
    for pattern, new, hint in SUBSTITUTIONS:
        compiled = re.compile(pattern)
        found.append(
            Operation(
                name=f"sub{pattern}{new}",
                template=f'{name}.sub(r"{pattern}", "{new}", {{0}})',
                run=lambda text, compiled=compiled, new=new: compiled.sub(new, text),
                takes=("str",),
                slots=(ANYTHING,),
                cost=7,
                hint=hint,
            )
        )
    return found
