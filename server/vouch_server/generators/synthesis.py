"""The embedded generator: programs found by search from a function's own examples. Needs no model and no network."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Final

from vouch_server.model import Candidate, Context, GeneratorKind
from vouch_server.synthesis.goal import goal_at
from vouch_server.synthesis.proposals import Proposal, proposals
from vouch_server.synthesis.retrieval.library import Library
from vouch_server.synthesis.retrieval.records import FunctionRecord
from vouch_verifiers.settings import Setting

NAME: Final = "synthesis"
SLICE_S: Final = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisSettings:
    """Bounds on the time of one request, and on what is read of a workspace for it."""

    budget_ms: Annotated[int, Setting(doc="Time for one request, in ms.", least=10, most=60_000)] = 600
    settle_ms: Annotated[
        int, Setting(doc="Time that a likelier program is waited for, in ms.", least=0, most=60_000)
    ] = 90
    retrieval: Annotated[
        bool, Setting(doc="Whether functions of the workspace are adapted to where they would fit.")
    ] = True
    retrieval_ms: Annotated[
        int, Setting(doc="Time that one request may spend on reading files, in ms.", least=0, most=10_000)
    ] = 120
    max_files: Annotated[
        int, Setting(doc="How many files of a workspace are read at most.", least=0, most=20_000)
    ] = 400
    max_file_bytes: Annotated[
        int, Setting(doc="The largest file that is read, in bytes.", least=0, most=4_000_000)
    ] = 200_000


class Synthesis:
    """Proposes programs, the likeliest first, and gives the event loop its turn every few milliseconds."""

    def __init__(self, settings: SynthesisSettings) -> None:
        self.settings = settings
        self._library = Library(max_files=settings.max_files, max_file_bytes=settings.max_file_bytes)

    async def generate(self, context: Context, wanted: int) -> AsyncIterator[Candidate]:
        """At most `wanted` candidates, best first. Silence is an answer."""
        started = time.perf_counter()
        # Parsing goes on beside the event loop: files may be large, and none of it can be cut into slices.
        goal = await asyncio.to_thread(goal_at, context)
        if goal is None or wanted < 1:
            return
        records = await self._records(context)
        deadline = started + self.settings.budget_ms / 1000
        async with aclosing(_paced(proposals(goal, records), deadline)) as steps:
            async for proposal in self._chosen(steps, started, wanted):
                yield Candidate(text=proposal.text, generator=NAME, score=-proposal.weight)

    async def _chosen(
        self, steps: AsyncIterator[Proposal | None], started: float, wanted: int
    ) -> AsyncIterator[Proposal]:
        """The likeliest once there was time to look for a likelier one; the next when all time is used."""
        waiting: dict[str, Proposal] = {}
        sent: set[str] = set()
        patience: float | None = None
        async for proposal in steps:
            now = time.perf_counter()
            if proposal is not None and proposal.text not in sent:
                waiting[proposal.text] = proposal
                if patience is None:
                    patience = started + max(2 * (now - started), self._settle(proposal))
            if patience is not None and now >= patience and not sent:
                best = _ranked(waiting)[0]
                sent.add(waiting.pop(best.text).text)
                yield best
                if len(sent) >= wanted:
                    return
        for proposal in _ranked(waiting)[: wanted - len(sent)]:
            yield proposal

    async def _records(self, context: Context) -> list[FunctionRecord]:
        """Functions of the open documents and of the workspace, as far as they could be read in time."""
        if not self.settings.retrieval:
            return []
        snapshot = context.snapshot
        buffers = {**snapshot.others, snapshot.path: snapshot.text}
        budget_ms = self.settings.retrieval_ms
        return await asyncio.to_thread(self._library.records, snapshot.workspace, buffers, budget_ms)

    async def aclose(self) -> None:
        """There is nothing to close."""

    def _settle(self, proposal: Proposal) -> float:
        """How long to look for something likelier, in seconds; longer where the examples say little."""
        return self.settings.settle_ms * (1.0 if proposal.sure else 4.0) / 1000


async def _paced(steps: Iterator[Proposal | None], deadline: float) -> AsyncGenerator[Proposal | None, None]:
    """The steps, with the event loop's turn in between, until the deadline."""
    slice_end = time.perf_counter() + SLICE_S
    for step in steps:
        now = time.perf_counter()
        if now >= slice_end:
            await asyncio.sleep(0)
            now = time.perf_counter()
            slice_end = now + SLICE_S
        yield step
        if now >= deadline:
            return


def _ranked(waiting: dict[str, Proposal]) -> list[Proposal]:
    return sorted(waiting.values(), key=lambda it: it.weight)


SYNTHESIS = GeneratorKind(
    name=NAME,
    doc="Programs found by search from a function's own examples; needs no model.",
    settings=SynthesisSettings,
    make=Synthesis,
)
