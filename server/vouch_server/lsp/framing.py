"""Takes the bodies of messages off a stream. Knows their headers and nothing of what is in them.

pygls would take no header that is written in lower case or without a space, and wait for ever instead.
"""

import asyncio
from collections.abc import AsyncIterator

LARGEST_MESSAGE = 256 * 1024 * 1024
MOST_HEADERS = 32


class FramingFault(Exception):
    """What comes is not framed as LSP's base protocol says, so that no later message can be found in it."""


async def bodies(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """One body after the other until the stream ends, in the middle of a message or not. Raises FramingFault."""
    while not stream.at_eof():
        try:
            size = await _content_length(stream)
            if size:
                yield await stream.readexactly(size)
        except asyncio.IncompleteReadError:
            return
        except ValueError as error:
            raise FramingFault(f"a header is too long or not understood: {error}") from error


async def _content_length(stream: asyncio.StreamReader) -> int:
    """The size that a block of headers says; 0 at the end of the stream and for a lone empty line."""
    size = None
    for number in range(MOST_HEADERS):
        whole = await stream.readline()
        line = whole.strip()
        if not whole.endswith(b"\n"):
            return 0
        if not line:
            if number and size is None:
                raise FramingFault("headers without a Content-Length")
            return size or 0
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            size = int(value)
            if not 0 <= size <= LARGEST_MESSAGE:
                raise FramingFault(f"a message of {size} bytes")
    raise FramingFault(f"more than {MOST_HEADERS} headers")
