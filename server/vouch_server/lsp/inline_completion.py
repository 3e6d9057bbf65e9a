"""textDocument/inlineCompletion: the main request."""

from lsprotocol import types

from vouch_server.lsp import from_lsp, to_lsp
from vouch_server.lsp.answering import answer
from vouch_server.lsp.connection import VouchServer
from vouch_server.lsp.documents import Document
from vouch_server.lsp.status import READY, State
from vouch_server.model import Context, Suggestion


async def inline_completion(
    server: VouchServer, params: types.InlineCompletionParams
) -> types.InlineCompletionList | None:
    """`null` means superseded: the client keeps what it shows. Nothing to offer is an empty list."""
    arrived, session = server.arrived(), server.session
    document = arrived.documents.get(params.text_document.uri)
    if document is None or arrived.turn is None:
        return types.InlineCompletionList(items=[])
    context = Context(
        snapshot=session.snapshot(document, arrived.documents),
        offset=from_lsp.offset(document, params.position, session.encoding),
        explicit=from_lsp.explicit(params.context),
    )

    def tell_ready() -> None:
        place = to_lsp.position(document, context.offset, session.encoding)
        ready = {
            "uri": document.uri,
            "version": document.version,
            "position": {"line": place.line, "character": place.character},
        }
        server.protocol.notify(READY, ready)

    suggestions = await answer(session, context, arrived.turn, when_ready=tell_ready)
    if suggestions is None:
        return None
    selected = params.context.selected_completion_info
    if selected is not None:
        extending = _extending(suggestions, document, selected, context.offset, session.encoding)
        if suggestions and not extending:
            session.tell(context.snapshot, State.IDLE, "nothing goes on from the entry selected in the list")
        suggestions = extending
    return to_lsp.inline_list(document, suggestions, session.encoding)


def _extending(
    suggestions: tuple[Suggestion, ...],
    document: Document,
    selected: types.SelectedCompletionInfo,
    offset: int,
    encoding: str,
) -> tuple[Suggestion, ...]:
    """Those that go on from the entry selected in the open completion list; the client shows no others."""
    start = from_lsp.offset(document, selected.range.start, encoding)
    typed = document.text[start:offset]
    return tuple(it for it in suggestions if (typed + it.text).startswith(selected.text))
