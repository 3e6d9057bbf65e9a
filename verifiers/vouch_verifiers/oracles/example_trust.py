"""Which of the examples that were read can be believed, judged by the examples alone."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from vouch_verifiers.model import Example
from vouch_verifiers.oracles.expressions import is_literal, literal_value, parse_expression
from vouch_verifiers.oracles.notations import is_lone_in_brackets


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An example, the lines of the file it was read from, and the section of the documentation it stands in.

    Sections count upwards through the text; prompts stand in section -1, since their form needs no heading.
    """

    example: Example
    lines: range
    section: int


def trusted(readings: Sequence[Reading]) -> list[Reading]:
    """The readings without repetitions, ambiguities and those that others contradict.

    Prompts are never dropped: a call that gives another value the second time is ordinary there.
    """
    kept = [it for it in readings if not _is_ambiguous(it, readings)]
    return _consistent(_of_the_last_kind(_unique(kept)))


def _unique(readings: Sequence[Reading]) -> list[Reading]:
    """Loose examples once each; one that a prompt already states is left out."""
    seen = {_content(it) for it in readings if _is_prompt(it)}
    kept = []
    for it in readings:
        if not _is_prompt(it) and _content(it) in seen:
            continue
        seen.add(_content(it))
        kept.append(it)
    return kept


def _is_ambiguous(reading: Reading, readings: Sequence[Reading]) -> bool:
    """True for `("x")` unless others show that no tuple is meant."""
    if _is_prompt(reading) or not is_lone_in_brackets(reading.example.expected):
        return False
    others = {
        _kind(it) for it in readings if it is not reading and not is_lone_in_brackets(it.example.expected)
    }
    return not others or "tuple" in others


def _of_the_last_kind(readings: Sequence[Reading]) -> list[Reading]:
    """Without loose examples of an earlier section whose value is of another kind than those that count.

    A text that defines a function by equations such as `f(1) = 3` may go on to ask for a list of its values.
    """
    loose = [it for it in readings if not _is_prompt(it) and it.example.mode == "value"]
    prompted = [it for it in readings if _is_prompt(it) and it.example.mode == "value"]
    last = max((it.section for it in loose), default=-1)
    judges = prompted or [it for it in loose if it.section == last]
    kinds = {_kind(it) for it in judges} - {""}
    if not kinds:
        return list(readings)
    return [
        it
        for it in readings
        if it not in loose or (it.section == last and not prompted) or _kind(it) in kinds | {""}
    ]


def _consistent(readings: Sequence[Reading]) -> list[Reading]:
    """Without loose examples that give one call two values, unless a prompt or the last section decides."""
    answers: dict[str, list[Reading]] = {}
    for it in readings:
        if it.example.mode in ("value", "raises"):
            answers.setdefault(_normal(it.example.code), []).append(it)
    dropped: list[Reading] = []
    for group in answers.values():
        if len({_content(it) for it in group}) < 2 or all(_is_prompt(it) for it in group):
            continue
        last = max(it.section for it in group)
        judges = [it for it in group if _is_prompt(it)] or [it for it in group if it.section == last]
        decided = len({_content(it) for it in judges}) == 1 or _is_prompt(judges[0])
        dropped += [it for it in group if not _is_prompt(it) and not (decided and it in judges)]
    return [it for it in readings if not any(it is one for one in dropped)]


def _is_prompt(reading: Reading) -> bool:
    return reading.example.origin == "doc"


def _content(reading: Reading) -> tuple[str, str, str]:
    example = reading.example
    return example.mode, _normal(example.code), _normal(example.expected)


def _normal(source: str) -> str:
    """A spelling that does not depend on white space and quotes."""
    node = parse_expression(source)
    return ast.unparse(node) if node is not None else source


def _kind(reading: Reading) -> str:
    """The kind of the expected value: its type's name, "number", or "" for None and the unknown."""
    node = parse_expression(reading.example.expected)
    if node is None or not is_literal(node):
        return "number" if isinstance(node, ast.BinOp) else ""
    try:
        value = literal_value(node)
    except ValueError:
        return ""
    if value is None:
        return ""
    return (
        "number"
        if isinstance(value, int | float | complex) and not isinstance(value, bool)
        else type(value).__name__
    )
