"""The fork server: stays warm, forks one confined process per candidate, relays what it reports, and ends it.

Its argument is the options as JSON. It speaks frames on the standard streams it was given. A candidate never sees
those streams; it writes to a pipe of its own, and only frames that carry the job's nonce are passed on. That keeps out
what writes blindly and what patches modules, not code that searches our frames for the way to report: nothing in one
process could. Passing is evidence of quality, and no proof against malice.
"""

# The usual imports of small modules come first: what is imported here is warm in every fork.
import ast  # noqa: F401
import collections  # noqa: F401
import contextlib
import copy  # noqa: F401
import dataclasses  # noqa: F401
import datetime  # noqa: F401
import decimal  # noqa: F401
import enum  # noqa: F401
import fractions  # noqa: F401
import functools  # noqa: F401
import hashlib  # noqa: F401
import heapq  # noqa: F401
import importlib
import io
import itertools  # noqa: F401
import json
import math  # noqa: F401
import os
import pathlib  # noqa: F401
import random
import re  # noqa: F401
import select
import signal
import string  # noqa: F401
import sys
import tempfile
import time
import typing  # noqa: F401
from typing import Any, Callable, Dict, List, Optional

from vouch_verifiers.runners.inside import canary, confinement, execute, testing, wire
from vouch_verifiers.runners.inside.child import Child
from vouch_verifiers.sandboxes.inside import kernel

MAX_CHILD_BYTES = 8 * 1024 * 1024
Frame = Dict[str, Any]


class Worker:
    """Owns the control streams and, one at a time, a candidate's process."""

    def __init__(self, options: Frame) -> None:
        self._options = dict(options, scratch=os.path.expandvars(options["scratch"]))
        self._control_in = os.dup(0)
        self._control_out = os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1):
            os.dup2(null, fd)
        os.set_inheritable(2, False)
        self._null = null
        self._as_root = os.getuid() == 0
        self._sweeps = os.getpid() == 1 or (options["landlocked"] and not _can_signal(options["host_pid"]))
        self.isolation = options["isolation"]

    def serve(self) -> None:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        self._send({"e": "ready", "python": list(sys.version_info[:3]), "isolation": self.isolation})
        while True:
            order = wire.receive(self._control_in)
            if order is None:
                return
            if order["do"] == "run":
                self._run(order)
            elif order["do"] == "warm":
                self._warm(order["modules"])

    def _send(self, message: Frame) -> None:
        wire.send(self._control_out, message)

    def _warm(self, modules: List[str]) -> None:
        failed = []
        for name in modules:
            try:
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    importlib.import_module(name)
                    if name == "pytest":
                        testing.warm_pytest(self._options["scratch"])
            except BaseException as error:
                failed.append("%s: %s" % (name, error))
        self._send({"e": "warmed", "failed": failed})

    # A job's life: fork, relay until it has ended or must end, make sure that nothing of it is left.

    def _run(self, job: Frame) -> None:
        plan = self._plan(job)
        reader, writer = os.pipe()
        go_reader, go_writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            os.close(go_writer)
            self._candidate(job, plan, writer, go_reader)
        os.close(writer)
        os.close(go_reader)
        child = Child(pid, reader, go_writer)
        try:
            end = self._relay(child, job)
        finally:
            self._end(child, plan)
        self._send(end)

    def _plan(self, job: Frame) -> Frame:
        scratch = self._options["scratch"]
        shown = self._options["shown"]
        return {
            "scratch": scratch,
            "under_scratch": [it for it in shown if it.startswith(scratch + "/")],
            "limits": job["limits"],
            "overlay": job["overlay"],
            "network": self._options["network"],
            "namespaces": self._options["namespaces"],
        }

    def _candidate(self, job: Frame, plan: Frame, writer: int, go: int) -> None:
        """In the forked process; never returns."""
        # Not left in the job, which others may come by.
        nonce = job.pop("nonce")

        def report(message: Frame) -> None:
            message["n"] = nonce
            wire.send(writer, message)

        try:
            os.setpgid(0, 0)
            os.close(self._control_in)
            os.close(self._control_out)
            if self.isolation == confinement.NESTED:
                self._nest(report, go)
                confinement.make_private_view(plan)
            confinement.harden(plan, self.isolation, as_root=self._as_root)
        except BaseException as error:
            report({"e": "fault", "message": "%s: %s" % (type(error).__name__, error)})
            os._exit(98)
        try:
            self._become_ordinary(plan, job, writer)
            work: Callable[..., None] = canary.attempt if job.get("canary") else execute.run
            work(job, report)
        except BaseException as error:
            report({"e": "fault", "message": "%s: %s" % (type(error).__name__, error)})
        finally:
            os._exit(0)

    def _nest(self, report: Callable[[Frame], None], go: int) -> None:
        """Enter new namespaces; the first process in them goes on, its parent waits and ends as it ends."""
        confinement.enter_namespaces(self._as_root)
        if self._as_root:
            report({"e": "unshared"})
            os.read(go, 1)
            confinement.take_mapped_identity()
        inner = os.fork()
        if inner:
            report({"e": "inner", "pid": inner})
            os.close(go)
            status = os.waitpid(inner, 0)[1]
            os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))

    def _become_ordinary(self, plan: Frame, job: Frame, writer: int) -> None:
        """Undo what a fork inherits: descriptors, signal handlers, cached directories, random state."""
        os.dup2(self._null, 2)
        os.closerange(3, writer)
        os.closerange(writer + 1, 1024)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGPIPE, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
        os.environ.clear()
        os.environ.update(job["env"])
        os.environ["TMPDIR"] = os.environ["HOME"] = plan["scratch"]
        tempfile.tempdir = None
        random.seed(0)
        sys.dont_write_bytecode = True
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - for the life of the process
        sys.setrecursionlimit(1000)
        os.chdir(job["cwd"] if os.path.isdir(job["cwd"]) else plan["scratch"])

    def _relay(self, child: Child, job: Frame) -> Frame:
        deadline = time.monotonic() + job["limits"]["wall_ms"] / 1000
        poll = select.poll()
        for fd in (child.reader, child.pidfd, self._control_in):
            poll.register(fd, select.POLLIN)
        forged = 0
        while (left := deadline - time.monotonic()) > 0:
            ready = {fd for fd, _ in poll.poll(left * 1000)}
            if child.reader in ready:
                forged += self._pass_on(child, job["nonce"])
                if child.total > MAX_CHILD_BYTES or child.splitter.broken:
                    return self._ended("flood", child, forged)
            elif self._control_in in ready:
                if wire.receive(self._control_in) is None:
                    os._exit(0)
                return self._ended("cancelled", child, forged)
            elif child.pidfd in ready:
                return self._ended("exited", child, forged)
        return self._ended("timeout", child, forged)

    def _pass_on(self, child: Child, nonce: str) -> int:
        """Relay the frames that are whole; the answer is how many were not the job's own."""
        data = os.read(child.reader, 65536)
        if not data:
            child.stop_reading()
            return 0
        child.total += len(data)
        forged = 0
        for body in child.splitter.feed(data):
            frame = _parsed(body)
            if frame is None or frame.pop("n", None) != nonce:
                forged += 1
            elif frame["e"] == "unshared":
                confinement.write_root_maps(child.pid)
                os.write(child.go, b"g")
            elif frame["e"] == "inner":
                child.inner = frame["pid"] if child.inner is None else child.inner
            else:
                self._send(frame)
        return forged

    def _ended(self, how: str, child: Child, forged: int) -> Frame:
        return {
            "e": "end",
            "how": how,
            "forged": forged + int(child.splitter.broken),
            "status": child.status(),
        }

    def _end(self, child: Child, plan: Frame) -> None:
        for pid in (child.inner, child.pid):
            if pid is not None:
                _kill(pid)
        _kill(-child.pid)
        if self._sweeps:
            _kill(-1)
        child.close()
        _reap_all()
        if self.isolation == confinement.FLAT:
            self._as_candidate(lambda: confinement.empty_scratch(plan))

    def _as_candidate(self, work: Callable[[], None]) -> None:
        """Do a little work under the candidate's user id, whose files others may not remove."""
        pid = os.fork()
        if pid == 0:
            try:
                if os.getuid() == 0:
                    os.setgroups([])
                    os.setresgid(65534, 65534, 65534)
                    os.setresuid(65534, 65534, 65534)
                work()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)


def _parsed(body: bytes) -> Optional[Frame]:
    try:
        frame = json.loads(body)
    except ValueError:
        return None
    return frame if isinstance(frame, dict) and isinstance(frame.get("e"), str) else None


def _can_signal(pid: int) -> bool:
    """Whether signals get out of here. Tried, since some kernels promise Landlock's signal scope without having it;
    only where they do not may the worker kill "all processes": alone in a pid namespace, or held by that scope."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass


def _reap_all() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def main() -> None:
    """Serve until the other side closes the stream."""
    Worker(json.loads(sys.argv[1])).serve()
