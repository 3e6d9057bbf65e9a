"""Reads files of a workspace, which strangers may have made: opening a pipe would wait for ever. Knows no format."""

import os
import stat
from pathlib import Path

MIB = 1024 * 1024
MOST_BYTES = 4 * MIB


def read_plain(path: Path, *, most_bytes: int = MOST_BYTES) -> bytes:
    """What a regular file holds. Raises OSError where it is none, is larger, or cannot be read. Blocks."""
    with open(path, "rb", opener=_without_waiting) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path} is not a regular file")
        if status.st_size > most_bytes:
            raise OSError(f"{path} is larger than {most_bytes} bytes")
        return file.read(most_bytes)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
