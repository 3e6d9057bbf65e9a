"""What a candidate does to escape, to cheat or to stay is in vain, in every sandbox, and the next one finds it clean."""

import asyncio
import os
import socket
from pathlib import Path

import psutil
import pytest

from tests.conftest import WorkbenchAt, python_trial
from vouch_verifiers.engine import verify
from vouch_verifiers.model import Outcome, Verdict
from vouch_verifiers.settings import Limits
from vouch_verifiers.workbench import Workbench

HEAD = 'def answer(n: int) -> int:\n    """\n    >>> answer(1)\n    42\n    """\n'
QUICK = Limits(wall_ms=700)


async def judged(workbench: Workbench, body: str) -> Verdict:
    lines = body.strip("\n").splitlines()
    completion = "".join(f"    {it}\n" for it in lines)
    return await verify(python_trial(workbench.root, HEAD + "|", completion), workbench)


async def assert_next_is_clean(workbench: Workbench) -> None:
    verdict = await judged(workbench, f"return 40 + 2  # {os.urandom(4).hex()}")
    assert verdict.accepted, verdict.summary


RUNS_OUT_OF_TIME = {
    "loop": "while True: pass",
    "sleep": "import time\ntime.sleep(60)",
    "loop in C": "return len(str((10**7) ** (10**7)))",
    "catastrophic regex": 'import re\nre.match("(a+)+$", "a" * 40 + "b")\nreturn 42',
    "signals ignored": "import signal\nfor it in range(1, 32):\n    try: signal.signal(it, signal.SIG_IGN)\n"
    "    except OSError: pass\nwhile True: pass",
    "stopped itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass",
    "fork bomb": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
}


@pytest.mark.parametrize("name", RUNS_OUT_OF_TIME)
async def test_time_ends_it(name: str, sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt) -> None:
    async with workbench_at(tmp_path, sandbox=sandbox, limits=QUICK) as workbench:
        verdict = await judged(workbench, RUNS_OUT_OF_TIME[name])
        assert verdict.decisive is not None
        assert (verdict.decisive.check, verdict.decisive.finding.outcome) == ("run", Outcome.FAILED), (
            verdict.summary
        )
        assert "in time" in verdict.summary
        await assert_next_is_clean(workbench)


CHEATS = {
    "exits early": "import os\nos._exit(0)",
    "raises SystemExit": "raise SystemExit(0)",
    "becomes another program": 'import os\nos.execv("/bin/true", ["true"])',
    "crashes": "import ctypes\nctypes.string_at(0)",
    "forges on every descriptor": "import os, struct\n"
    'for body in (b\'{"e":"judged","executed":[6]}\', b\'{"e":"step","id":"x","value":["i",42],"reached":true}\'):\n'
    "    for fd in range(3, 200):\n"
    '        try: os.write(fd, struct.pack(">I", len(body)) + body)\n'
    "        except OSError: pass\n"
    "os._exit(0)",
    "returns what equals everything": "class Any(int):\n"
    "    def __eq__(self, other): return True\n"
    "    def __repr__(self): return '41'\n"
    "return Any(41)",
    "patches builtins": "import builtins\nbuiltins.repr = lambda it: '42'\nbuiltins.int = type('int', (), {})\nreturn 41",
    "patches the json module": "import json\njson.dumps = lambda *a, **k: '{}'\nreturn 41",
    "rewrites what is dumped": "import json\nreal = json.dumps\n"
    "def dumps(it, **k):\n"
    "    if isinstance(it, dict) and it.get('e') == 'step': it = dict(it, value=['i', 42], text='42')\n"
    "    return real(it, **k)\n"
    "json.dumps = dumps\nreturn 41",
    "rewrites what is written": "import os\nreal = os.write\n"
    "def write(fd, data):\n"
    "    real(fd, bytes(data).replace(b'[\"i\",41]', b'[\"i\",42]'))\n"
    "    return len(data)\n"
    "os.write = write\nreturn 41",
    "rewrites every dict": "import builtins\nreal = dict\n"
    "class Dict(real):\n"
    "    def __init__(self, *a, **k):\n"
    "        real.__init__(self, *a, **k)\n"
    "        if self.get('e') == 'step': self['value'] = ['i', 42]\n"
    "builtins.dict = Dict\nreturn 41",
    "rewrites every view": "import builtins\nreal = memoryview\n"
    "builtins.memoryview = lambda it: real(it.replace(b'[\"i\",41]', b'[\"i\",42]'))\nreturn 41",
    "finds the nonce among all objects": "import gc, json, os, struct\n"
    "for job in [it for it in gc.get_objects() if type(it) is dict and 'nonce' in it and 'steps' in it]:\n"
    "    step = {'e': 'step', 'id': 'answer#1', 'value': ['i', 42], 'text': '42', 'output': '', 'reached': True}\n"
    "    for frame in (step, {'e': 'judged', 'executed': [6]}):\n"
    "        body = json.dumps(dict(frame, n=job['nonce'])).encode()\n"
    "        for fd in range(3, 64):\n"
    "            try: os.write(fd, struct.pack('>I', len(body)) + body)\n"
    "            except OSError: pass\n"
    "    os._exit(0)\nreturn 41",
    "swallows what is raised": "import contextlib\n"
    "contextlib.redirect_stdout.__exit__ = lambda self, *error: True\nraise ValueError",
    "is a generator": "yield 42",
    "switches tracing off": "import sys\nsys.settrace(None)\nreturn 41",
    "returns a set of what has no hash": "class L(list):\n    def __hash__(self): return 1\nreturn {L([1])}",
    "patches doctest and unittest": "import doctest, unittest\n"
    "doctest.OutputChecker.check_output = lambda *a: True\n"
    "unittest.TestCase.assertEqual = lambda *a: None\nreturn 41",
}


@pytest.mark.parametrize("name", CHEATS)
async def test_a_cheat_is_never_accepted(
    name: str, sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    async with workbench_at(tmp_path, sandbox=sandbox, limits=QUICK) as workbench:
        verdict = await judged(workbench, CHEATS[name])
        assert not verdict.accepted, verdict.summary
        assert not verdict.inconclusive, "it is the candidate's doing, not a fault of ours"
        await assert_next_is_clean(workbench)


async def test_patched_assertions_do_not_help_against_a_test(
    sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    (tmp_path / "test_subject.py").write_text(
        "import unittest\nfrom subject import answer\n\n\n"
        "class AnswerTest(unittest.TestCase):\n    def test_answer(self):\n        self.assertEqual(answer(1), 42)\n\n\n"
        "def test_plain():\n    assert answer(1) == 42\n"
    )
    async with workbench_at(tmp_path, sandbox=sandbox) as workbench:
        head = "def answer(n: int) -> int:\n"
        for body, good in (("    return 42\n", True), ("    return 41\n", False)):
            verdict = await verify(python_trial(tmp_path, head + "|", body), workbench)
            assert verdict.accepted is good, verdict.summary
            tests = verdict.of("tests")
            assert tests is not None
            assert len(tests.examples) == 2


FLOODS = {
    "prints a lot": 'for _ in range(20000): print("x" * 1000)\nreturn 42',
    "prints one long line": 'print("x" * 50_000_000)\nreturn 42',
    "prints control characters": 'print("\\x00\\x1b]0;owned\\x07\\udce9")\nreturn 42',
    "returns a long text": 'return "x" * 20_000_000',
    "raises a long text": 'raise ValueError("x" * 20_000_000)',
    "returns a long repr": "class R:\n    def __repr__(self): return 'x' * 20_000_000\nreturn R()",
    "repr never ends": "class R:\n    def __repr__(self):\n        while True: pass\nreturn R()",
}


@pytest.mark.parametrize("name", FLOODS)
async def test_output_is_bounded(name: str, sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt) -> None:
    before = psutil.Process().memory_info().rss
    async with workbench_at(tmp_path, sandbox=sandbox, limits=QUICK) as workbench:
        verdict = await judged(workbench, FLOODS[name])
        assert verdict.accepted is (name.startswith("prints")), verdict.summary
        assert len(verdict.summary) < 1000
        await assert_next_is_clean(workbench)
    assert psutil.Process().memory_info().rss - before < 200 * 1024 * 1024


ESCAPES = {
    "reads a secret": "return open({home!r} + '/.decoy').read()",
    "writes to the project": "open({root!r} + '/planted.py', 'w').write('x')\nreturn 42",
    "writes to the home directory": "open({home!r} + '/planted', 'w').write('x')\nreturn 42",
    "removes the file": "import os\nos.unlink({root!r} + '/subject.py')\nreturn 42",
    "connects to the host": "import socket\nsocket.create_connection(('127.0.0.1', {port}), 1)\nreturn 42",
    "signals the server": "import os\nos.kill({pid}, 0)\nassert 'pytest' in open('/proc/{pid}/cmdline').read()\nreturn 42",
    "kills all": "import os\nos.kill(-1, 9)\nos.kill(1, 9)\nreturn 41",
    "takes memory": "return len(bytearray(3 << 30)) and 42",
    "mounts": "import ctypes\nif ctypes.CDLL(None).mount(b'none', b'/mnt', b'tmpfs', 0, None): raise OSError\nreturn 42",
    "nests a user namespace": "import ctypes\nif ctypes.CDLL(None).unshare(0x10000000): raise OSError\nreturn 42",
    "traces its parent": "import ctypes, os\nif ctypes.CDLL(None).ptrace(16, os.getppid() or 1, 0, 0): raise OSError\nreturn 42",
    "sees the environment": "import os\nreturn 42 if 'VOUCH_TEST_SECRET' in os.environ else 41",
}


@pytest.mark.parametrize("name", ESCAPES)
async def test_there_is_no_way_out(
    name: str, sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, root = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    root.mkdir()
    (home / ".decoy").write_text("42")
    (root / "subject.py").write_text(HEAD)
    monkeypatch.setenv("VOUCH_TEST_SECRET", "42")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        body = ESCAPES[name].format(home=str(home), root=str(root), port=port, pid=os.getpid())
        async with workbench_at(root, sandbox=sandbox, limits=QUICK) as workbench:
            verdict = await judged(workbench, body)
            assert not verdict.accepted, verdict.summary
            await assert_next_is_clean(workbench)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert sorted(it.name for it in root.iterdir()) == ["subject.py"]
    assert (root / "subject.py").read_text() == HEAD
    assert sorted(it.name for it in home.iterdir()) == [".decoy"]


LEFTOVERS = {
    "a daemon": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(300)\n    os._exit(0)\nreturn 42",
    "a file in scratch": "import tempfile, os\nopen(os.path.join(tempfile.gettempdir(), 'left'), 'w').write('x')\nreturn 42",
}


@pytest.mark.parametrize("name", LEFTOVERS)
async def test_nothing_is_left_for_the_next(
    name: str, sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    look = (
        "import os, tempfile\n"
        "names = [it for it in os.listdir(tempfile.gettempdir()) if it == 'left']\n"
        "return 41 if names else 42"
    )
    async with workbench_at(tmp_path, sandbox=sandbox) as workbench:
        await assert_next_is_clean(workbench)
        before = {it.pid for it in psutil.Process().children(recursive=True)}
        verdict = await judged(workbench, LEFTOVERS[name])
        assert verdict.accepted, verdict.summary
        assert {it.pid for it in psutil.Process().children(recursive=True)} <= before
        assert (await judged(workbench, look)).accepted
    assert not psutil.Process().children(recursive=True)


STILL_WORKS = {
    "subprocess": "import subprocess\nreturn int(subprocess.run(['echo', '42'], capture_output=True, text=True).stdout)",
    "threads": "import threading\nout = []\nt = threading.Thread(target=lambda: out.append(42))\nt.start()\nt.join()\nreturn out[0]",
    "asyncio": "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 42\nreturn asyncio.run(f())",
    "tempfile": "import tempfile\nwith tempfile.NamedTemporaryFile('w+') as f:\n    f.write('42')\n    f.seek(0)\n    return int(f.read())",
    "copytree": "import shutil, tempfile, pathlib\nd = pathlib.Path(tempfile.mkdtemp())\n(d / 'a').mkdir()\n(d / 'a' / 'x').write_text('42')\n"
    "shutil.copytree(d / 'a', d / 'b')\nreturn int((d / 'b' / 'x').read_text())",
    "sqlite": "import sqlite3, tempfile, os\nc = sqlite3.connect(os.path.join(tempfile.mkdtemp(), 'x.db'))\nreturn c.execute('select 42').fetchone()[0]",
    "multiprocessing": "import multiprocessing\nctx = multiprocessing.get_context('fork')\na, b = ctx.Pipe()\n"
    "p = ctx.Process(target=b.send, args=(42,))\np.start()\np.join()\nreturn a.recv()",
    "the home directory": "import pathlib\np = pathlib.Path.home() / 'x'\np.write_text('42')\nreturn int(p.read_text())",
    "a file of the project": "import pathlib\nreturn int(pathlib.Path('data.txt').read_text())",
}


@pytest.mark.parametrize("name", STILL_WORKS)
async def test_ordinary_programs_still_work(
    name: str, sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    (tmp_path / "data.txt").write_text("42")
    async with workbench_at(tmp_path, sandbox=sandbox) as workbench:
        verdict = await judged(workbench, STILL_WORKS[name])
        assert verdict.accepted, verdict.summary


async def test_shared_semaphores_need_namespaces(
    sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    body = (
        "import multiprocessing\nctx = multiprocessing.get_context('fork')\nq = ctx.Queue()\n"
        "p = ctx.Process(target=q.put, args=(42,))\np.start()\np.join()\nreturn q.get()"
    )
    async with workbench_at(tmp_path, sandbox=sandbox) as workbench:
        verdict = await judged(workbench, body)
        # They live in /dev/shm, which without a mount namespace would be everybody's.
        assert verdict.accepted is (sandbox == "bubblewrap"), verdict.summary


async def test_a_cancelled_verdict_frees_its_worker(
    sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    async with workbench_at(tmp_path, sandbox=sandbox, limits=Limits(wall_ms=30_000)) as workbench:
        await assert_next_is_clean(workbench)
        task = asyncio.create_task(judged(workbench, "while True: pass"))
        async with asyncio.timeout(10):
            while not _burning():
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await assert_next_is_clean(workbench)


def _burning() -> bool:
    """Whether some process below us has used a noticeable share of a second of processor time just now."""
    for it in psutil.Process().children(recursive=True):
        try:
            if it.create_time() and it.cpu_times().user > 0.2 and it.name() != "pyrefly":
                return True
        except psutil.NoSuchProcess:
            continue
    return False


ACTS = {
    "starts a process": "import os\nos.system('rm -rf ~')\nreturn 42",
    "uses the network": "import socket\ntry: socket.create_connection(('192.0.2.1', 80), 0.1)\nexcept OSError: pass\nreturn 42",
    "removes or renames files": "import shutil, pathlib\nshutil.rmtree(pathlib.Path.cwd(), ignore_errors=True)\nreturn 42",
    "writes files outside its scratch directory": "try: open('/etc/motd', 'w')\nexcept OSError: pass\nreturn 42",
    "signals processes": "import os\ntry: os.kill(os.getppid() or 1, 0)\nexcept OSError: pass\nreturn 42",
    "": "import tempfile, pathlib, os\nd = tempfile.mkdtemp()\np = pathlib.Path(d) / 'x'\np.write_text('42')\n"
    "n = int(p.read_text())\nos.remove(p)\nos.rmdir(d)\nreturn n",
}


@pytest.mark.parametrize("act", ACTS)
async def test_what_a_candidate_does_to_the_world_is_told(
    act: str, sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    async with workbench_at(tmp_path, sandbox=sandbox) as workbench:
        verdict = await judged(workbench, ACTS[act])
    assert verdict.accepted, verdict.summary
    assert verdict.summary.split(" · ")[2] == ("runs" + (f", {act}" if act else "")), verdict.summary
