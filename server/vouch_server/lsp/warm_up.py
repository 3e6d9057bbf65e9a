"""Starts ahead, once for each workbench and language, what judging an open document will need."""

import asyncio
from weakref import WeakKeyDictionary

from vouch_server import syntax
from vouch_server.model import Snapshot
from vouch_server.workshop import Workshop
from vouch_verifiers import engine
from vouch_verifiers.workbench import Workbench

TIMEOUT_S = 60.0


class WarmUp:
    """Owns the memory of what was warmed: a workbench that was replaced is warmed again."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._warmed: WeakKeyDictionary[Workbench, set[str]] = WeakKeyDictionary()

    async def due(self, snapshot: Snapshot) -> bool:
        """Whether what a document needs was not warmed yet."""
        workbench = await self._workshop.workbench(snapshot.root)
        return snapshot.language not in self._warmed.get(workbench, set())

    async def warm(self, snapshot: Snapshot) -> str:
        """Warm what a document needs. Why that is not possible; "" when it is."""
        workbench = await self._workshop.workbench(snapshot.root)
        warmed = self._warmed.setdefault(workbench, set())
        warmed.add(snapshot.language)
        try:
            # The first look at a syntax tree loads the grammar.
            await asyncio.to_thread(syntax.place, snapshot.language, snapshot.text, 0)
            async with asyncio.timeout(TIMEOUT_S):
                why = await engine.warm(workbench, snapshot.language, snapshot.path)
        except TimeoutError:
            why = f"what checks {snapshot.language} did not start within {TIMEOUT_S:.0f} s"
        except asyncio.CancelledError:
            warmed.discard(snapshot.language)
            raise
        # What was closed meanwhile says so as if it had failed.
        return why if self._workshop.is_open(workbench) else ""
