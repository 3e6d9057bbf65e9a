"""pygls' protocol with its rough edges taken off: every request is answered once, whatever it looks like.

It also notes, at the moment a message arrives, what the documents looked like: pygls starts an asynchronous
handler only later, when a change that came right behind the request may already have been applied.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import converters, types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage

from vouch_server.lsp.documents import Document
from vouch_server.lsp.turns import Turn

if TYPE_CHECKING:
    from cattrs import Converter

log = logging.getLogger(__name__)

TURN_TAKING = frozenset({types.TEXT_DOCUMENT_INLINE_COMPLETION, types.TEXT_DOCUMENT_COMPLETION})
ALWAYS_ALLOWED = frozenset({types.INITIALIZE, types.EXIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What there was when a request arrived; `turn` only for requests that supersede one another."""

    documents: Mapping[str, Document]
    turn: Turn | None = None


T = TypeVar("T")

ARRIVAL: ContextVar[Arrival] = ContextVar("ARRIVAL")


@dataclass(frozen=True, slots=True)
class Malformed:
    """A message that could not be read. `id` is None where nobody waits for an answer."""

    id: str | int | None
    error: JsonRpcException
    jsonrpc: str = "2.0"


def converter() -> "Converter":
    """lsprotocol's converter; parameters of methods that it does not know stay plain JSON values."""
    made = converters.get_converter()
    for kind in (JsonRPCRequestMessage, JsonRPCResponseMessage, JsonRPCNotification):
        made.register_structure_hook(kind, _as_it_came)
    return made


def _as_it_came(data: dict[str, Any], kind: Callable[..., T]) -> T:
    optional = {"result": None} if kind is JsonRPCResponseMessage else {"params": None}
    return kind(**(optional | data))


class VouchProtocol(LanguageServerProtocol):
    """Owns the reading of messages and the order in which requests get their turn."""

    arrive: Callable[[str | None], Arrival]

    def receive(self, body: bytes) -> None:
        """Handle one message as it came over the wire."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse_unknown(JsonRpcParseError("a message is not JSON"))
            return
        if _is_message(data):
            self.handle_message(self.structure_message(data))
            return
        error = JsonRpcInvalidRequest("a message must be one object of JSON-RPC 2.0")
        id = _id_of(data)
        if id is None:
            self._refuse_unknown(error)
        else:
            self._refuse(id, error)

    def structure_message(self, data: dict[str, Any]) -> object:
        """As pygls does, but a message that cannot be read becomes a value that can still be answered."""
        if "jsonrpc" not in data:
            return data
        if data.get("method") == types.TEXT_DOCUMENT_INLINE_COMPLETION:
            _accept_old_trigger_kinds(data)
        try:
            return super().structure_message(data)
        except JsonRpcException:
            method = data.get("method", "a response")
            error = JsonRpcInvalidParams(
                f"the parameters of {method} do not have the form that LSP describes"
            )
            return Malformed(data.get("id") if "method" in data else None, error)

    def handle_message(self, message: Any) -> None:  # noqa: ANN401 - as pygls has it
        method = getattr(message, "method", "")
        expects_answer = method and getattr(message, "id", None) is not None
        if isinstance(message, Malformed):
            log.warning("a message was not understood: %s", message.error)
            if message.id is not None:
                self._refuse(message.id, message.error)
        elif self._shutdown and expects_answer:
            self._refuse(message.id, JsonRpcInvalidRequest("the server is shutting down"))
        elif self._workspace is None and method not in ALWAYS_ALLOWED:
            # Notifications before initialisation are dropped, as the specification asks.
            if expects_answer:
                self._refuse(message.id, JsonRpcServerNotInitialized("initialize comes first"))
        else:
            super().handle_message(message)

    def _refuse(self, msg_id: str | int, error: JsonRpcException) -> None:
        self._send_response(msg_id, error=error.to_response_error())

    def _refuse_unknown(self, error: JsonRpcException) -> None:
        """JSON-RPC answers to null where it cannot tell whom, which pygls would leave out."""
        told = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": None, "error": told})

    def _handle_request(self, msg_id: str | int, method_name: str, params: Any) -> None:  # noqa: ANN401 - as pygls has it
        takes_turn = method_name in TURN_TAKING
        ARRIVAL.set(self.arrive(params.text_document.uri if takes_turn else None))
        super()._handle_request(msg_id, method_name, params)

    # pygls keeps a workspace of its own, which splits lines where LSP does not and raises on odd positions;
    # the three methods below keep it out of the way and hand the notification to our own handlers.

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:  # noqa: ANN401 - whatever the command answers
        command = self.fm.commands.get(params.command)
        if command is None:
            raise JsonRpcMethodNotFound(f"there is no command {params.command!r}")
        return await command(params.arguments or [])

    def plain(self, value: object) -> object:
        """A protocol value as the JSON values that it is sent as."""
        return self._converter.unstructure(value)

    @lsp_method(types.SHUTDOWN)
    async def lsp_shutdown(self, *_: object) -> None:  # type: ignore[override]
        """Cancel what is still asked for, close everything, then answer."""
        current: object = asyncio.current_task()
        self._shutdown = True
        # A copy, because a cancelled request removes itself from the dictionary.
        for future in list(self._request_futures.values()):
            if future is not current:
                future.cancel()
        await self.fm.features[types.SHUTDOWN](None)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: object) -> None:  # type: ignore[override]
        """The transport ends the process; see `vouch_server.lsp.transport`."""
        self.fm.features[types.EXIT](None)


def _is_message(data: object) -> bool:
    return (
        isinstance(data, dict)
        and data.get("jsonrpc") == VouchProtocol.VERSION
        and isinstance(data.get("method", ""), str)
        and ("id" not in data or data["id"] is None or _id_of(data) is not None)
    )


def _id_of(data: object) -> str | int | None:
    id = data.get("id") if isinstance(data, dict) else None
    return id if isinstance(id, str | int) and not isinstance(id, bool) else None


def _accept_old_trigger_kinds(data: dict[str, Any]) -> None:
    """vscode-languageclient 9 counts from 0: its 0 is Invoked, which pygls could not even read.

    Its 1, Automatic, cannot be told from LSP 3.18's Invoked and is read as that.
    """
    params = data.get("params")
    context = params.get("context") if isinstance(params, dict) else None
    if isinstance(context, dict) and context.get("triggerKind") == 0:
        context["triggerKind"] = types.InlineCompletionTriggerKind.Invoked.value
