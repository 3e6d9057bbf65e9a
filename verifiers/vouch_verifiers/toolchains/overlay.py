"""The documents that a language server is shown in place of what is on disk. Knows no diagnostics."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vouch_verifiers.toolchains.base_protocol import Json, Message
from vouch_verifiers.toolchains.lsp_connection import LspConnection


@dataclass(frozen=True, slots=True)
class _Document:
    version: int
    text: str


class Overlay:
    """Keeps the server's open documents equal to what is wanted; nothing is written to disk.

    Versions rise by one with every text sent, whatever its document, so each is sent but once.
    """

    def __init__(
        self, connection: LspConnection, *, language_id: str, change_extras: Mapping[str, Json]
    ) -> None:
        self._connection = connection
        self._language_id = language_id
        self._change_extras = change_extras
        self._documents: dict[Path, _Document] = {}
        self.last_version = 0

    def show(self, path: Path, text: str) -> None:
        """Make `text` what the server sees at `path`; nothing is sent where it does already."""
        known = self._documents.get(path)
        if known is None or known.text != text:
            self.send(path, text)

    def send(self, path: Path, text: str) -> int:
        """Send `text` even where the server sees it already; the version it has there."""
        self.last_version += 1
        version, known = self.last_version, path in self._documents
        self._documents[path] = _Document(version, text)
        if known:
            self._change(path, version, text)
        else:
            self._open(path, version, text)
        return version

    def close_all_but(self, wanted: set[Path]) -> None:
        """What is neither asked about nor edited must be read from disk, so nothing else stays open."""
        for path in [it for it in self._documents if it not in wanted]:
            del self._documents[path]
            self._connection.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})

    def _open(self, path: Path, version: int, text: str) -> None:
        document: Message = {
            "uri": path.as_uri(),
            "languageId": self._language_id,
            "version": version,
            "text": text,
        }
        self._connection.notify("textDocument/didOpen", {"textDocument": document})

    def _change(self, path: Path, version: int, text: str) -> None:
        params: Message = {
            "textDocument": {"uri": path.as_uri(), "version": version},
            "contentChanges": [{"text": text}],
            **self._change_extras,
        }
        self._connection.notify("textDocument/didChange", params)
