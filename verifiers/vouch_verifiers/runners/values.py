"""Compares what was observed inside with what was expected, by plain values: no method of a candidate's takes part."""

import ast
import doctest
import math
from collections.abc import Callable
from typing import Any

from vouch_verifiers.model import Example
from vouch_verifiers.runners.python_worker import Event

RELATIVE_TOLERANCE = 1e-9
_CHECKER = doctest.OutputChecker()
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.DONT_ACCEPT_TRUE_FOR_1


class Opaque:
    """A value of a type that is not built in: known by its type's name and its repr."""

    def __init__(self, kind: str, text: str) -> None:
        self.identity = (kind, text)


def decoded(tagged: list[Any]) -> Any:
    """The value that a worker encoded (see `runners/inside/values.py`). Raises ValueError on anything else."""
    try:
        return _decoded(tagged)
    except (IndexError, KeyError, TypeError) as error:
        raise ValueError("not an encoded value") from error


def _decoded(tagged: list[Any]) -> Any:
    tag = tagged[0]
    if tag in _SCALARS:
        return _SCALARS[tag](tagged)
    match tag:
        case "l":
            return [_decoded(it) for it in tagged[1]]
        case "t":
            return tuple(_decoded(it) for it in tagged[1])
        case "S" | "F":
            return frozenset(_hashable(_decoded(it)) for it in tagged[1])
        case "d":
            return {_hashable(_decoded(key)): _decoded(value) for key, value in tagged[1]}
        case _:
            raise KeyError(tag)


_SCALARS: dict[str, Callable[[list[Any]], Any]] = {
    "n": lambda tagged: None,
    "b": lambda tagged: tagged[1],
    "s": lambda tagged: tagged[1],
    "i": lambda tagged: int(tagged[1], 16) if isinstance(tagged[1], str) else tagged[1],
    "f": lambda tagged: float(tagged[1]),
    "c": lambda tagged: complex(tagged[1]),
    "y": lambda tagged: bytes.fromhex(tagged[1]),
    "o": lambda tagged: Opaque(tagged[1], tagged[2]),
}


def _hashable(value: Any) -> Any:
    """What stands for a member of a set or a key: a class may be hashable whose base is not."""
    if isinstance(value, Opaque):
        return value.identity
    return (type(value).__name__, repr(value)) if isinstance(value, (list, dict)) else value


def same(wanted: Any, seen: Any) -> bool:
    """Equality as Python has it for built-in values, floats within a relative 1e-9."""
    if isinstance(wanted, Opaque) or isinstance(seen, Opaque):
        return isinstance(wanted, Opaque) and isinstance(seen, Opaque) and wanted.identity == seen.identity
    if isinstance(wanted, (list, tuple)):
        return isinstance(seen, type(wanted)) and len(wanted) == len(seen) and all(map(same, wanted, seen))
    if isinstance(wanted, dict):
        return (
            isinstance(seen, dict)
            and wanted.keys() == seen.keys()
            and all(same(wanted[it], seen[it]) for it in wanted)
        )
    if isinstance(wanted, float) or isinstance(seen, float):
        return _same_number(wanted, seen)
    return bool(wanted == seen)


def _same_number(wanted: Any, seen: Any) -> bool:
    if not isinstance(wanted, (int, float)) or not isinstance(seen, (int, float)):
        return bool(wanted == seen)
    if math.isnan(wanted) and math.isnan(seen):
        return True
    return wanted == seen or math.isclose(wanted, seen, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-12)


def meets(example: Example, event: Event) -> bool:
    """Whether a step's answer is what its example says."""
    raised = event.get("raised")
    if example.mode == "raises":
        return raised is not None and _expected_exception(example.expected, raised)
    if raised is not None:
        return False
    match example.mode:
        case "exec":
            return True
        case "truth":
            return bool(event["value"] == ["b", True])
        case "value":
            return _meets_value(example, event)
        case _:
            return _same_text(example.expected, event["output"])


def _meets_value(example: Example, event: Event) -> bool:
    seen = decoded(event["value"])
    wanted = literal(example.expected)
    if wanted is not None:
        if same(wanted[0], seen) or _same_text(example.expected, event["text"]):
            return True
        # A function that prints what looks like a literal.
        return seen is None and _same_text(example.expected, event["output"])
    told = event.get("expected")
    if told is None:
        return False
    # Types that are not built in define their own equality; for the others plain values decide.
    own_equality = event.get("equal") is True and told[0] == "o" == event["value"][0]
    return own_equality or same(decoded(told), seen)


def literal(source: str) -> tuple[Any] | None:
    """The value of a literal, in a tuple; None where the source is not one."""
    try:
        value = ast.literal_eval(source.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return (value,)


def _same_text(wanted: str, seen: str) -> bool:
    return _CHECKER.check_output(wanted.rstrip("\n") + "\n", seen.rstrip("\n") + "\n", _FLAGS)


def _expected_exception(wanted: str, raised: Event) -> bool:
    name, _, message = wanted.partition(":")
    if name.strip().rpartition(".")[2] not in raised["bases"]:
        return False
    return not message.strip() or _same_text(message.strip(), raised["message"])


def shown(event: Event, example: Example) -> str:
    """What was observed, as a person reads it, on one line."""
    raised = event.get("raised")
    if raised is not None:
        return f"{raised['type']}: {raised['message']}".rstrip(": ")[:200]
    if example.mode in ("value", "truth"):
        return str(event["text"])[:200]
    return str(event["output"])[:200]
