"""The naive way to judge a Python candidate, for comparison: three fresh processes, nothing kept warm.

What Vouch's own confinement costs is measured with empty commands and taken off, so that the naive way is not made
to look worse than it is.
"""

import asyncio
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from vouch_server.bench.replaying import trial_of
from vouch_server.bench.samples import Sample
from vouch_verifiers.model import Trial
from vouch_verifiers.oracles import doc_examples
from vouch_verifiers.runners import interpreter as interpreters
from vouch_verifiers.sandbox import Policy, Sandbox, SandboxFault
from vouch_verifiers.toolchains import ty
from vouch_verifiers.toolchains.python_environment import read_environment
from vouch_verifiers.workbench import Workbench

STEP_TIMEOUT_S = 30.0
_DONE = b"vouch-step-ended "
# The shell stands between, because a sandboxed process is followed by what it writes and not by its end.
_WAIT = '"$@" >/dev/null 2>&1; echo "vouch-step-ended $?"'
_COMPILE = "import sys; compile(open(sys.argv[1], encoding='utf-8').read(), sys.argv[1], 'exec')"
_EXAMPLES = """
import json, sys
source, steps = json.load(open(sys.argv[1], encoding="utf-8"))
module = {"__name__": "candidate"}
exec(compile(source, "candidate.py", "exec"), module)
for code, expected in steps:
    if expected is None:
        exec(code, module)
    else:
        assert eval(code, module) == eval(expected, module)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One fresh process: its name, how long it took, and whether it ended well."""

    name: str
    ms: float
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One candidate, judged warm in `warm_ms` and by fresh processes in `steps`."""

    sample: Sample
    warm_ms: float
    steps: tuple[Step, ...]

    @property
    def naive_ms(self) -> float:
        return sum(it.ms for it in self.steps)


async def compare(samples: Sequence[Sample], workbench: Workbench) -> list[Comparison]:
    """Judge each of these again the naive way. Raises SandboxFault when a process cannot be started."""
    bench = _Bench(await workbench.sandbox(), workbench)
    bare, confined, judged = [], [], []
    for number, sample in enumerate(samples):
        # In between, so that a machine that grows busier does so for both.
        bare.append(await bench.empty(nested=True))
        confined.append(await bench.empty(nested=False))
        judged.append(await bench.judge(trial_of(sample.record, workbench), number))
    outer, all_of_it = statistics.median(bare), statistics.median(confined)
    # bwrap itself stays in the time of the run: the naive way needs it as well.
    costs = (outer, outer, max(0.0, all_of_it - outer))
    return [
        Comparison(sample=sample, warm_ms=sample.ms, steps=_without(steps, costs))
        for sample, steps in zip(samples, judged, strict=True)
    ]


def _without(steps: Sequence[Step], costs: Sequence[float]) -> tuple[Step, ...]:
    return tuple(
        Step(name=it.name, ms=max(0.0, it.ms - cost), ok=it.ok) for it, cost in zip(steps, costs, strict=True)
    )


def choose(samples: Sequence[Sample], wanted: int) -> tuple[Sample, ...]:
    """Candidates spread evenly over those that went up the whole ladder and met an example."""
    fit = [it for it in samples if it.record.language == "python" and it.shown and it.has_example_evidence]
    step = max(1, len(fit) // wanted) if wanted else 1
    return tuple(fit[::step][:wanted])


class _Bench:
    """Starts one process after another in the sandbox, each from nothing."""

    def __init__(self, sandbox: Sandbox, workbench: Workbench) -> None:
        self._sandbox = sandbox
        self._root = workbench.root
        self._python = interpreters.find(workbench.root, workbench.settings)
        self._limits = workbench.settings.limits
        self._config = self._root / "vouch_naive_ty.toml"
        environment = read_environment(self._python)
        self._config.write_text(ty.configuration(self._root, environment), encoding="utf-8")
        checker = ty.executable()
        programs = (checker, checker.resolve()) if checker is not None else ()
        packages = environment.readable if environment is not None else ()
        self._checker = str(checker or "ty")
        self._readable = (*interpreters.readable(self._python), *packages, *programs)

    async def empty(self, *, nested: bool) -> float:
        """The time of an empty command, in milliseconds."""
        return (await self._step("nothing", ["/bin/true"], nested=nested)).ms

    async def judge(self, trial: Trial, number: int) -> list[Step]:
        """Compile, check and run. The first two run nothing of the candidate's."""
        source = self._root / f"vouch_naive_{number}.py"
        await asyncio.to_thread(source.write_text, trial.after, encoding="utf-8")
        examples = await asyncio.to_thread(self._write_examples, trial, number)
        python = str(self._python)
        check = [self._checker, "check", "--config-file", str(self._config), str(source)]
        try:
            return [
                await self._step(
                    "python -c compile", [python, "-I", "-c", _COMPILE, str(source)], nested=True
                ),
                await self._step("ty check", check, nested=True),
                await self._step(
                    f"{self._sandbox.name} python, examples",
                    [python, "-I", "-c", _EXAMPLES, str(examples)],
                    nested=False,
                ),
            ]
        finally:
            source.unlink()
            examples.unlink()

    def _write_examples(self, trial: Trial, number: int) -> Path:
        path = self._root / f"vouch_naive_{number}.json"
        steps = [
            (it.code, it.expected if it.mode == "value" else None)
            for it in doc_examples.extract(trial)
            if it.mode in ("value", "exec", "truth")
        ]
        path.write_text(json.dumps((trial.after, steps)), encoding="utf-8")
        return path

    async def _step(self, name: str, command: Sequence[str], *, nested: bool) -> Step:
        policy = Policy(
            read=self._readable,
            project=self._root,
            env={"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"},  # noqa: S108 - inside the sandbox
            limits=self._limits,
            nested=nested,
        )
        started = perf_counter()
        process = await self._sandbox.start(["/bin/sh", "-c", _WAIT, "sh", *command], policy)
        try:
            async with asyncio.timeout(STEP_TIMEOUT_S):
                line = await process.read_line()
        except TimeoutError as error:
            raise SandboxFault(f"{name} took more than {STEP_TIMEOUT_S:.0f} s") from error
        finally:
            took = (perf_counter() - started) * 1000
            await process.aclose()
        return Step(name=name, ms=took, ok=line.strip() == _DONE + b"0")
