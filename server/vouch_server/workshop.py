"""The generator and the workbenches that the current settings and trust allow. Knows no editor."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from vouch_server.model import Generator, GeneratorFault
from vouch_server.pipeline import Verify
from vouch_server.registry import generators
from vouch_server.settings import Settings
from vouch_verifiers import engine
from vouch_verifiers.workbench import Workbench


class Workshop:
    """Owns what is warm. Whoever changes settings or trust stops the work that uses it first."""

    def __init__(self, settings: Settings, *, trusted: bool, verify: Verify = engine.verify) -> None:
        self.settings = settings
        self.trusted = trusted
        self.verify = verify
        self._generator: Generator | None = None
        self._workbenches: dict[Path, Workbench] = {}

    def generator(self) -> Generator:
        """The chosen generator, made when first asked for. Raises GeneratorFault."""
        if self._generator is None:
            kind = generators().get(self.settings.generator)
            if kind is None:
                raise GeneratorFault(f"there is no generator {self.settings.generator!r}")
            self._generator = kind.make(self.settings.of(kind))
        return self._generator

    def workbench(self, root: Path) -> Workbench:
        """The warm tools for what lies under `root`. Nothing is started before something is to be judged."""
        known = self._workbenches.get(root)
        if known is None:
            known = Workbench(root=root, settings=self.settings.verifiers, trusted=self.trusted)
            self._workbenches[root] = known
        return known

    def change_settings(self, settings: Settings) -> Coroutine[Any, Any, None]:
        """Holds at once; await the result to have closed what the change makes wrong, and no more than that.

        A new time limit for the generator must not cost a warm type checker.
        """
        former, self.settings = self.settings, settings
        stale: list[Workbench | Generator] = []
        if former.verifiers != settings.verifiers:
            stale += self._take_workbenches()
        if (former.generator, former.generators) != (settings.generator, settings.generators):
            stale += self._take_generator()
        return _close(stale)

    def change_trust(self, trusted: bool) -> Coroutine[Any, Any, None]:
        """Holds at once; await the result to have closed what was started under the former trust."""
        stale = self._take_workbenches() if trusted != self.trusted else []
        self.trusted = trusted
        return _close(stale)

    async def close_workbench(self, root: Path) -> None:
        """Close the tools of a folder that is not worked in any more."""
        workbench = self._workbenches.pop(root, None)
        if workbench is not None:
            await workbench.aclose()

    async def aclose(self) -> None:
        await _close([*self._take_workbenches(), *self._take_generator()])

    def _take_workbenches(self) -> list[Workbench]:
        workbenches, self._workbenches = list(self._workbenches.values()), {}
        return workbenches

    def _take_generator(self) -> list[Generator]:
        generator, self._generator = self._generator, None
        return [generator] if generator is not None else []


async def _close(stale: Sequence[Workbench | Generator]) -> None:
    await asyncio.gather(*(it.aclose() for it in stale))
