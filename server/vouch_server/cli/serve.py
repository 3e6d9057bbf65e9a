"""`vouch serve`: the language server. Everything it does is elsewhere; standard output is the protocol's."""

from typing import Annotated

import typer

from vouch_server.cli import options


def serve(
    tcp: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="Listen there for one client instead of using stdin and stdout."
        ),
    ] = None,
    settings: options.SettingsFile = None,
) -> None:
    """Serve an editor over LSP, on standard input and output.

    Logs go to standard error. The editor's own settings go over those of --settings.
    """
    address = _address(tcp) if tcp is not None else None
    chosen = options.settings_of(settings)

    from vouch_server.lsp import server

    code = server.serve_stdio(chosen) if address is None else server.serve_tcp(*address, chosen)
    raise typer.Exit(code)


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise typer.BadParameter(f"{text!r} is not HOST:PORT", param_hint="--tcp")
    return host.strip("[]") or "127.0.0.1", int(port)
