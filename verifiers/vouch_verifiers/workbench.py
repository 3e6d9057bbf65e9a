"""The warm tools of one workspace: the sandbox, workers and checkers that stay up between trials."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic
from typing import Any, Protocol, TypeVar

import psutil

from vouch_verifiers import registry
from vouch_verifiers.sandbox import Sandbox, SandboxFault
from vouch_verifiers.settings import VerifierSettings

log = logging.getLogger(__name__)

FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 30.0
UPKEEP_EVERY_S = 15.0


class Tool(Protocol):
    """Something warm: a worker or a checker."""

    @property
    def alive(self) -> bool: ...

    @property
    def pid(self) -> int:
        """Of its outermost process, which may be the sandbox's own."""
        ...

    async def aclose(self) -> None: ...


ToolT = TypeVar("ToolT", bound=Tool)


class Workbench:
    """Starts tools when first asked for, restarts dead ones with growing delays, retires those that nobody uses or
    that grew too large, and closes them all."""

    def __init__(self, *, root: Path, settings: VerifierSettings, trusted: bool = True) -> None:
        self.root = root
        self.settings = settings
        self.trusted = trusted
        self._sandbox: Sandbox | None = None
        self._sandbox_lock = asyncio.Lock()
        self._tools: dict[str, Any] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._failures: dict[str, tuple[int, float]] = {}
        self._last_use: dict[str, float] = {}
        self._upkeep: asyncio.Task[None] | None = None
        self._closed = False
        self.memory: dict[str, Any] = {}
        self.generation = 0

    async def sandbox(self) -> Sandbox:
        """The sandbox of this workspace. Raises SandboxFault when none proves itself."""
        if not self.trusted:
            raise SandboxFault("the workspace is not trusted")
        async with self._sandbox_lock:
            if self._sandbox is None:
                self._sandbox = await registry.choose_sandbox(self.settings.sandbox)
            return self._sandbox

    async def tool(self, key: str, start: Callable[[Sandbox], Awaitable[ToolT]]) -> ToolT:
        """The live tool of that key, started when there is none.

        Raises SandboxFault when it cannot be started, or while it rests after having died.
        """
        sandbox = await self.sandbox()
        self._last_use[key] = monotonic()
        async with self._locks.setdefault(key, asyncio.Lock()):
            known: ToolT | None = self._tools.get(key)
            if known is not None and known.alive:
                return known
            if known is not None:
                self._count_failure(key)
                del self._tools[key]
                await known.aclose()
            self._refuse_while_resting(key)
            try:
                fresh = await start(sandbox)
            except SandboxFault:
                self._count_failure(key)
                raise
            if self._closed:
                await fresh.aclose()
                raise SandboxFault("the workbench was closed meanwhile")
            self._tools[key] = fresh
            if self._upkeep is None:
                self._upkeep = asyncio.create_task(self._keep_up())
            return fresh

    def files_changed(self) -> None:
        """Say that files on disk changed: verdicts reached before count no more."""
        self.generation += 1

    def worked(self, key: str) -> None:
        """Say that a tool did its work, so that its next death starts counting anew."""
        self._failures.pop(key, None)

    async def discard(self, key: str) -> None:
        """Close a tool that misbehaved; the next `tool` call starts another, after a rest."""
        known = self._tools.pop(key, None)
        if known is not None:
            self._count_failure(key)
            await known.aclose()

    async def retire(self, key: str) -> None:
        """Close a tool that did nothing wrong, but knows a world that has changed; the next starts at once."""
        known = self._tools.pop(key, None)
        if known is not None:
            await known.aclose()

    async def aclose(self) -> None:
        """Close every tool; none of their processes outlives this."""
        self._closed = True
        if self._upkeep is not None:
            self._upkeep.cancel()
        tools, self._tools = list(self._tools.values()), {}
        await asyncio.gather(*(it.aclose() for it in tools))

    async def tidy(self) -> None:
        """Retire tools that were not used for `idle_s` or whose processes hold more than `tool_memory_bytes`."""
        for key, tool in list(self._tools.items()):
            if monotonic() - self._last_use[key] >= self.settings.idle_s:
                await self.retire(key)
            elif await asyncio.to_thread(_resident_bytes, tool.pid) > self.settings.tool_memory_bytes:
                log.warning("%s holds too much memory and is restarted when next needed", key)
                await self.retire(key)

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(UPKEEP_EVERY_S)
            await self.tidy()

    def _count_failure(self, key: str) -> None:
        failures = self._failures.get(key, (0, 0.0))[0] + 1
        # The first death costs no rest: a single crash must not silence the editor.
        rest = 0.0 if failures == 1 else min(FIRST_BACK_OFF_S * 2 ** (failures - 2), LONGEST_BACK_OFF_S)
        self._failures[key] = (failures, monotonic() + rest)
        log.warning("%s failed %d time(s); rests %.1f s", key, failures, rest)

    def _refuse_while_resting(self, key: str) -> None:
        failures, until = self._failures.get(key, (0, 0.0))
        if monotonic() < until:
            raise SandboxFault(f"{key} failed {failures} times and rests for {until - monotonic():.1f} s")


def _resident_bytes(pid: int) -> int:
    """Memory of a process and all below it; what they share is counted for each."""
    try:
        top = psutil.Process(pid)
        return sum(_own_bytes(it) for it in (top, *top.children(recursive=True)))
    except psutil.Error:
        return 0


def _own_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
