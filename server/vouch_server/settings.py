"""What a person may set, read from an editor, a file or a command line.

Each setting stands here, or beside what it sets, with its meaning, bounds and default. Unknown names and bad
values are reported, one line each, and never cost the good rest. Knows no editor.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from vouch_server import reading
from vouch_server.model import GeneratorKind
from vouch_server.registry import generators
from vouch_verifiers.model import Require
from vouch_verifiers.plain_files import read_plain
from vouch_verifiers.settings import Limits, Setting, VerifierSettings

SECTION = "vouch"
LARGEST_FILE = 1024 * 1024


class SettingsFault(Exception):
    """A file of settings cannot be read at all. The message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a person set. `generators` holds each generator's own settings by its name.

    In an editor or a file, what is in `verifiers` stands beside the others: `vouch.require`, `vouch.sandbox`.
    """

    enabled: Annotated[bool, Setting(doc="Whether Vouch does anything.")] = True
    generator: Annotated[
        str,
        Setting(doc="The name of the generator that proposes; the default needs no model and no network."),
    ] = "synthesis"
    candidates: Annotated[
        int, Setting(doc="How many candidates are proposed and judged for one suggestion.", least=1, most=16)
    ] = 3
    trigger: Annotated[
        Literal["automatic", "explicit"],
        Setting(doc="Whether suggestions come while typing, or only when asked for."),
    ] = "automatic"
    debounce_ms: Annotated[
        int, Setting(doc="How long typing has to rest before a model is asked, in ms.", least=0, most=5_000)
    ] = 75
    hold_ms: Annotated[
        int,
        Setting(doc="How long an answer may wait for proof while typing, in ms.", least=0, most=10_000),
    ] = 1_200
    explicit_hold_ms: Annotated[
        int,
        Setting(doc="How long an answer may wait for proof when asked for, in ms.", least=0, most=60_000),
    ] = 8_000
    disabled_languages: Annotated[
        tuple[str, ...], Setting(doc="Languages, by their LSP identifier, in which nothing is suggested.")
    ] = ()
    verifiers: VerifierSettings = field(default_factory=VerifierSettings)
    generators: Mapping[str, Any] = field(default_factory=dict)

    def of(self, kind: GeneratorKind) -> Any:  # noqa: ANN401 - each generator has its own type
        """That generator's own settings: what was set, else its defaults."""
        return self.generators.get(kind.name) or kind.settings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Settings, and a line for a person about each thing that could not be used."""

    settings: Settings
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting as a person sees it: its dotted key, meaning, default, form and, where few, its choices."""

    key: str
    doc: str
    default: object
    form: str
    choices: tuple[str, ...] = ()


# A workspace comes from strangers: it may switch things off, never on, and never says where code is sent.
_OF_A_WORKSPACE = frozenset({"enabled", "disabled_languages", "require", "limits", "check_timeout_ms"})
_STRICTNESS = (Require.COMPILE, Require.RUN, Require.EXAMPLES)
_NESTED = frozenset({"verifiers", "generators"})


def read(raw: object, *, base: Settings | None = None) -> Reading:
    """What the `vouch` section says, over `base` or the defaults.

    `raw` may also be the table that has this section in it; None says nothing.
    """
    base = base or Settings()
    if raw is None:
        return Reading(settings=base)
    if not isinstance(raw, Mapping):
        return Reading(settings=base, problems=(f"{SECTION} must be a table of settings",))
    own, judging, others = _sorted(section(raw))
    flat, problems = reading.read(base, own, SECTION)
    verifiers, more = reading.read(base.verifiers, judging, SECTION)
    problems += more + [
        reading.unknown(f"{SECTION}.{it}", it, _names()) for it in others if it != "generators"
    ]
    generators_read, more = _read_generators(base, others.get("generators"))
    settings = replace(flat, verifiers=verifiers, generators=generators_read)
    settings, complaints = _known_generator(settings, base)
    return Reading(settings=settings, problems=(*problems, *more, *complaints))


def read_generator(kind: GeneratorKind, raw: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """One generator's own settings, and a line for each thing that could not be used."""
    settings, problems = reading.read(kind.settings(), raw, f"{SECTION}.generators.{kind.name}")
    return settings, tuple(problems)


def read_workspace(user: Settings, raw: object) -> Reading:
    """The user's settings with what a workspace's own configuration may tighten."""
    if not isinstance(raw, Mapping):
        return read(None, base=user)
    said = section(raw)
    allowed = {name: value for name, value in said.items() if name in _OF_A_WORKSPACE}
    refused = [
        f"{SECTION}.{it} may be set by you, not by a workspace" for it in said if it not in _OF_A_WORKSPACE
    ]
    workspace = read(allowed, base=user)
    settings = replace(
        user,
        enabled=user.enabled and workspace.settings.enabled,
        disabled_languages=tuple(
            dict.fromkeys(user.disabled_languages + workspace.settings.disabled_languages)
        ),
        verifiers=tighten(user.verifiers, workspace.settings.verifiers),
    )
    return Reading(settings=settings, problems=(*refused, *workspace.problems))


def tighten(user: VerifierSettings, workspace: VerifierSettings) -> VerifierSettings:
    """The user's settings made stricter where the workspace's are stricter; never looser, in no field.

    What has no stricter side, such as which sandbox or which interpreter, stays the user's.
    """
    return replace(
        user,
        require=max(user.require, workspace.require, key=_STRICTNESS.index),
        check_timeout_ms=min(user.check_timeout_ms, workspace.check_timeout_ms),
        limits=Limits(
            **{
                it.name: min(getattr(user.limits, it.name), getattr(workspace.limits, it.name))
                for it in reading.fields_of(Limits)
            }
        ),
    )


def read_file(path: Path) -> Mapping[str, Any]:
    """The raw settings in a TOML or JSON file, for `read`. Raises SettingsFault."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SettingsFault(f"{path} is too large for a file of settings")
        data = read_plain(path, most_bytes=LARGEST_FILE)
        text = data.decode("utf-8-sig")
        raw = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise SettingsFault(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        kind = "TOML" if path.suffix == ".toml" else "JSON"
        raise SettingsFault(f"{path} is not {kind}: {error}") from error
    if not isinstance(raw, dict):
        raise SettingsFault(f"{path} holds no table of settings")
    return raw


def section(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `vouch` section where `raw` has one, else `raw` itself."""
    inner = raw.get(SECTION)
    return inner if isinstance(inner, Mapping) else raw


def catalogue() -> Iterator[Entry]:
    """Every setting there is, in order: for a manifest, a page of documentation or a doctor."""
    yield from _entries(Settings(), SECTION)
    yield from _entries(VerifierSettings(), SECTION)
    for name, kind in sorted(generators().items()):
        yield from _entries(kind.settings(), f"{SECTION}.generators.{name}")


def _entries(blank: object, key: str) -> Iterator[Entry]:
    for it in reading.fields_of(type(blank)):
        if isinstance(blank, Settings) and it.name in _NESTED:
            continue
        if is_dataclass(it.type):
            yield from _entries(it.default, f"{key}.{it.name}")
            continue
        yield Entry(
            key=f"{key}.{it.name}",
            doc=it.setting.doc,
            default=it.default,
            form=reading.expected(it.type),
            choices=reading.choices(it.type),
        )


def _names() -> list[str]:
    own = [it.name for it in reading.fields_of(Settings) if it.name not in _NESTED]
    return [*own, *(it.name for it in reading.fields_of(VerifierSettings)), "generators"]


def _sorted(raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    own = {it.name for it in reading.fields_of(Settings)} - _NESTED
    judging = {it.name for it in reading.fields_of(VerifierSettings)}
    return (
        {name: value for name, value in raw.items() if name in own},
        {name: value for name, value in raw.items() if name in judging},
        {name: value for name, value in raw.items() if name not in own | judging},
    )


def _read_generators(base: Settings, raw: object) -> tuple[dict[str, Any], list[str]]:
    known, problems = generators(), []
    found = {name: base.of(kind) for name, kind in known.items()}
    raw = {} if raw is None else raw
    if not isinstance(raw, Mapping):
        return found, [f"{SECTION}.generators must be a table, one entry for each generator"]
    for name, said in raw.items():
        key = f"{SECTION}.generators.{name}"
        if name not in known:
            problems.append(reading.unknown(key, name, known))
        elif isinstance(said, Mapping):
            found[name], complaints = reading.read(found[name], said, key)
            problems += complaints
        elif said is not None:
            problems.append(f"{key} must be a table of settings")
    return found, problems


def _known_generator(settings: Settings, base: Settings) -> tuple[Settings, list[str]]:
    known = generators()
    if settings.generator in known or settings.generator == base.generator:
        return settings, []
    complaint = (
        f"{SECTION}.generator: there is no generator {settings.generator!r}; known: {', '.join(known)}"
    )
    return replace(settings, generator=base.generator), [complaint]
