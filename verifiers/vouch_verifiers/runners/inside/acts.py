"""Notes what a candidate does to the world around it: what the sandbox stops, its caller's machine would not.

By audit hooks (PEP 578), which Python code cannot take away again.
"""

import os
import sys
from typing import Any, Callable, Dict, List, Tuple

STARTS = "starts a process"
CONNECTS = "uses the network"
REMOVES = "removes or renames files"
WRITES = "writes files outside its scratch directory"
SIGNALS = "signals processes"

_EVENTS = {
    "os.system": STARTS,
    "os.exec": STARTS,
    "os.posix_spawn": STARTS,
    "subprocess.Popen": STARTS,
    "socket.connect": CONNECTS,
    "socket.sendto": CONNECTS,
    "socket.getaddrinfo": CONNECTS,
    "os.remove": REMOVES,
    "os.rename": REMOVES,
    "os.rmdir": REMOVES,
    "shutil.rmtree": REMOVES,
    "os.kill": SIGNALS,
    "os.killpg": SIGNALS,
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class ActRecorder:
    """What was done by code called from the inserted lines `first`..`last` (1-based) of one file."""

    def __init__(self, path: str, first: int, last: int, scratch: str) -> None:
        self._path, self._first, self._last = path, first, last
        self._scratch = (scratch + os.sep, "/dev/")
        self.seen: List[str] = []

    def start(self) -> None:
        # Bound now, since a candidate may replace what these names mean.
        sys.addaudithook(_hook(self._kind, self._is_ours, self.seen))

    def _kind(self, event: str, args: Tuple[Any, ...]) -> str:
        kind = _EVENTS.get(event, "")
        paths = [it for it in args[:2] if isinstance(it, str)]
        if event == "open" and paths and isinstance(args[2], int) and args[2] & _WRITING:
            kind = WRITES
        if event in ("os.remove", "os.rmdir") and args[-1] != -1:
            # Relative to an open folder, as within shutil.rmtree, which has told of the tree.
            return ""
        inside = bool(paths) and all(os.path.abspath(it).startswith(self._scratch) for it in paths[:1])
        return "" if kind in (WRITES, REMOVES) and inside else kind

    def _is_ours(self) -> bool:
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename == self._path and self._first <= frame.f_lineno <= self._last:
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return False


def _hook(
    kind_of: Callable[[str, Tuple[Any, ...]], str], is_ours: Callable[[], bool], seen: List[str]
) -> Callable[[str, Tuple[Any, ...]], None]:
    interesting: Dict[str, str] = dict(_EVENTS, open=WRITES)

    def hook(event: str, args: Tuple[Any, ...]) -> None:
        if event in interesting:
            kind = kind_of(event, args)
            if kind and kind not in seen and is_ours():
                seen.append(kind)

    return hook
