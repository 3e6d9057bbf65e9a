"""`vouch complete`: one request without an editor."""

from pathlib import Path
from typing import Annotated

import typer

from vouch_server.cli import options


def complete(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file to complete in.")],
    line: Annotated[int, typer.Option("--line", min=1, help="The cursor's line, counted from 1.")],
    column: Annotated[
        int, typer.Option("--column", min=1, help="The cursor's column, counted from 1 in code points.")
    ],
    generator: options.Generator = None,
    candidates: Annotated[
        int | None, typer.Option(min=1, max=16, help="How many candidates to ask for.")
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="The project; found by its .git or pyproject.toml without it, else the file's folder.",
        ),
    ] = None,
    sandbox: options.Sandbox = None,
    python: options.Python = None,
    require: options.Least = None,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Ask for a completion at a place in a file, and say what was seen of every candidate.

    Exit code 0 when something is suggested, 1 when nothing is, with the reason, 2 on bad use.

    The candidates are run, in a sandbox and with the project readable: call it only on a project that you trust.
    """
    chosen = options.settings_of(
        settings, generator=generator, sandbox=sandbox, python=python, require=require
    )

    from vouch_server.cli import asking, running

    try:
        hole = asking.hole(file, line, column, workspace)
    except asking.Unaskable as error:
        raise typer.BadParameter(str(error)) from error
    show = asking.show_as_json if as_json else asking.show
    raise typer.Exit(running.run(asking.ask(hole, chosen, candidates or chosen.candidates, show)))
