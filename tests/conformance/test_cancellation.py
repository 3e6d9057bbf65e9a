"""Whoever types on cancels: nothing that was cancelled may go on, hold a worker, or be read as somebody else's."""

import asyncio
import contextlib
import random
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from tests.conftest import WorkbenchAt, python_trial
from vouch_verifiers.engine import verify
from vouch_verifiers.model import Trial
from vouch_verifiers.oracles import doc_examples
from vouch_verifiers.runners.python_run import Run, Work, borrowed_worker
from vouch_verifiers.sandboxes.process import SandboxedProcess
from vouch_verifiers.settings import Limits
from vouch_verifiers.workbench import Workbench

HEAD = 'def answer(n: int) -> int:\n    """\n    >>> answer(1)\n    42\n    """\n'


def trial(workbench: Workbench, body: str) -> Trial:
    return python_trial(workbench.root, HEAD + "|", f"    {body}\n")


@pytest.mark.parametrize("steps", range(12))
async def test_a_start_that_is_cancelled_ends_and_leaves_no_process(steps: int) -> None:
    task = asyncio.create_task(SandboxedProcess.start(["/bin/sleep", "60"], env={}))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(5):
        with contextlib.suppress(asyncio.CancelledError):
            await (await task).aclose()
    assert not [it for it in psutil.Process().children() if it.status() != psutil.STATUS_ZOMBIE]


async def test_a_storm_of_cancelled_verdicts_leaves_everything_as_it_was(
    sandbox: str, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    scratches = set(Path(tempfile.gettempdir()).glob("vouch-scratch-*"))
    dice = random.Random(7)
    bodies = ("return 42  # {}", "while True: pass  # {}", "import time; time.sleep(9)  # {}")
    async with workbench_at(tmp_path, sandbox=sandbox, limits=Limits(wall_ms=20_000)) as workbench:
        assert (await verify(trial(workbench, "return 42"), workbench)).accepted
        ours = asyncio.all_tasks()
        storm = []
        for number in range(60):
            storm.append(
                asyncio.create_task(verify(trial(workbench, dice.choice(bodies).format(number)), workbench))
            )
            await asyncio.sleep(dice.choice((0, 0, 0.001, 0.005, 0.02)))
            storm[-1].cancel()
            if number % 3 == 0:
                await asyncio.sleep(0)
                storm[-1].cancel()
        async with asyncio.timeout(10):
            await asyncio.wait(storm)
            # Both workers are free again, and what they answer is about the question.
            after = await asyncio.gather(
                *(verify(trial(workbench, f"return {41 + it % 2}  # {it}"), workbench) for it in range(6))
            )
        assert [it.accepted for it in after] == [False, True] * 3, [it.summary for it in after]
        left = {it.get_coro().__qualname__ for it in asyncio.all_tasks() - ours if not it.done()}  # type: ignore[union-attr]
        assert not [it for it in left if it.startswith(("verify", "Run."))]
    assert not psutil.Process().children(recursive=True)
    assert set(Path(tempfile.gettempdir()).glob("vouch-scratch-*")) <= scratches


async def test_a_cancellation_while_a_run_is_being_ended_is_not_lost(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    async with workbench_at(tmp_path, limits=Limits(wall_ms=20_000)) as workbench:
        endless = trial(workbench, "while True: pass")
        run = Run(workbench, endless, Work(source=endless.after, examples=doc_examples.extract(endless)))
        async with asyncio.timeout(10):
            assert (await run.compiled()).compiled
            for it in psutil.Process().children(recursive=True):
                it.suspend()
            closing = asyncio.create_task(run.cancel())
            await asyncio.sleep(0)
            closing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await closing


async def test_an_import_goes_on_when_its_caller_is_cancelled(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    async with workbench_at(tmp_path, python=Path(sys.executable)) as workbench:
        async with borrowed_worker(workbench, tmp_path) as worker:
            pass
        async with asyncio.timeout(30):
            asked = asyncio.create_task(worker.warm(["pytest"]))
            while not worker.busy:
                await asyncio.sleep(0)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            assert worker.busy
            await worker.warm(["pytest"])
            verdict = await verify(trial(workbench, "return 42"), workbench)
        assert verdict.accepted, verdict.summary
        assert worker.alive
