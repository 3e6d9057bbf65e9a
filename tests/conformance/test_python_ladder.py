"""The Python ladder on real files: broken ones, odd ones, old interpreters, edited neighbours, nearby tests, faults."""

import signal
import sys
import venv
from pathlib import Path

import psutil
import pytest

from tests.conftest import PYTHONS, WorkbenchAt, missing, python_trial
from vouch_verifiers import registry
from vouch_verifiers.engine import verify
from vouch_verifiers.model import Outcome, Require, Verdict
from vouch_verifiers.settings import Limits

DOUBLE = 'def double(n):\n    """\n    >>> double(4)\n    8\n    """\n'
GOOD, BAD = "    return n * 2\n", "    return n + 2\n"


def outcome(verdict: Verdict, check: str) -> Outcome | None:
    finding = verdict.of(check)
    return finding.outcome if finding is not None else None


FILES = {
    "plain": DOUBLE + "|",
    "byte order mark": "\ufeff" + DOUBLE + "|",
    "carriage returns": DOUBLE.replace("\n", "\r\n") + "|",
    "tabs": DOUBLE.replace("    ", "\t") + "|",
    "emoji before": "# 🎉𝒳𝒴 é\nNAME = '👩‍👩‍👧'\n\n\n" + DOUBLE + "|",
    "emoji on the line": 'def double(n, _="👩‍👩‍👧𝒳"):\n    """\n    >>> double(4)\n    8\n    """\n|',
    "broken before": "x = (\n\n\n" + DOUBLE + "|",
    "broken after": DOUBLE + "|\n\ndef other(:\n    pass\n",
    "unclosed string before": 'x = "abc\n\n\n' + DOUBLE + "|",
    "unknown name elsewhere": "def other():\n    return nowhere\n\n\n" + DOUBLE + "|",
    "cannot be loaded": "import not_installed_anywhere\n\n\nTABLE = not_installed_anywhere.read()\n\n\n"
    + DOUBLE
    + "|",
    "wants the network": "import socket\n\nsocket.create_connection(('192.0.2.1', 80), 1)\n\n\n"
    + DOUBLE
    + "|",
    "wants an argument": "import sys\n\nNAME = sys.argv[3]\n\n\n" + DOUBLE + "|",
    "never ends loading": "while True:\n    pass\n\n\n" + DOUBLE + "|",
    "ends the process": "import os\n\nos._exit(0)\n\n\n" + DOUBLE + "|",
    "has a main": DOUBLE + "|\n\nif __name__ == '__main__':\n    raise SystemExit(3)\n",
    "five thousand lines": "".join(f"def f{it}(x):\n    return x + {it}\n\n\n" for it in range(1250))
    + DOUBLE
    + "|",
    "method": 'class A:\n    def double(self, n):\n        """\n        >>> A().double(4)\n        8\n        """\n    |    ',
    "mid-line": 'def double(n):\n    """\n    >>> double(4)\n    8\n    """\n    return |\n',
}


@pytest.mark.parametrize("name", FILES)
async def test_a_right_candidate_passes_and_a_wrong_one_does_not(
    name: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    good, bad = GOOD, BAD
    if name == "tabs":
        good, bad = (it.replace("    ", "\t") for it in (GOOD, BAD))
    if name == "carriage returns":
        good, bad = (it.replace("\n", "\r\n") for it in (GOOD, BAD))
    if name == "mid-line":
        good, bad = "n * 2", "n + 2"
    async with workbench_at(tmp_path) as workbench:
        right = await verify(python_trial(tmp_path, FILES[name], good), workbench)
        wrong = await verify(python_trial(tmp_path, FILES[name], bad), workbench)
    assert right.accepted, right.summary
    assert "1/1 example" in right.summary
    assert outcome(wrong, "examples") is Outcome.FAILED, wrong.summary
    assert "`" in wrong.summary
    assert "gave 6, expected 8" in wrong.summary


async def test_a_file_that_only_the_candidate_breaks_is_rejected(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    async with workbench_at(tmp_path) as workbench:
        for completion in (
            "    return (n * 2\n",
            "    return n * 2)\n",
            "  return n * 2\n   x = 1\n",
            "    return n *\n",
        ):
            verdict = await verify(python_trial(tmp_path, DOUBLE + "|", completion), workbench)
            assert not verdict.accepted
            assert verdict.decisive is not None
            assert verdict.decisive.check in ("parse", "compile"), verdict.summary
            assert verdict.decisive.finding.position is not None


@pytest.mark.parametrize("python", PYTHONS, ids=str)
async def test_the_interpreter_of_the_person_is_used(
    python: Path, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    text = 'import sys\n\n\ndef version():\n    """\n    >>> version() >= (3, 9)\n    """\n|'
    async with workbench_at(tmp_path, python=python) as workbench:
        right = await verify(python_trial(tmp_path, text, "    return sys.version_info[:2]\n"), workbench)
        assert right.accepted, right.summary
        assert right.of("run").executed_lines == 1  # type: ignore[union-attr]
        newer = "    match sys.version_info[:2]:\n        case it:\n            return it\n"
        matched = await verify(python_trial(tmp_path, text, newer), workbench)
        # Structural pattern matching came with 3.10: the person's interpreter decides, not ours.
        assert matched.accepted is ("3.9." not in str(python)), matched.summary


async def test_a_virtual_environment_without_pytest_says_so(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)
    (tmp_path / "test_subject.py").write_text(
        "from subject import double\n\n\ndef test_it(tmp_path):\n    assert double(4) == 8\n"
    )
    async with workbench_at(tmp_path) as workbench:
        verdict = await verify(python_trial(tmp_path, "def double(n):\n|", GOOD), workbench)
    tests = verdict.of("tests")
    assert tests is not None
    assert tests.outcome is Outcome.NOT_APPLICABLE
    assert "pytest is not installed" in tests.examples[0].message
    assert verdict.accepted


async def test_packages_of_the_virtual_environment_are_seen(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)
    packages = next((tmp_path / ".venv" / "lib").glob("python*/site-packages"))
    (packages / "only_there.py").write_text("FACTOR: int = 2\n")
    async with workbench_at(tmp_path) as workbench:
        text = "import only_there\n\n\n" + DOUBLE + "|"
        verdict = await verify(python_trial(tmp_path, text, "    return n * only_there.FACTOR\n"), workbench)
        assert verdict.accepted, verdict.summary
        assert "runs" in verdict.summary.split(" · ")


async def test_heavy_packages_are_imported_once(tmp_path: Path, workbench_at: WorkbenchAt) -> None:
    text = "import numpy as np\n\n\n" + DOUBLE + "|"
    with_numpy = Path(sys.prefix) / "bin" / "python"
    async with workbench_at(tmp_path, python=with_numpy) as workbench:
        body = "    return int(np.sum([n, n]))  # {}\n"
        assert (await verify(python_trial(tmp_path, text, body.format(0)), workbench)).accepted
        again = await verify(python_trial(tmp_path, text, body.format(1)), workbench)
    assert again.accepted, again.summary
    # Cold, the import alone takes about 70 ms.
    assert sum(it.ms for it in again.evidence if it.check in ("compile", "run")) < 70, again.evidence


async def test_edited_neighbours_shadow_the_disk(tmp_path: Path, workbench_at: WorkbenchAt) -> None:
    (tmp_path / "factors.py").write_text("TWO = 3\n")
    text = "from factors import TWO\n\n\n" + DOUBLE + "|"
    body = "    return n * TWO\n"
    async with workbench_at(tmp_path) as workbench:
        on_disk = await verify(python_trial(tmp_path, text, body), workbench)
        edited = {tmp_path / "factors.py": "TWO = 2\n"}
        in_editor = await verify(python_trial(tmp_path, text, body, buffers=edited), workbench)
        new_file = {tmp_path / "fresh.py": "TWO = 2\n"}
        unsaved = python_trial(tmp_path, text.replace("factors", "fresh"), body, buffers=new_file)
        from_nowhere = await verify(unsaved, workbench)
    assert not on_disk.accepted
    assert in_editor.accepted, in_editor.summary
    assert from_nowhere.accepted, from_nowhere.summary
    assert (tmp_path / "factors.py").read_text() == "TWO = 3\n"


async def test_the_edited_buffer_shadows_its_own_file(tmp_path: Path, workbench_at: WorkbenchAt) -> None:
    (tmp_path / "subject.py").write_text("raise RuntimeError('the old text')\n")
    (tmp_path / "test_subject.py").write_text(
        "import pathlib\nimport subject\n\n\ndef test_it():\n    assert subject.double(4) == 8\n"
        "    assert 'n * 2' in pathlib.Path(subject.__file__).read_text()\n"
    )
    async with workbench_at(tmp_path) as workbench:
        verdict = await verify(python_trial(tmp_path, DOUBLE + "|", GOOD), workbench)
    assert verdict.accepted, verdict.summary
    assert "1 test" in verdict.summary


async def test_a_module_in_a_package_is_loaded_under_its_name(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    package = tmp_path / "src" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "prices.py").write_text("TWO = 2\n")
    text = "from .prices import TWO\n\n\n" + DOUBLE + "|"
    async with workbench_at(tmp_path) as workbench:
        trial = python_trial(tmp_path, text, "    return n * TWO\n", path="src/shop/random.py")
        verdict = await verify(trial, workbench)
    assert verdict.accepted, verdict.summary


TESTS = {
    "function": "from subject import double\n\n\ndef test_it():\n    assert double(4) == 8\n",
    "fixture": "import pytest\nfrom subject import double\n\n\n@pytest.fixture\ndef four():\n    return 4\n\n\n"
    "def test_it(four):\n    assert double(four) == 8\n",
    "parametrised": "import pytest\nfrom subject import double\n\n\n"
    "@pytest.mark.parametrize('n, want', [(0, 0), (4, 8)])\ndef test_it(n, want):\n    assert double(n) == want\n",
    "class": "from subject import double\n\n\nclass TestDouble:\n    def test_it(self):\n        assert double(4) == 8\n",
    "unittest": "import unittest\nimport subject\n\n\nclass DoubleTest(unittest.TestCase):\n"
    "    def test_it(self):\n        self.assertEqual(subject.double(4), 8)\n",
}


@pytest.mark.parametrize("name", TESTS)
async def test_tests_near_the_candidate_judge_it(
    name: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    (tmp_path / "test_subject.py").write_text(TESTS[name])
    (tmp_path / "test_other.py").write_text("def test_other():\n    assert False\n")
    with_pytest = Path(sys.prefix)
    async with workbench_at(tmp_path, python=with_pytest / "bin" / "python") as workbench:
        right = await verify(python_trial(tmp_path, "def double(n):\n|", GOOD), workbench)
        wrong = await verify(python_trial(tmp_path, "def double(n):\n|", BAD), workbench)
    assert right.accepted, right.summary
    assert "1 test" in right.summary, right.summary
    assert outcome(wrong, "tests") is Outcome.FAILED, wrong.summary


async def test_a_test_that_needs_the_network_says_so_and_counts_for_nothing(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    (tmp_path / "test_subject.py").write_text(
        "import socket\nfrom subject import double\n\n\n"
        "def test_it():\n    double(4)\n    socket.create_connection(('192.0.2.1', 80), 1)\n"
    )
    async with workbench_at(tmp_path) as workbench:
        verdict = await verify(python_trial(tmp_path, "def double(n):\n|", GOOD), workbench)
    assert outcome(verdict, "tests") is Outcome.INCONCLUSIVE
    assert "network" in verdict.of("tests").message  # type: ignore[union-attr]
    assert "test" not in verdict.summary


async def test_evidence_counts_only_what_reached_the_candidate(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    text = 'def double(n):\n    """\n    >>> 1 + 1\n    2\n    >>> double(4)\n    8\n    """\n|'
    longer = "    if n < 0:\n        n = -n\n        return -n * 2\n    return n * 2\n"
    async with workbench_at(tmp_path) as workbench:
        verdict = await verify(python_trial(tmp_path, text, longer), workbench)
    run, examples = verdict.of("run"), verdict.of("examples")
    assert run is not None
    assert examples is not None
    assert (run.executed_lines, run.inserted_lines) == (2, 4)
    assert examples.message == "1/1 example"


async def test_what_python_cannot_read_hides_no_example_from_the_next_candidate(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    async with workbench_at(tmp_path) as workbench:
        for unread in (
            "\treturn n * 2\n",
            "    return '\udce9'\n",
            "    return " + "(" * 300 + "n" + ")" * 300 + "\n",
        ):
            await verify(python_trial(tmp_path, DOUBLE + "|", unread), workbench)
            wrong = await verify(python_trial(tmp_path, DOUBLE + "|", f"{BAD}    # {unread!a}\n"), workbench)
            assert outcome(wrong, "examples") is Outcome.FAILED, (unread, wrong.summary)


async def test_require_decides_what_is_enough(tmp_path: Path, workbench_at: WorkbenchAt) -> None:
    trial = python_trial(tmp_path, "def double(n):\n|", GOOD)
    for require, accepted in ((Require.COMPILE, True), (Require.RUN, True), (Require.EXAMPLES, False)):
        async with workbench_at(tmp_path, require=require) as workbench:
            assert (await verify(trial, workbench)).accepted is accepted, require


async def test_without_a_sandbox_nothing_runs(
    tmp_path: Path, workbench_at: WorkbenchAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "sandboxes", dict)
    marker = tmp_path / "marker"
    async with workbench_at(tmp_path) as workbench:
        body = f"    open({str(marker)!r}, 'w').close()\n    return n * 2\n"
        verdict = await verify(python_trial(tmp_path, DOUBLE + "|", body), workbench)
    assert not verdict.accepted
    assert verdict.inconclusive
    assert "no sandbox" in verdict.summary
    assert not marker.exists()
    assert not psutil.Process().children(recursive=True)


async def test_an_untrusted_workspace_starts_nothing(tmp_path: Path, workbench_at: WorkbenchAt) -> None:
    async with workbench_at(tmp_path) as workbench:
        workbench.trusted = False
        verdict = await verify(python_trial(tmp_path, DOUBLE + "|", GOOD), workbench)
        assert "not trusted" in verdict.summary
        assert not psutil.Process().children(recursive=True)


async def test_a_killed_worker_is_our_fault_and_is_replaced(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    async with workbench_at(tmp_path, limits=Limits(wall_ms=5_000)) as workbench:
        assert (await verify(python_trial(tmp_path, DOUBLE + "|", GOOD), workbench)).accepted
        workers = [
            it
            for it in psutil.Process().children(recursive=True)
            if "inside.worker" in " ".join(it.cmdline())
        ]
        if not workers:
            missing("no worker to kill")
        for it in workers:
            it.send_signal(signal.SIGKILL)
        psutil.wait_procs(workers, timeout=5)
        again = await verify(python_trial(tmp_path, DOUBLE + "|", GOOD + "    # again\n"), workbench)
        after = await verify(python_trial(tmp_path, DOUBLE + "|", GOOD + "    # after\n"), workbench)
        assert again.accepted or again.inconclusive, again.summary
        assert after.accepted, after.summary


async def test_a_verdict_is_remembered_by_content_until_files_change(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    (tmp_path / "factors.py").write_text("TWO = 2\n")
    trial = python_trial(tmp_path, "from factors import TWO\n\n\n" + DOUBLE + "|", "    return n * TWO\n")
    async with workbench_at(tmp_path) as workbench:
        first = await verify(trial, workbench)
        assert first.accepted, first.summary
        assert await verify(trial, workbench) is first
        (tmp_path / "factors.py").write_text("TWO = 3\n")
        workbench.files_changed()
        assert not (await verify(trial, workbench)).accepted
