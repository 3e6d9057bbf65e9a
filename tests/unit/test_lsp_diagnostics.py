"""The diagnostics client against a server that says exactly what each test wants, when it wants it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from vouch_verifiers.diagnostics import Diagnostic
from vouch_verifiers.sandbox import Policy, SandboxFault
from vouch_verifiers.toolchains.lsp_diagnostics import Answer, DiagnosticsServer, LspDiagnostics, ToolBusy

Message = dict[str, Any]
CANARY = "canary"


class ScriptedServer:
    """Both ends of the pipe: a `Sandbox`, its `Process`, and the server behind it."""

    name = "scripted"

    def __init__(self, *, encoding: str | None = "utf-16", mute: bool = False) -> None:
        self.heard: list[Message] = []
        self.alive = True
        self.pid = 1
        self.stderr_tail = ""
        self.encoding = encoding
        self.mute = mute
        self.on_text: Callable[[str, int, str], None] = self.find_bad
        self.texts: dict[str, str] = {}
        self._to_client = asyncio.StreamReader()
        self._from_client = b""

    async def start(self, command: Sequence[str], policy: Policy) -> "ScriptedServer":
        return self

    async def write(self, data: bytes) -> None:
        if not self.alive:
            raise SandboxFault("the process is gone")
        self._from_client += data
        while b"\r\n\r\n" in self._from_client:
            head, _, rest = self._from_client.partition(b"\r\n\r\n")
            size = int(head.rpartition(b":")[2])
            if len(rest) < size:
                return
            self._from_client = rest[size:]
            self._take(json.loads(rest[:size]))

    async def read_line(self) -> bytes:
        line = await self._to_client.readline()
        if not line:
            raise SandboxFault("the process is gone")
        return line

    async def read_exactly(self, size: int) -> bytes:
        try:
            return await self._to_client.readexactly(size)
        except asyncio.IncompleteReadError as error:
            raise SandboxFault("the process is gone") from error

    async def aclose(self) -> None:
        if self.alive:
            self.alive = False
            self._to_client.feed_eof()

    def say(self, message: Message, *, header: str = "Content-Length: {}\r\n\r\n") -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to_client.feed_data(header.format(len(body)).encode() + body)

    def say_raw(self, data: bytes) -> None:
        self._to_client.feed_data(data)

    def push(self, uri: str, version: int, *found: Message) -> None:
        self.say(
            {
                "method": "textDocument/publishDiagnostics",
                "params": {"uri": uri, "version": version, "diagnostics": list(found)},
            }
        )

    def find_bad(self, uri: str, version: int, text: str) -> None:
        """The default server: an error at the first "bad" or canary of a text."""
        self.push(uri, version, *bad_in(text))

    def of(self, method: str) -> list[Message]:
        return [it for it in self.heard if it.get("method") == method]

    def _take(self, message: Message) -> None:
        self.heard.append(message)
        params = message.get("params") or {}
        match message.get("method"):
            case "initialize":
                capabilities = {} if self.encoding is None else {"positionEncoding": self.encoding}
                if not self.mute:
                    self.say({"id": message["id"], "result": {"capabilities": capabilities}})
            case "shutdown":
                self.say({"id": message["id"], "result": None})
            case "exit":
                self.alive = False
                self._to_client.feed_eof()
            case "textDocument/didOpen":
                document = params["textDocument"]
                self._text(document["uri"], document["version"], document["text"])
            case "textDocument/didChange":
                document = params["textDocument"]
                self._text(document["uri"], document["version"], params["contentChanges"][0]["text"])
            case "textDocument/diagnostic":
                items = bad_in(self.texts[params["textDocument"]["uri"]])
                self.say({"id": message["id"], "result": {"kind": "full", "items": items}})

    def _text(self, uri: str, version: int, text: str) -> None:
        self.texts[uri] = text
        if text == CANARY:
            self.find_bad(uri, version, text)
        else:
            self.on_text(uri, version, text)


def bad_in(text: str) -> list[Message]:
    word = CANARY if text == CANARY else "bad"
    if word not in text:
        return []
    before = text[: text.index(word)]
    line, column = before.count("\n"), len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
    return [error(line, column, column + len(word))]


def error(line: int, start: int, end: int, message: str = "it is bad") -> Message:
    span = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return {"range": span, "code": "bad-word", "message": message, "severity": 1}


def spec(root: Path, **changes: Any) -> DiagnosticsServer:
    settings: dict[str, Any] = {
        "name": "scripted",
        "language_id": "words",
        "suffixes": (".w",),
        "command": ("scripted",),
        "policy": Policy(read=()),
        "root": root,
        "answer": Answer.PUSH,
        "canary": CANARY,
        "configuration": {"words": {"strict": True}, "": None},
        "start_timeout_ms": 500,
    }
    return DiagnosticsServer(**(settings | changes))


@asynccontextmanager
async def running(server: ScriptedServer, root: Path, **changes: Any) -> AsyncIterator[LspDiagnostics]:
    tool = await LspDiagnostics.start(server, spec(root, **changes))
    try:
        yield tool
    finally:
        await tool.aclose()


async def ask(tool: LspDiagnostics, path: Path, text: str, *, timeout_ms: float = 5_000) -> list[str]:
    found = await tool.diagnose(path, text, buffers={}, timeout_ms=timeout_ms)
    return [f"{it.start_line}:{it.start_column}-{it.end_column} {it.message}" for it in found]


@pytest.mark.parametrize("answer", list(Answer))
async def test_it_says_what_the_server_found(tmp_path: Path, answer: Answer) -> None:
    async with running(ScriptedServer(), tmp_path, answer=answer) as tool:
        found = await tool.diagnose(tmp_path / "a.w", "good\nbad", buffers={}, timeout_ms=5_000)
        assert found == (
            Diagnostic(
                rule="bad-word", message="it is bad", start_line=1, start_column=0, end_line=1, end_column=3
            ),
        )
        assert await ask(tool, tmp_path / "a.w", "good") == []


@pytest.mark.parametrize(
    ("encoding", "told", "meant"), [(None, 2, 1), ("utf-16", 2, 1), ("utf-32", 1, 1)], ids=str
)
async def test_columns_are_code_points_whatever_the_server_counts(
    tmp_path: Path, encoding: str | None, told: int, meant: int
) -> None:
    server = ScriptedServer(encoding=encoding)
    server.on_text = lambda uri, version, _: server.push(uri, version, error(0, told, told + 3))
    async with running(server, tmp_path) as tool:
        assert await ask(tool, tmp_path / "a.w", "😀bad") == [f"0:{meant}-{meant + 3} it is bad"]


async def test_a_late_answer_to_an_earlier_text_is_not_taken_for_the_answer(tmp_path: Path) -> None:
    server = ScriptedServer()

    def late(uri: str, version: int, text: str) -> None:
        server.push(uri, version - 1, error(0, 0, 1, "stale"))
        server.push("file:///elsewhere.w", version, error(0, 0, 1, "of another file"))
        server.find_bad(uri, version, text)
        server.push(uri, version - 1, error(0, 0, 1, "stale"))

    server.on_text = late
    async with running(server, tmp_path) as tool:
        assert await ask(tool, tmp_path / "a.w", "good") == []
        assert await ask(tool, tmp_path / "a.w", "bad") == ["0:0-3 it is bad"]


async def test_the_last_of_several_stages_counts_where_a_server_pushes_in_stages(tmp_path: Path) -> None:
    server = ScriptedServer()

    def staged(uri: str, version: int, text: str) -> None:
        server.push(uri, version)
        asyncio.get_running_loop().call_soon(server.find_bad, uri, version, text)

    server.on_text = staged
    async with running(server, tmp_path, settle_ms=30) as tool:
        assert await ask(tool, tmp_path / "a.w", "bad") == ["0:0-3 it is bad"]


async def test_the_same_question_is_answered_from_memory_and_another_surrounding_is_not(
    tmp_path: Path,
) -> None:
    server = ScriptedServer()
    async with running(server, tmp_path) as tool:
        path, other = tmp_path / "a.w", tmp_path / "b.w"
        for _ in range(3):
            assert await ask(tool, path, "bad") == ["0:0-3 it is bad"]
        asked = len(server.of("textDocument/didChange"))
        await tool.diagnose(path, "bad", buffers={other: "new"}, timeout_ms=5_000)
        assert (asked, len(server.of("textDocument/didChange"))) == (1, 2)


async def test_the_server_sees_exactly_the_file_and_the_edited_buffers(tmp_path: Path) -> None:
    server = ScriptedServer()
    a, b, c, note = (tmp_path / it for it in ("a.w", "b.w", "c.w", "note.txt"))

    def open_now() -> set[str]:
        events = [
            it for it in server.heard if it.get("method") in ("textDocument/didOpen", "textDocument/didClose")
        ]
        state: set[str] = set()
        for it in events:
            uri = it["params"]["textDocument"]["uri"]
            (state.add if it["method"].endswith("didOpen") else state.discard)(uri)
        return state

    async with running(server, tmp_path) as tool:
        await tool.diagnose(a, "1", buffers={b: "2", note: "3", a: "not this"}, timeout_ms=5_000)
        assert open_now() == {a.as_uri(), b.as_uri()}
        assert server.texts[a.as_uri()] == "1"
        await tool.diagnose(c, "1", buffers={b: "2"}, timeout_ms=5_000)
        assert open_now() == {c.as_uri(), b.as_uri()}
        await tool.diagnose(a, "1", buffers={}, timeout_ms=5_000)
        assert open_now() == {a.as_uri()}


async def test_a_file_changed_on_disk_is_announced_and_makes_another_generation(tmp_path: Path) -> None:
    server = ScriptedServer()
    (tmp_path / "b.w").write_text("1")
    async with running(server, tmp_path) as tool:
        await ask(tool, tmp_path / "a.w", "good")
        before = tool.generation
        (tmp_path / "b.w").write_text("12")
        (tmp_path / "c.w").write_text("1")
        async with asyncio.timeout(5):
            while not server.of("workspace/didChangeWatchedFiles"):
                await ask(tool, tmp_path / "a.w", "good")
                await asyncio.sleep(0.01)
        changes = server.of("workspace/didChangeWatchedFiles")[0]["params"]["changes"]
        assert {(it["uri"], it["type"]) for it in changes} == {
            ((tmp_path / "b.w").as_uri(), 2),
            ((tmp_path / "c.w").as_uri(), 1),
        }
        assert tool.generation != before


async def test_a_server_that_finds_nothing_in_a_wrong_text_is_not_believed(tmp_path: Path) -> None:
    server = ScriptedServer()
    async with running(server, tmp_path, canary="a text in which it sees nothing") as tool:
        with pytest.raises(SandboxFault, match="says nothing of errors"):
            await ask(tool, tmp_path / "a.w", "good")
        assert not tool.alive


async def test_a_server_that_does_not_answer_in_time_is_dead(tmp_path: Path) -> None:
    server = ScriptedServer()
    server.on_text = lambda *_: None
    async with running(server, tmp_path) as tool:
        with pytest.raises(SandboxFault, match="did not answer in 50 ms"):
            await ask(tool, tmp_path / "a.w", "good", timeout_ms=50)
        assert not tool.alive
    assert not server.alive


async def test_silence_counts_even_when_no_one_waits_it_out(tmp_path: Path) -> None:
    server = ScriptedServer()
    server.on_text = lambda *_: None
    async with running(server, tmp_path) as tool:
        with contextlib.suppress(SandboxFault):
            async with asyncio.timeout(10):
                for number in range(10_000):
                    asking = asyncio.create_task(ask(tool, tmp_path / "a.w", f"{number}", timeout_ms=100))
                    await asyncio.sleep(0.005)
                    asking.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await asking
        assert not tool.alive


async def test_a_server_that_is_busy_with_others_is_not_dead(tmp_path: Path) -> None:
    server = ScriptedServer()
    held: list[tuple[str, int, str]] = []
    server.on_text = lambda *said: held.append(said)
    async with running(server, tmp_path) as tool:
        first = asyncio.create_task(ask(tool, tmp_path / "a.w", "bad"))
        async with asyncio.timeout(5):
            while not held:
                await asyncio.sleep(0)
        with pytest.raises(ToolBusy):
            await ask(tool, tmp_path / "a.w", "good", timeout_ms=30)
        server.find_bad(*held[0])
        assert await first == ["0:0-3 it is bad"]
        assert tool.alive


async def test_a_server_that_goes_away_fails_what_is_asked_and_all_that_follows(tmp_path: Path) -> None:
    server = ScriptedServer()
    server.on_text = lambda *_: server.say_raw(b"") or server._to_client.feed_eof()
    async with running(server, tmp_path) as tool:
        for _ in range(2):
            with pytest.raises(SandboxFault, match="gone"):
                await ask(tool, tmp_path / "a.w", "good")


@pytest.mark.parametrize(
    "noise",
    [
        b"Content-Length: 3\r\n\r\n{x}",
        b"Content-Length: 2\r\n\r\n[]",
        b"hello\r\n\r\n",
        b"Content-Length: 99999999999\r\n\r\n",
    ],
)
async def test_a_server_that_does_not_speak_the_protocol_is_dead(tmp_path: Path, noise: bytes) -> None:
    server = ScriptedServer()
    server.on_text = lambda *_: server.say_raw(noise)
    async with running(server, tmp_path) as tool:
        with pytest.raises(SandboxFault, match="not a protocol message"):
            await ask(tool, tmp_path / "a.w", "good")


@pytest.mark.parametrize(
    ("method", "params", "result"),
    [
        ("workspace/configuration", {"items": [{"section": "words"}, {}]}, [{"strict": True}, None]),
        ("client/registerCapability", {"registrations": []}, None),
        ("window/workDoneProgress/create", {"token": 1}, None),
        ("workspace/applyEdit", {"edit": {}}, {"applied": False}),
    ],
)
async def test_what_the_server_asks_is_answered(
    tmp_path: Path, method: str, params: Message, result: Any
) -> None:
    server = ScriptedServer()
    async with running(server, tmp_path) as tool:
        server.say({"id": 7, "method": method, "params": params})
        server.say({"id": "x", "method": "what/isThis", "params": {}})
        await ask(tool, tmp_path / "a.w", "good")
        answers = {it["id"]: it for it in server.heard if "method" not in it}
        assert answers[7]["result"] == result
        assert answers["x"]["error"]["code"] == -32601


async def test_it_starts_in_time_or_not_at_all(tmp_path: Path) -> None:
    server = ScriptedServer(mute=True)
    with pytest.raises(SandboxFault, match="did not start in 50 ms"):
        await LspDiagnostics.start(server, spec(tmp_path, start_timeout_ms=50))
    assert not server.alive


async def test_closing_is_polite(tmp_path: Path) -> None:
    server = ScriptedServer()
    async with running(server, tmp_path):
        pass
    assert [it["method"] for it in server.heard][-2:] == ["shutdown", "exit"]


async def test_a_cancelled_question_leaves_the_conversation_whole(tmp_path: Path) -> None:
    server = ScriptedServer()
    async with running(server, tmp_path) as tool:
        for number in range(30):
            asking = asyncio.create_task(ask(tool, tmp_path / "a.w", f"bad {number}"))
            for _ in range(number % 10):
                await asyncio.sleep(0)
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
            assert await ask(tool, tmp_path / "a.w", f"good {number}") == []
