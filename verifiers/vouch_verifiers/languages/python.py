"""Python: parse, compile, new type errors, run, doc examples, nearby tests. The person's own interpreter decides."""

import asyncio
from pathlib import Path

from vouch_verifiers.examination import Examination
from vouch_verifiers.model import Check, Finding, Language, Specimen
from vouch_verifiers.runners import interpreter, python_findings, python_run, python_trial
from vouch_verifiers.toolchains import python_check, python_parse
from vouch_verifiers.workbench import Workbench


async def _check(examination: Examination) -> Finding:
    workbench = examination.workbench
    own = interpreter.find(workbench.root, workbench.settings)
    return await python_check.new_type_errors(examination, interpreter=own)


async def _warm(workbench: Workbench, path: Path) -> None:
    own = interpreter.find(workbench.root, workbench.settings)
    await asyncio.gather(python_run.warm(workbench), python_check.warm(workbench, path=path, interpreter=own))


async def _examples(examination: Examination) -> Finding:
    return python_findings.of_examples(await python_trial.performance(examination), examination.distrusted)


async def _tests(examination: Examination) -> Finding:
    return python_findings.of_tests(await python_trial.performance(examination))


_ADD = 'def add(a: int, b: int) -> int:\n    """The sum.\n\n    >>> add(2, 3)\n    5\n    """\n'
_TEST_FIRST = "from specimen import first\n\n\ndef test_first():\n    assert first([1, 2]) == 1\n"
_FIRST = "def first(xs: list[int]) -> int:\n"

PYTHON = Language(
    name="python",
    extensions=(".py", ".pyi"),
    path="specimen.py",
    placeholders=python_check.PLACEHOLDERS,
    checks=(
        Check(name="parse", doc="It parses, and is more than an empty body.", run=python_parse.parses),
        Check(name="compile", doc="CPython compiles the resulting file.", run=python_trial.compiles),
        Check(name="check", doc="No error that was not there before, by a type checker.", run=_check),
        Check(name="run", doc="The module loads and what is called ends, in a sandbox.", run=python_trial.runs),
        Check(name="examples", doc="The doc examples that reach the candidate hold.", run=_examples),
        Check(name="tests", doc="The tests that reach the candidate pass.", run=_tests),
    ),
    warm=_warm,
    specimens=(
        Specimen(name="right", prefix=_ADD, completion="    return a + b\n"),
        Specimen(name="empty", prefix=_ADD, completion="    \n", stops_at="parse"),
        Specimen(name="only pass", prefix=_ADD, completion="    pass\n", stops_at="parse"),
        Specimen(name="unbalanced", prefix=_ADD, completion="    return (a + b\n", stops_at="parse"),
        Specimen(name="break outside a loop", prefix=_ADD, completion="    break\n", stops_at="compile"),
        Specimen(name="unknown name", prefix=_ADD, completion="    return a + c\n", stops_at="check"),
        Specimen(name="unknown import", prefix=_ADD, completion="    import nowhere_to_be\n    return a + b\n",
                 stops_at="check"),
        Specimen(name="loops for ever", prefix=_ADD, completion="    while True:\n        a += 1\n", stops_at="run"),
        Specimen(name="ends the process", prefix=_ADD, completion="    import os\n    os._exit(0)\n",
                 stops_at="run"),
        Specimen(name="wrong value", prefix=_ADD, completion="    return a - b\n", stops_at="examples"),
        Specimen(name="raises", prefix=_ADD, completion="    return (a + b) // 0\n", stops_at="examples"),
        Specimen(name="no example", prefix=_FIRST, completion="    return xs[0]\n"),
        Specimen(name="file broken elsewhere", prefix="def broken(:\n    pass\n\n\n" + _ADD,
                 completion="    return a + b\n"),
        Specimen(
            name="fails a nearby test",
            prefix=_FIRST,
            completion="    return xs[-1]\n",
            files={"test_specimen.py": _TEST_FIRST},
            stops_at="tests",
        ),
        Specimen(
            name="breaks a caller",
            prefix="def area(width: int, height: int",
            completion=", depth: int",
            suffix=") -> int:\n    return width * height\n\n\nprint(area(2, 3))\n",
            stops_at="check",
        ),
    ),
)  # fmt: skip
