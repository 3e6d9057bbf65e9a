"""Records which of the inserted lines were executed, at a bounded cost."""

import dis
import sys
import threading
import types
from typing import Any, Dict, Optional, Set, Tuple

# Line events of one step after which settrace is switched off: enough to see every line of real code, too few to
# make a hot loop time out.
MAX_EVENTS = 50_000
_TOOL = 3
_SUSPENDED = (
    (types.GeneratorType, "gi_code"),
    (types.CoroutineType, "cr_code"),
    (types.AsyncGeneratorType, "ag_code"),
)


class LineRecorder:
    """Watches the lines `first`..`last` (1-based, inclusive) of one file. `path` is its code's co_filename.

    `elsewhere` says that other code of the file ran since `begin`.
    """

    def __init__(self, path: str, first: int, last: int) -> None:
        self._path = path
        self._first = first
        self._last = last
        self._left = MAX_EVENTS
        self._recent: Set[int] = set()
        self._known: Dict[int, Tuple[types.CodeType, bool]] = {}
        self.elsewhere = False
        self.executed: Set[int] = set()

    def start(self) -> None:
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is not None:
            monitoring.use_tool_id(_TOOL, "vouch")
            monitoring.register_callback(_TOOL, monitoring.events.LINE, self._monitored)
            monitoring.set_events(_TOOL, monitoring.events.LINE)
        else:
            threading.settrace(self._global)

    def begin(self) -> None:
        """Start a step: forget what `reached` saw before."""
        self._recent = set()
        self.elsewhere = False
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is not None:
            monitoring.restart_events()
        else:
            self._left = MAX_EVENTS
            sys.settrace(self._global)

    def met(self, value: Any) -> None:
        """Take note of what a step gave. A generator or coroutine of the inserted code was reached, although calling
        it ran none of its lines."""
        for kind, attribute in _SUSPENDED:
            if isinstance(value, kind) and self._holds(getattr(value, attribute)):
                self._recent.add(0)

    @property
    def reached(self) -> bool:
        """Whether an inserted line was executed since `begin`."""
        return bool(self._recent)

    def _monitored(self, code: Any, line: int) -> Any:
        if code.co_filename == self._path:
            if self._first <= line <= self._last:
                self._saw(line)
            else:
                self.elsewhere = True
        return sys.monitoring.DISABLE  # type: ignore[attr-defined,unused-ignore]

    def _global(self, frame: Any, event: str, arg: Any) -> Optional[Any]:
        # Only code that holds inserted lines is watched: a busy function beside it would use up the events.
        if self._holds(frame.f_code):
            return self._local if self._left > 0 else None
        self.elsewhere = self.elsewhere or frame.f_code.co_filename == self._path
        return None

    def _holds(self, code: types.CodeType) -> bool:
        if code.co_filename != self._path:
            return False
        known = self._known.get(id(code))
        if known is None:
            lines = [line or 0 for _, line in dis.findlinestarts(code)]
            held = code.co_firstlineno <= self._last and self._first <= max(lines, default=0)
            # Kept alive with the answer, so that its id stays its own.
            known = self._known[id(code)] = (code, held)
        return known[1]

    def _local(self, frame: Any, event: str, arg: Any) -> Optional[Any]:
        if event == "line":
            line = frame.f_lineno
            if self._first <= line <= self._last:
                self._saw(line)
            self._left -= 1
            if self._left <= 0:
                sys.settrace(None)
                return None
        return self._local

    def _saw(self, line: int) -> None:
        self._recent.add(line)
        self.executed.add(line)


class Aftermath:
    """Follows the steps of one session, and tells which look at what inserted code left behind."""

    def __init__(self) -> None:
        self._reached = False
        self._mixed = False

    def shown_by(self, recorder: LineRecorder) -> bool:
        """Whether the step that just ended ran no code of the file, after one that ran the inserted code.

        Once other functions of the file had their turn, perhaps unfinished ones, what is left is not the candidate's
        alone.
        """
        shown = self._reached and not (self._mixed or recorder.reached or recorder.elsewhere)
        self._mixed = self._mixed or (self._reached and recorder.elsewhere and not recorder.reached)
        self._reached = self._reached or recorder.reached
        return shown
