"""textDocument/hover: the evidence of an accepted insertion, as long as its text stands unchanged."""

from lsprotocol import types

from vouch_server.lsp import from_lsp, to_lsp
from vouch_server.lsp.connection import VouchServer


async def hover(server: VouchServer, params: types.HoverParams) -> types.Hover | None:
    session = server.session
    # The live document, not the one at arrival: the insertion is followed through live edits.
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return None
    offset = from_lsp.offset(document, params.position, session.encoding)
    accepted = session.dialogue(document.uri).accepted_at(offset)
    if accepted is None:
        return None
    return to_lsp.hover(document, accepted.suggestion, accepted.start, accepted.end, session.encoding)
