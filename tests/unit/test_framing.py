"""The bodies of messages, however their headers are written and however they come in pieces."""

import asyncio
import contextlib
import os

import pytest

from vouch_server.lsp.framing import FramingFault, bodies
from vouch_server.lsp.transport import StdinReader

DEADLINE_S = 10.0
HEAD = b"Content-Length: 2\r\n\r\n"


def stream_of(*pieces):
    stream = asyncio.StreamReader(limit=1024)
    for piece in pieces:
        stream.feed_data(piece)
    stream.feed_eof()
    return stream


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([], []),
        ([HEAD + b"{}"], [b"{}"]),
        ([HEAD + b"{}" + HEAD + b"[]"], [b"{}", b"[]"]),
        ([bytes([it]) for it in HEAD + b"{}"], [b"{}"]),
        ([b"content-length:2\r\n\r\n{}"], [b"{}"]),
        ([b"CONTENT-LENGTH:  2 \r\n\r\n{}"], [b"{}"]),
        ([b"Content-Length: 2\n\n{}"], [b"{}"]),
        ([b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" + HEAD + b"{}"], [b"{}"]),
        ([b"Content-Length: 2\r\nContent-Type: x\r\n\r\n{}"], [b"{}"]),
        ([b"\r\n\r\n" + HEAD + b"{}"], [b"{}"]),
        ([b"Content-Length: 0\r\n\r\n" + HEAD + b"{}"], [b"{}"]),
        ([HEAD + b"{}" + HEAD + b"{"], [b"{}"]),
        ([HEAD + b"{}" + b"Content-Len"], [b"{}"]),
    ],
)
async def test_these_bodies_are_found(pieces, found):
    assert [it async for it in bodies(stream_of(*pieces))] == found


@pytest.mark.parametrize(
    "piece",
    [
        b"Content-Length: two\r\n\r\n{}",
        b"Content-Length: -2\r\n\r\n{}",
        b"Content-Length: 99999999999\r\n\r\n{}",
        b"Content-Type: x\r\n\r\n{}",
        b"x: y\r\n" * 100,
        b"x" * 10_000 + b"\r\n\r\n",
        b"Content-Length: " + b"9" * 900 + b"\r\n\r\n",
    ],
)
async def test_what_is_no_header_ends_it(piece):
    with pytest.raises(FramingFault):
        [it async for it in bodies(stream_of(HEAD + b"{}" + piece))]


async def test_nothing_is_read_far_ahead_of_what_is_handled():
    source, sink = os.pipe()
    os.set_blocking(sink, False)
    stdin = StdinReader(source)
    stdin.start()
    written = 0
    async with asyncio.timeout(DEADLINE_S):
        for _ in range(500):
            with contextlib.suppress(BlockingIOError):
                written += os.write(sink, b"x" * 65_536)
            # The reading thread gets its turn as well.
            await asyncio.to_thread(int)
    assert stdin.paused
    assert written < 1024 * 1024
    os.close(sink)
    async with asyncio.timeout(DEADLINE_S):
        assert len(await stdin.stream.read(-1)) == written
    os.close(source)
