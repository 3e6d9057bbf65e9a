"""The functions of a workspace, read a little at a time, kept until their file changes. Never writes or runs."""

import itertools
import os
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vouch_server.synthesis.retrieval.records import FunctionRecord, records_of

SKIPPED: Final = frozenset({
    "venv", "env", "build", "dist", "node_modules", "site-packages", "__pycache__", "target", "vendor",
})  # fmt: skip
MAX_ENTRIES: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The records of one file as it was at a time of change."""

    stamp: tuple[int, int]
    records: tuple[FunctionRecord, ...]


class Library:
    """Owns what was read. `max_files` and `max_file_bytes` bound it; one reading at a time."""

    def __init__(self, *, max_files: int, max_file_bytes: int) -> None:
        self.max_files = max_files
        self.max_file_bytes = max_file_bytes
        self._shelves: dict[Path, Shelf] = {}
        self._reading = threading.Lock()

    def records(
        self, root: Path | None, buffers: Mapping[Path, str], budget_ms: float
    ) -> list[FunctionRecord]:
        """What is known after reading on for at most `budget_ms`; edited documents shadow their files."""
        if root is not None and self._reading.acquire(blocking=False):
            try:
                self._read(root, time.monotonic() + budget_ms / 1000)
            finally:
                self._reading.release()
        shelves = list(self._shelves.items())
        found = [
            it
            for path, shelf in shelves
            if path not in buffers and _under(path, root)
            for it in shelf.records
        ]
        for path, text in buffers.items():
            if path.suffix == ".py" and len(text) <= self.max_file_bytes:
                found += records_of(path, text)
        return found

    def _read(self, root: Path, deadline: float) -> None:
        seen: set[Path] = set()
        for path in itertools.islice(python_files(root), self.max_files):
            if time.monotonic() >= deadline:
                return
            self._update(path)
            seen.add(path)
        for path in [it for it in self._shelves if _under(it, root) and it not in seen]:
            del self._shelves[path]

    def _update(self, path: Path) -> None:
        try:
            status = path.lstat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._shelves.get(path)
            if known is not None and known.stamp == stamp:
                return
            if not stat.S_ISREG(status.st_mode) or status.st_size > self.max_file_bytes:
                self._shelves.pop(path, None)
                return
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            self._shelves.pop(path, None)
            return
        self._shelves[path] = Shelf(stamp=stamp, records=tuple(records_of(path, text)))


def _under(path: Path, root: Path | None) -> bool:
    return root is not None and path.is_relative_to(root)


def python_files(root: Path) -> Iterator[Path]:
    """The Python files of a workspace in a stable order, without hidden, installed and built ones."""
    entries = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(it for it in folders if _is_source(Path(folder) / it))
        entries += len(folders) + len(files)
        if entries > MAX_ENTRIES:
            return
        yield from (
            Path(folder) / it for it in sorted(files) if it.endswith(".py") and not it.startswith(".")
        )


def _is_source(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name in SKIPPED or folder.name.endswith(".egg-info")
    return not hidden and not (folder / "pyvenv.cfg").exists()
