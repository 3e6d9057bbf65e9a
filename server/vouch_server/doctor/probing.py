"""Tries one thing after another: interpreter, sandboxes, workers with their canaries, every check, generators.

Everything that runs code runs in an empty folder of its own; the project only tells which interpreter is meant.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

from vouch_server.doctor import problem, remedies
from vouch_server.doctor.probe import Absent, Broken, Off, Probe, State
from vouch_server.model import GeneratorFault, GeneratorKind
from vouch_server.pipeline import complete
from vouch_server.registry import generators
from vouch_server.settings import Settings
from vouch_server.workshop import Workshop
from vouch_verifiers import engine
from vouch_verifiers.model import Language, Outcome, Specimen, Trial
from vouch_verifiers.registry import languages, sandboxes
from vouch_verifiers.runners import interpreter as interpreters
from vouch_verifiers.runners import python_worker
from vouch_verifiers.sandbox import SandboxFault, SandboxKind
from vouch_verifiers.workbench import Workbench

DEADLINE_S = 20.0
# A specimen that never ends is stopped after this, in ms: the proof is the same and the wait shorter.
SHORT_RUN_MS = 700


async def examine(settings: Settings, project: Path, scratch: Path) -> AsyncGenerator[Probe, None]:
    """Everything, as it is found out. `scratch` is an empty folder; nothing is run in `project`."""
    own = interpreters.find(project, settings.verifiers)
    yield await _tried("python", "interpreter", partial(_interpreter, own, project), remedy=remedies.PYTHON)
    settings = replace(settings, verifiers=replace(settings.verifiers, python=own))
    working = []
    for kind in sorted(sandboxes().values(), key=lambda it: it.rank):
        remedy = remedies.of_sandbox(kind.name)
        probe = await _tried("sandbox", kind.name, partial(_sandbox, kind), remedy=remedy)
        working += [kind] if probe.works else []
        yield probe
    for kind in working:
        yield await _tried("worker", f"python in {kind.name}", partial(_worker, kind, settings, scratch))
    for language in languages().values():
        async for probe in _checks(language, settings, scratch / language.name):
            yield probe
    for name, generator in sorted(generators().items()):
        yield await _tried("generator", name, partial(_generator, generator, settings, scratch))
    yield await _tried("main job", f"{settings.generator} and judging", partial(_main_job, settings, scratch))


async def _tried(kind: str, name: str, work: Callable[[], Awaitable[str]], *, remedy: str = "") -> Probe:
    """What became of one trial; `work` returns what a person should know of it."""
    started = perf_counter()
    state, detail = State.WORKS, ""
    try:
        async with asyncio.timeout(DEADLINE_S):
            detail = await work()
    except Absent as error:
        state, detail = State.ABSENT, str(error)
    except Off as error:
        state, detail = State.OFF, str(error)
    except (Broken, SandboxFault, GeneratorFault) as error:
        state, detail = State.BROKEN, str(error)
    except TimeoutError:
        state, detail = State.BROKEN, f"it was not done within {DEADLINE_S:.0f} s"
    missing = state in (State.ABSENT, State.BROKEN)
    return Probe(
        kind=kind,
        name=name,
        state=state,
        detail=detail,
        remedy=(remedy or remedies.of_message(detail)) if missing else "",
        ms=(perf_counter() - started) * 1000,
    )


async def _interpreter(own: Path, project: Path) -> str:
    if not await asyncio.to_thread(own.exists):
        raise Absent(f"there is no Python at {own}")
    return f"{own}, for {project}"


async def _sandbox(kind: SandboxKind) -> str:
    reason = await kind.unavailable()
    if reason is None:
        return kind.doc
    raise Absent(reason) if remedies.tells_absence(reason) else Broken(reason)


async def _worker(kind: SandboxKind, settings: Settings, scratch: Path) -> str:
    judging = settings.verifiers
    assert judging.python is not None
    spec = python_worker.WorkerSpec(interpreter=judging.python, root=scratch, limits=judging.limits)
    worker = await python_worker.start(kind.make(), spec)
    try:
        version = ".".join(map(str, worker.python[:3]))
    finally:
        await worker.aclose()
    return f"Python {version}, {worker.isolation}; its canaries did not get out"


async def _checks(language: Language, settings: Settings, folder: Path) -> AsyncGenerator[Probe, None]:
    """For each check, whether it stops the specimen that it must stop; and whether a right one is let through."""
    limits = replace(settings.verifiers.limits, wall_ms=SHORT_RUN_MS)
    workbench = Workbench(root=folder, settings=replace(settings.verifiers, limits=limits))
    wanted: list[tuple[str, Specimen]] = [
        (check.name, found)
        for check in language.checks
        if (found := next((it for it in language.specimens if it.stops_at == check.name), None)) is not None
    ]
    right = next((it for it in language.specimens if it.stops_at is None), None)
    if right is not None:
        wanted.insert(0, ("accepts what is right", right))
    try:
        for name, specimen in wanted:
            yield await _tried(
                "checks", f"{language.name}, {name}", partial(_judged, language, specimen, workbench)
            )
    finally:
        await workbench.aclose()


async def _judged(language: Language, specimen: Specimen, workbench: Workbench) -> str:
    folder = workbench.root / specimen.name.replace(" ", "_")
    await asyncio.to_thread(_lay_out, specimen, folder)
    trial = Trial(
        language=language.name,
        path=folder / language.path,
        prefix=specimen.prefix,
        completion=specimen.completion,
        suffix=specimen.suffix,
        workspace=folder,
    )
    verdict = await engine.judge(trial, workbench)
    blame = verdict.decisive
    if blame is not None and blame.finding.outcome is Outcome.INCONCLUSIVE:
        message = f"{blame.check}: {blame.finding.message}"
        raise Absent(message) if remedies.tells_absence(message) else Broken(message)
    stopped_at = blame.check if blame is not None else None
    if stopped_at != specimen.stops_at:
        raise Broken(
            f"the specimen {specimen.name!r} should stop at {specimen.stops_at}, not at {stopped_at}"
        )
    return verdict.summary


def _lay_out(specimen: Specimen, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in specimen.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


async def _generator(kind: GeneratorKind, settings: Settings, scratch: Path) -> str:
    own = settings.of(kind)
    if own == kind.settings() and kind.name != Settings().generator:
        raise Off(f"not configured: {kind.doc} Set vouch.generators.{kind.name}")
    generator = kind.make(own)
    try:
        async for candidate in generator.generate(problem.hole(scratch), 1):
            return f"{kind.doc} It proposed {len(candidate.text)} characters"
    finally:
        await generator.aclose()
    raise Broken("it proposed nothing for a small problem")


async def _main_job(settings: Settings, scratch: Path) -> str:
    """The product in one go: propose, judge, and vouch for something on the word of its examples."""
    workshop = Workshop(settings, trusted=True)
    try:
        offer = await complete(
            problem.hole(scratch),
            generator=workshop.generator(),
            workbench=await workshop.workbench(scratch),
            wanted=settings.candidates,
        )
    finally:
        await workshop.aclose()
    if not offer.suggestions:
        raise Broken(offer.why)
    finding = offer.suggestions[0].judged.verdict.of("examples")
    if finding is None or finding.outcome is not Outcome.PASSED:
        raise Broken("something was vouched for, but none of its examples was run")
    return offer.suggestions[0].judged.verdict.summary
