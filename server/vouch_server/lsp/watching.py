"""Files that change on disk: workspace/didChangeWatchedFiles, and asking the client to tell of them."""

import asyncio
import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from vouch_server.lsp import from_lsp
from vouch_server.lsp.connection import VouchServer
from vouch_server.workspace_table import FILE
from vouch_verifiers.registry import languages

log = logging.getLogger(__name__)

REGISTER_TIMEOUT_S = 10.0
REGISTRATION = "vouch-files"


def did_change_watched_files(server: VouchServer, params: types.DidChangeWatchedFilesParams) -> None:
    changed(server, [it.uri for it in params.changes])


def changed(server: VouchServer, uris: list[str]) -> None:
    """These files are now different on disk."""
    session = server.session
    session.files_changed(uris)
    for path in {from_lsp.path(it) for it in uris}:
        if path.name == FILE:
            session.background(session.read_again(path.parent))


async def register(server: VouchServer) -> None:
    """Ask to be told of changes on disk, where the client can do that only when asked."""
    workspace = server.client_capabilities.workspace
    able = workspace.did_change_watched_files if workspace is not None else None
    if able is None or not able.dynamic_registration:
        return
    suffixes = sorted({suffix for it in languages().values() for suffix in it.extensions})
    globs = [*(f"**/*{it}" for it in suffixes), f"**/{FILE}"]
    options = types.DidChangeWatchedFilesRegistrationOptions(
        watchers=[types.FileSystemWatcher(glob_pattern=it) for it in globs]
    )
    registration = types.Registration(
        id=REGISTRATION, method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES, register_options=options
    )
    try:
        async with asyncio.timeout(REGISTER_TIMEOUT_S):
            await server.client_register_capability_async(
                types.RegistrationParams(registrations=[registration])
            )
    except (TimeoutError, JsonRpcException) as error:
        log.warning("the client does not tell of files that change: %r", error)
