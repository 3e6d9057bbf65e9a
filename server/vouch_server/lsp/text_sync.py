"""didOpen, didChange, didSave and didClose: the documents, and what a change means for work under way."""

from dataclasses import replace

from lsprotocol import types

from vouch_server.lsp import from_lsp, watching
from vouch_server.lsp.connection import VouchServer
from vouch_server.lsp.documents import Document
from vouch_server.lsp.session import Session
from vouch_server.model import Context


def did_open(server: VouchServer, params: types.DidOpenTextDocumentParams) -> None:
    session = server.session
    session.forget(params.text_document.uri)
    document = from_lsp.document(params.text_document, session.folders)
    session.documents.open(document)
    session.warm_up(document)


def did_change(server: VouchServer, params: types.DidChangeTextDocumentParams) -> None:
    session = server.session
    uri = params.text_document.uri
    document = session.documents.get(uri)
    if document is None:
        return
    # What was asked about the former text is answered now: nothing is shown for a text that has moved on.
    session.turns.end(uri)
    dialogue = session.dialogue(uri)
    edit = None
    text = document.text
    for edit in from_lsp.edits(document, params.content_changes, session.encoding):
        text = text[: edit.start] + edit.text + text[edit.end :]
        dialogue.edited(edit, text)
    changed = replace(document, version=params.text_document.version, text=text, dirty=True)
    session.documents.open(changed)
    if edit is not None:
        _stop_what_was_left(session, changed, edit.start + len(edit.text))


def did_save(server: VouchServer, params: types.DidSaveTextDocumentParams) -> None:
    server.session.documents.saved(params.text_document.uri)
    watching.changed(server, [params.text_document.uri])


def did_close(server: VouchServer, params: types.DidCloseTextDocumentParams) -> None:
    server.session.forget(params.text_document.uri)
    server.session.documents.close(params.text_document.uri)


def _stop_what_was_left(session: Session, document: Document, cursor: int) -> None:
    """Stop the inquiry unless the person types along what it proposes or may propose."""
    dialogue = session.dialogue(document.uri)
    if dialogue.inquiry is None:
        return
    snapshot = session.snapshot(document, session.documents.frozen())
    if not dialogue.inquiry.serves(Context(snapshot=snapshot, offset=cursor)):
        session.leave(document.uri)
