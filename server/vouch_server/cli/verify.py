"""`vouch verify`: judge what others propose, one JSON line each. A contract for scripts and CI jobs."""

from pathlib import Path
from typing import Annotated

import typer

from vouch_server.cli import options


def verify(
    workspace: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="The project: readable in the sandbox, and what relative paths start from.",
        ),
    ] = Path(),
    sandbox: options.Sandbox = None,
    python: options.Python = None,
    require: options.Least = None,
    settings: options.SettingsFile = None,
) -> None:
    """Judge candidates from standard input, one JSON object a line, and write one line for each as it is done.

    In: {"id", "language", "path", "prefix", "completion", "suffix"}; other keys are ignored. The path need not exist
    but must lie in the workspace.

    Out: {"id", "accepted", "summary", "evidence": [{"check", "outcome", "message", "ms", "position"}], "ms"}. A
    position is null or {"line", "column"}, both counted from 1, columns in code points, in the resulting text.

    Two are judged at once, so answers may come out of order: go by the id. A line that cannot be judged is answered
    with {"id": null, "line", "error"} and the rest go on; empty lines are passed over. A language that Vouch does not
    know is judged, as inconclusive.

    Exit code 0 when every line was judged, 2 when one was malformed, 130 after an interrupt.

    The candidates are run, in a sandbox and with the workspace readable: call it only on a project that you trust.
    """
    chosen = options.settings_of(settings, sandbox=sandbox, python=python, require=require)

    from vouch_server.cli import judging_lines, running

    work = judging_lines.judge_standard_input(workspace.resolve(), chosen.verifiers)
    raise typer.Exit(running.run(work))
