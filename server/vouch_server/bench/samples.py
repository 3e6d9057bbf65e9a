"""A recorded completion and what Vouch said of it. Values only."""

from collections.abc import Iterable
from dataclasses import dataclass

from vouch_server.bench.records import Record
from vouch_server.model import Judged
from vouch_verifiers.model import ExampleOutcome, Outcome, Verdict

# Marks of the checks' wording for code that was stopped by a clock.
_TIME_OUTS = ("in time", "still running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A record with its verdict; `ms` is the wall clock of the whole ladder."""

    record: Record
    verdict: Verdict
    ms: float

    @property
    def shown(self) -> bool:
        return self.verdict.accepted

    @property
    def has_example_evidence(self) -> bool:
        """Whether at least one example held and none failed."""
        finding = self.verdict.of("examples")
        return finding is not None and finding.outcome is Outcome.PASSED

    @property
    def examples(self) -> tuple[ExampleOutcome, ...]:
        """The examples that reached the candidate and were compared."""
        finding = self.verdict.of("examples")
        outcomes = finding.examples if finding is not None else ()
        return tuple(it for it in outcomes if it.outcome in (Outcome.PASSED, Outcome.FAILED))

    @property
    def stopped_by_clock(self) -> bool:
        blame = self.verdict.decisive
        return blame is not None and any(it in blame.finding.message for it in _TIME_OUTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All that one origin proposed for one task, judged together as the product does.

    `judged` are the distinct texts of the `proposed` ones in the order of proposal; `labels` say of each whether
    the hidden tests pass. `relieved` are the places of those that failed suspect examples only.
    """

    language: str
    task: str
    origin: str
    proposed: int
    judged: tuple[Judged, ...]
    labels: tuple[bool | None, ...]
    relieved: frozenset[int] = frozenset()


def of_language(samples: Iterable[Sample], language: str) -> tuple[Sample, ...]:
    return tuple(it for it in samples if it.record.language == language)


def of_kind(samples: Iterable[Sample], kind: str) -> tuple[Sample, ...]:
    return tuple(it for it in samples if it.record.kind == kind)


def labelled(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """Those whose outcome is known."""
    return tuple(it for it in samples if it.record.hidden_pass is not None)


def origins(samples: Iterable[Sample]) -> tuple[str, ...]:
    """In order of appearance."""
    return tuple(dict.fromkeys(it.record.origin for it in samples))
