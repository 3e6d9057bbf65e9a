"""`vouch doctor`: what works on this machine, each thing tried for real, and how to get what does not."""

from typing import Annotated

import typer

from vouch_server.cli import options


def doctor(
    generator: options.Generator = None,
    sandbox: options.Sandbox = None,
    python: options.Python = None,
    settings: options.SettingsFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help='One JSON object: {"ok", "project", "probes"}; times in ms.')
    ] = False,
) -> None:
    """Try sandboxes, workers with their canaries, every check, the generators, and then the main job.

    "absent" is not on this machine, "broken" is and does not do what it should, "off" is not configured. The
    interpreter is the one found for the current directory; nothing of the directory is run.

    Exit code 0 when the main job works, 1 otherwise.
    """
    chosen = options.settings_of(settings, generator=generator, sandbox=sandbox, python=python)

    from vouch_server.cli import diagnosis, running

    show = diagnosis.tell_as_json if as_json else diagnosis.tell
    raise typer.Exit(running.run(show(chosen)))
