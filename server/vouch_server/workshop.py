"""The generator and the workbenches that the current settings and trust allow. Knows no editor."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from vouch_server.model import Generator, GeneratorFault
from vouch_server.pipeline import Verify
from vouch_server.registry import generators
from vouch_server.settings import Reading, Settings, SettingsFault, read_workspace
from vouch_server.workspace_table import read_table
from vouch_verifiers import engine
from vouch_verifiers.workbench import Workbench

log = logging.getLogger(__name__)


class Workshop:
    """Owns what is warm. Whoever changes settings or trust stops the work that uses it first."""

    def __init__(self, settings: Settings, *, trusted: bool, verify: Verify = engine.verify) -> None:
        self.settings = settings
        self.trusted = trusted
        self.verify = verify
        self._generator: Generator | None = None
        self._workbenches: dict[Path, Workbench] = {}
        self._tables: dict[Path, Mapping[str, Any]] = {}

    def generator(self) -> Generator:
        """The chosen generator, made when first asked for. Raises GeneratorFault."""
        if self._generator is None:
            kind = generators().get(self.settings.generator)
            if kind is None:
                raise GeneratorFault(f"there is no generator {self.settings.generator!r}")
            self._generator = kind.make(self.settings.of(kind))
        return self._generator

    async def settings_in(self, root: Path) -> Settings:
        """The person's settings as tightened by what lies under `root` says of itself, which is read once."""
        if root not in self._tables:
            await self.read_again(root)
        return self._reading(root).settings

    async def workbench(self, root: Path) -> Workbench:
        """The warm tools for what lies under `root`. Nothing is started before something is to be judged."""
        settings = await self.settings_in(root)
        known = self._workbenches.get(root)
        if known is None:
            known = Workbench(root=root, settings=settings.verifiers, trusted=self.trusted)
            self._workbenches[root] = known
        return known

    def is_open(self, workbench: Workbench) -> bool:
        """Whether a workbench is still the one that is worked with."""
        return self._workbenches.get(workbench.root) is workbench

    def has_read(self, root: Path) -> bool:
        """Whether the own settings of a folder were read, so that a change of them matters."""
        return root in self._tables

    async def read_again(self, root: Path) -> tuple[str, ...]:
        """Read what a folder says of itself; a line for a person about each thing in it that does not hold.

        A file that cannot be read leaves in force what it said before. A workbench that was made under other
        settings is left to the caller: see `outdated`.
        """
        try:
            table = await asyncio.to_thread(read_table, root)
        except SettingsFault as fault:
            self._tables.setdefault(root, {})
            problems: tuple[str, ...] = (str(fault),)
        else:
            self._tables[root] = table
            problems = self._reading(root).problems
        for problem in problems:
            log.warning("%s: %s", root, problem)
        return problems

    def outdated(self, root: Path) -> bool:
        """Whether the workbench of a folder was made under settings that hold no more."""
        workbench = self._workbenches.get(root)
        return workbench is not None and workbench.settings != self._reading(root).settings.verifiers

    def files_changed(self) -> None:
        """Say that files on disk changed: verdicts reached before count no more."""
        for workbench in self._workbenches.values():
            workbench.files_changed()

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
        """Close the tools of a folder that is not worked in any more, or not as before."""
        workbench = self._workbenches.pop(root, None)
        if workbench is not None:
            await workbench.aclose()

    async def aclose(self) -> None:
        await _close([*self._take_workbenches(), *self._take_generator()])

    def _reading(self, root: Path) -> Reading:
        return read_workspace(self.settings, self._tables.get(root, {}))

    def _take_workbenches(self) -> list[Workbench]:
        workbenches, self._workbenches = list(self._workbenches.values()), {}
        return workbenches

    def _take_generator(self) -> list[Generator]:
        generator, self._generator = self._generator, None
        return [generator] if generator is not None else []


async def _close(stale: Sequence[Workbench | Generator]) -> None:
    await asyncio.gather(*(it.aclose() for it in stale))
