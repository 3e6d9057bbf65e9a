"""Tells the editor what goes on and, whenever nothing is shown, why: vouch/status and vouch/ready.

`vouch/status`: {state, uri, language, version, passed, judged, of, why}; state is one of off, idle, generating,
checking and error. `vouch/ready`: {uri, version, position}; something passed after an empty answer, so ask again.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

STATUS = "vouch/status"
READY = "vouch/ready"


class State(StrEnum):
    OFF = "off"
    IDLE = "idle"
    GENERATING = "generating"
    CHECKING = "checking"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`uri`, `language` and `version` are those of the document it is about; empty where it is about none."""

    state: State
    why: str = ""
    uri: str = ""
    language: str = ""
    version: int | None = None
    passed: int = 0
    judged: int = 0
    of: int = 0


class StatusLine:
    """Sends a status when it differs from the one before."""

    def __init__(self, notify: Callable[[str, Any], None]) -> None:
        self._notify = notify
        self.current: Status | None = None

    def say(self, status: Status) -> None:
        if status != self.current:
            self.current = status
            self._notify(STATUS, asdict(status))
