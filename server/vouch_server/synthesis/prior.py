"""What is likely before any example is seen: costs of operations and constants, and how a finished program is weighed."""

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from vouch_server.synthesis.goal import Goal
from vouch_server.synthesis.grammar.terms import Operation, Term
from vouch_server.synthesis.values import Row, Value
from vouch_server.synthesis.words import relevance

COMMON: Final[tuple[tuple[Value, int], ...]] = ((0, 2), (1, 2), (2, 3), (-1, 4), ("", 4), (10, 6), (100, 7), (3, 6))
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
_QUOTED: Final = re.compile(r"[\"'`]([^\"'`\n]{1,24})[\"'`]")
_NUMBER: Final = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")


def weighted(goal: Goal) -> tuple[Operation, ...]:
    """The goal's operations, cheaper where a word of its name or documentation speaks for them."""
    taken = set(goal.parameters) & {"it", "row"}
    found = []
    for op in goal.operations:
        if taken and (" it " in op.template or " row " in op.template):
            continue
        found.append(replace(op, cost=max(1, op.cost - 2 * relevance(op.hint, goal.named, goal.described))))
    return tuple(found)


def constants_for(goal: Goal) -> list[tuple[Value, int]]:
    """Literals worth trying with their costs: common ones, those the prose names, separators that the examples hold."""
    found: dict[str, tuple[Value, int]] = {}

    def offer(value: Value, cost: int) -> None:
        known = found.get(repr(value))
        if known is None or known[1] > cost:
            found[repr(value)] = (value, cost)

    for value, cost in COMMON:
        offer(value, cost)
    for words, values in SUGGESTED:
        strength = relevance(words, goal.named, goal.described)
        for value in values if strength else ():
            offer(value, 4 - strength)
    for text in _QUOTED.findall(goal.prose)[:8]:
        if text not in goal.parameters:
            offer(text, 4)
    for number in _NUMBER.findall(goal.prose)[:8]:
        offer(float(number) if "." in number else int(number), 4)
    seen = "\n".join(_strings(goal))
    for separator in SEPARATORS:
        if separator in seen:
            offer(separator, 3 if separator == " " else 4)
    return list(found.values())


def _strings(goal: Goal) -> Iterable[str]:
    values: list[Value] = [it for row in goal.rows for it in row.values()]
    values += [call.expected for call in goal.calls]
    for it in values:
        yield it if isinstance(it, str) else repr(it)


def evidence_of(target: Row) -> float:
    """How much a program is told apart by giving these values, in bits; the same answer again says little."""
    bits = 0.0
    seen: set[str] = set()
    for value in target:
        text = repr(value)
        bits += _bits(value) * (0.5 if text in seen else 1.0)
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


def weight_of(term: Term, goal: Goal) -> float:
    """The cost of a program with what makes it doubtful: parameters it ignores, literals of no known origin."""
    outer = {it.partition(".")[0] for it in term.names} | term.names
    ignored = [it for it in goal.parameters if it not in outer]
    strange = sum(1 for it in term.parts() if it.op.constant and it.op.cost > 5)
    return term.cost + 4.0 * len(ignored) + 2.0 * strange
