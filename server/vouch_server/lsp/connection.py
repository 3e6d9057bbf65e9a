"""The server object that handlers are given: pygls' server with our protocol and one session."""

import asyncio
import logging
from collections.abc import Mapping

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException, JsonRpcInternalError
from pygls.lsp.server import LanguageServer

from vouch_server.lsp.documents import Document
from vouch_server.lsp.protocol import ARRIVAL, Arrival, VouchProtocol, converter
from vouch_server.lsp.session import Session
from vouch_server.lsp.status import StatusLine
from vouch_server.workshop import Workshop

log = logging.getLogger(__name__)


class VouchServer(LanguageServer):
    """Owns the session of the one client of this process."""

    protocol: VouchProtocol

    def __init__(self, workshop: Workshop, *, version: str) -> None:
        super().__init__(
            "vouch",
            version,
            types.TextDocumentSyncKind.Incremental,
            protocol_cls=VouchProtocol,
            converter_factory=converter,
        )
        self.session = Session(workshop, StatusLine(self.protocol.notify))
        self.protocol.arrive = self.arrive
        self.exited = asyncio.Event()
        self.exit_code = 1
        self.base_settings = workshop.settings
        self.trust_unknown = True
        self.problems: tuple[str, ...] = ()
        self.complained_of: tuple[str, ...] = ()
        self._told_of_errors = False

    def arrive(self, uri: str | None) -> Arrival:
        """What there is at this moment, and the turn for a request about `uri`."""
        turn = self.session.turns.take(uri) if uri is not None else None
        return Arrival(documents=self.session.documents.frozen(), turn=turn)

    def arrived(self) -> Arrival:
        """What there was when the request that is being handled arrived."""
        return ARRIVAL.get()

    def documents(self) -> Mapping[str, Document]:
        return self.arrived().documents

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log every error of ours; tell the person once, and calmly."""
        if isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError):
            # A mistake of the client, which has been told; where it was found says nothing.
            log.info("a request was refused: %s", error)
            return
        log.error("%s", error, exc_info=error)
        if source is FeatureRequestError or self._told_of_errors:
            return
        self._told_of_errors = True
        message = "Vouch had an internal error and goes on. Its log says what happened."
        self.window_show_message(types.ShowMessageParams(type=types.MessageType.Warning, message=message))

    async def aclose(self) -> None:
        """Stop all work and leave no process behind; may be called more than once."""
        await self.session.aclose()
