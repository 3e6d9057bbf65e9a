"""What is likely before any example is seen: costs of operations and constants, and weights of programs."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from vouch_server.synthesis.goal import Goal
from vouch_server.synthesis.grammar.terms import Operation, Term
from vouch_server.synthesis.values import Row, Value
from vouch_server.synthesis.words import relevance, stemmed, stems

COMMON: Final[tuple[tuple[Value, int], ...]] = (
    (0, 2),
    (1, 2),
    (2, 3),
    (-1, 4),
    ("", 4),
    (10, 6),
    (100, 7),
    (3, 8),
)
EMPTY: Final[tuple[Value, ...]] = (0, 1, -1, "", None, True, False, [], {}, 0.0)
SEPARATORS: Final = (" ", ",", ", ", "-", "_", ".", "/", ":", "\n", "@", "=", ";", "&", "?")
# Constants that words bring to mind.
SUGGESTED: Final[tuple[tuple[tuple[str, ...], tuple[Value, ...]], ...]] = (
    (("vowel", "consonant"), ("aeiou", "aeiouAEIOU")),
    (("percent", "percentage"), (100,)),
    (("fahrenheit", "celsius"), (32, 9, 5)),
    (("minute", "second", "hour", "duration"), (60, 3600)),
    (("day", "week"), (7, 24)),
    (("leap",), (4, 100, 400)),
    (("digit", "decimal"), (10,)),
    (("alphabet", "caesar", "pangram"), ("abcdefghijklmnopqrstuvwxyz", 26, "a")),
    (("cube", "triple"), (3,)),
    (("kilobyte", "byte", "kib"), (1024,)),
    (("meter", "metre", "gram", "kilo", "kilometer"), (1000,)),
    (("mask", "censor", "hide", "star"), ("*",)),
    (("slug", "kebab", "dash"), ("-", " ")),
    (("snake", "underscore"), ("_", " ")),
    (("punctuation",), (".,;:!?",)),
)
_FREE_NAME: Final = re.compile(r"(?<![.\w])[A-Za-z_]\w*\b(?!\s*=[^=])")
_QUOTED: Final = re.compile(r"[\"'`]([^\"'`\n]{1,24})[\"'`]")
_CASES: Final = re.compile(
    r"\b(if|else|otherwise|when|unless|or|for both|where|for (?:an? )?(?:positive|empty|even|odd|multiple))\b",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")


def weighted(goal: Goal) -> tuple[Operation, ...]:
    """The goal's operations, cheaper where a word of its name or documentation speaks for them."""
    here = goal.surroundings
    taken = set(goal.parameters) | {"self"} | (here.names - set(here.bindings))
    found = []
    for op in goal.operations:
        # A name that the file gives a meaning of its own, such as a parameter called `list`.
        if taken & set(_FREE_NAME.findall(op.template)):
            continue
        likely = op.cost - 2 * relevance(op.hint, goal.named, goal.described)
        found.append((likely, replace(op, cost=max(1, likely))))
    # Where the floor makes two equal, the likelier is tried first: of equal terms the first is kept.
    return tuple(op for _, op in sorted(found, key=lambda it: it[0]))


def is_told(value: Value, prose: str) -> bool:
    """Whether the documentation names a value as an answer."""
    if value == "":
        return "empty" in prose
    if isinstance(value, str):
        return re.search(rf"[\"'`]{re.escape(value)}[\"'`]", prose) is not None
    return re.search(rf"(?<![\w.-]){re.escape(str(value))}(?![\w.])", prose) is not None


def speaks_of_cases(goal: Goal) -> bool:
    """Whether the documentation tells cases apart."""
    return bool(_CASES.search(goal.prose))


def constants_for(goal: Goal) -> list[tuple[Value, int]]:
    """Literals worth trying with their costs, each once with its least."""
    found: dict[str, tuple[Value, int]] = {}
    for value, cost in [*COMMON, *_suggested(goal), *_named_in(goal), *_separators(goal)]:
        known = found.get(repr(value))
        if known is None or known[1] > cost:
            found[repr(value)] = (value, cost)
    return list(found.values())


def _suggested(goal: Goal) -> Iterable[tuple[Value, int]]:
    for words, values in SUGGESTED:
        strength = relevance(words, goal.named, goal.described)
        for value in values if strength else ():
            yield value, 4 - strength


def _named_in(goal: Goal) -> Iterable[tuple[Value, int]]:
    for text in _QUOTED.findall(goal.prose)[:8]:
        if text not in goal.parameters:
            yield text, 4
    for number in _NUMBER.findall(goal.prose)[:8]:
        yield float(number) if "." in number else int(number), 4


def _separators(goal: Goal) -> Iterable[tuple[Value, int]]:
    seen = "\n".join(_strings(goal))
    for separator in SEPARATORS:
        if separator in seen:
            yield separator, 3 if separator == " " else 4


def _strings(goal: Goal) -> Iterable[str]:
    values: list[Value] = [it for row in goal.rows for it in row.values()]
    values += [call.expected for call in goal.calls]
    for it in values:
        yield it if isinstance(it, str) else repr(it)


def evidence_of(target: Row, prose: str) -> float:
    """How much a program is told apart by giving these values, in bits.

    The same answer again says little, and so does a text that the documentation names: it is one of a few.
    """
    bits = 0.0
    seen: set[str] = set()
    for value in target:
        text = repr(value)
        told = isinstance(value, str) and is_told(value, prose)
        bits += (2.0 if told else _bits(value)) * (0.5 if text in seen else 1.0)
        seen.add(text)
    return bits


def _bits(value: Value) -> float:
    match value:
        case bool() | None:
            return 1.0
        case int():
            return 2.0 + math.log2(abs(value) + 1)
        case float():
            return 6.0 if value == int(value) else 12.0
        case str():
            return 2.0 + 4.0 * min(len(value), 12)
        case list() | tuple() | set() | frozenset():
            return 2.0 + sum(_bits(it) for it in list(value)[:12])
        case dict():
            return 2.0 + sum(_bits(k) + _bits(v) for k, v in list(value.items())[:12])
        case _:
            return 1.0


# Words that whole constructions answer to, not single operations.
_CONSTRUCTIONS: Final[dict[str, frozenset[str]]] = {
    "longest": frozenset({"keyed"}),
    "shortest": frozenset({"keyed"}),
    "sort": frozenset({"keyed"}),
    "count": frozenset({"counting", "fold"}),
    "frequenc": frozenset({"counting"}),
    "group": frozenset({"grouping"}),
    "running": frozenset({"running"}),
    "cumulativ": frozenset({"running"}),
    "fibonacci": frozenset({"recurrence"}),
    "factorial": frozenset({"fold"}),
    "gcd": frozenset({"dwindling"}),
    "clamp": frozenset({"choice"}),
    "sign": frozenset({"choice"}),
    "find": frozenset({"finding"}),
    "first": frozenset({"finding"}),
    "index": frozenset({"finding"}),
    "invert": frozenset({"mapping"}),
    "prime": frozenset({"all"}),
    "dot": frozenset({"comprehension"}),
    "chunk": frozenset({"comprehension"}),
    "window": frozenset({"comprehension"}),
}
_ONE_SIDED: Final = ("remainder", "quotient", "subtract", "divides", "power", "even", "odd")


def expectations_of(goal: Goal) -> dict[str, frozenset[str]]:
    """The words of the function's name that some operation answers to, with the names of those operations."""
    found: dict[str, set[str]] = {}
    # A word that also names a parameter says what is given, not what is to be done.
    told = goal.named - stems(" ".join(goal.parameters))
    for op in goal.operations:
        for word in told & stemmed(op.hint):
            found.setdefault(word, set()).add(op.name)
    for word in told & set(_CONSTRUCTIONS):
        found.setdefault(word, set()).update(_CONSTRUCTIONS[word])
    return {word: frozenset(names) for word, names in found.items()}


def spoken_for(goal: Goal) -> frozenset[str]:
    """The operations and constructions that some word of the name or the documentation speaks for."""
    words = goal.named | goal.described
    made = frozenset[str]().union(*(names for word, names in _CONSTRUCTIONS.items() if word in words))
    return made | {it.name for it in goal.operations if words & stemmed(it.hint)}


def unsaid(term: Term, expectations: Mapping[str, frozenset[str]]) -> list[str]:
    """The words of the function's name that nothing in a program answers to, neither operation nor literal."""
    used = {name for it in term.parts() for name in (it.does, *it.does.split())}
    texts = [it.values[0] for it in term.parts() if it.op.constant and isinstance(it.values[0], str)]
    spelled = stems(" ".join(texts))
    return [word for word, names in expectations.items() if not names & used and word not in spelled]


def weight_of(
    term: Term, goal: Goal, expectations: Mapping[str, frozenset[str]], likely: frozenset[str]
) -> float:
    """The cost of a program with what makes it doubtful: parameters it ignores, literals of no known origin."""
    outer = {it.partition(".")[0] for it in term.names} | term.names
    ignored = [it for it in goal.parameters if it not in outer]
    strange = sum(1 for it in term.parts() if it.op.constant and it.op.cost > 5)
    silent = len(unsaid(term, expectations))
    odd = sum(1 for it in term.parts() if it.does in _ONE_SIDED and it.args[0].op.constant)
    unspoken = 0 if any(it.does in likely for it in term.parts()) else 1
    return term.cost + 12.0 * len(ignored) + 4.0 * strange + 3.0 * silent + 3.0 * odd + 3.0 * unspoken
