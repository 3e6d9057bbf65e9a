"""The check rung of Python with the real type checker: what it rejects, what it lets be, and how it dies."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from vouch_verifiers.examination import Examination
from vouch_verifiers.model import Finding, Outcome, Position, Trial
from vouch_verifiers.sandbox import Policy, Process, Sandbox
from vouch_verifiers.sandboxes.bubblewrap import Bubblewrap
from vouch_verifiers.sandboxes.bubblewrap import unavailable as bubblewrap_unavailable
from vouch_verifiers.sandboxes.process import SandboxedProcess
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.toolchains import ty
from vouch_verifiers.toolchains.lsp_diagnostics import LspDiagnostics
from vouch_verifiers.toolchains.python_check import new_type_errors, warm
from vouch_verifiers.workbench import Workbench

pytestmark = pytest.mark.skipif(ty.executable() is None, reason="ty is not installed")


class Unconfined:
    """A sandbox that confines nothing, so that a test can reach the process itself."""

    name = "unconfined"

    async def start(self, command: Sequence[str], policy: Policy) -> Process:
        return await SandboxedProcess.start(command, env=policy.env, cwd=policy.project)


class Bench(Workbench):
    """A workbench with a given sandbox."""

    def __init__(self, root: Path, *, timeout_ms: int = 10_000, sandbox: Sandbox | None = None) -> None:
        settings = VerifierSettings(python=Path(sys.executable), check_timeout_ms=timeout_ms)
        super().__init__(root=root, settings=settings)
        self.chosen: Sandbox = sandbox or Unconfined()

    async def sandbox(self) -> Sandbox:
        return self.chosen

    async def checker(self) -> LspDiagnostics:
        """The one that lives now; never starts one."""

        async def refuse(_: Sandbox) -> LspDiagnostics:
            raise AssertionError("there is no checker")

        return await self.tool(f"ty {self.root}", refuse)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    yield made
    await made.aclose()


async def find(
    bench: Bench, marked: str, *, name: str = "m.py", buffers: Mapping[str, str] | None = None
) -> Finding:
    """`«` and `»` stand around the candidate."""
    prefix, _, rest = marked.partition("«")
    completion, _, suffix = rest.partition("»")
    trial = Trial(
        language="python",
        path=bench.root / name,
        prefix=prefix,
        completion=completion,
        suffix=suffix,
        workspace=bench.root,
        buffers={bench.root / it: text for it, text in (buffers or {}).items()},
    )
    return await new_type_errors(Examination(trial=trial, workbench=bench))


SQUARES = "def squares(n: int) -> list[int]:\n"
WITHIN = "\n\ndef after() -> int:\n    return 1\n"


@pytest.mark.parametrize(
    ("marked", "message", "position"),
    [
        pytest.param(f"{SQUARES}«    return [i * i for i in range(n)]\n»", None, None, id="nothing wrong"),
        pytest.param(f"{SQUARES}«    return [j for i in range(n)]\n»", "`j`", (1, 12), id="an unknown name"),
        pytest.param(f"{SQUARES}«    return [1\n»{WITHIN}", "invalid-syntax", (1, 13), id="an open bracket"),
        pytest.param("import os\n«x = os.getcwd(1)\n»", "getcwd", (1, 14), id="one argument too many"),
        pytest.param("def f(a): ...\n«f(1, b=1)\n»", "`b`", (1, 5), id="an argument that is not there"),
        pytest.param("«import nowhere_to_be\n»", "nowhere_to_be", (0, 7), id="a module that is not there"),
        pytest.param("«from os import nope\n»", "`nope`", (0, 15), id="a name its module lacks"),
        pytest.param("import math\n«math.nope\n»", "`nope`", (1, 0), id="an attribute its module lacks"),
        pytest.param("def f(«a, b»): ...\n\nf(1)\n", "`b`", (2, 0), id="a caller elsewhere breaks"),
        pytest.param("x = undefined_before\n«y = 1\n»", None, None, id="wrong already"),
        pytest.param("y = 1\n«z = y\n»x = undefined_before\n", None, None, id="wrong already, below"),
        pytest.param(
            "x = missing_a\n«y = missing_b\n»", "`missing_b`", (1, 4), id="wrong already, and worse"
        ),
        pytest.param("x = missing_a\n«y = missing_a\n»", None, None, id="a name that the person uses too"),
        pytest.param(f"x = (\n\n{SQUARES}«    return []\n»", None, None, id="did not parse before"),
        pytest.param(
            f"def f(:\n\n{SQUARES}«    return nope\n»", "`nope`", (3, 11), id="did not parse, and worse"
        ),
        pytest.param(f"{SQUARES}«    return '😀', nope\n»", "`nope`", (1, 16), id="an emoji to the left"),
        pytest.param("s = '😀'; x = «nope»\n", "`nope`", (0, 13), id="an emoji to the left of the hole"),
        pytest.param("a = 1\r\n«b = nope\r\n»c = 2\r\n", "`nope`", (1, 4), id="CR LF"),
        pytest.param("a = no\r\n«b = 1\r\nc = 2\r\n»d = no\r\n", None, None, id="CR LF, wrong already"),
        pytest.param(
            "«try:\n    import nowhere\nexcept ImportError:\n    nowhere = None\n»", None, None, id="guarded"
        ),
        pytest.param("«x = nope  # type: ignore\n»", "`nope`", (0, 4), id="it excuses itself"),
        pytest.param("«x = nope  # ty: ignore\n»", "`nope`", (0, 4), id="it excuses itself by name"),
        pytest.param("d = {'f': print}\n«d['f'](1, 2, 3)\n»", None, None, id="a function out of a table"),
        pytest.param("def f(a): ...\n«f(*[1, 2])\n»", None, None, id="arguments out of a list"),
        pytest.param("s = '\ud800'\n«x = nope\n»", "`nope`", (1, 4), id="a surrogate that stands alone"),
    ],
)
async def test_a_new_hard_error_fails_where_it_is_and_an_old_one_does_not(
    bench: Bench, marked: str, message: str | None, position: tuple[int, int] | None
) -> None:
    finding = await find(bench, marked)
    if message is None:
        assert finding.outcome is Outcome.PASSED, finding
        assert finding.message == "no new errors"
    else:
        assert finding.outcome is Outcome.FAILED, finding
        assert message in finding.message
        assert position is not None
        assert finding.position == Position(line=position[0], column=position[1])
        assert finding.message.startswith(f"line {position[0] + 1}: ")


async def test_a_new_type_error_is_told_and_does_not_reject(bench: Bench) -> None:
    finding = await find(bench, f"{SQUARES}«    return 'no'\n»")
    assert finding.outcome is Outcome.PASSED
    assert any("invalid-explicit-return" in it for it in finding.notes)


async def test_a_sibling_on_disk_is_imported(bench: Bench) -> None:
    (bench.root / "sibling.py").write_text("def there(a): ...\n")
    assert (await find(bench, "from sibling import «there»\n")).outcome is Outcome.PASSED
    assert (await find(bench, "from sibling import «elsewhere»\n")).outcome is Outcome.FAILED


async def test_a_package_under_src_and_one_beside_a_nested_file_are_imported(bench: Bench) -> None:
    (bench.root / "src" / "pkg").mkdir(parents=True)
    (bench.root / "src" / "pkg" / "__init__.py").write_text("def there(): ...\n")
    (bench.root / "tools").mkdir()
    (bench.root / "tools" / "near.py").write_text("x = 1\n")
    marked = "«from pkg import there\nfrom near import x\n»"
    finding = await find(bench, marked, name="tools/m.py")
    assert finding.outcome is Outcome.PASSED, finding
    finding = await find(bench, "«from pkg import nope\n»", name="tools/m.py")
    assert finding.outcome is Outcome.FAILED


@pytest.mark.parametrize("folder", ["scripts", "two words", "deep/er/still", ".hidden"])
async def test_a_script_imports_what_lies_beside_it(bench: Bench, folder: str) -> None:
    (bench.root / folder).mkdir(parents=True)
    (bench.root / folder / "near_by.py").write_text("x = 1\n")
    assert (await find(bench, "«import near_by\n»", name=f"{folder}/m.py")).outcome is Outcome.PASSED
    assert (await find(bench, "«import far_off\n»", name=f"{folder}/m.py")).outcome is Outcome.FAILED


async def test_an_edited_sibling_lies_over_the_one_on_disk_while_it_is_edited(bench: Bench) -> None:
    (bench.root / "sibling.py").write_text("def old(): ...\n")
    edited = {"sibling.py": "def new(): ...\n", "notes.txt": "not code"}
    marked = "from sibling import «new»\n"
    assert (await find(bench, marked, buffers=edited)).outcome is Outcome.PASSED
    assert (await find(bench, "from sibling import «old»\n", buffers=edited)).outcome is Outcome.FAILED
    assert (await find(bench, marked)).outcome is Outcome.FAILED


async def test_a_candidate_for_one_file_is_not_seen_from_another(bench: Bench) -> None:
    (bench.root / "sibling.py").write_text("def old(): ...\n")
    assert (await find(bench, "«def new(): ...\n»", name="sibling.py")).outcome is Outcome.PASSED
    assert (await find(bench, "from sibling import «new»\n")).outcome is Outcome.FAILED


async def test_a_sibling_that_is_saved_is_read_again(bench: Bench) -> None:
    sibling = bench.root / "sibling.py"
    sibling.write_text("def old(): ...\n")
    marked = "from sibling import «brand_new»\n"
    assert (await find(bench, marked)).outcome is Outcome.FAILED
    sibling.write_text("def brand_new(): ...\n")
    async with asyncio.timeout(10):
        while (await find(bench, marked)).outcome is not Outcome.PASSED:
            await asyncio.sleep(0.02)


async def test_what_was_saved_meanwhile_is_not_held_against_the_candidate(bench: Bench) -> None:
    sibling = bench.root / "sibling.py"
    sibling.write_text("def f(): ...\n")
    caller = "from sibling import f\n«x = 1\n»f()\n"
    assert (await find(bench, caller)).outcome is Outcome.PASSED
    assert (await find(bench, caller.replace("x = 1", "x = nope"))).outcome is Outcome.FAILED
    sibling.write_text("def f(now, more): ...\n")
    async with asyncio.timeout(10):
        while not (await find(bench, caller.replace("x = 1", "x = f()"))).message.startswith("line 2"):
            await asyncio.sleep(0.02)
    assert (await find(bench, caller)).outcome is Outcome.PASSED


@pytest.mark.parametrize("folder", [".hidden", ".git", "node_modules", "venv", "build", "with space"])
async def test_no_folder_is_passed_over_in_silence(bench: Bench, folder: str) -> None:
    (bench.root / folder).mkdir()
    assert (await find(bench, "«x = nope\n»", name=f"{folder}/m.py")).outcome is Outcome.FAILED


async def test_a_file_outside_the_workspace_is_judged_too(
    bench: Bench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "m.py"
    trial = Trial(language="python", path=elsewhere, prefix="", completion="x = nope\n", suffix="")
    finding = await new_type_errors(Examination(trial=trial, workbench=bench))
    assert finding.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("ty.toml", '[environment]\npython = "{evil}"\n'),
        ("pyproject.toml", '[tool.ty.environment]\npython = "{evil}"\n'),
        ("ty.toml", '[src]\nexclude = ["**"]\n[rules]\nunresolved-reference = "ignore"\n'),
        ("pyproject.toml", "[tool.ty.rules]\nunresolved-reference = 'ignore'\n"),
        ("pyproject.toml", "not = [toml\n"),
        (".ignore", "*.py\n"),
    ],
)
async def test_a_projects_configuration_runs_nothing_and_silences_nothing(
    bench: Bench, file: str, text: str
) -> None:
    ran, evil = bench.root / "ran", bench.root / "evil"
    evil.write_text(f"#!/bin/sh\n/bin/date > {ran}\n")
    evil.chmod(0o755)
    (bench.root / file).write_text(text.replace("{evil}", str(evil)))
    assert (await find(bench, "«x = nope\n»")).outcome is Outcome.FAILED
    assert not ran.exists()


async def test_a_module_that_shadows_the_standard_library_is_not_run(bench: Bench) -> None:
    ran = bench.root / "ran"
    for name in ("json.py", "sysconfig.py", "sitecustomize.py"):
        (bench.root / name).write_text(f"open({str(ran)!r}, 'w')\n")
    await find(bench, "«x = nope\n»")
    assert not ran.exists()


async def test_a_projects_search_path_is_kept(bench: Bench) -> None:
    (bench.root / "lib").mkdir()
    (bench.root / "lib" / "inner.py").write_text("x = 1\n")
    (bench.root / "pyproject.toml").write_text('[tool.ty.environment]\nroot = ["lib"]\n')
    assert (await find(bench, "from inner import «x»\n")).outcome is Outcome.PASSED
    assert (await find(bench, "from inner import «y»\n")).outcome is Outcome.FAILED


async def test_installed_packages_are_those_of_the_given_interpreter(bench: Bench, tmp_path: Path) -> None:
    assert (await find(bench, "«import pytest\npytest.fixture\n»")).outcome is Outcome.PASSED
    assert (await find(bench, "«import pytest\npytest.fixtures\n»")).outcome is Outcome.FAILED
    other = tmp_path / "other"
    packages = other / "lib" / "python3.12" / "site-packages"
    (packages / "only_here").mkdir(parents=True)
    (packages / "only_here" / "__init__.py").write_text("x = 1\n")
    (other / "lib" / "python3.12" / "os.py").touch()
    (other / "bin").mkdir()
    interpreter = other / "bin" / "python3.12"
    interpreter.touch()
    for text, outcome in (
        ("import only_here\nonly_here.x\n", Outcome.PASSED),
        ("import only_here\nonly_here.y\n", Outcome.FAILED),
        ("import pytest\n", Outcome.FAILED),
    ):
        trial = Trial(language="python", path=tmp_path / "m.py", prefix="", completion=text, suffix="")
        finding = await new_type_errors(Examination(trial=trial, workbench=bench), interpreter=interpreter)
        assert finding.outcome is outcome, finding
    assert (await find(bench, "«import only_here\n»")).outcome is Outcome.FAILED


async def test_answers_belong_to_their_questions_however_they_are_mixed(bench: Bench) -> None:
    await warm(bench)
    texts = [f"«x{it} = {'nope' if it % 3 == 0 else '1'}\n»" for it in range(40)]
    findings = await asyncio.gather(*(find(bench, it) for it in texts))
    for number, finding in enumerate(findings):
        assert finding.outcome is (Outcome.FAILED if number % 3 == 0 else Outcome.PASSED), number


async def test_a_cancelled_question_does_not_answer_the_next(bench: Bench) -> None:
    await warm(bench)
    for number in range(20):
        asking = asyncio.create_task(find(bench, f"«a{number} = nope\n»"))
        for _ in range(number % 7):
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (await find(bench, f"«b{number} = 1\n»")).outcome is Outcome.PASSED


async def test_a_checker_that_dies_is_inconclusive_once_and_comes_back(bench: Bench) -> None:
    assert (await find(bench, "«x = 1\n»")).outcome is Outcome.PASSED
    checker = await bench.checker()
    os.kill(checker.pid, signal.SIGSTOP)
    asking = asyncio.create_task(find(bench, "«y = nope\n»"))
    await asyncio.sleep(0)
    os.kill(checker.pid, signal.SIGKILL)
    finding = await asking
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "gone" in finding.message
    assert (await find(bench, "«y = nope\n»")).outcome is Outcome.FAILED
    assert await bench.checker() is not checker


async def test_a_checker_that_hangs_is_inconclusive_in_time_and_comes_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path, timeout_ms=400)
    await warm(bench)
    checker = await bench.checker()
    os.kill(checker.pid, signal.SIGSTOP)
    started = asyncio.get_running_loop().time()
    finding = await find(bench, "«y = nope\n»")
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "did not answer" in finding.message
    assert asyncio.get_running_loop().time() - started < 2
    assert not checker.alive
    await warm(bench)
    assert (await find(bench, "«y = nope\n»")).outcome is Outcome.FAILED
    await bench.aclose()
    assert not psutil.pid_exists(checker.pid)


async def test_a_checker_that_does_not_start_in_time_is_inconclusive_and_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Bench(bench.root, timeout_ms=200)
    spec = ty.server
    started: list[Process] = []

    class Recording(Unconfined):
        async def start(self, command: Sequence[str], policy: Policy) -> Process:
            started.append(await super().start(command, policy))
            return started[-1]

    slow.chosen = Recording()
    monkeypatch.setattr(ty, "server", lambda *a, **k: replace(spec(*a, **k), command=("/bin/sleep", "60")))
    finding = await find(slow, "«y = nope\n»")
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "did not start" in finding.message
    assert [it.alive for it in started] == [False]
    await slow.aclose()


async def test_a_checker_that_dies_again_and_again_rests(bench: Bench) -> None:
    for _ in range(2):
        await warm(bench)
        checker = await bench.checker()
        os.kill(checker.pid, signal.SIGKILL)
        async with asyncio.timeout(5):
            while checker.alive:
                await asyncio.sleep(0)
    finding = await find(bench, "«y = 1\n»")
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "rests" in finding.message


async def test_a_checker_that_did_its_work_in_between_does_not_rest(bench: Bench) -> None:
    for number in range(3):
        assert (await find(bench, f"«y = nope{number}\n»")).outcome is Outcome.FAILED
        checker = await bench.checker()
        os.kill(checker.pid, signal.SIGKILL)
        async with asyncio.timeout(5):
            while checker.alive:
                await asyncio.sleep(0)


async def test_closing_leaves_no_process(bench: Bench) -> None:
    await warm(bench)
    checker = await bench.checker()
    family = [psutil.Process(checker.pid), *psutil.Process(checker.pid).children(recursive=True)]
    await bench.aclose()
    assert [it for it in family if it.is_running() and it.status() != psutil.STATUS_ZOMBIE] == []


async def test_a_long_file_is_judged_in_time(bench: Bench) -> None:
    functions = "".join(
        f"def f{it}(a: int) -> int:\n    b = a + {it}\n    return b * 2\n\n" for it in range(1250)
    )
    finding = await find(bench, f"{functions}«def g() -> int:\n    return nope\n\n»{functions}x = g()\n")
    assert finding.outcome is Outcome.FAILED
    assert finding.position == Position(line=5001, column=11)


async def test_it_works_in_the_sandbox(tmp_path: Path) -> None:
    reason = await bubblewrap_unavailable()
    if reason is not None:
        pytest.skip(reason)
    (tmp_path / "sibling.py").write_text("def there(a): ...\n")
    bench = Bench(tmp_path, sandbox=Bubblewrap())
    try:
        marked = "«from sibling import there\nimport pytest\nx = nope\n»"
        finding = await find(bench, marked)
        assert finding.outcome is Outcome.FAILED
        assert "`nope`" in finding.message
        assert (await find(bench, marked.replace("nope", "there"))).outcome is Outcome.PASSED
    finally:
        await bench.aclose()


async def test_a_missing_checker_is_inconclusive(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ty, "executable", lambda: None)
    finding = await find(bench, "«x = 1\n»")
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "pip install ty" in finding.message
