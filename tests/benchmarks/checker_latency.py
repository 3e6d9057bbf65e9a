"""How long the check rung of Python takes, warm and cold, in one run: `python checker_latency.py [ROUNDS]`.

Warm is a candidate that was never seen, judged by a checker that is up, with and without a new error; cold starts
a checker for each. A fresh constant in each candidate keeps every cache out of it.
"""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from vouch_verifiers.examination import Examination
from vouch_verifiers.model import Outcome, Trial
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.toolchains.python_check import new_type_errors, warm
from vouch_verifiers.workbench import Workbench

FUNCTION = (
    "def f{0}(values: list[int]) -> dict[int, int]:\n    return {{it: it * {0} for it in values}}\n\n\n"
)


def trial(root: Path, functions: int, number: int, *, wrong: bool) -> Trial:
    return Trial(
        language="python",
        path=root / "module.py",
        prefix="".join(FUNCTION.format(it) for it in range(functions)) + "def last(n: int) -> int:\n",
        completion=f"    return {'nope' if wrong else 'n'} + {number}\n",
        suffix="",
        workspace=root,
    )


async def judged_ms(workbench: Workbench, it: Trial, *, wrong: bool) -> float:
    started = perf_counter()
    finding = await new_type_errors(Examination(trial=it, workbench=workbench))
    taken = (perf_counter() - started) * 1000
    wanted = Outcome.FAILED if wrong else Outcome.PASSED
    assert finding.outcome is wanted, finding
    return taken


async def measure(root: Path, functions: int, rounds: int) -> None:
    settings = VerifierSettings(python=Path(sys.executable), check_timeout_ms=30_000)
    workbench = Workbench(root=root, settings=settings)
    await warm(workbench, path=root / "module.py")
    for wrong in (False, True):
        await judged_ms(workbench, trial(root, functions, -1, wrong=wrong), wrong=wrong)
        times = [
            await judged_ms(workbench, trial(root, functions, it, wrong=wrong), wrong=wrong)
            for it in range(rounds)
        ]
        report(f"warm, {'a new error' if wrong else 'no error'}", functions, times)
    await workbench.aclose()
    times = []
    for number in range(max(5, rounds // 20)):
        cold = Workbench(root=root, settings=settings)
        times.append(await judged_ms(cold, trial(root, functions, number, wrong=False), wrong=False))
        await cold.aclose()
    report("cold, no error", functions, times)


def report(what: str, functions: int, times: list[float]) -> None:
    lines = functions * 4 + 2
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{lines:6} lines  {what:20} n {len(times):4}  p50 {statistics.median(times):7.1f} ms  p95 {p95:7.1f} ms"
    )


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        for functions in (10, 250, 1250):
            await measure(Path(folder), functions, rounds)


if __name__ == "__main__":
    asyncio.run(main())
