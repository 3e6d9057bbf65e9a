"""One trial being judged: the trial, the warm tools it may use, and what its checks share on the way."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from vouch_verifiers.model import Trial
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.workbench import Workbench

T = TypeVar("T")


class Examination:
    """Handed to every check. `shared` runs a piece of work once, however many checks ask for it."""

    def __init__(self, *, trial: Trial, workbench: Workbench) -> None:
        self.trial = trial
        self.workbench = workbench
        self._shared: dict[str, Any] = {}

    @property
    def settings(self) -> VerifierSettings:
        return self.workbench.settings

    async def shared(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """The result of `work`, computed by the first check that asks and kept for the others."""
        if key not in self._shared:
            self._shared[key] = await work()
        value: T = self._shared[key]
        return value
