"""All figures of one measurement, put together from the judged samples. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vouch_server.bench import metrics
from vouch_server.bench.bodies import Mutants, References, mutants, references
from vouch_server.bench.metrics import Interval, Latency, Rate, Rung
from vouch_server.bench.naive_python import Comparison
from vouch_server.bench.rejections import FalseReject, false_rejects
from vouch_server.bench.samples import Problem, Sample, labelled, of_kind, of_language, origins
from vouch_server.bench.surfacing import Surfaced, surfaced, suspect_sentences

LEAST_AGREEING = (1, 2, 3)
ALL_REAL = "real:*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Of a group of candidates, what would be shown: all of it, or what has a certain kind of evidence.

    `compiling` counts those of the shown whose label says that they compile.
    """

    name: str
    shown: Rate
    right: Rate
    interval: Interval | None
    compiling: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginReport:
    """One origin, or all real ones, in one language."""

    origin: str
    tasks: int
    ladder: tuple[Rung, ...]
    shown: tuple[Shown, ...]
    false_reject_rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfacedReport:
    """What a person would see of one origin, from so many candidates a problem, by least agreement."""

    origin: str
    candidates: int
    rows: tuple[Surfaced, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyReport:
    """Milliseconds, warm, one candidate at a time."""

    with_examples: Latency
    every: Latency
    by_check: Mapping[str, Latency]
    warm_up_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageReport:
    """Everything about one language."""

    language: str
    origins: tuple[OriginReport, ...]
    false_rejects: tuple[FalseReject, ...]
    wrongly_shown: tuple[Sample, ...]
    references: References
    mutants: Mutants
    surfaced: tuple[SurfacedReport, ...]
    suspects: tuple[tuple[str, str], ...]
    latency: LatencyReport
    naive: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run of `vouch bench`. `skipped` counts records by the language that Vouch does not know."""

    machine: str
    sandbox: str
    files: tuple[str, ...]
    read: int
    unreadable: tuple[str, ...]
    skipped: Mapping[str, int]
    seconds: float
    languages: tuple[LanguageReport, ...]
    samples: tuple[Sample, ...]


def language_report(
    language: str,
    samples: Sequence[Sample],
    *,
    checks: Sequence[str],
    problems: Sequence[Sequence[Problem]],
    naive: Sequence[Comparison],
    warm_up_ms: float,
) -> LanguageReport:
    """`problems` hold, for each number of candidates that was taken, what was judged together."""
    mine = of_language(samples, language)
    real = of_kind(mine, "real")
    groups = {ALL_REAL: real} | {it: tuple(s for s in real if s.record.origin == it) for it in origins(real)}
    if len(groups) == 2:
        del groups[ALL_REAL]
    own_problems = [[it for it in found if it.language == language] for found in problems]
    return LanguageReport(
        language=language,
        origins=tuple(_origin_report(name, it, checks) for name, it in groups.items() if it),
        false_rejects=false_rejects(real, mine),
        wrongly_shown=tuple(it for it in labelled(real) if it.shown and not metrics.passes(it)),
        references=references(mine),
        mutants=mutants(mine),
        surfaced=_surfaced_reports(own_problems),
        suspects=suspect_sentences([it for found in own_problems for it in found]),
        latency=LatencyReport(
            with_examples=metrics.latency(it.ms for it in mine if it.examples),
            every=metrics.latency(it.ms for it in mine),
            by_check=metrics.latency_by_check(mine),
            warm_up_ms=warm_up_ms,
        ),
        naive=tuple(naive) if language == "python" else (),
    )


def _origin_report(name: str, samples: Sequence[Sample], checks: Sequence[str]) -> OriginReport:
    known = labelled(samples)
    right = [it for it in known if metrics.passes(it)]
    with_examples = [it for it in known if it.has_example_evidence]
    without = [it for it in known if not it.has_example_evidence]
    return OriginReport(
        origin=name,
        tasks=len({it.record.task for it in samples}),
        ladder=metrics.ladder(samples, checks),
        shown=(
            _shown("all", known, known),
            _shown("with example evidence", with_examples, known),
            _shown("without example evidence", without, known),
        ),
        false_reject_rate=metrics.rate(right, lambda it: not it.shown),
    )


def _shown(name: str, samples: Sequence[Sample], all_known: Sequence[Sample]) -> Shown:
    visible = [it for it in samples if it.shown]
    measured = [it for it in visible if it.record.compiles is not None]
    return Shown(
        name=name,
        shown=Rate(hits=len(visible), of=len(all_known)),
        right=metrics.rate(visible, metrics.passes),
        interval=metrics.precision_interval(visible),
        compiling=metrics.rate(measured, lambda it: it.record.compiles is True),
    )


def _surfaced_reports(problems: Sequence[Sequence[Problem]]) -> tuple[SurfacedReport, ...]:
    reports: dict[tuple[str, int], SurfacedReport] = {}
    for name in dict.fromkeys(it.origin for found in problems for it in found):
        for found in problems:
            mine = [it for it in found if it.origin == name]
            candidates = max((it.proposed for it in mine), default=0)
            rows = tuple(surfaced(mine, least=it) for it in LEAST_AGREEING if it <= candidates)
            reports[name, candidates] = SurfacedReport(origin=name, candidates=candidates, rows=rows)
    return tuple(it for it in reports.values() if it.rows)
