"""Reads the arguments of our commands and notifications; what does not fit gets an error that says what would."""

from collections.abc import Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams


def one_at_most(command: str, arguments: Sequence[object]) -> object:
    """The only argument, None where there is none."""
    if len(arguments) > 1:
        raise JsonRpcInvalidParams(f"{command} takes one argument at most, not {len(arguments)}")
    return arguments[0] if arguments else None


def text(command: str, value: object, meaning: str) -> str:
    if not isinstance(value, str) or not value:
        raise JsonRpcInvalidParams(f"{command} needs {meaning}, a string, not {value!r}")
    return value


def number(command: str, value: object, meaning: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise JsonRpcInvalidParams(f"{command} needs {meaning}, a number from 0, not {value!r}")
    return value


def flag(command: str, value: object, meaning: str) -> bool:
    if not isinstance(value, bool):
        raise JsonRpcInvalidParams(f"{command} needs {meaning}, true or false, not {value!r}")
    return value


def fields(command: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise JsonRpcInvalidParams(f"{command} needs an object with a uri in it, not {value!r}")
    return value


def position(command: str, value: object) -> types.Position:
    """A position of LSP: {line, character}, integers counted from 0."""
    if isinstance(value, dict):
        line, character = value.get("line"), value.get("character")
        if isinstance(line, int) and isinstance(character, int):
            return types.Position(line=line, character=character)
    raise JsonRpcInvalidParams(f"{command} needs a position {{line, character}}, not {value!r}")


def span(command: str, value: object) -> types.Range:
    """A range of LSP: {start, end}."""
    if not isinstance(value, dict):
        raise JsonRpcInvalidParams(f"{command} needs a range {{start, end}}, not {value!r}")
    return types.Range(
        start=position(command, value.get("start")),
        end=position(command, value.get("end")),
    )
