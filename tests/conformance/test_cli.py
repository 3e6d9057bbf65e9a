"""The command line as scripts see it: a real `vouch` process, its lines, its exit codes, and what it leaves behind."""

import array
import asyncio
import contextlib
import fcntl
import json
import os
import signal
import sys
import termios
from pathlib import Path

import psutil
import pytest

import vouch_server
import vouch_verifiers
from vouch_server.cli import judging_lines
from vouch_server.cli.streams import CHUNK, LineReader
from vouch_verifiers.model import Verdict

# The first verdict starts a sandbox, a worker and a type checker, on a machine that may be busy.
DEADLINE_S = 90.0
SOURCES = [str(Path(it.__file__).parent.parent) for it in (vouch_server, vouch_verifiers)]

ADD = 'def add(a: int, b: int) -> int:\n    """The sum.\n\n    >>> add(2, 3)\n    5\n    """\n'
RIGHT = "    return a + b\n"
WRONG = "    return a - b\n"
ENDLESS = "    while True:\n        a += 1\n"


class Vouch:
    """A running `vouch` with its pipes."""

    def __init__(self, process):
        self.process = process

    async def send(self, *lines):
        self.process.stdin.write(b"".join(it + b"\n" for it in lines))
        await self.process.stdin.drain()

    async def answer(self):
        async with asyncio.timeout(DEADLINE_S):
            return json.loads(await self.process.stdout.readline())

    async def end(self):
        """What is left to read, and the exit code, after the end of its input."""
        self.process.stdin.close()
        async with asyncio.timeout(DEADLINE_S):
            out, err = await self.process.communicate()
        return out.decode(), err.decode(), self.process.returncode


@contextlib.asynccontextmanager
async def vouch(*arguments, cwd, env=None):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "vouch_server",
        *map(str, arguments),
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES), "COLUMNS": "120", **(env or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=4 * 1024 * 1024,
    )
    try:
        yield Vouch(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()


async def run(*arguments, cwd, env=None, lines=()):
    async with vouch(*arguments, cwd=cwd, env=env) as running:
        await running.send(*lines)
        return await running.end()


def asked(identity, completion, *, prefix=ADD, path="sums.py", language="python", **more):
    raw = {
        "id": identity,
        "language": language,
        "path": path,
        "prefix": prefix,
        "completion": completion,
        "suffix": "",
        **more,
    }
    return json.dumps(raw).encode()


async def test_every_line_is_answered_and_a_malformed_one_costs_only_itself(tmp_path):
    lines = [
        asked("right", RIGHT),
        b"{not json",
        b"",
        asked("wrong", WRONG),
        b'["a list"]',
        asked(7, "    return a + c\n"),
        asked("no suffix", RIGHT, suffix=None),
        asked(None, RIGHT),
        asked("outside", RIGHT, path="../sums.py"),
        asked("elsewhere", RIGHT, path="/etc/passwd"),
        asked("cobol", RIGHT, language="cobol"),
        b"\xff\xfe",
    ]
    out, _, code = await run("verify", "--workspace", tmp_path, cwd="/", lines=lines)
    answers = [json.loads(it) for it in out.splitlines()]
    assert code == 2
    assert {it["line"] for it in answers if it["id"] is None} == {2, 5, 7, 8, 9, 10, 12}
    assert all(set(it) == {"id", "line", "error"} and it["error"] for it in answers if it["id"] is None)
    judged = {it["id"]: it for it in answers if it["id"] is not None}
    assert {key: it["accepted"] for key, it in judged.items()} == {
        "right": True,
        "wrong": False,
        7: False,
        "cobol": False,
    }
    assert judged["right"]["summary"] == "compiles · no new errors · runs · 1/1 example"
    assert all(set(it) == {"id", "accepted", "summary", "evidence", "ms"} for it in judged.values())
    assert judged["cobol"]["evidence"][0]["outcome"] == "inconclusive"
    assert list(tmp_path.iterdir()) == []


async def test_evidence_says_where_and_counts_from_one(tmp_path):
    out, _, code = await run(
        "verify",
        cwd=tmp_path,
        lines=[asked(1, "    return a + c\n"), asked(2, RIGHT, path=str(tmp_path / "x.py"))],
    )
    answers = {it["id"]: it for it in map(json.loads, out.splitlines())}
    assert code == 0
    assert answers[2]["accepted"]
    last = answers[1]["evidence"][-1]
    assert set(last) == {"check", "outcome", "message", "ms", "position"}
    assert (last["check"], last["outcome"], last["position"]) == (
        "check",
        "failed",
        {"line": 7, "column": 16},
    )
    assert answers[1]["evidence"][0]["position"] is None


async def test_an_answer_is_written_as_soon_as_it_is_done(tmp_path):
    async with vouch("verify", cwd=tmp_path) as running:
        await running.send(asked("first", RIGHT))
        # Its input is still open: an answer now was not held back.
        assert (await running.answer())["id"] == "first"
        await running.send(asked("slow", ENDLESS), asked("quick", WRONG))
        assert (await running.answer())["id"] == "quick"
        slow = await running.answer()
        assert (slow["id"], slow["evidence"][-1]["check"]) == ("slow", "run")
        assert await running.end() == ("", "", 0)


async def test_no_more_is_read_than_there_is_room_for():
    source, sink = os.pipe()
    with os.fdopen(source, "rb"), os.fdopen(sink, "wb") as writing:
        fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, 8 * CHUNK)
        writing.write(b"a line\n" * (7 * CHUNK // 7))
        writing.flush()
        reader = LineReader(source, longest=100)
        assert await reader.next() == b"a line"
        left = array.array("i", [0])
        fcntl.ioctl(source, termios.FIONREAD, left)
        assert left[0] >= 6 * CHUNK - 7


class Ten:
    """A reader of ten requests that counts how often it was asked."""

    def __init__(self):
        self.asked = 0

    async def next(self):
        self.asked += 1
        return asked(self.asked, RIGHT) if self.asked <= 10 else None


async def test_two_are_judged_at_once_and_no_more_are_held(tmp_path, workbench_at, monkeypatch):
    going, most, let_go = 0, 0, asyncio.Event()
    both = asyncio.Event()

    async def verify(trial, workbench):
        nonlocal going, most
        going += 1
        most = max(most, going)
        if going == 2:
            both.set()
        await let_go.wait()
        going -= 1
        return Verdict(evidence=())

    class Sink:
        written = 0

        async def write(self, line):
            self.written += 1

    monkeypatch.setattr(judging_lines.engine, "verify", verify)
    reader, sink = Ten(), Sink()
    async with workbench_at(tmp_path) as workbench, asyncio.timeout(DEADLINE_S):
        judging = asyncio.create_task(judging_lines.judge(reader, sink, workbench))
        await both.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        # Two being judged, and one in hand.
        assert (reader.asked, sink.written) == (3, 0)
        let_go.set()
        assert await judging == 0
    assert (most, sink.written) == (2, 10)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\n\nb", [b"a", b"", b"b"]),
        (b"", []),
        (b"x" * 300 + b"\ny\n", [b"x" * 101, b"y"]),
    ],
    ids=["two", "no end", "nothing", "too long"],
)
async def test_lines_are_cut_at_line_feeds_and_at_the_limit(written, read):
    source, sink = os.pipe()
    with os.fdopen(source, "rb"):
        with os.fdopen(sink, "wb") as writing:
            writing.write(written)
        reader = LineReader(source, longest=100)
        found = []
        async with asyncio.timeout(DEADLINE_S):
            while (line := await reader.next()) is not None:
                found.append(line)
    assert found == read


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_an_interrupt_leaves_no_process(tmp_path, number, code):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"limits": {"wall_ms": 60_000, "cpu_s": 60}}))
    async with vouch("verify", "--settings", settings, cwd=tmp_path) as running:
        await running.send(asked("warm", RIGHT))
        await running.answer()
        children = psutil.Process(running.process.pid).children(recursive=True)
        assert children
        await running.send(asked("endless", ENDLESS), asked("also endless", ENDLESS + "# 2\n"))
        await running.send(asked("one more", RIGHT))
        running.process.send_signal(number)
        async with asyncio.timeout(DEADLINE_S):
            assert await running.process.wait() == code
        _, alive = psutil.wait_procs(children, timeout=DEADLINE_S)
        assert alive == []


async def test_it_ends_when_nobody_reads_its_answers(tmp_path):
    async with vouch("verify", cwd=tmp_path) as running:
        await running.send(asked("first", RIGHT))
        await running.answer()
        running.process._transport.get_pipe_transport(1).close()
        with contextlib.suppress(ConnectionError):
            for number in range(5):
                await running.send(asked(number, WRONG))
        async with asyncio.timeout(DEADLINE_S):
            assert await running.process.wait() == 141


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--workspace", "nowhere"),
        ("verify", "--sandbox", "cardboard"),
        ("verify", "--python", "nowhere"),
        ("verify", "--require", "luck"),
        ("complete", "nowhere.py", "--line", "1", "--column", "1"),
        ("complete", "notes.txt", "--line", "1", "--column", "1"),
        ("complete", "sums.py", "--line", "99", "--column", "1"),
        ("complete", "sums.py", "--line", "1", "--column", "99"),
        ("complete", "sums.py", "--line", "0", "--column", "1"),
        ("complete", "sums.py", "--line", "1", "--column", "1", "--generator", "oracle"),
        ("complete", "sums.py", "--line", "1", "--column", "1", "--settings", "bad.json"),
        ("complete", "latin.py", "--line", "1", "--column", "1"),
        ("bench", "--data", "nowhere.jsonl"),
        ("serve", "--tcp", "nowhere"),
        ("conjure",),
    ],
    ids=" ".join,
)
async def test_bad_use_ends_in_two_and_says_what_is_bad(tmp_path, arguments):
    (tmp_path / "sums.py").write_text(ADD)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "latin.py").write_bytes(b"# caf\xe9\n")
    (tmp_path / "bad.json").write_text('{"generatr": "synthesis"}')
    out, err, code = await run(*arguments, cwd=tmp_path)
    assert code == 2
    assert out == ""
    assert "Error" in err
    assert "Traceback" not in err


async def test_a_completion_comes_with_its_evidence(tmp_path):
    (tmp_path / "sums.py").write_text('X = "🙂"\n\n\n' + ADD + "    \n")
    out, err, code = await run("complete", "sums.py", "--line", "10", "--column", "5", "--json", cwd=tmp_path)
    found = json.loads(out)
    assert (code, err, found["why"]) == (0, "", "")
    best = found["suggestions"][0]
    assert best["accepted"]
    assert best["generator"] == "synthesis"
    assert "1/1 example" in best["summary"]
    assert {"text", "replaced", "agreeing", "sampled", "suspects", "evidence", "ms"} <= set(best)


async def test_a_person_is_told_what_was_seen(tmp_path):
    (tmp_path / "sums.py").write_text(ADD + "    \n")
    out, _, code = await run("complete", "sums.py", "--line", "7", "--column", "5", cwd=tmp_path)
    assert code == 0
    assert "Vouched for: compiles" in out
    assert "✓ add(2, 3) → 5" in out


async def test_nothing_to_suggest_ends_in_one_with_the_reason(tmp_path):
    (tmp_path / "sums.py").write_text('def odd(a: int) -> int:\n    """No example."""\n    \n')
    out, _, code = await run("complete", "sums.py", "--line", "3", "--column", "5", cwd=tmp_path)
    assert code == 1
    assert "Nothing to suggest: " in out


async def test_rejected_candidates_are_told_with_their_reason(tmp_path):
    recording = {"prefix": ADD + "    ", "suffix": "\n", "origin": "real:m"}
    texts = ["return a - b", 'raise ValueError("\\x1b[2J")']
    (tmp_path / "recording.jsonl").write_text(
        "".join(json.dumps({**recording, "completion": it, "sample": n}) + "\n" for n, it in enumerate(texts))
    )
    (tmp_path / "settings.toml").write_text(
        f'[vouch.generators.replay]\npath = "{tmp_path / "recording.jsonl"}"\n'
    )
    (tmp_path / "sums.py").write_text(ADD + "    \n")
    out, _, code = await run(
        "complete", "sums.py", "--line", "7", "--column", "5", "--generator", "replay", "--settings", "settings.toml",
        cwd=tmp_path,
    )  # fmt: skip
    assert code == 1
    assert "`add(2, 3)` gave -1, expected 5" in out
    assert "raised ValueError: \\x1b[2J" in out
    assert "\x1b" not in out


PROBE = {"kind", "name", "state", "detail", "remedy", "ms"}


async def test_the_doctor_tries_everything_and_tells_absent_from_broken(tmp_path):
    # Without a search path there is no bwrap; Landlock needs no program.
    out, _, code = await run(
        "doctor", "--json", "--python", sys.executable, cwd=tmp_path, env={"PATH": "/nonexistent"}
    )
    found = json.loads(out)
    assert set(found) == {"ok", "project", "probes"}
    assert all(set(it) == PROBE for it in found["probes"])
    state = {(it["kind"], it["name"]): it["state"] for it in found["probes"]}
    assert state["sandbox", "bubblewrap"] == "absent"
    bubblewrap = next(it for it in found["probes"] if it["name"] == "bubblewrap")
    assert "apt install bubblewrap" in bubblewrap["remedy"]
    assert state["generator", "openai"] == "off"
    assert state["generator", "synthesis"] == "works"
    if state["sandbox", "landlock"] == "works":
        assert state["worker", "python in landlock"] == "works"
        assert state["checks", "python, examples"] == "works"
        assert (found["ok"], code) == (True, 0)


async def test_the_doctor_says_when_the_main_job_does_not_work(tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    out, _, code = await run("doctor", "--json", "--python", broken, cwd=tmp_path)
    found = json.loads(out)
    assert (found["ok"], code) == (False, 1)
    assert {it["state"] for it in found["probes"] if it["kind"] == "worker"} == {"broken"}


async def test_the_demo_shows_candidates_rejected_and_vouched_for(tmp_path):
    out, err, code = await run("demo", cwd=tmp_path)
    assert (code, err) == (0, "")
    for said in (
        "parse: line",
        "check: line",
        "raised IndexError",
        "gave 'GH', expected 'GBMH'",
        "did not end in time",
        "✓ vouched for synthesis",
        "✓ vouched for recorded",
        "Shown: compiles · no new errors · runs · 3/3 examples",
    ):
        assert said in out
    assert list(tmp_path.iterdir()) == []


def recorded(task, origin, completion, passes, **more):
    raw = {
        "task": task,
        "sample": 0,
        "language": "python",
        "path": "sums.py",
        "prefix": ADD,
        "completion": completion,
        "suffix": "",
        "hidden_test": "the-hidden-test",
        "label": {"compiles": True, "hidden_pass": passes},
        "origin": origin,
        **more,
    }
    return json.dumps(raw) + "\n"


async def test_a_measurement_is_printed_and_written(tmp_path):
    (tmp_path / "data.jsonl").write_text(
        recorded("t1", "real:m", RIGHT, True)
        + recorded("t1", "real:m", WRONG, False, sample=1)
        + recorded("t1", "real:m", "    return a + c\n", False, sample=2)
        + recorded("t1", "reference", RIGHT, True)
        + recorded("t1", "mutant:sign", WRONG, False)
        + recorded("t1", "real:m", "    return a * b - 1\n", True, sample=3)
        + recorded("t1", "real:m", RIGHT, True, language="cobol")
        + "not json\n"
    )
    out, err, code = await run(
        "bench",
        "--data",
        "data.jsonl",
        "--json",
        "out.json",
        "--html",
        "out.html",
        "--naive",
        "1",
        cwd=tmp_path,
    )
    assert (code, err) == (0, "")
    data = json.loads((tmp_path / "out.json").read_text())
    page = (tmp_path / "out.html").read_text()
    assert "the-hidden-test" not in out + page + json.dumps(data)
    assert data["skipped"] == {"cobol": 1}
    assert len(data["unreadable"]) == 1
    assert [it["accepted"] for it in data["samples"]] == [True, False, False, True, False, True]
    language = data["languages"]["python"]
    ladder = {it["after"]: it["precision"] for it in language["origins"]["real:m"]["ladder"]}
    assert (ladder["no check"]["value"], ladder["check"]["hits"], ladder["check"]["of"]) == (0.5, 2, 3)
    assert ladder["shown"]["value"] == 1.0
    assert language["references"]["accepted"]["value"] == 1.0
    assert language["mutants"]["detectable"]["value"] == 1.0
    (compared,) = language["naive"]
    assert all(it["ok"] and it["ms"] > 0 for it in compared["steps"])
    assert "python: false rejects, every one" in out
    assert "<title>Vouch: what judging is worth</title>" in page


async def test_a_measurement_of_nothing_is_none(tmp_path):
    (tmp_path / "data.jsonl").write_text(recorded("t1", "real:m", RIGHT, True, language="cobol"))
    out, err, code = await run("bench", "--data", "data.jsonl", cwd=tmp_path)
    assert (out, code) == ("", 1)
    assert "cobol" in err


async def test_serving_speaks_the_protocol_and_nothing_else(tmp_path):
    async with vouch("serve", cwd=tmp_path) as running:
        body = json.dumps(
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "initialize",
                "params": {"processId": None, "rootUri": None, "capabilities": {}},
            }
        ).encode()
        running.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        async with asyncio.timeout(DEADLINE_S):
            header = await running.process.stdout.readuntil(b"\r\n\r\n")
            length = int(header.decode().lower().partition("content-length:")[2].split()[0])
            answer = json.loads(await running.process.stdout.readexactly(length))
        assert header.lower().startswith(b"content-")
        assert "inlineCompletionProvider" in answer["result"]["capabilities"]


@pytest.mark.parametrize("command", ["serve", "complete", "verify", "doctor", "bench", "demo"])
async def test_every_command_explains_itself(tmp_path, command):
    out, err, code = await run(command, "--help", cwd=tmp_path)
    assert (err, code) == ("", 0)
    assert f"Usage: vouch {command}" in out
