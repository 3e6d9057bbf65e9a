"""What judging is worth, in numbers: precision and recall after each check, intervals, latency. Pure."""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from vouch_server.bench.samples import Sample, labelled
from vouch_verifiers.model import Outcome, Verdict

RESAMPLES = 2_000
# Fixed, so that the same verdicts give the same interval.
_SEED = 20_240_607


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`hits` out of `of`; its value is None where there was nothing to count."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Bounds of a share, both from 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """After one check: how many are left, how many of those are right, and how many of the right ones are left."""

    name: str
    kept: Rate
    precision: Rate
    recall: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Milliseconds over `count` measurements; all 0 where there were none."""

    count: int
    p50: float
    p95: float
    most: float


def rate(items: Iterable[Sample], good: Callable[[Sample], bool]) -> Rate:
    """How many of the items are good."""
    verdicts = [good(it) for it in items]
    return Rate(hits=sum(verdicts), of=len(verdicts))


def passes(sample: Sample) -> bool:
    """Whether the hidden tests pass."""
    return sample.record.hidden_pass is True


def survives(verdict: Verdict, checks: Sequence[str]) -> bool:
    """Whether those checks alone would have left the candidate in."""
    wanted = verdict.required | verdict.applicable
    for it in verdict.evidence:
        if it.check not in checks:
            continue
        outcome = it.finding.outcome
        if outcome is Outcome.FAILED or (outcome is Outcome.INCONCLUSIVE and it.check in wanted):
            return False
    return True


def ladder(samples: Sequence[Sample], checks: Sequence[str]) -> tuple[Rung, ...]:
    """A rung for no check at all, one after each check, and one for what is shown in the end."""
    known = labelled(samples)
    rungs = [_rung("no check", known, known)]
    rungs += [
        _rung(name, [it for it in known if survives(it.verdict, checks[: number + 1])], known)
        for number, name in enumerate(checks)
    ]
    return (*rungs, _rung("shown", [it for it in known if it.shown], known))


def precision_interval(samples: Sequence[Sample]) -> Interval | None:
    """95 % of the precision of these, by resampling whole tasks: samples of one task are not independent."""
    tasks: dict[str, list[bool]] = defaultdict(list)
    for it in labelled(samples):
        tasks[it.record.task].append(passes(it))
    return bootstrap([(sum(it), len(it)) for it in tasks.values()])


def bootstrap(groups: Sequence[tuple[int, int]], *, resamples: int = RESAMPLES) -> Interval | None:
    """The middle 95 % of the share of hits when the groups of (hits, of) are drawn anew; None for no groups."""
    if not groups:
        return None
    chance = random.Random(_SEED)  # noqa: S311 - statistics, not secrets
    shares = []
    for _ in range(resamples):
        drawn = chance.choices(groups, k=len(groups))
        of = sum(it[1] for it in drawn)
        if of:
            shares.append(sum(it[0] for it in drawn) / of)
    if not shares:
        return None
    shares.sort()
    return Interval(low=percentile(shares, 0.025), high=percentile(shares, 0.975))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the ascending values that `share` of them do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def latency(times_ms: Iterable[float]) -> Latency:
    """Percentiles of some times."""
    ordered = sorted(times_ms)
    if not ordered:
        return Latency(count=0, p50=0.0, p95=0.0, most=0.0)
    return Latency(
        count=len(ordered), p50=percentile(ordered, 0.5), p95=percentile(ordered, 0.95), most=ordered[-1]
    )


def latency_by_check(samples: Iterable[Sample]) -> Mapping[str, Latency]:
    """The time of each check where it was run, in order of the ladder."""
    times: dict[str, list[float]] = {}
    for sample in samples:
        for it in sample.verdict.evidence:
            times.setdefault(it.check, []).append(it.ms)
    return {check: latency(found) for check, found in times.items()}


def _rung(name: str, left: Sequence[Sample], all_known: Sequence[Sample]) -> Rung:
    right = rate(left, passes)
    return Rung(
        name=name,
        kept=Rate(hits=len(left), of=len(all_known)),
        precision=right,
        recall=Rate(hits=right.hits, of=rate(all_known, passes).hits),
    )
