"""textDocument/completion: for clients that do not have inline completion."""

from lsprotocol import types

from vouch_server.lsp import from_lsp, to_lsp
from vouch_server.lsp.answering import answer
from vouch_server.lsp.connection import VouchServer
from vouch_server.model import Context

OPTIONS = types.CompletionOptions(trigger_characters=["\n", ":", "=", "(", ".", " "])


async def completion(server: VouchServer, params: types.CompletionParams) -> types.CompletionList | None:
    """As for inline completion. What passes too late is served when the client asks at the next key."""
    arrived, session = server.arrived(), server.session
    document = arrived.documents.get(params.text_document.uri)
    if document is None or arrived.turn is None:
        return types.CompletionList(is_incomplete=True, items=[])
    # A person's own request and a client's automatic one look alike here, so it is not held for long.
    context = Context(
        snapshot=session.snapshot(document, arrived.documents),
        offset=from_lsp.offset(document, params.position, session.encoding),
    )
    suggestions = await answer(session, context, arrived.turn, when_ready=_nobody_to_tell)
    if suggestions is None:
        return None
    return to_lsp.completion_list(document, suggestions, session.encoding)


def _nobody_to_tell() -> None:
    """A client without inline completion has no use for vouch/ready."""
