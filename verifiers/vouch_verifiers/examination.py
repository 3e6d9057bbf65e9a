"""One trial being judged: the trial, the warm tools it may use, and what its checks share on the way."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

from vouch_verifiers.model import Trial
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.workbench import Workbench

T = TypeVar("T")


@runtime_checkable
class Cancellable(Protocol):
    """Work that goes on in the background until it is done or cancelled."""

    async def cancel(self) -> None: ...


class Examination:
    """Handed to every check. `shared` runs a piece of work once, however many checks ask for it.

    `distrusted` are the ids of examples that are not to decide anything.
    """

    def __init__(
        self, *, trial: Trial, workbench: Workbench, distrusted: frozenset[str] = frozenset()
    ) -> None:
        self.trial = trial
        self.distrusted = distrusted
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

    def replace(self, key: str, value: object) -> None:
        """Put another value in the place of a shared one, for the checks to come."""
        self._shared[key] = value

    async def aclose(self) -> None:
        """End what shared work still goes on."""
        for value in self._shared.values():
            if isinstance(value, Cancellable):
                await value.cancel()
