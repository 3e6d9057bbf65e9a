"""What counts as an executed line does not depend on the Python: tracing by 3.9 to 3.11, monitoring from 3.12 on."""

from pathlib import Path

import pytest

from tests.conftest import PYTHONS, WorkbenchAt, python_trial
from vouch_verifiers.engine import verify

# Bodies, and how many of their lines `work(3)` executes.
EXECUTED = {
    "loop": ("for it in range(n):\n    n += it\nelse:\n    n += 1\nreturn n", 4),
    "comprehension": ("return [it for it in range(n) if it]", 1),
    "generator": ("def inner():\n    yield n\n    yield n + 1\nreturn list(inner())", 4),
    "coroutine": ("import asyncio\nasync def inner():\n    return n\nreturn asyncio.run(inner())", 4),
    "try": ("try:\n    n = n // 0\nexcept ZeroDivisionError:\n    n = 1\nfinally:\n    n += 1\nreturn n", 6),
    "branch not taken": ("if n > 100:\n    n = 0\nreturn n", 2),
    "with": ("import io\nwith io.StringIO() as file:\n    file.write('x')\nreturn n", 4),
    "early return": ("while n < 100:\n    n += 1\n    if n > 5:\n        return n", 4),
}


@pytest.mark.parametrize("python", PYTHONS, ids=str)
async def test_executed_lines_are_the_same_on_every_python(
    python: Path, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    text = 'def work(n):\n    """\n    >>> _ = work(3)\n    """\n|'
    seen: dict[str, int] = {}
    async with workbench_at(tmp_path, python=python) as workbench:
        for name, (body, _) in EXECUTED.items():
            completion = "".join(f"    {it}\n" for it in body.splitlines())
            run = (await verify(python_trial(tmp_path, text, completion), workbench)).of("run")
            assert run is not None
            seen[name] = run.executed_lines
    assert seen == {name: lines for name, (_, lines) in EXECUTED.items()}
