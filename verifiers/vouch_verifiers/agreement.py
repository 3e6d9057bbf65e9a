"""What several candidates for one hole say together: who behaves alike, and which example none of them meets."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vouch_verifiers.model import ExampleOutcome, Outcome, Verdict

# Fewer agreeing candidates than this say nothing against a person's own example.
LEAST_WITNESSES = 3
LEAST_SHARE = 0.6
# A weak model fails a hard example in unison: only candidates that are right about several others may speak
# against one.
LEAST_OTHERS_MET = 2
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")

Behaviour = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """An example that no candidate meets while most of them agree on something else."""

    example_id: str
    code: str
    expected: str
    agreed: str
    witnesses: int
    tried: int

    @property
    def sentence(self) -> str:
        return (
            f"suspect example: `{self.code}` should give {self.expected}, but {self.witnesses} of {self.tried} "
            f"candidates give {self.agreed} and none gives {self.expected}"
        )


def behaviour(verdict: Verdict) -> Behaviour:
    """What was observed on every example and made-up input, in order; equal for candidates that act alike."""
    finding = verdict.of("examples")
    seen = finding.examples if finding is not None else ()
    return tuple((it.example.id, _ADDRESS.sub("", it.observed)) for it in seen)


def agreeing(verdicts: Sequence[Verdict]) -> tuple[int, ...]:
    """For each verdict, how many of the accepted ones behave as it does, itself included; 0 for the others.

    Candidates of which nothing was observed agree with nobody but themselves.
    """
    counts = Counter(behaviour(it) for it in verdicts if it.accepted)
    return tuple(0 if not it.accepted else counts[behaviour(it)] if behaviour(it) else 1 for it in verdicts)


def distinguishing(first: Verdict, second: Verdict) -> tuple[str, str, str] | None:
    """An input on which two candidates differ, and what each gives; None where none is known."""
    others = dict(behaviour(second))
    finding = first.of("examples")
    for it in finding.examples if finding is not None else ():
        mine = _ADDRESS.sub("", it.observed)
        if it.example.id in others and others[it.example.id] != mine:
            return it.example.code, it.observed, others[it.example.id]
    return None


def suspects(verdicts: Sequence[Verdict]) -> tuple[Suspect, ...]:
    """Examples to be reported to the person and not silently obeyed."""
    seen: dict[str, list[ExampleOutcome]] = {}
    for verdict in verdicts:
        finding = verdict.of("examples")
        for it in finding.examples if finding is not None else ():
            if it.reached and it.example.origin != "probe":
                seen.setdefault(it.example.id, []).append(it)
    return tuple(found for outcomes in seen.values() if (found := _suspect(outcomes)) is not None)


def _suspect(outcomes: list[ExampleOutcome]) -> Suspect | None:
    example = outcomes[0].example
    if any(it.outcome is not Outcome.FAILED for it in outcomes) or example.mode != "value":
        return None
    agreed, witnesses = Counter(it.observed for it in outcomes).most_common(1)[0]
    if witnesses < LEAST_WITNESSES or witnesses < LEAST_SHARE * len(outcomes):
        return None
    return Suspect(
        example_id=example.id,
        code=example.code,
        expected=example.expected.strip(),
        agreed=agreed,
        witnesses=witnesses,
        tried=len(outcomes),
    )


def could_be_relieved(verdict: Verdict, distrusted: frozenset[str]) -> bool:
    """Whether a rejected candidate failed only examples that are suspect, and met several that are not."""
    finding = verdict.of("examples")
    if verdict.accepted or finding is None or finding.outcome is not Outcome.FAILED:
        return False
    failures = {it.example.id for it in finding.examples if it.outcome is Outcome.FAILED}
    met = sum(it.outcome is Outcome.PASSED for it in finding.examples)
    return failures <= distrusted and met >= LEAST_OTHERS_MET
