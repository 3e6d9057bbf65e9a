"""From LSP's types and units to ours. Together with `to_lsp` the only place that converts."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from lsprotocol import types
from pygls.uris import to_fs_path, urlparse

from vouch_server.acceptance import Edit, difference
from vouch_server.lsp.documents import Document
from vouch_server.lsp.positions import UNITS, UTF16, Lines


def path(uri: str, folders: Iterable[Path] = ()) -> Path:
    """The absolute path of a URI. What is no file, such as an untitled document, gets one that need not exist."""
    if uri.startswith("file:") and (known := to_fs_path(uri)):
        return Path(known)
    name = PurePosixPath(urlparse(uri)[2]).name or "untitled"
    return next(iter(folders), Path(tempfile.gettempdir()) / "vouch-untitled") / name


def document(item: types.TextDocumentItem, folders: Iterable[Path]) -> Document:
    return Document(
        uri=item.uri,
        path=path(item.uri, folders),
        language=str(item.language_id),
        version=item.version,
        text=item.text,
        # A file that is not on disk is known from the editor only.
        dirty=not item.uri.startswith("file:"),
    )


def folders(params: types.InitializeParams) -> list[Path]:
    if params.workspace_folders:
        return [path(it.uri) for it in params.workspace_folders]
    if params.root_uri:
        return [path(params.root_uri)]
    return [Path(params.root_path)] if params.root_path else []


def encoding(capabilities: types.ClientCapabilities) -> str:
    """The first of the client's position encodings, which it lists by preference, that we know."""
    offered = capabilities.general.position_encodings if capabilities.general is not None else None
    names = (str(getattr(it, "value", it)) for it in offered or ())
    return next((it for it in names if it in UNITS), UTF16)


def offset(document: Document, position: types.Position, encoding: str) -> int:
    return document.lines.offset(position.line, position.character, encoding)


def span(document: Document, selected: types.Range, encoding: str) -> tuple[int, int]:
    """Start and end offsets, in this order whichever way the range was drawn."""
    start, end = offset(document, selected.start, encoding), offset(document, selected.end, encoding)
    return min(start, end), max(start, end)


def edits(
    document: Document, changes: Iterable[types.TextDocumentContentChangeEvent], encoding: str
) -> Iterator[Edit]:
    """The changes as edits, each counted in the text that the ones before it left."""
    text, lines = document.text, document.lines
    for number, change in enumerate(changes):
        if number:
            lines = Lines(text)
        if isinstance(change, types.TextDocumentContentChangePartial):
            first = lines.offset(change.range.start.line, change.range.start.character, encoding)
            last = lines.offset(change.range.end.line, change.range.end.character, encoding)
            edit = Edit(start=min(first, last), end=max(first, last), text=change.text)
        else:
            edit = difference(text, change.text)
        text = text[: edit.start] + edit.text + text[edit.end :]
        yield edit


def explicit(context: types.InlineCompletionContext) -> bool:
    return context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
