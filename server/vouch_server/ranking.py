"""Puts what was judged into the order in which it is shown. Pure; knows neither generators nor editors."""

from collections.abc import Sequence

from vouch_server.model import Judged, Suggestion


def rank(judged: Sequence[Judged]) -> tuple[Suggestion, ...]:
    """The accepted ones, best first: most agreeing, then the generator's score, then the order of arrival."""
    accepted = [it for it in judged if it.verdict.accepted]
    # sorted() is stable, so equal candidates stay in the order in which they were proposed.
    ordered = sorted(accepted, key=lambda it: (-it.agreeing, -it.candidate.score))
    return tuple(Suggestion(judged=it, id=it.trial.key()) for it in ordered)
