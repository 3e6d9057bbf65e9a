"""Which of a project's functions are like the one that is asked for."""

from collections.abc import Iterable, Iterator
from typing import Final

from vouch_server.synthesis.goal import Goal
from vouch_server.synthesis.program import Program
from vouch_server.synthesis.retrieval.adapt import adapted
from vouch_server.synthesis.retrieval.records import FunctionRecord, annotations_of
from vouch_server.synthesis.words import stems

LEAST: Final = 2.2
MOST: Final = 3


def retrieved(goal: Goal, records: Iterable[FunctionRecord]) -> Iterator[Program | None]:
    """Bodies of the likest functions, adapted to the goal, likest first; None in between."""
    if not goal.hole.statements or len(goal.hole.function.body) > 2:
        return
    scored: list[tuple[float, FunctionRecord]] = []
    for count, record in enumerate(records):
        if count % 50 == 0:
            yield None
        score = likeness(goal, record)
        if score >= LEAST:
            scored.append((score, record))
    found = 0
    for score, record in sorted(scored, key=lambda it: -it[0]):
        yield None
        lines = adapted(record, goal)
        if lines is not None:
            yield Program(lines=lines, weight=30.0 - 4.0 * score)
            found += 1
        if found == MOST:
            return


def likeness(goal: Goal, record: FunctionRecord) -> float:
    """From 0 to about 6: words of the name count most, then parameters, documentation and annotations."""
    if len(record.parameters) != len(goal.parameters):
        return 0.0
    named = _share(goal.named, record.named)
    described = _share(goal.described, record.described)
    mine = stems(" ".join(goal.parameters))
    parameters = _share(mine, stems(" ".join(record.parameters)))
    theirs, ours = record.annotations, annotations_of(goal.hole.function)
    typed = sum(1 for a, b in zip(ours, theirs, strict=False) if a and a == b) / max(1, len(ours))
    return 3.0 * named + 1.2 * parameters + 1.2 * described + 0.6 * typed


def _share(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0
