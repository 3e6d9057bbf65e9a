"""Settings and trust: initializationOptions, workspace/didChangeConfiguration and vouch/trust.

`initializationOptions`: {settings, trusted}. Settings take effect at once; warm tools are restarted only
where what they were started with has changed.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from vouch_server import settings as reading
from vouch_server.lsp import arguments
from vouch_server.lsp.connection import VouchServer
from vouch_server.lsp.session import Session

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


def did_change_configuration(server: VouchServer, params: types.DidChangeConfigurationParams) -> None:
    """Takes effect before the next message is read."""
    if params.settings:
        _change(server, params.settings)
    else:
        server.session.background(_pull(server))


def trust(server: VouchServer, params: object) -> None:
    """vouch/trust {trusted}: the person trusts the workspace, or no longer does."""
    said = params.get("trusted") if isinstance(params, dict) else None
    trusted = arguments.flag(TRUST, said, "trusted")
    session = server.session
    server.trust_unknown = False
    session.stop_everything()
    session.forget_offers()
    session.background(_settle(session, session.workshop.change_trust(trusted)))


def _change(server: VouchServer, said: object) -> None:
    """What the client sends holds over what the server was started with, not over what it sent before."""
    read = reading.read(said, base=server.base_settings)
    complain(server, read.problems)
    session = server.session
    if read.settings != session.settings:
        session.stop_everything()
        session.forget_offers()
        session.background(_settle(session, session.workshop.change_settings(read.settings)))


async def _settle(session: Session, closing: Coroutine[Any, Any, None]) -> None:
    await closing
    session.tell_standing()
    session.warm_up_all()


def complain(server: VouchServer, problems: tuple[str, ...]) -> None:
    """Tell the person, in one message, which of their settings could not be used."""
    if problems and problems != server.complained_of:
        message = "Vouch settings: " + "; ".join(problems)
        server.window_show_message(types.ShowMessageParams(type=types.MessageType.Warning, message=message))
    server.complained_of = problems


async def _pull(server: VouchServer) -> None:
    """Clients that only say that something changed want to be asked what."""
    workspace = server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return
    item = types.ConfigurationItem(section=reading.SECTION)
    try:
        async with asyncio.timeout(PULL_TIMEOUT_S):
            answers = await server.workspace_configuration_async(types.ConfigurationParams(items=[item]))
    except (TimeoutError, JsonRpcException) as error:
        log.warning("the client did not tell its settings: %r", error)
        return
    if answers:
        _change(server, answers[0])
