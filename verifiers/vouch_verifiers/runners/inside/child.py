"""A forked candidate as its worker sees it: what it reports, whether it has ended, and how."""

import os
from typing import Optional

from vouch_verifiers.runners.inside import wire

MAX_FRAME = 1024 * 1024


class Child:
    """A forked candidate as the worker sees it."""

    def __init__(self, pid: int, reader: int, go: int) -> None:
        self.pid = pid
        self.reader = reader
        self.go = go
        self.pidfd = os.pidfd_open(pid)
        self.inner: Optional[int] = None
        self.splitter = wire.Splitter(MAX_FRAME)
        self.total = 0
        self._status: Optional[int] = None
        self._held = -1

    def stop_reading(self) -> None:
        """Its end of the pipe is closed: put something that is never ready in its place."""
        reader, writer = os.pipe()
        os.dup2(reader, self.reader)
        os.close(reader)
        self._held = writer

    def status(self) -> Optional[int]:
        """Exit status as a shell would give it; None while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                signalled = os.WIFSIGNALED(status)
                self._status = 128 + os.WTERMSIG(status) if signalled else os.WEXITSTATUS(status)
        return self._status

    def close(self) -> None:
        for fd in (self.reader, self.go, self.pidfd, self._held):
            if fd >= 0:
                os.close(fd)
