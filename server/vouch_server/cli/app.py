"""Puts the commands together. Imports only what declares them: each brings in its own work when it is called."""

import logging
import sys
from typing import Annotated

import typer

from vouch_server.cli import bench, complete, demo, doctor, serve, verify

app = typer.Typer(
    name="vouch",
    help="Code completions that were compiled, run and held against your own examples before you see them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("complete")(complete.complete)
app.command("verify")(verify.verify)
app.command("doctor")(doctor.doctor)
app.command("bench")(bench.bench)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command that the arguments name, and end the process with its exit code."""
    app(prog_name="vouch")


def _tell_version(wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        typer.echo(f"vouch {version('vouch-lsp')}")
    except PackageNotFoundError:
        typer.echo("vouch, not installed")
    raise typer.Exit


@app.callback()
def _before_any(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, on stderr.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version it is."),
    ] = False,
) -> None:
    # Standard output belongs to results, and under `serve` to the protocol.
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )
