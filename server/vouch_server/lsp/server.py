"""Wires the requests to their handlers and starts serving."""

import logging
from importlib.metadata import PackageNotFoundError, version

from lsprotocol import types

from vouch_server.lsp import (
    commands,
    configuration,
    hover,
    inline_completion,
    lifecycle,
    text_sync,
    transport,
    watching,
)
from vouch_server.lsp.connection import VouchServer
from vouch_server.settings import Settings
from vouch_server.workshop import Workshop


def serve_stdio(settings: Settings) -> int:
    """Serve one client on standard input and output until it leaves; the exit code to end with.

    `settings` hold until the client sends its own, which take precedence.
    """
    return transport.serve_stdio(lambda: make(settings))


def serve_tcp(host: str, port: int, settings: Settings | None = None) -> int:
    """Serve the first client that connects, until it leaves. Port 0 takes a free one, told on standard error."""
    return transport.serve_tcp(lambda: make(settings or Settings()), host, port)


def make(settings: Settings) -> VouchServer:
    """A server for one client. It must be made on the running event loop that it is to work on."""
    # At lower levels pygls logs whole messages, and with them the person's source code.
    logging.getLogger("pygls").setLevel(logging.WARNING)
    # What fails is reported to the server as well, which logs it once and knows whose mistake it is.
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_not_reported)
    # Trust is the client's to give: until it does, nothing is started and nothing runs.
    server = VouchServer(Workshop(settings, trusted=False), version=_version())
    feature = server.feature
    feature(types.INITIALIZE)(lifecycle.initialize)
    feature(types.INITIALIZED)(lifecycle.initialized)
    feature(types.SHUTDOWN)(lifecycle.shutdown)
    feature(types.EXIT)(lifecycle.leave)
    feature(types.TEXT_DOCUMENT_DID_OPEN)(text_sync.did_open)
    feature(types.TEXT_DOCUMENT_DID_CHANGE)(text_sync.did_change)
    feature(types.TEXT_DOCUMENT_DID_SAVE)(text_sync.did_save)
    feature(types.TEXT_DOCUMENT_DID_CLOSE)(text_sync.did_close)
    feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(configuration.did_change_configuration)
    feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(lifecycle.did_change_folders)
    feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(watching.did_change_watched_files)
    feature(configuration.TRUST)(configuration.trust)
    # Without options pygls would not advertise the capability.
    feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())(
        inline_completion.inline_completion
    )
    feature(types.TEXT_DOCUMENT_HOVER)(hover.hover)
    for name, command in commands.COMMANDS.items():
        server.command(name)(command)
    return server


def _not_reported(record: logging.LogRecord) -> bool:
    return record.levelno < logging.ERROR


def _version() -> str:
    try:
        return version("vouch-lsp")
    except PackageNotFoundError:
        return "unknown"
