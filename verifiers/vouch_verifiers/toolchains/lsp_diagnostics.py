"""Diagnostics from a warm language server for texts that are on no disk. Knows no language's rules."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from pathlib import Path
from time import monotonic

from vouch_verifiers.diagnostics import Diagnostic, Severity
from vouch_verifiers.sandbox import Policy, Sandbox, SandboxFault
from vouch_verifiers.text_lines import Lines
from vouch_verifiers.toolchains.base_protocol import Json, Message, as_int, as_list, as_object, as_text
from vouch_verifiers.toolchains.file_watch import Change, FileWatch
from vouch_verifiers.toolchains.lsp_connection import LspConnection
from vouch_verifiers.toolchains.overlay import Overlay

MOST_OVERLAID = 64
_generations = count(1)


class Answer(Enum):
    """How the server answers a changed document."""

    PUSH = "it publishes diagnostics that carry the document's version"
    PULL = "it is asked with textDocument/diagnostic"


class ToolBusy(SandboxFault):
    """The deadline passed while others were being served: nothing is wrong with the tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticsServer:
    """How to start one language server and how to listen to it.

    `suffixes` are the documents it may be shown, with their dot. `configuration` answers
    `workspace/configuration` by section, "" for any other. `canary` is a text in which the server must
    find at least one error: servers pass silently over files that they hold to lie outside their project, so
    each new path is tried with it first. `settle_ms` is how long a later push for the same version
    may follow the first, for servers that push in stages. `change_extras` go along with every didChange.
    """

    name: str
    language_id: str
    suffixes: tuple[str, ...]
    command: tuple[str, ...]
    policy: Policy
    root: Path
    answer: Answer
    canary: str
    initialization: Mapping[str, Json] = field(default_factory=dict)
    configuration: Mapping[str, Json] = field(default_factory=dict)
    change_extras: Mapping[str, Json] = field(default_factory=dict)
    dynamic_pull: bool = False
    settle_ms: int = 0
    start_timeout_ms: int = 15_000


class LspDiagnostics:
    """A live server with an overlay of texts. A `workbench.Tool`; one diagnosis at a time.

    After any fault it is dead: its process is killed and `alive` is False, so the workbench starts another.
    `generation` is unlike that of any other server, and changes when files on disk did: answers of one
    generation can be compared with each other.
    """

    def __init__(self, server: DiagnosticsServer, resources: AsyncExitStack) -> None:
        self._server = server
        self._resources = resources
        self._lock = asyncio.Lock()
        self._proven: set[Path] = set()
        self._utf16 = True
        self._pushed = asyncio.Event()
        self._push: tuple[str, int, list[Json]] | None = None
        self._remembered: tuple[tuple[Path, str, Mapping[Path, str]], tuple[Diagnostic, ...]] | None = None
        self._silent_since: float | None = None
        self.generation = next(_generations)
        self._watch = FileWatch(root=server.root, suffixes=server.suffixes)
        self._connection: LspConnection
        self._overlay: Overlay

    @classmethod
    async def start(
        cls, sandbox: Sandbox, server: DiagnosticsServer, *, resources: AsyncExitStack | None = None
    ) -> "LspDiagnostics":
        """Start the server and shake hands. `resources` are closed with it. Raises SandboxFault."""
        tool = cls(server, resources or AsyncExitStack())
        try:
            process = await sandbox.start(server.command, server.policy)
        except BaseException:
            await tool._resources.aclose()
            raise
        tool._connection = LspConnection(
            process, configuration=server.configuration, heard=tool._hear, ended=tool._pushed.set
        )
        tool._overlay = Overlay(
            tool._connection, language_id=server.language_id, change_extras=server.change_extras
        )
        try:
            async with asyncio.timeout(server.start_timeout_ms / 1000):
                await tool._shake_hands()
        except TimeoutError as error:
            await tool.aclose()
            raise SandboxFault(f"{server.name} did not start in {server.start_timeout_ms} ms") from error
        except BaseException:
            await tool.aclose()
            raise
        return tool

    @property
    def alive(self) -> bool:
        return self._connection.alive

    @property
    def pid(self) -> int:
        """Of the outermost process, which may be the sandbox's own."""
        return self._connection.pid

    async def aclose(self) -> None:
        """Shut down within half a second or kill; returns when the process is gone."""
        await self._connection.aclose()
        await self._resources.aclose()

    async def diagnose(
        self, path: Path, text: str, *, buffers: Mapping[Path, str], timeout_ms: float
    ) -> tuple[Diagnostic, ...]:
        """What the server says of `text` as the content of `path`, with `buffers` lying over the disk.

        Raises ToolBusy when others took the whole time, SandboxFault when the server is gone or did not
        answer within `timeout_ms`; it is dead then.
        """
        self._refuse_hung(timeout_ms)
        deadline = asyncio.get_running_loop().time() + timeout_ms / 1000
        try:
            async with asyncio.timeout_at(deadline):
                await self._lock.acquire()
        except TimeoutError as error:
            raise ToolBusy(f"{self._server.name} was busy for {timeout_ms:.0f} ms") from error
        try:
            async with asyncio.timeout_at(deadline):
                return await self._diagnose_alone(path, text, self._relevant(path, buffers))
        except TimeoutError as error:
            fault = SandboxFault(f"{self._server.name} did not answer in {timeout_ms:.0f} ms")
            self._connection.break_off(fault)
            raise fault from error
        finally:
            self._lock.release()

    def _refuse_hung(self, timeout_ms: float) -> None:
        """Callers that give up early never see a deadline pass; the silence counts all the same."""
        since = self._silent_since
        if since is not None and self._is_silent() and monotonic() - since > timeout_ms / 1000:
            self._connection.break_off(
                SandboxFault(f"{self._server.name} has been silent for {timeout_ms:.0f} ms")
            )
        if self._connection.fault is not None:
            raise self._connection.fault

    def _is_silent(self) -> bool:
        """Whether nothing came since the oldest question that had no answer yet."""
        return self._silent_since is not None and self._connection.last_heard < self._silent_since

    def _relevant(self, path: Path, buffers: Mapping[Path, str]) -> dict[Path, str]:
        chosen = [it for it in buffers if it != path and it.suffix in self._server.suffixes]
        # Those nearest to the file first: a server looks at every open document again after every change.
        chosen.sort(key=lambda it: (it.parent != path.parent, str(it)))
        return {it: buffers[it] for it in chosen[:MOST_OVERLAID]}

    async def _diagnose_alone(
        self, path: Path, text: str, buffers: Mapping[Path, str]
    ) -> tuple[Diagnostic, ...]:
        changes = await asyncio.to_thread(self._watch.changes) if self._watch.due else []
        key = (path, text, buffers)
        if not changes and self._remembered is not None and self._remembered[0] == key:
            return self._remembered[1]
        self._announce(changes)
        self._overlay.close_all_but({path, *buffers})
        for other, content in buffers.items():
            self._overlay.show(other, content)
        if path not in self._proven:
            if not await self._ask(path, self._server.canary):
                fault = SandboxFault(f"{self._server.name} says nothing of errors in {path}")
                self._connection.break_off(fault)
                raise fault
            self._proven.add(path)
        found = await self._ask(path, text)
        self._remembered = (key, found)
        return found

    async def _ask(self, path: Path, text: str) -> tuple[Diagnostic, ...]:
        self._remembered = None
        self._pushed.clear()
        self._push = None
        # A fresh version even where the text is the same: the surroundings may have changed, and the answer
        # must not be mistaken for one to an earlier question.
        version = self._overlay.send(path, text)
        if not self._is_silent():
            self._silent_since = monotonic()
        match self._server.answer:
            case Answer.PUSH:
                items = await self._wait_for_push(path, version)
            case Answer.PULL:
                params: Message = {"textDocument": {"uri": path.as_uri()}}
                result = await self._connection.request("textDocument/diagnostic", params)
                items = as_list(as_object(result).get("items"))
        # Cutting a long text into lines takes longer than most answers; an empty one needs none.
        lines = Lines(text if items and self._utf16 else "")
        return tuple(self._diagnostic(as_object(it), lines) for it in items)

    async def _wait_for_push(self, path: Path, version: int) -> list[Json]:
        wanted = (path.as_uri(), version)
        while self._push is None or self._push[:2] != wanted:
            self._pushed.clear()
            await self._pushed.wait()
            if self._connection.fault is not None:
                raise self._connection.fault
        settle_until = asyncio.get_running_loop().time() + self._server.settle_ms / 1000
        while self._server.settle_ms:
            self._pushed.clear()
            try:
                async with asyncio.timeout_at(settle_until):
                    await self._pushed.wait()
            except TimeoutError:
                break
        return self._push[2]

    def _hear(self, method: str, params: Message) -> None:
        if method != "textDocument/publishDiagnostics":
            return
        uri, version = as_text(params.get("uri")), as_int(params.get("version"), -1)
        # Only the newest version is ever waited for; an older push must not overwrite its answer.
        if version == self._overlay.last_version:
            self._push = (uri, version, as_list(params.get("diagnostics")))
            self._pushed.set()

    def _announce(self, changes: list[tuple[Path, Change]]) -> None:
        events: list[Json] = [{"uri": path.as_uri(), "type": change.value} for path, change in changes]
        if events:
            self.generation = next(_generations)
            self._connection.notify("workspace/didChangeWatchedFiles", {"changes": events})

    def _diagnostic(self, item: Message, lines: Lines) -> Diagnostic:
        span = as_object(item.get("range"))
        start, end = as_object(span.get("start")), as_object(span.get("end"))
        start_line, end_line = as_int(start.get("line")), as_int(end.get("line"))
        start_units, end_units = as_int(start.get("character")), as_int(end.get("character"))
        severity = as_int(item.get("severity"), Severity.ERROR)
        return Diagnostic(
            rule=as_text(item.get("code")),
            message=as_text(item.get("message")),
            severity=Severity(severity) if severity in Severity.__members__.values() else Severity.ERROR,
            start_line=start_line,
            start_column=lines.column(start_line, start_units) if self._utf16 else start_units,
            end_line=end_line,
            end_column=lines.column(end_line, end_units) if self._utf16 else end_units,
        )

    async def _shake_hands(self) -> None:
        root = self._server.root
        result = await self._connection.request(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": root.name or "root"}],
                "initializationOptions": dict(self._server.initialization),
                "capabilities": {
                    "general": {"positionEncodings": ["utf-32", "utf-16"]},
                    "textDocument": {
                        "synchronization": {},
                        "publishDiagnostics": {"versionSupport": True},
                        "diagnostic": {"dynamicRegistration": self._server.dynamic_pull},
                    },
                    "workspace": {
                        "configuration": True,
                        "workspaceFolders": True,
                        "didChangeWatchedFiles": {"dynamicRegistration": True},
                    },
                },
            },
        )
        encoding = as_text(as_object(as_object(result).get("capabilities")).get("positionEncoding"))
        self._utf16 = encoding in ("", "utf-16")
        self._connection.notify("initialized", {})
        await asyncio.to_thread(self._watch.changes)
