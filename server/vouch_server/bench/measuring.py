"""One whole measurement: read, judge on a warm workbench, put together, compare with fresh processes."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from vouch_server.bench import machine, naive_python, replaying
from vouch_server.bench.records import Record, Unreadable, read
from vouch_server.bench.report import Report, language_report
from vouch_server.bench.samples import Sample
from vouch_verifiers.registry import languages
from vouch_verifiers.runners import interpreter as interpreters
from vouch_verifiers.sandbox import SandboxFault
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.workbench import Workbench

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was found in some files. `skipped` counts records of languages that Vouch does not know."""

    files: tuple[Path, ...]
    records: tuple[Record, ...]
    unreadable: tuple[str, ...]
    skipped: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to measure. `taken` says how many candidates of a problem a person's request asks for."""

    settings: VerifierSettings
    taken: int
    naive: int


def load(files: Sequence[Path], *, origin: str, limit: int | None) -> Recording:
    """The records whose origin contains `origin`, at most `limit` of them. Raises OSError."""
    records: list[Record] = []
    unreadable: list[str] = []
    skipped: Counter[str] = Counter()
    for path, it in _entries(files):
        if isinstance(it, Unreadable):
            unreadable.append(f"{path.name}, line {it.line}: {it.why}")
        elif origin not in it.origin:
            continue
        elif it.language not in languages():
            skipped[it.language] += 1
        elif limit is None or len(records) < limit:
            records.append(it)
    return Recording(
        files=tuple(files), records=tuple(records), unreadable=tuple(unreadable), skipped=dict(skipped)
    )


async def measure(recording: Recording, plan: Plan, *, root: Path, tell: Callable[[int], None]) -> Report:
    """Judge everything as if it lay in `root`, an empty directory. `tell` hears how many were judged so far.

    Raises SandboxFault where nothing can be run: such figures would say nothing.
    """
    started = perf_counter()
    workbench = Workbench(root=root, settings=plan.settings)
    try:
        sandbox = await workbench.sandbox()
        warm_up_ms = await replaying.warm_up(recording.records, workbench)
        samples = []
        async for sample in replaying.replay(recording.records, workbench):
            samples.append(sample)
            tell(len(samples))
        problems = [replaying.problems(samples, workbench, most=it) for it in (plan.taken, None)]
        naive = await _compared(samples, plan, workbench)
    finally:
        await workbench.aclose()
    known = languages()
    return Report(
        machine=machine.describe(interpreters.find(root, plan.settings)),
        sandbox=sandbox.name,
        files=tuple(it.name for it in recording.files),
        read=len(recording.records),
        unreadable=recording.unreadable,
        skipped=recording.skipped,
        seconds=perf_counter() - started,
        languages=tuple(
            language_report(
                name,
                samples,
                checks=[it.name for it in known[name].checks],
                problems=problems,
                naive=naive,
                warm_up_ms=warm_up_ms,
            )
            for name in dict.fromkeys(it.record.language for it in samples)
        ),
        samples=tuple(samples),
    )


async def _compared(
    samples: Sequence[Sample], plan: Plan, workbench: Workbench
) -> list[naive_python.Comparison]:
    chosen = naive_python.choose(samples, plan.naive)
    try:
        return await naive_python.compare(chosen, workbench) if chosen else []
    except SandboxFault as fault:
        # The comparison is an extra: it must not cost the figures that took minutes.
        log.warning("no comparison with fresh processes: %s", fault)
        return []


def _entries(files: Sequence[Path]) -> Iterator[tuple[Path, Record | Unreadable]]:
    for path in files:
        with path.open("rb") as lines:
            for it in read(lines):
                yield path, it
