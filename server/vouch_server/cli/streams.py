"""Standard input and output line by line, without ever blocking the event loop or keeping a process from its end."""

import asyncio
import contextlib
import os
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

CHUNK = 64 * 1024

T = TypeVar("T")


class Aside:
    """Makes blocking calls, one after another, in a daemon thread: an ending process does not wait for one."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def call(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises."""
        future: asyncio.Future[T] = self._loop.create_future()

        def perform() -> None:
            try:
                result = work()
            except OSError as error:
                self._settle(future, future.set_exception, error)
            else:
                self._settle(future, future.set_result, result)

        self._calls.put(perform)
        return await future

    def _work(self) -> None:
        while True:
            self._calls.get()()

    def _settle(self, future: asyncio.Future[T], settle: Callable[..., None], value: object) -> None:
        def settle_if_wanted() -> None:
            if not future.cancelled():
                settle(value)

        # The loop may be closed by the time this thread has something to say.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(settle_if_wanted)


class LineReader:
    """Lines of a descriptor, read no further ahead than one chunk, whatever the length of the whole."""

    def __init__(self, descriptor: int, *, longest: int) -> None:
        self._aside = Aside("vouch-input")
        self._descriptor = descriptor
        self._longest = longest
        self._rest = bytearray()
        self._over = False

    async def next(self) -> bytes | None:
        """The next line without its end, cut off beyond `longest` bytes and one more; None at the end."""
        return await self._aside.call(self._read)

    def _read(self) -> bytes | None:
        line = bytearray()
        while True:
            end = self._rest.find(b"\n")
            taken = self._rest[: end if end >= 0 else len(self._rest)]
            line += taken[: max(0, self._longest + 1 - len(line))]
            del self._rest[: len(taken) + (end >= 0)]
            if end >= 0:
                return bytes(line)
            if self._over:
                return bytes(line) or None
            chunk = os.read(self._descriptor, CHUNK)
            self._over = not chunk
            self._rest += chunk


class LineWriter:
    """Writes whole lines to a descriptor, each out of our hands before `write` returns."""

    def __init__(self, descriptor: int) -> None:
        self._aside = Aside("vouch-output")
        self._descriptor = descriptor

    async def write(self, line: bytes) -> None:
        """Raises BrokenPipeError when nobody reads any more."""
        await self._aside.call(lambda: self._write(line + b"\n"))

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
