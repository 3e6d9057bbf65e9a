"""Judges recorded completions on one warm workbench, each text once and one at a time so that times mean something."""

from collections.abc import AsyncIterator, Iterable, Sequence
from time import perf_counter

from vouch_server.bench.records import Record
from vouch_server.bench.samples import Problem, Sample, of_kind
from vouch_server.model import Candidate, Judged
from vouch_verifiers import agreement, engine
from vouch_verifiers.model import Trial
from vouch_verifiers.workbench import Workbench


def trial_of(record: Record, workbench: Workbench) -> Trial:
    """The record as a file of the workbench's empty workspace. It is not written."""
    return Trial(
        language=record.language,
        path=workbench.root / record.path,
        prefix=record.prefix,
        completion=record.completion,
        suffix=record.suffix,
        workspace=workbench.root,
    )


async def warm_up(records: Sequence[Record], workbench: Workbench) -> float:
    """Judge the first record of each language and forget it; what that took, in milliseconds."""
    started = perf_counter()
    for language in dict.fromkeys(it.language for it in records):
        first = next(it for it in records if it.language == language and it.completion.strip())
        await engine.judge(trial_of(first, workbench), workbench)
    return (perf_counter() - started) * 1000


async def replay(records: Iterable[Record], workbench: Workbench) -> AsyncIterator[Sample]:
    """Every record judged as if it were the only one, nothing remembered from one to the next."""
    for record in records:
        started = perf_counter()
        verdict = await engine.judge(trial_of(record, workbench), workbench)
        yield Sample(record=record, verdict=verdict, ms=(perf_counter() - started) * 1000)


def problems(samples: Sequence[Sample], workbench: Workbench, *, most: int | None) -> list[Problem]:
    """The real samples by task and origin, at most so many of each, put together as the product does."""
    groups: dict[tuple[str, str, str], list[Sample]] = {}
    for it in of_kind(samples, "real"):
        groups.setdefault((it.record.language, it.record.task, it.record.origin), []).append(it)
    return [_problem(sorted(it, key=_order)[:most], workbench) for it in groups.values()]


def _order(sample: Sample) -> int:
    return sample.record.sample


def _problem(samples: Sequence[Sample], workbench: Workbench) -> Problem:
    distinct = list({it.record.completion: it for it in reversed(samples)}.values())[::-1]
    trials = [trial_of(it.record, workbench) for it in distinct]
    verdicts = [it.verdict for it in distinct]
    suspects = agreement.suspects(verdicts)
    distrusted = frozenset(it.example_id for it in suspects)
    # Shown only to a person who asks: counted, but not among what is shown.
    relieved = frozenset(
        index for index, it in enumerate(verdicts) if agreement.could_be_relieved(it, distrusted)
    )
    said = tuple(it.sentence for it in suspects)
    judged = tuple(
        Judged(
            candidate=Candidate(text=trial.completion, generator=samples[0].record.origin),
            trial=trial,
            verdict=verdict,
            agreeing=agreeing,
            sampled=len(verdicts),
            suspects=said,
        )
        for trial, verdict, agreeing in zip(trials, verdicts, agreement.agreeing(verdicts), strict=True)
    )
    first = samples[0].record
    return Problem(
        language=first.language,
        task=first.task,
        origin=first.origin,
        proposed=len(samples),
        judged=judged,
        labels=tuple(it.record.hidden_pass for it in distinct),
        relieved=relieved,
    )
