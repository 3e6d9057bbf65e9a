"""`vouch bench`: what judging is worth, measured on recorded model outputs."""

from pathlib import Path
from typing import Annotated

import typer

from vouch_server.cli import options


def bench(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    data: Annotated[
        list[Path],
        typer.Option(
            "--data", exists=True, dir_okay=False, help="Recorded outputs, JSON lines; may be repeated."
        ),
    ],
    more: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, dir_okay=False, metavar="[FILE]...", help="More of them."),
    ] = None,
    json_out: Annotated[
        Path | None,
        typer.Option("--json", metavar="OUT", help="Write every figure and every sample's verdict."),
    ] = None,
    html_out: Annotated[
        Path | None, typer.Option("--html", metavar="OUT", help="Write the tables as one page.")
    ] = None,
    origin: Annotated[
        str, typer.Option(metavar="TEXT", help='Only records whose origin contains this, e.g. "real:".')
    ] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Judge no more than so many records.")] = None,
    naive: Annotated[
        int, typer.Option(min=0, max=200, help="Judge so many again with fresh processes, to compare.")
    ] = 15,
    sandbox: options.Sandbox = None,
    python: options.Python = None,
    settings: options.SettingsFile = None,
) -> None:
    """Judge recorded model outputs and report precision with and without each check, false rejects and latency.

    A record is {"task", "sample", "language", "path", "prefix", "completion", "suffix", "origin", "label": {"compiles",
    "hidden_pass"}}; its origin is real:MODEL, reference, or mutant:KIND. Only the label knows of hidden tests: none is
    ever run or shown to anything here. Records in languages that Vouch does not know are counted and left out.

    Exit code 0 when the measurement was taken, 1 where nothing can be judged here, 2 on bad use.
    """
    chosen = options.settings_of(settings, sandbox=sandbox, python=python)

    from vouch_server.cli import measuring_run

    files = (*data, *(more or ()))
    outputs = measuring_run.Outputs(json=json_out, html=html_out)
    code = measuring_run.measure_and_show(
        files, chosen, outputs=outputs, origin=origin, limit=limit, naive=naive
    )
    raise typer.Exit(code)
