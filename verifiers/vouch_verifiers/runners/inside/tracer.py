"""Records which of the inserted lines were executed, at a bounded cost."""

import sys
import threading
from typing import Any, Optional, Set

# Line events after which settrace is switched off: enough to see every line of real code, too few to make a hot
# loop time out.
MAX_EVENTS = 50_000
_TOOL = 3


class LineRecorder:
    """Watches the lines `first`..`last` (1-based, inclusive) of one file. `path` is its code's co_filename."""

    def __init__(self, path: str, first: int, last: int) -> None:
        self._path = path
        self._first = first
        self._last = last
        self._left = MAX_EVENTS
        self._recent: Set[int] = set()
        self.executed: Set[int] = set()

    def start(self) -> None:
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is not None:
            monitoring.use_tool_id(_TOOL, "vouch")
            monitoring.register_callback(_TOOL, monitoring.events.LINE, self._monitored)
            monitoring.set_events(_TOOL, monitoring.events.LINE)
        else:
            threading.settrace(self._global)
            sys.settrace(self._global)

    def begin(self) -> None:
        """Start a step: forget what `reached` saw before."""
        self._recent = set()
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is not None:
            monitoring.restart_events()

    @property
    def reached(self) -> bool:
        """Whether an inserted line was executed since `begin`."""
        return bool(self._recent)

    def _monitored(self, code: Any, line: int) -> Any:
        if code.co_filename == self._path and self._first <= line <= self._last:
            self._saw(line)
        return sys.monitoring.DISABLE  # type: ignore[attr-defined,unused-ignore]

    def _global(self, frame: Any, event: str, arg: Any) -> Optional[Any]:
        if self._left > 0 and frame.f_code.co_filename == self._path:
            return self._local
        return None

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
