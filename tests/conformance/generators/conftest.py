"""A real HTTP server on this machine that answers as a test says, and remembers who asked what and who left."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

PATIENCE_S = 10.0


@dataclass
class Asked:
    """One request. `gone` is set when the client has closed the connection, or was answered in full."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def left(self) -> None:
        """Wait for the client to close the connection; fails when it stays."""
        await asyncio.wait_for(self.gone.wait(), PATIENCE_S)


Script = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


class Endpoint:
    """Serves one request a connection. `script` says how; `models` is what GET /models answers, None for 404."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.models: list[dict] | None = None
        self.script: Script = streaming("pass")
        self._server: asyncio.Server | None = None
        self._handlers: set[asyncio.Task] = set()

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def stop(self) -> None:
        self._server.close()
        for handler in self._handlers:
            handler.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def posts(self) -> list[Asked]:
        return [it for it in self.asked if it.method == "POST"]

    async def posted(self, count: int) -> list[Asked]:
        """Wait until so many questions have arrived."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.posts) < count:
                await asyncio.sleep(0)
        return self.posts

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._handlers.add(asyncio.current_task())
        try:
            asked = await self._request(reader)
            self.asked.append(asked)
            watcher = asyncio.create_task(_watch(reader, asked))
            try:
                await self._answer(asked, writer)
                asked.gone.set()
            finally:
                watcher.cancel()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            # Stopped in the middle: what a client does not read would keep a polite close waiting for ever.
            writer.transport.abort()
            raise
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self._handlers.discard(asyncio.current_task())

    async def _request(self, reader: asyncio.StreamReader) -> Asked:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value for name, value in (it.split(": ", 1) for it in head[1:] if it)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Asked(method, path, headers, json.loads(body) if body else {})

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.method == "GET" and self.models is not None:
            await answering(200, {"data": self.models})(asked, writer)
        elif asked.method == "GET":
            await answering(404, {})(asked, writer)
        else:
            await self.script(asked, writer)


async def _watch(reader: asyncio.StreamReader, asked: Asked) -> None:
    with suppress(ConnectionError):
        await reader.read(1)
    asked.gone.set()


def head(status: int, content_type: str, more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nConnection: close\r\n{more}\r\n"
    ).encode()


def answering(status: int, body: object, content_type: str = "application/json", more: str = "") -> Script:
    """A whole answer at once."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, content_type, f"Content-Length: {len(data)}\r\n{more}") + data)
        await writer.drain()

    return script


def event(text: str, end: str | None = None, chat: bool = False, **more: object) -> bytes:
    choice = {"index": 0, "finish_reason": end, **({"delta": {"content": text}} if chat else {"text": text})}
    return b"data: " + json.dumps({"choices": [choice | more]}).encode() + b"\n\n"


def saying(*parts: bytes, then: str = "close") -> Script:
    """The body of a stream, part by part; `then` "wait" holds the connection until the client leaves."""

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, "text/event-stream"))
        for part in parts:
            writer.write(part)
            await writer.drain()
        if then == "wait":
            await asked.left()

    return script


def streaming(*texts: str, end: str = "stop", then: str = "close", chat: bool = False) -> Script:
    """A sound stream of so many pieces."""
    parts = [event(it, chat=chat) for it in texts]
    if then == "close":
        parts += [event("", end, chat), b"data: [DONE]\n\n"]
    return saying(*parts, then=then)


def pausing(first: bytes, pause_s: float, *rest: bytes) -> Script:
    """A stream that falls silent after its first part."""

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await saying(first)(asked, writer)
        await asyncio.sleep(pause_s)
        writer.write(b"".join(rest))
        await writer.drain()

    return script


def flooding(part: bytes) -> Script:
    """The same part until the client leaves."""

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, "text/event-stream"))
        while not asked.gone.is_set():
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)

    return script


def silence() -> Script:
    """Not even a status."""

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asked.left()

    return script


def by_turns(*scripts: Script) -> Script:
    """The first request is answered by the first script, and so on."""
    left = list(scripts)

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await left.pop(0)(asked, writer)

    return script


class Scripts:
    """What an endpoint can be told to do; here because tests cannot import from one another."""

    answering = staticmethod(answering)
    by_turns = staticmethod(by_turns)
    event = staticmethod(event)
    flooding = staticmethod(flooding)
    pausing = staticmethod(pausing)
    saying = staticmethod(saying)
    silence = staticmethod(silence)
    streaming = staticmethod(streaming)


@pytest.fixture
def scripts() -> type[Scripts]:
    return Scripts


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    served = Endpoint()
    await served.start()
    yield served
    await served.stop()


@pytest.fixture
async def elsewhere() -> AsyncIterator[Endpoint]:
    """Another host, to which nothing may be sent."""
    served = Endpoint()
    await served.start()
    yield served
    await served.stop()


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
