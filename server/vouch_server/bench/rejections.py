"""The right ones that were not shown, and why not: every one, with a cause. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vouch_server.bench.metrics import passes
from vouch_server.bench.samples import Sample
from vouch_verifiers.model import Outcome


class Cause(StrEnum):
    """Why something right was not shown."""

    WRONG_EXAMPLE = "the example contradicts the hidden tests"
    EXAMPLE = "an example that others meet"
    TIME_OUT = "time-out"
    CHECKER = "checker"
    UNDECIDED = "could not be judged"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseReject:
    """A sample that passes its hidden tests and was not accepted."""

    sample: Sample
    check: str
    message: str
    cause: Cause


# What an example says: the same text stands in every sample of its task, whatever number it has there.
_Claim = tuple[str, str]


def false_rejects(samples: Sequence[Sample], witnesses: Sequence[Sample]) -> tuple[FalseReject, ...]:
    """The false rejects among `samples`. `witnesses` are all samples of the tasks, the references among them."""
    contradicted = _contradicted(witnesses)
    return tuple(_false_reject(it, contradicted) for it in samples if passes(it) and not it.verdict.accepted)


def _contradicted(witnesses: Iterable[Sample]) -> dict[tuple[str, str], set[_Claim]]:
    failed: dict[tuple[str, str], dict[_Claim, set[str]]] = {}
    met: dict[tuple[str, str], set[_Claim]] = {}
    for sample in witnesses:
        if not passes(sample):
            continue
        key = (sample.record.language, sample.record.task)
        for it in sample.examples:
            claim = (it.example.code, it.example.expected)
            if it.outcome is Outcome.PASSED:
                met.setdefault(key, set()).add(claim)
            else:
                texts = failed.setdefault(key, {}).setdefault(claim, set())
                texts.add("reference" if sample.record.kind == "reference" else sample.record.completion)
    return {
        key: {claim for claim, by in claims.items() if claim not in met.get(key, ()) and _enough(by)}
        for key, claims in failed.items()
    }


def _enough(failed_by: set[str]) -> bool:
    # One model's answer that passes the hidden tests may still be wrong; a reference, or two answers, are not.
    return "reference" in failed_by or len(failed_by) > 1


def _false_reject(sample: Sample, contradicted: Mapping[tuple[str, str], set[_Claim]]) -> FalseReject:
    blame = sample.verdict.decisive
    if blame is None:
        return FalseReject(sample=sample, check="", message="nothing was checked", cause=Cause.OTHER)
    wrong = contradicted.get((sample.record.language, sample.record.task), set())
    return FalseReject(
        sample=sample,
        check=blame.check,
        message=blame.finding.message or blame.finding.outcome.value,
        cause=_cause(sample, blame.check, blame.finding.outcome, wrong),
    )


def _cause(sample: Sample, check: str, outcome: Outcome, wrong: set[_Claim]) -> Cause:
    if sample.stopped_by_clock:
        return Cause.TIME_OUT
    if outcome is not Outcome.FAILED:
        return Cause.UNDECIDED
    if check == "check":
        return Cause.CHECKER
    if check == "examples":
        failures = {
            (it.example.code, it.example.expected) for it in sample.examples if it.outcome is Outcome.FAILED
        }
        return Cause.WRONG_EXAMPLE if failures <= wrong else Cause.EXAMPLE
    return Cause.OTHER
