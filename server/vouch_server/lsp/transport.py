"""Carries messages over stdio or TCP, and ends the process when the other side is gone. Knows no LSP feature.

pygls reads stdin through a thread pool whose shutdown waits for a read that never returns while the client
keeps its end open, and writes stdout on the event loop. Here two daemon threads do both, so neither a slow nor
a silent client holds anything up.
"""

import asyncio
import contextlib
import gc
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from pygls.exceptions import JsonRpcException

from vouch_server.lsp.framing import FramingFault, bodies

log = logging.getLogger(__name__)

CHUNK = 64 * 1024
LONGEST_HEADER = 64 * 1024
# More unread output than this means that the client has stopped reading.
MOST_UNREAD_BYTES = 64 * 1024 * 1024
FLUSH_TIMEOUT_S = 2.0
LONGEST_TURN_S = 0.02
# Python's own 5 ms are what the event loop would wait, at each of its many steps to a verdict, for a generator that
# searches in a thread.
THREAD_SWITCH_S = 0.0005
# What closing everything may take once the client is gone; after that the process ends as it is, and its sandboxes
# with it.
LAST_RESORT_S = 15.0
INTERRUPTED = 130


class Sink(Protocol):
    def write(self, data: bytes, /) -> None: ...


class Connected(Protocol):
    """The part of a server that a transport needs."""

    protocol: Any

    def report_server_error(self, error: Exception, source: type[Exception]) -> None: ...

    async def aclose(self) -> None: ...

    @property
    def exit_code(self) -> int: ...

    @property
    def exited(self) -> asyncio.Event: ...


class StdinReader:
    """Reads in a thread of its own into a stream on the running event loop, never far ahead of who reads that.

    To the stream it is a transport: one that can be told to pause.
    """

    def __init__(self, descriptor: int, on_end: Callable[[], None] = lambda: None) -> None:
        self.stream = asyncio.StreamReader(limit=LONGEST_HEADER)
        self._on_end = on_end
        # Of a transport, a stream calls no more than the two methods below.
        self.stream.set_transport(self)  # type: ignore[arg-type]
        self._wanted = threading.Event()
        self._wanted.set()
        self._taken = threading.Event()
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._over = False

    def start(self) -> None:
        threading.Thread(target=self._work, name="vouch-stdin", daemon=True).start()

    def end(self) -> None:
        """Let the stream end, from any thread."""
        self._on_loop(self._feed, b"")

    @property
    def paused(self) -> bool:
        return not self._wanted.is_set()

    def pause_reading(self) -> None:
        self._wanted.clear()

    def resume_reading(self) -> None:
        self._wanted.set()

    def _work(self) -> None:
        try:
            while chunk := self._next_chunk():
                self._taken.clear()
                self._on_loop(self._feed, chunk)
                # Else a busy loop would find everything that was sent meanwhile in memory.
                # But a loop that hangs must not keep us from seeing that the client is gone.
                self._taken.wait(LAST_RESORT_S)
        except OSError as error:
            log.warning("standard input failed: %s", error)
        self.end()
        self._on_end()

    def _next_chunk(self) -> bytes:
        self._wanted.wait(LAST_RESORT_S)
        return os.read(self._descriptor, CHUNK)

    def _on_loop(self, call: Callable[[bytes], None], chunk: bytes) -> None:
        # The loop may be closed by the time this thread has something to say.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, chunk)

    def _feed(self, chunk: bytes) -> None:
        if not chunk and not self._over:
            self._over = True
            self.stream.feed_eof()
        elif not self._over:
            self.stream.feed_data(chunk)
        self._taken.set()


class StdoutWriter:
    """Writes in a thread of its own, in order. Writing never blocks or raises: a closed pipe ends reading."""

    def __init__(self, descriptor: int, on_broken: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_broken = on_broken
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._unread = 0
        self._counting = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="vouch-stdout", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        with self._counting:
            self._unread += len(data)
            stalled = self._unread > MOST_UNREAD_BYTES
        if stalled:
            self._on_broken()
            return
        self._queue.put(data)

    def close(self) -> None:
        """Write out what is left, for a moment at most."""
        self._queue.put(None)
        self._thread.join(FLUSH_TIMEOUT_S)

    def _work(self) -> None:
        while (data := self._queue.get()) is not None:
            view = memoryview(data)
            try:
                while view:
                    view = view[os.write(self._descriptor, view) :]
            except OSError:
                self._on_broken()
                return
            with self._counting:
                self._unread -= len(data)


def serve_stdio(make: Callable[[], Connected]) -> int:
    """Serve one client on standard input and output; the exit code to end with."""
    # Whatever prints to stdout by mistake must not reach the protocol: that name becomes stderr's.
    descriptor = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return _run(_stdio(make, sys.stdin.fileno(), descriptor))


def serve_tcp(make: Callable[[], Connected], host: str, port: int) -> int:
    """Serve the first client that connects, then end; the exit code to end with."""
    return _run(_tcp(make, host, port))


def _run(serving: Coroutine[None, None, int]) -> int:
    sys.setswitchinterval(THREAD_SWITCH_S)
    # What is loaded by now stays: a full collection over it would stop the loop for a tenth of a second.
    gc.collect()
    gc.freeze()
    try:
        return asyncio.run(serving)
    except KeyboardInterrupt:
        return INTERRUPTED


async def _stdio(make: Callable[[], Connected], source: int, sink: int) -> int:
    stdin = StdinReader(source, _end_whatever_happens)
    writer = StdoutWriter(sink, stdin.end)
    stdin.start()
    try:
        return await _converse(make(), stdin.stream, writer)
    finally:
        writer.close()


def _end_whatever_happens() -> None:
    """A server without a client must not stay, even if its event loop hangs."""
    timer = threading.Timer(LAST_RESORT_S, os._exit, [1])
    timer.daemon = True
    timer.start()


async def _tcp(make: Callable[[], Connected], host: str, port: int) -> int:
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    connected = asyncio.get_running_loop().create_future()

    def on_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    listener = await asyncio.start_server(on_connect, host, port)
    for socket in listener.sockets:
        address = socket.getsockname()
        log.warning("listening on %s:%d", address[0], address[1])
    reader, writer = await connected
    listener.close()
    try:
        return await _converse(make(), reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _converse(server: Connected, reader: asyncio.StreamReader, writer: Sink) -> int:
    """Handle messages until the client says exit or is gone; then close everything, whichever it was."""
    server.protocol.set_writer(_Writer(writer))
    reading = asyncio.create_task(_read(reader, server))
    exiting = asyncio.create_task(server.exited.wait())
    # Being told to end is a way to exit: what we started is closed first.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.exited.set)
    try:
        await asyncio.wait({reading, exiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end(reading, exiting)
        await server.aclose()
    return server.exit_code


async def _read(reader: asyncio.StreamReader, server: Connected) -> None:
    now = asyncio.get_running_loop().time
    turn_ends = now() + LONGEST_TURN_S
    async for body in bodies(reader):
        # What came in one piece is looked at in one piece, but a flood must not keep all else from its turn.
        if now() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = now() + LONGEST_TURN_S
        try:
            server.protocol.receive(body)
        except Exception as error:  # noqa: BLE001 - one message that we fail at must not cost all the others
            server.report_server_error(error, JsonRpcException)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, FramingFault):
            log.error("the client does not speak LSP: %s", outcome)
        # A client that dies in the middle of a message is no error of ours.
        elif isinstance(outcome, Exception) and not isinstance(outcome, OSError):
            log.error("reading messages failed", exc_info=outcome)


class _Writer:
    """What pygls takes for a writer: its `close` is left to the transport."""

    def __init__(self, inner: Sink) -> None:
        self._inner = inner

    def write(self, data: bytes) -> None:
        self._inner.write(data)

    def close(self) -> Awaitable[None] | None:
        return None
