"""Puts what was judged into the order in which it is shown. Pure; knows neither generators nor editors."""

from collections.abc import Sequence

from vouch_server.model import Judged, Suggestion
from vouch_verifiers.model import Outcome

_ORACLES = ("examples", "tests")


def rank(judged: Sequence[Judged]) -> tuple[Suggestion, ...]:
    """The accepted ones, best first: by what speaks for them, the generator's score, the order of arrival."""
    accepted = [it for it in judged if it.verdict.accepted]
    # sorted() is stable under reverse too, so equal candidates stay in the order in which they were proposed.
    ordered = sorted(accepted, key=lambda it: (strength(it), it.candidate.score), reverse=True)
    return tuple(Suggestion(judged=it, id=it.trial.key()) for it in ordered)


def strength(judged: Judged) -> tuple[bool, int, float]:
    """What speaks for a candidate, to be compared: whether an example or a test passed, how many candidates
    agree, and the share of the inserted lines that were run."""
    findings = [finding for it in _ORACLES if (finding := judged.verdict.of(it)) is not None]
    met = any(it.outcome is Outcome.PASSED for it in findings)
    return met, judged.agreeing, _share_run(judged)


def _share_run(judged: Judged) -> float:
    run = judged.verdict.of("run")
    if run is None or not run.inserted_lines:
        return 0.0
    return run.executed_lines / run.inserted_lines
