"""The generator and the workbenches that the current settings and trust allow. Knows no editor."""

import asyncio
import logging
from pathlib import Path

from vouch_server.model import Generator, GeneratorFault
from vouch_server.pipeline import Verify, verify_for_real
from vouch_server.registry import generators
from vouch_server.settings import Settings
from vouch_verifiers.workbench import Workbench

log = logging.getLogger(__name__)


class Workshop:
    """Owns what is warm. Whoever changes settings or trust stops the work that uses it first."""

    def __init__(self, settings: Settings, *, trusted: bool, verify: Verify = verify_for_real) -> None:
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

    async def change_settings(self, settings: Settings) -> None:
        """Close only what the change makes wrong: a new time limit must not cost a warm type checker."""
        former, self.settings = self.settings, settings
        if former.verifiers != settings.verifiers:
            await self._close_workbenches()
        if (former.generator, former.generators) != (settings.generator, settings.generators):
            await self._close_generator()

    async def change_trust(self, trusted: bool) -> None:
        if trusted != self.trusted:
            self.trusted = trusted
            await self._close_workbenches()

    async def close_workbench(self, root: Path) -> None:
        """Close the tools of a folder that is not worked in any more."""
        workbench = self._workbenches.pop(root, None)
        if workbench is not None:
            await workbench.aclose()

    async def aclose(self) -> None:
        await asyncio.gather(self._close_workbenches(), self._close_generator())

    async def _close_workbenches(self) -> None:
        # Emptied before the first await, so that whoever asks meanwhile gets a fresh one.
        workbenches, self._workbenches = list(self._workbenches.values()), {}
        await asyncio.gather(*(it.aclose() for it in workbenches))

    async def _close_generator(self) -> None:
        generator, self._generator = self._generator, None
        if generator is not None:
            await generator.aclose()
