"""Settings and trust: initializationOptions, workspace/didChangeConfiguration and vouch/trust.

`initializationOptions`: {settings, trusted}. Settings take effect at once; warm tools are restarted only where what
they were started with has changed.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from vouch_server import settings as reading
from vouch_server.lsp import arguments
from vouch_server.lsp.connection import VouchServer

log = logging.getLogger(__name__)

TRUST = "vouch/trust"
PULL_TIMEOUT_S = 5.0


def begin(server: VouchServer, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Take over what the client says when it initialises; a line for each setting that could not be used.

    Nothing is started yet, so nothing has to be restarted.
    """
    workshop = server.session.workshop
    trusted = options.get("trusted")
    server.trust_unknown = not isinstance(trusted, bool)
    workshop.trusted = trusted is True
    read = reading.read(options.get("settings"), base=server.base_settings)
    workshop.settings = read.settings
    return read.problems


async def did_change_configuration(server: VouchServer, params: types.DidChangeConfigurationParams) -> None:
    """What the client sends holds over the settings that the server was started with, not over what it sent before."""
    said = params.settings or await _pulled(server)
    read = reading.read(said, base=server.base_settings)
    complain(server, read.problems)
    session = server.session
    if read.settings == session.settings:
        return
    session.stop_everything()
    session.forget_offers()
    await session.workshop.change_settings(read.settings)
    session.tell_standing()


async def trust(server: VouchServer, params: Any) -> None:
    """vouch/trust {trusted}: the person trusts the workspace, or no longer does."""
    trusted = arguments.flag(TRUST, params.get("trusted") if isinstance(params, dict) else None, "trusted")
    server.trust_unknown = False
    session = server.session
    session.stop_everything()
    if not trusted:
        session.forget_offers()
    await session.workshop.change_trust(trusted)
    session.tell_standing()


def complain(server: VouchServer, problems: tuple[str, ...]) -> None:
    """Tell the person, in one message, which of their settings could not be used; the others are."""
    if problems and problems != server.complained_of:
        message = "Vouch settings: " + "; ".join(problems)
        server.window_show_message(types.ShowMessageParams(type=types.MessageType.Warning, message=message))
    server.complained_of = problems


async def _pulled(server: VouchServer) -> Any:
    """Clients that only say that something changed want to be asked what."""
    workspace = server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return None
    item = types.ConfigurationItem(section=reading.SECTION)
    try:
        async with asyncio.timeout(PULL_TIMEOUT_S):
            answers = await server.workspace_configuration_async(types.ConfigurationParams(items=[item]))
    except (TimeoutError, JsonRpcException) as error:
        log.warning("the client did not tell its settings: %r", error)
        return None
    return answers[0] if answers else None
