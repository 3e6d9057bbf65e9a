"""A conversation with one language server: requests, answers, notifications. Knows no document."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from time import monotonic

from vouch_verifiers.sandbox import Process, SandboxFault
from vouch_verifiers.toolchains.base_protocol import (
    Json,
    Message,
    as_int,
    as_list,
    as_object,
    as_text,
    encode,
    read_message,
)

log = logging.getLogger(__name__)

METHOD_NOT_FOUND = -32601
CLOSE_GRACE_S = 0.5


class LspConnection:
    """Owns the process, a task that reads from it and one that writes to it.

    `configuration` answers `workspace/configuration` by section ("" for the sections it does not name);
    `heard` is called with the method and parameters of every notification, `ended` once at the end.
    """

    def __init__(
        self,
        process: Process,
        *,
        configuration: Mapping[str, Json],
        heard: Callable[[str, Message], None],
        ended: Callable[[], None],
    ) -> None:
        self._process = process
        self._configuration = configuration
        self._heard = heard
        self._on_end = ended
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._last_id = 0
        self._broken: SandboxFault | None = None
        self._ended = asyncio.Event()
        self.last_heard = monotonic()
        # Queued, not written in place: a caller cancelled half-way would leave half a message in the pipe.
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        self._closing: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        return self._broken is None and self._process.alive

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def fault(self) -> SandboxFault | None:
        """Why it ended, None while it lives."""
        return self._broken

    def notify(self, method: str, params: Json) -> None:
        """Queue a notification; nothing is waited for."""
        self._outgoing.put_nowait(encode({"jsonrpc": "2.0", "method": method, "params": params}))

    async def request(self, method: str, params: Json) -> Json:
        """The result of a request. Raises SandboxFault for an error answer and when the server is gone."""
        if self._broken is not None:
            raise self._broken
        self._last_id += 1
        number = self._last_id
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._outgoing.put_nowait(
            encode({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        )
        try:
            return await future
        finally:
            self._waiting.pop(number, None)

    def break_off(self, fault: SandboxFault) -> None:
        """Declare the server dead and kill it, without waiting for its end; `aclose` waits."""
        if self._broken is not None:
            return
        self._broken = fault
        self._ended.set()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(fault)
        self._on_end()
        self._closing = asyncio.create_task(self._process.aclose())

    async def aclose(self) -> None:
        """Ask it to end, wait half a second at most, then kill it; returns when the process is gone."""
        if self.alive:
            with contextlib.suppress(TimeoutError, SandboxFault):
                async with asyncio.timeout(CLOSE_GRACE_S):
                    await self.request("shutdown", None)
                    self.notify("exit", None)
                    await self._ended.wait()
        self.break_off(SandboxFault("the server was closed"))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._closing is not None:
            await self._closing

    async def _read(self) -> None:
        try:
            while True:
                message = await read_message(self._process)
                self.last_heard = monotonic()
                self._take(message)
        except SandboxFault as fault:
            self.break_off(fault)

    async def _write(self) -> None:
        try:
            while True:
                await self._process.write(await self._outgoing.get())
        except SandboxFault as fault:
            self.break_off(fault)

    def _take(self, message: Message) -> None:
        if "method" not in message:
            self._take_answer(message)
        elif "id" in message:
            self._outgoing.put_nowait(encode(self._answer(message)))
        else:
            self._heard(as_text(message["method"]), as_object(message.get("params")))

    def _take_answer(self, message: Message) -> None:
        future = self._waiting.get(as_int(message.get("id"), -1))
        if future is None or future.done():
            return
        if "error" in message:
            error = as_object(message["error"])
            future.set_exception(SandboxFault(f"the server refused: {as_text(error.get('message'))}"))
        else:
            future.set_result(message.get("result"))

    def _answer(self, message: Message) -> Message:
        """Our side of what the server asks; every request is answered once, or servers stall."""
        answer: Message = {"jsonrpc": "2.0", "id": message["id"]}
        match as_text(message["method"]):
            case "workspace/configuration":
                items = as_list(as_object(message.get("params")).get("items"))
                sections = [as_text(as_object(it).get("section")) for it in items]
                default = self._configuration.get("")
                answer["result"] = [self._configuration.get(it, default) for it in sections]
            case "workspace/applyEdit":
                answer["result"] = {"applied": False}
            case (
                "client/registerCapability"
                | "client/unregisterCapability"
                | "window/workDoneProgress/create"
                | "window/showMessageRequest"
                | "workspace/diagnostic/refresh"
                | "workspace/semanticTokens/refresh"
                | "workspace/inlayHint/refresh"
                | "workspace/codeLens/refresh"
                | "workspace/workspaceFolders"
            ):
                answer["result"] = None
            case unknown:
                log.debug("a server asked for %s, which we do not offer", unknown)
                answer["error"] = {"code": METHOD_NOT_FOUND, "message": f"{unknown} is not supported"}
        return answer
