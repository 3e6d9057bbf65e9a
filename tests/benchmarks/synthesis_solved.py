"""How many everyday functions the embedded generator writes from their examples, how fast, and how many are really right.

The functions are run in a process of their own, against checks that the generator never saw.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "server"), str(ROOT / "verifiers"), str(Path(__file__).parent)]

from synthesis_tasks import TASKS, Task  # noqa: E402

from vouch_server.generators.synthesis import Synthesis, SynthesisSettings  # noqa: E402
from vouch_server.model import Context, Snapshot  # noqa: E402

RUNNER = """
import json, sys
for source, checks in json.load(sys.stdin):
    scope, verdict = {}, True
    try:
        exec(source, scope)
        verdict = [repr(eval(call, scope)) == repr(eval(want, {})) for call, want in checks]
    except Exception as error:
        verdict = [repr(error)]
    print(json.dumps(verdict))
"""


def context_of(task: Task) -> Context:
    header, documentation, _ = task
    lines = documentation.replace("\n", "\n    ")
    text = f'{header}\n    """{lines}\n    """\n    '
    snapshot = Snapshot(uri="file:///task.py", path=Path("/task.py"), language="python", version=1, text=text)
    return Context(snapshot=snapshot, offset=len(text))


async def first_of(context: Context, budget_ms: int) -> tuple[str | None, float]:
    started = time.perf_counter()
    generator = Synthesis(SynthesisSettings(budget_ms=budget_ms))
    async for candidate in generator.generate(context, 1):
        return candidate.text, (time.perf_counter() - started) * 1000
    return None, (time.perf_counter() - started) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget-ms", type=int, default=600)
    budget_ms = parser.parse_args().budget_ms
    answers = [asyncio.run(first_of(context_of(task), budget_ms)) for task in TASKS]
    sources = [
        (context_of(task).prefix + (text or "pass"), task[2])
        for task, (text, _) in zip(TASKS, answers, strict=True)
    ]
    run = subprocess.run(
        [sys.executable, "-I", "-c", RUNNER],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    verdicts = [json.loads(it) for it in run.stdout.splitlines()]
    solved = right = 0
    for task, (text, ms), verdict in zip(TASKS, answers, verdicts, strict=True):
        good = text is not None and all(it is True for it in verdict)
        solved += text is not None
        right += good
        word = "right" if good else ("silent" if text is None else "WRONG")
        print(f"{word:7}{ms:6.0f} ms  {task[0]}")
        if text is not None:
            print("        " + text.replace("\n", "\n    "))
    times = [ms for text, ms in answers if text is not None]
    print(f"{len(TASKS)} tasks, {solved} answered, {right} right, median {statistics.median(times):.0f} ms")


if __name__ == "__main__":
    main()
