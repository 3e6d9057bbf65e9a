"""One run of one Python text in a worker: the job that is sent and the report that comes back. Judges nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vouch_verifiers.model import Example, Trial
from vouch_verifiers.oracles.nearby_tests import NearbyTest
from vouch_verifiers.runners import interpreter as interpreters
from vouch_verifiers.runners.modules import name_and_roots, packages_imported
from vouch_verifiers.runners.python_worker import Event, PythonWorker, WorkerSpec, start
from vouch_verifiers.runners.values import literal
from vouch_verifiers.sandbox import Sandbox, SandboxFault
from vouch_verifiers.workbench import Workbench

WORKERS = 2
# Behaviour on made-up inputs is a bonus: it must not hold up a verdict.
PROBE_BUDGET_S = 0.06
_CHILD_MODES = {"exec": "exec", "raises": "exec", "value": "value", "truth": "truth"}


@dataclass(slots=True)
class RunReport:
    """What a run reported. `how` is how it ended: exited, timeout, flood, cancelled; empty while it goes on."""

    syntax: Event | None = None
    compiled: bool = False
    loaded: bool = False
    load_failure: Event | None = None
    steps: dict[str, Event] = field(default_factory=dict)
    tests: dict[str, Event] = field(default_factory=dict)
    executed: frozenset[int] = frozenset()
    acts: tuple[str, ...] = ()
    judged: bool = False
    how: str = ""
    forged: int = 0
    status: int | None = None
    fault: str = ""

    def take(self, event: Event) -> None:
        """Note one event of the worker."""
        match event["e"]:
            case "step":
                self.steps[event["id"]] = event
            case "test":
                self.tests[event["id"]] = event
            case "judged":
                self.executed, self.judged = frozenset(event["executed"]), True
                self.acts = tuple(map(str, event["acts"]))
            case "fault":
                self.fault = event["message"]
            case "end":
                self.how, self.forged, self.status = event["how"], event["forged"], event["status"]
            case _:
                self._take_load(event)

    def _take_load(self, event: Event) -> None:
        match event["e"]:
            case "compiled":
                self.compiled = True
            case "syntax":
                self.syntax = event
            case "loaded":
                self.loaded = True
            case "load_failed":
                self.load_failure = event
            case _:
                pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What to do with a text: load it unless `load` is false, then examples, tests and probes, in this order."""

    source: str
    load: bool = True
    examples: Sequence[Example] = ()
    tests: Sequence[NearbyTest] = ()
    probes: Sequence[Example] = ()


class Run:
    """A run that goes on in the background; what has been reported so far is in `report`.

    `report.fault` says that the sandbox or the worker failed, which tells nothing of the code.
    """

    def __init__(self, workbench: Workbench, trial: Trial, work: Work) -> None:
        self.report = RunReport()
        self._compiled = asyncio.Event()
        self._judged = asyncio.Event()
        self._task = asyncio.create_task(self._go(workbench, trial, work))

    async def compiled(self) -> RunReport:
        """The report once CPython has accepted or refused the source, or the run is over."""
        await self._compiled.wait()
        return self.report

    async def finished(self) -> RunReport:
        """The report once examples and tests are through and the probes had their little time."""
        await self._judged.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PROBE_BUDGET_S):
                await asyncio.shield(self._task)
        await self.cancel()
        return self.report

    async def cancel(self) -> None:
        """End what still runs of it."""
        self._task.cancel()
        # Waited for and not awaited: a cancellation of the caller's own is not to be taken for the task's.
        await asyncio.wait({self._task})
        if not self._task.cancelled():
            self._task.result()

    async def _go(self, workbench: Workbench, trial: Trial, work: Work) -> None:
        try:
            async with borrowed_worker(workbench, trial.root) as worker:
                await worker.warm(worth_warming(trial, work))
                async with contextlib.aclosing(worker.run(job_of(trial, work))) as events:
                    async for event in events:
                        self._take(event)
        except SandboxFault as fault:
            self.report.fault = str(fault)
        finally:
            self._compiled.set()
            self._judged.set()

    def _take(self, event: Event) -> None:
        self.report.take(event)
        if event["e"] in ("compiled", "syntax"):
            self._compiled.set()
        elif event["e"] == "judged":
            self._judged.set()


def worth_warming(trial: Trial, work: Work) -> list[str]:
    """Modules to import once, before any fork: the packages of the file as it was, and pytest where it is needed.

    Not what the candidate itself imports: that would run in the worker before anything was judged.
    """
    if not work.load:
        return []
    roots = name_and_roots(trial.path, trial.root)[1]
    found = list(packages_imported(trial.prefix + "\n" + trial.suffix, roots))
    return [*found, "pytest"] if any(it.kind == "pytest" for it in work.tests) else found


def job_of(trial: Trial, work: Work) -> Event:
    """The worker's order for a piece of work. Lines are 1-based there."""
    name, roots = name_and_roots(trial.path, trial.root)
    lines = trial.inserted_lines
    texts = {str(path): text for path, text in trial.buffers.items()} | {str(trial.path): work.source}
    return {
        "source": work.source,
        "path": str(trial.path),
        "module": name,
        "sys_path": [str(it) for it in roots],
        "root": str(trial.root),
        "load": work.load,
        "inserted": [lines.start + 1, lines.stop],
        "overlay": texts,
        "steps": [_step(it) for it in work.examples],
        "tests": [_test(it, trial) for it in work.tests],
        "probes": [_step(it) for it in work.probes],
    }


def _step(example: Example) -> Event:
    step: Event = {"id": example.id, "code": example.code, "mode": _CHILD_MODES.get(example.mode, "single")}
    # A literal stays with us: what is not told inside cannot be echoed from there.
    if example.mode == "value" and example.expected and literal(example.expected) is None:
        step["expected"] = example.expected
    return step


def _test(test: NearbyTest, trial: Trial) -> Event:
    name, roots = name_and_roots(test.path, trial.root)
    return {
        "id": test.id,
        "kind": test.kind,
        "path": str(test.path),
        "module": name,
        "sys_path": [str(it) for it in roots],
        "name": test.name,
        "class": test.class_name,
    }


@contextlib.asynccontextmanager
async def borrowed_worker(workbench: Workbench, root: Path) -> AsyncIterator[PythonWorker]:
    """A worker for oneself, waiting for one to be free. Raises SandboxFault."""
    gate = workbench.memory.setdefault("python workers", asyncio.Semaphore(WORKERS))
    async with gate:
        interpreter = interpreters.find(workbench.root, workbench.settings)
        spec = WorkerSpec(interpreter=interpreter, root=root, limits=workbench.settings.limits)
        key = _free_key(workbench, f"python worker {interpreter} {root}")
        busy = workbench.memory.setdefault("busy python workers", set())
        busy.add(key)
        try:
            worker: PythonWorker = await workbench.tool(key, lambda sandbox: _started(sandbox, spec))
            yield worker
            workbench.worked(key)
        finally:
            busy.discard(key)


def _free_key(workbench: Workbench, stem: str) -> str:
    busy = workbench.memory.setdefault("busy python workers", set())
    return next(f"{stem} #{it}" for it in range(WORKERS + 1) if f"{stem} #{it}" not in busy)


async def _started(sandbox: Sandbox, spec: WorkerSpec) -> PythonWorker:
    if not spec.interpreter.exists():
        raise SandboxFault(f"there is no Python at {spec.interpreter} (setting vouch.python)")
    return await start(sandbox, spec)


async def warm(workbench: Workbench) -> None:
    """Start a worker ahead of the first candidate. Raises SandboxFault."""
    async with borrowed_worker(workbench, workbench.root):
        pass
