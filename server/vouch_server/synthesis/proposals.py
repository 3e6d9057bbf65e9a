"""All that synthesis has to propose at a cursor, from every source, in steps between which it can be stopped."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vouch_server.synthesis.goal import Goal
from vouch_server.synthesis.ideas import ideas
from vouch_server.synthesis.program import Program, text_in
from vouch_server.synthesis.retrieval.records import FunctionRecord
from vouch_server.synthesis.retrieval.search import retrieved
from vouch_server.synthesis.solve import Search

FARTHEST: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Text for the hole. `weight` orders proposals, lower is better; `sure`: the examples speak clearly for it."""

    text: str
    weight: float
    sure: bool = False


def proposals(goal: Goal, records: Sequence[FunctionRecord]) -> Iterator[Proposal | None]:
    """Proposals as they are found, None in between; a text again only where it turns out to be likelier."""
    lightest: dict[str, float] = {}
    for proposal in itertools.chain(_by_likeness(goal, records), _by_search(goal)):
        if proposal is None:
            yield None
            continue
        text = proposal.text.strip()
        if not text or lightest.get(text, float("inf")) <= proposal.weight:
            continue
        lightest[text] = proposal.weight
        yield proposal


def _by_likeness(goal: Goal, records: Sequence[FunctionRecord]) -> Iterator[Proposal | None]:
    programs: Iterator[Program | None] = retrieved(goal, records)
    if not goal.rows:
        programs = itertools.chain(ideas(goal), programs)
    for program in programs:
        text = None if program is None else text_in(goal.hole, program)
        yield None if program is None or text is None else Proposal(text=text, weight=program.weight)


def _by_search(goal: Goal) -> Iterator[Proposal | None]:
    if not goal.rows:
        return
    search = Search(goal)
    lightest = float("inf")
    for program in search.run():
        if program is None:
            yield None
            continue
        text = text_in(goal.hole, program)
        lightest = min(lightest, program.weight)
        # What only goes on from half a word while something much likelier does not is a coincidence.
        if text is not None and program.weight <= lightest + FARTHEST:
            yield Proposal(text=text, weight=program.weight, sure=program.weight <= search.evidence / 2)
