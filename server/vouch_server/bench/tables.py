"""The report as tables of plain text, for a terminal and for a page alike. Pure wording."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from vouch_server.bench.metrics import Interval, Latency, Rate
from vouch_server.bench.rejections import Cause, FalseReject
from vouch_server.bench.report import LanguageReport, OriginReport, Report
from vouch_server.bench.samples import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`columns` beginning with a `>` hold numbers. `folded` tables are long lists that a page may hide at first."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    folded: bool = False


def tables(report: Report) -> Iterator[Table]:
    """Every table, most telling first."""
    for language in report.languages:
        yield from _of_language(language)
    if report.skipped or report.unreadable:
        rows = [
            (name, str(count), "Vouch does not know this language") for name, count in report.skipped.items()
        ]
        rows += [(where, "1", "unreadable") for where in report.unreadable]
        yield Table(title="Left out", columns=("what", ">records", "why"), rows=tuple(rows))


def percent(rate: Rate) -> str:
    """A share with what it was counted from."""
    return "none" if rate.value is None else f"{100 * rate.value:.1f} % ({rate.hits:,}/{rate.of:,})"


def _of_language(language: LanguageReport) -> Iterator[Table]:
    name = language.language
    for it in language.origins:
        yield _ladder(name, it)
    yield _shown(name, language.origins)
    if language.surfaced:
        yield _surfaced(language)
    if language.references.accepted.of or language.mutants.rejected.of:
        yield _bodies(language)
    yield _latency(language)
    if language.naive:
        yield _naive(language)
    yield _false_rejects(f"{name}: false rejects, every one", language.false_rejects)
    if language.references.rejected:
        yield _false_rejects(f"{name}: references that were not accepted", language.references.rejected)
    if language.suspects:
        yield Table(
            title=f"{name}: examples reported as suspect",
            columns=("task", "what a person is told"),
            rows=tuple((task, " ".join(said.split())) for task, said in language.suspects),
        )
    yield from _wrong_lists(language)


def _ladder(name: str, origin: OriginReport) -> Table:
    candidates = origin.ladder[0].kept.of
    rows, before = [], candidates
    for rung in origin.ladder:
        rows.append(
            (
                rung.name,
                f"{rung.kept.hits:,}",
                f"{before - rung.kept.hits:,}" if before != rung.kept.hits else "",
                _share(rung.precision),
                _share(rung.recall),
            )
        )
        before = rung.kept.hits
    return Table(
        title=f"{name}, {origin.origin}: {candidates:,} candidates for {origin.tasks} problems",
        columns=("after", ">kept", ">rejected here", ">hidden tests pass", ">of the right ones kept"),
        rows=tuple(rows),
        note=f"False rejects: {percent(origin.false_reject_rate)} of those that pass their hidden tests.",
    )


def _shown(name: str, origins: Sequence[OriginReport]) -> Table:
    rows = tuple(
        (
            origin.origin,
            it.name,
            f"{it.shown.hits:,}",
            _share(it.right),
            _interval(it.interval),
            _share(it.compiling),
        )
        for origin in origins
        for it in origin.shown
    )
    return Table(
        title=f"{name}: what is shown",
        columns=("origin", "evidence", ">shown", ">hidden tests pass", ">95 % interval", ">compiles"),
        rows=rows,
        note="Intervals by bootstrap over problems. To pass the hidden tests is not to be right: they are few.",
    )


def _surfaced(language: LanguageReport) -> Table:
    rows = tuple(
        (
            it.origin,
            str(it.candidates),
            f"at least {row.least}" if row.least > 1 else "any",
            _share(row.surfaced),
            percent(row.right),
            _interval(row.interval),
            f"{row.relieved.hits}/{row.relieved.of}" if row.relieved.of else "",
        )
        for it in language.surfaced
        for row in it.rows
    )
    return Table(
        title=f"{language.language}: what a person sees, one top suggestion for each problem",
        columns=(
            "origin",
            ">candidates",
            "agreeing",
            ">problems served",
            ">hidden tests pass",
            ">95 % interval",
            ">right on request",
        ),
        rows=rows,
        note="Ranked and grouped by behaviour as in the editor. The last column: of the problems without a "
        "suggestion, those in which a candidate that fails only suspect examples, offered on request, passes.",
    )


def _bodies(language: LanguageReport) -> Table:
    mutants = language.mutants
    blamed = ", ".join(f"{check} {count}" for check, count in mutants.by_check.items())
    rows = [
        ("references accepted", percent(language.references.accepted), ""),
        ("mutants rejected", percent(mutants.rejected), blamed),
        ("… of those their examples can tell", percent(mutants.detectable), ""),
        (
            "mutants that pass every example",
            f"{len(mutants.undetectable)}",
            "no run of the examples can tell",
        ),
        ("mutants shown with no example", f"{len(mutants.without_example)}", "nothing to compare with"),
    ]
    return Table(
        title=f"{language.language}: references and bodies with one known bug",
        columns=("what", ">result", "by"),
        rows=tuple(rows),
    )


def _latency(language: LanguageReport) -> Table:
    found = language.latency
    rows = [
        _latency_row("whole ladder, with examples", found.with_examples),
        _latency_row("whole ladder, every candidate", found.every),
        *(_latency_row(f"  {check}", it) for check, it in found.by_check.items()),
    ]
    return Table(
        title=f"{language.language}: latency, warm, one candidate at a time",
        columns=("what", ">judged", ">p50 ms", ">p95 ms", ">max ms"),
        rows=tuple(rows),
        note=f"Starting everything and judging the first candidate took {found.warm_up_ms:,.0f} ms, not counted above. "
        "A check's time is what it was waited for: the run goes on while the checker works.",
    )


def _latency_row(name: str, it: Latency) -> tuple[str, ...]:
    return name, f"{it.count:,}", f"{it.p50:,.1f}", f"{it.p95:,.1f}", f"{it.most:,.1f}"


def _naive(language: LanguageReport) -> Table:
    found = language.naive
    warm = median(it.warm_ms for it in found)
    rows = [("vouch, warm, whole ladder", f"{warm:,.1f}", "1.0", "")]
    for index, step in enumerate(found[0].steps):
        time = median(it.steps[index].ms for it in found)
        ended = sum(it.steps[index].ok for it in found)
        rows.append(
            (f"  {step.name}", f"{time:,.1f}", f"{time / warm:,.1f}", f"{ended} of {len(found)} exit with 0")
        )
    naive = median(it.naive_ms for it in found)
    rows.insert(1, ("fresh processes, all three", f"{naive:,.1f}", f"{naive / warm:,.1f}", ""))
    return Table(
        title=f"{language.language}: the same candidates judged by fresh processes",
        columns=("what", ">median ms", ">times", ""),
        rows=tuple(rows),
        note=f"{len(found)} candidates that meet their examples. The cost of our own confinement is taken off.",
    )


def _false_rejects(title: str, found: Sequence[FalseReject]) -> Table:
    causes = ((cause, sum(it.cause is cause for it in found)) for cause in Cause)
    said = "; ".join(f"{count}: {cause.value}" for cause, count in causes if count)
    return Table(
        title=title,
        columns=("candidate", "check", "cause", "decisive evidence"),
        rows=tuple((it.sample.record.name, it.check, it.cause.value, it.message) for it in found),
        note=said or "None.",
    )


def _wrong_lists(language: LanguageReport) -> Iterator[Table]:
    lists = (
        ("mutants that pass every example", language.mutants.undetectable),
        ("mutants shown with no example", language.mutants.without_example),
        ("shown, though the hidden tests fail", language.wrongly_shown),
    )
    for title, samples in lists:
        if samples:
            yield Table(
                title=f"{language.language}: {title} ({len(samples)})",
                columns=("candidate", "evidence"),
                rows=tuple(map(_sample_row, samples)),
                folded=True,
            )


def _sample_row(sample: Sample) -> tuple[str, str]:
    return sample.record.name, sample.verdict.summary


def _share(rate: Rate) -> str:
    return "" if rate.value is None else f"{100 * rate.value:.1f} %"


def _interval(interval: Interval | None) -> str:
    return "" if interval is None else f"{100 * interval.low:.1f} to {100 * interval.high:.1f} %"
