"""What became of known bodies: references, which should be accepted, and mutants, which should not. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vouch_server.bench.metrics import Rate, passes
from vouch_server.bench.rejections import FalseReject, false_rejects
from vouch_server.bench.samples import Sample, labelled, of_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Reference bodies that pass their own hidden tests."""

    accepted: Rate
    rejected: tuple[FalseReject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutants:
    """Bodies with one known bug.

    `detectable` counts, of those that were not shown on their own examples' word, those that something failed;
    `undetectable` pass every example there is, so that no run of the examples can tell; `without_example` were
    shown with none to compare.
    `by_check` says which check rejected how many.
    """

    rejected: Rate
    detectable: Rate
    by_check: Mapping[str, int]
    undetectable: tuple[Sample, ...]
    without_example: tuple[Sample, ...]


def references(samples: Sequence[Sample]) -> References:
    """Of the references, those that pass their hidden tests here."""
    found = [it for it in of_kind(samples, "reference") if passes(it)]
    return References(
        accepted=Rate(hits=sum(it.shown for it in found), of=len(found)),
        rejected=false_rejects(found, samples),
    )


def mutants(samples: Iterable[Sample]) -> Mutants:
    """Of the mutants, those that fail their hidden tests: the others are no bugs anybody could show."""
    found = [it for it in labelled(of_kind(samples, "mutant")) if not passes(it)]
    rejected = [it for it in found if not it.shown]
    undetectable = tuple(it for it in found if it.shown and it.has_example_evidence)
    without = tuple(it for it in found if it.shown and not it.examples)
    told = len(found) - len(undetectable) - len(without)
    blamed = Counter(blame.check for it in rejected if (blame := it.verdict.decisive) is not None)
    return Mutants(
        rejected=Rate(hits=len(rejected), of=len(found)),
        detectable=Rate(hits=sum(not it.verdict.inconclusive for it in rejected), of=told),
        by_check=dict(blamed.most_common()),
        undetectable=undetectable,
        without_example=without,
    )
