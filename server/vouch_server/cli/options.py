"""The options that several commands share, and the settings that they add up to."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vouch_verifiers.model import Require

if TYPE_CHECKING:
    from vouch_server.settings import Settings

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="Settings, as JSON or TOML; the others here go over it."),
]
Generator = Annotated[
    str | None, typer.Option("--generator", metavar="NAME", help="What proposes; `vouch doctor` lists them.")
]
Sandbox = Annotated[
    str | None,
    typer.Option("--sandbox", metavar="NAME", help="The sandbox to run code in; auto takes the best."),
]
Python = Annotated[
    Path | None,
    typer.Option(
        "--python",
        metavar="PATH",
        exists=True,
        dir_okay=False,
        help="The interpreter to run code with; the project's own is found without it.",
    ),
]
Least = Annotated[
    Require | None,
    typer.Option("--require", help="The least evidence that is needed, where it can be had at all."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def settings_of(
    file: Path | None = None,
    *,
    generator: str | None = None,
    sandbox: str | None = None,
    python: Path | None = None,
    require: Require | None = None,
) -> "Settings":
    """The settings that a file and the options make. Raises typer.BadParameter, which ends in exit code 2."""
    from vouch_server import settings as reading

    try:
        read = reading.read(reading.read_file(file) if file is not None else None)
    except reading.SettingsFault as fault:
        raise typer.BadParameter(str(fault)) from fault
    if read.problems:
        raise typer.BadParameter("; ".join(read.problems))
    settings = read.settings
    if generator is not None:
        settings = replace(settings, generator=_known_generator(generator))
    judging = settings.verifiers
    if sandbox is not None:
        judging = replace(judging, sandbox=_known_sandbox(sandbox))
    if python is not None:
        # Not resolved: through its own path a virtual environment's link finds its packages.
        judging = replace(judging, python=python.absolute())
    if require is not None:
        judging = replace(judging, require=require)
    return replace(settings, verifiers=judging)


def _known_generator(name: str) -> str:
    from vouch_server.registry import generators

    if name not in generators():
        raise typer.BadParameter(f"there is no generator {name!r}; known: {', '.join(sorted(generators()))}")
    return name


def _known_sandbox(name: str) -> str:
    from vouch_verifiers.registry import sandboxes

    if name != "auto" and name not in sandboxes():
        raise typer.BadParameter(
            f"there is no sandbox {name!r}; known: auto, {', '.join(sorted(sandboxes()))}"
        )
    return name
