"""What a person would see: the top suggestion for each problem, after ranking, agreement and suspects. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from vouch_server.bench.metrics import Interval, Rate, bootstrap
from vouch_server.bench.samples import Problem
from vouch_server.ranking import rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Surfaced:
    """Of all problems, those with a suggestion that `least` candidates agree on, and how many of those are right.

    `relieved` counts, of the problems without a suggestion, those with a candidate that fails only suspect
    examples and is offered on request, and in how many of them the first such candidate is right.
    """

    least: int
    surfaced: Rate
    right: Rate
    interval: Interval | None
    relieved: Rate


def surfaced(problems: Sequence[Problem], *, least: int) -> Surfaced:
    """Counted once for each problem, by its top suggestion alone."""
    tops = [(it, index) for it in problems if (index := _top(it, least)) is not None]
    known = [right for it, index in tops if (right := it.labels[index]) is not None]
    unserved = [it for it in problems if it.relieved and not rank(it.judged)]
    relieved = [it.labels[min(it.relieved)] is True for it in unserved]
    return Surfaced(
        least=least,
        surfaced=Rate(hits=len(tops), of=len(problems)),
        right=Rate(hits=sum(known), of=len(known)),
        interval=bootstrap([(int(it), 1) for it in known]),
        relieved=Rate(hits=sum(relieved), of=len(relieved)),
    )


def suspect_sentences(problems: Sequence[Problem]) -> tuple[tuple[str, str], ...]:
    """Task and sentence of every suspect example that a person would have been told of."""
    found = {(it.task, said): None for it in problems for one in it.judged[:1] for said in one.suspects}
    return tuple(found)


def _top(problem: Problem, least: int) -> int | None:
    """The place of the top suggestion; None where nobody would have seen one."""
    suggestions = rank(problem.judged)
    if not suggestions or suggestions[0].judged.agreeing < least:
        return None
    return next(place for place, it in enumerate(problem.judged) if it is suggestions[0].judged)
