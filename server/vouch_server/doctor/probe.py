"""What was tried and what came of it. Values only."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """ABSENT is not there at all; BROKEN is there and does not do what it should; OFF was never asked for."""

    WORKS = "works"
    ABSENT = "absent"
    BROKEN = "broken"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One thing that was tried. `remedy` says how to get what is missing; "" where nothing is.

    `kind` is python, sandbox, worker, checks, generator or "main job".
    """

    kind: str
    name: str
    state: State
    detail: str = ""
    remedy: str = ""
    ms: float = 0.0

    @property
    def works(self) -> bool:
        return self.state is State.WORKS


class Absent(Exception):
    """What was to be tried is not on this machine. The message says so to a person."""


class Off(Exception):
    """What was to be tried is not configured. The message says how to configure it."""


class Broken(Exception):
    """It is there and does not do what it should. The message says what it did instead."""
