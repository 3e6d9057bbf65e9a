"""Which source files under a directory changed on disk since the last look. Knows no tool; never writes."""

import os
from enum import IntEnum
from pathlib import Path
from time import monotonic

MOST_FILES = 20_000
MOST_DIRECTORIES = 4_000
SHORTEST_PERIOD_S = 0.1
REST_PER_LOOK = 20
SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "target", "build", "dist"})


class Change(IntEnum):
    """The numbers are those of the language server protocol."""

    CREATED = 1
    CHANGED = 2
    DELETED = 3


class FileWatch:
    """Compares times and sizes: a warm checker keeps what it read until it is told.

    A look is due again after twenty times what the last one took. Hidden directories and those of other
    people's code are not looked at, nor more than MOST_FILES files and MOST_DIRECTORIES directories.
    """

    def __init__(self, *, root: Path, suffixes: tuple[str, ...]) -> None:
        self._root = root
        self._suffixes = suffixes
        self._seen: dict[str, tuple[int, int]] | None = None
        self._rested_at = 0.0

    @property
    def due(self) -> bool:
        """Whether enough time has passed for another look."""
        return monotonic() >= self._rested_at

    def changes(self) -> list[tuple[Path, Change]]:
        """What changed since the last look; nothing at the first one. Blocks."""
        started = monotonic()
        before, self._seen = self._seen, self._look()
        taken = monotonic() - started
        self._rested_at = monotonic() + max(SHORTEST_PERIOD_S, REST_PER_LOOK * taken)
        if before is None:
            return []
        now = self._seen
        changed = [(it, Change.CHANGED) for it in now if it in before and now[it] != before[it]]
        changed += [(it, Change.CREATED) for it in now if it not in before]
        changed += [(it, Change.DELETED) for it in before if it not in now]
        return [(Path(name), change) for name, change in changed]

    def _look(self) -> dict[str, tuple[int, int]]:
        seen: dict[str, tuple[int, int]] = {}
        pending = [str(self._root)]
        for _ in range(MOST_DIRECTORIES):
            if not pending or len(seen) >= MOST_FILES:
                break
            try:
                with os.scandir(pending.pop()) as entries:
                    for entry in entries:
                        self._note(entry, seen, pending)
            except OSError:
                continue  # A directory that went away or is not ours to read has nothing to tell.
        return seen

    def _note(self, entry: "os.DirEntry[str]", seen: dict[str, tuple[int, int]], pending: list[str]) -> None:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and entry.name not in SKIPPED:
                pending.append(entry.path)
        elif entry.name.endswith(self._suffixes):
            stat = entry.stat(follow_symlinks=False)
            seen[entry.path] = (stat.st_mtime_ns, stat.st_size)
