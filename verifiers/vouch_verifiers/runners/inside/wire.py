"""Length-prefixed JSON frames over file descriptors."""

import json
import os
import struct
from typing import Any, Dict, Optional

MAX_FRAME = 4 * 1024 * 1024
_HEADER = struct.Struct(">I")
# Bound now: a candidate may replace them.
_dumps = json.JSONEncoder(separators=(",", ":")).encode
_write, _memoryview, _len = os.write, memoryview, len


def pack(message: Dict[str, Any]) -> bytes:
    body = _dumps(message).encode("utf-8", "surrogatepass")
    return _HEADER.pack(_len(body)) + body


def send(fd: int, message: Dict[str, Any]) -> None:
    """Write one frame whole. Raises OSError when the other side is gone."""
    view = _memoryview(pack(message))
    while view:
        view = view[_write(fd, view) :]


def receive(fd: int) -> Optional[Dict[str, Any]]:
    """The next frame, waiting for it; None at the end of the stream."""
    header = _exactly(fd, _HEADER.size)
    if header is None:
        return None
    body = _exactly(fd, _HEADER.unpack(header)[0])
    if body is None:
        return None
    message = json.loads(body)
    return message if isinstance(message, dict) else None


def _exactly(fd: int, size: int) -> Optional[bytes]:
    parts = bytearray()
    while len(parts) < size:
        chunk = os.read(fd, size - len(parts))
        if not chunk:
            return None
        parts += chunk
    return bytes(parts)


class Splitter:
    """Cuts a byte stream of a stranger into frames; never keeps more than one frame's worth."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self.broken = False

    def feed(self, data: bytes) -> "list[bytes]":
        """The bodies of the frames that are whole now. `broken` is set once a frame is over the limit."""
        self._buffer += data
        frames = []
        while not self.broken and len(self._buffer) >= _HEADER.size:
            size = _HEADER.unpack_from(self._buffer)[0]
            if size > self._limit:
                self.broken = True
                break
            end = _HEADER.size + size
            if len(self._buffer) < end:
                break
            frames.append(bytes(self._buffer[_HEADER.size : end]))
            del self._buffer[:end]
        return frames
