"""Reads plain nested data into a frozen dataclass field by field, so that one bad value costs nothing else.

Knows no setting by name: what a field means, and what it may be, stands in the field's own annotation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from enum import Enum
from functools import cache
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from cattrs import BaseValidationError, Converter

from vouch_verifiers.settings import Setting

T = TypeVar("T")

_SHOWN = 60
_NAMES: dict[object, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    Path: "a path",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a dataclass of settings. `type` is bare; `setting` is what the annotation says of it."""

    name: str
    type: Any
    setting: Setting
    default: object


def fields_of(kind: type) -> tuple[Field, ...]:
    """The fields of a dataclass whose fields all have a default, in their order."""
    hints = get_type_hints(kind, include_extras=True)
    blank = kind()
    return tuple(
        Field(
            name=it.name,
            type=_bare(hints[it.name]),
            setting=_setting(hints[it.name]),
            default=getattr(blank, it.name),
        )
        for it in fields(kind)
    )


def read(base: T, raw: Mapping[str, Any], key: str) -> tuple[T, list[str]]:
    """`base` with what `raw` says, and a line for each thing in `raw` that could not be used.

    `key` is the dotted name of `raw` itself, for messages. None means that a field was not set.
    """
    known = {it.name: it for it in fields_of(type(base))}
    problems = [unknown(f"{key}.{it}", it, known) for it in raw if it not in known]
    changes: dict[str, Any] = {}
    for name, field in known.items():
        if raw.get(name) is None:
            continue
        value, complaints = _value(getattr(base, name), raw[name], field, f"{key}.{name}")
        problems += complaints
        if value is not None or not complaints:
            changes[name] = value
    changed: T = replace(base, **changes)  # type: ignore[type-var]
    return changed, problems


def unknown(key: str, name: str, known: Iterable[str]) -> str:
    """What to say of a name that is none of the known ones."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    folded = [it for it in names if it == _snake(name)]
    hint = next(iter(folded + near), None)
    if hint is not None:
        return f"{key} is not a setting; did you mean {hint!r}?"
    return f"{key} is not a setting; known here: {', '.join(names)}"


def expected(kind: object) -> str:
    """What a value of a bare type looks like, for a person."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return expected(next(it for it in arguments if it is not NoneType)) + ", or nothing"
    if origin is Literal:
        return "one of " + ", ".join(str(it) for it in arguments)
    if origin is tuple:
        return "a list, each " + expected(arguments[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(str(it.value) for it in kind)
    return _NAMES.get(kind, "a table of settings")


def choices(kind: object) -> tuple[str, ...]:
    """The values of an enumeration or literal type; empty for other types."""
    if get_origin(kind) is Literal:
        return tuple(str(it) for it in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(it.value) for it in kind)
    return ()


def _value(base: object, raw: object, field: Field, key: str) -> tuple[object, list[str]]:
    """The value, or None with the reasons why there is none."""
    if is_dataclass(field.type):
        if not isinstance(raw, Mapping):
            return None, [f"{key} must be {expected(field.type)}, not {_shown(raw)}"]
        return read(base, raw, key)
    if raw == "" and NoneType in get_args(field.type):
        # Editors cannot unset a text field; they send what it looks like then.
        return None, []
    try:
        value = _converter().structure(raw, field.type)
    except (ValueError, TypeError, KeyError, OverflowError, BaseValidationError):
        return None, [f"{key} must be {expected(field.type)}, not {_shown(raw)}{_nearest(raw, field.type)}"]
    complaint = _out_of_range(value, field.setting)
    return (None, [f"{key} must be {complaint}, not {_shown(raw)}"]) if complaint else (value, [])


def _out_of_range(value: object, setting: Setting) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if setting.least is not None and value < setting.least:
        return f"at least {setting.least:,}"
    if setting.most is not None and value > setting.most:
        return f"at most {setting.most:,}"
    return ""


def _nearest(raw: object, kind: object) -> str:
    near = get_close_matches(str(raw), choices(kind), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def _shown(raw: object) -> str:
    shown = repr(raw)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _snake(name: str) -> str:
    return "".join(f"_{it.lower()}" if it.isupper() else it for it in name.replace("-", "_")).lstrip("_")


def _bare(hint: object) -> object:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _setting(hint: object) -> Setting:
    said: Iterator[Setting] = (it for it in get_args(hint)[1:] if isinstance(it, Setting))
    return next(said, Setting(doc=""))


@cache
def _converter() -> Converter:
    """cattrs, told to take values as they are: its own hooks would read "no" as true and 1.9 as 1."""
    converter = Converter()
    for kind, hook in _HOOKS.items():
        converter.register_structure_hook(kind, hook)
    converter.register_structure_hook_func(_is_literal, _literal)
    converter.register_structure_hook_func(_is_tuple, _items)
    return converter


def _is_tuple(kind: object) -> bool:
    return get_origin(kind) is tuple


def _is_literal(kind: object) -> bool:
    return get_origin(kind) is Literal


def _literal(raw: object, kind: object) -> object:
    if not isinstance(raw, str) or raw not in get_args(kind):
        raise ValueError
    return raw


def _truth(raw: object, _: object) -> bool:
    if not isinstance(raw, bool):
        raise TypeError
    return raw


def _text(raw: object, kind: type[str]) -> str:
    if not isinstance(raw, str):
        raise TypeError
    # An enumeration of texts comes here too, since it is a kind of text.
    return raw if kind is str else kind(raw)


def _path(raw: object, _: object) -> Path:
    return Path(_text(raw, str)).expanduser()


def _number(raw: object, _: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not isfinite(raw):
        raise TypeError
    return float(raw)


def _whole(raw: object, _: object) -> int:
    # Some editors write every number with a decimal point.
    number = _number(raw, float)
    if not number.is_integer():
        raise ValueError
    return int(number)


def _items(raw: object, kind: object) -> tuple[object, ...]:
    # A text would otherwise be read as a list of its letters.
    if not isinstance(raw, list | tuple):
        raise TypeError
    item = get_args(kind)[0]
    return tuple(_converter().structure(it, item) for it in raw)


_HOOKS: dict[type, Callable[..., object]] = {
    bool: _truth,
    str: _text,
    int: _whole,
    float: _number,
    Path: _path,
}
