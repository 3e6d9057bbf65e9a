"""The open documents, each a value that is replaced at every change. Knows nothing of suggestions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from vouch_server.lsp.positions import Lines


@dataclass(frozen=True, kw_only=True)
class Document:
    """`language` is the editor's languageId; `dirty` says that it may differ from what is on disk."""

    uri: str
    path: Path
    language: str
    version: int
    text: str
    dirty: bool = False

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text)


class Documents:
    """Owns what is open. `frozen` is a copy that later changes do not reach."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}

    def frozen(self) -> Mapping[str, Document]:
        return dict(self._open)

    def get(self, uri: str) -> Document | None:
        return self._open.get(uri)

    def open(self, document: Document) -> None:
        self._open[document.uri] = document

    def close(self, uri: str) -> None:
        self._open.pop(uri, None)

    def saved(self, uri: str) -> None:
        document = self._open.get(uri)
        if document is not None:
            self._open[uri] = replace(document, dirty=False)


def others(documents: Mapping[str, Document], uri: str) -> Mapping[Path, str]:
    """The text of every other edited document by path: what a check must see instead of the disk."""
    return {it.path: it.text for it in documents.values() if it.dirty and it.uri != uri}
