"""The host's side of a Python worker: starts it in a sandbox, proves that, sends jobs, reads their reports."""

import asyncio
import contextlib
import json
import os
import secrets
import socket
import struct
import tempfile
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vouch_verifiers.runners import interpreter as interpreters
from vouch_verifiers.runners.secrets import hidden_in
from vouch_verifiers.sandbox import Policy, Process, Sandbox, SandboxFault
from vouch_verifiers.sandboxes.launcher import PACKAGE, inside
from vouch_verifiers.settings import Limits

START_TIMEOUT_S = 10.0
# Test frameworks with many plug-ins take seconds to import on a busy machine.
WARM_TIMEOUT_S = 30.0
# Beyond a candidate's own wall limit: what the worker needs to end it and say so.
GRACE_S = 2.0
MAX_FRAME = 4 * 1024 * 1024
_HEADER = struct.Struct(">I")

Event = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSpec:
    """What a worker is started with. `root` is the project: readable, and nothing of it writable."""

    interpreter: Path
    root: Path
    limits: Limits


class PythonWorker:
    """A warm fork server. One job at a time; a cancelled job is ended before the next begins."""

    def __init__(self, process: Process, spec: WorkerSpec) -> None:
        self._process = process
        self._spec = spec
        self._lock = asyncio.Lock()
        self._warmed: set[str] = set()
        self._importing: asyncio.Task[None] | None = None
        self._frame_size: int | None = None
        self.python: tuple[int, ...] = ()
        self.isolation = ""

    @property
    def alive(self) -> bool:
        return self._process.alive

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def busy(self) -> bool:
        return self._lock.locked()

    async def aclose(self) -> None:
        await self._process.aclose()
        if self._importing is not None:
            # With its process gone it ends at once; what it says of that interests nobody any more.
            await asyncio.gather(self._importing, return_exceptions=True)

    async def run(self, job: Event) -> AsyncGenerator[Event]:
        """Send a job and yield what it reports, "end" last. Raises SandboxFault; the worker is then dead."""
        async with self._lock:
            order = {**self._defaults(), **job, "do": "run", "nonce": secrets.token_hex(16)}
            ended = False
            try:
                await self._send(order)
                budget = order["limits"]["wall_ms"] / 1000 + GRACE_S
                async with asyncio.timeout(budget):
                    while not ended:
                        event = await self._receive()
                        ended = event["e"] == "end"
                        yield event
            except TimeoutError as error:
                await self._process.aclose()
                raise SandboxFault("the worker did not end a candidate in time") from error
            finally:
                if not ended and self.alive:
                    await self._stop_current()

    async def warm(self, modules: Sequence[str]) -> None:
        """Import modules before any fork, once. What cannot be imported is left. Raises SandboxFault.

        An import goes on when its caller is cancelled: whoever types on would otherwise never see its end.
        """
        while not self._warmed.issuperset(modules):
            if self._importing is None or self._importing.done():
                missing = [it for it in modules if it not in self._warmed]
                self._importing = asyncio.create_task(self._import(missing))
            await asyncio.wait({self._importing})
            self._importing.result()

    async def _import(self, modules: Sequence[str]) -> None:
        async with self._lock:
            try:
                await self._send({"do": "warm", "modules": modules})
                async with asyncio.timeout(WARM_TIMEOUT_S):
                    await self._receive()
            except TimeoutError as error:
                await self._process.aclose()
                raise SandboxFault(f"importing {', '.join(modules)} did not end") from error
            self._warmed.update(modules)

    async def prove(self) -> None:
        """Let a canary try to get out. Raises SandboxFault, the worker closed, when it does."""
        with _targets(self._spec) as targets:
            events = [it async for it in self.run({"canary": targets, "cwd": "/"})]
        report = next((it for it in events if it["e"] == "canary"), None)
        if report is not None and not report["escaped"]:
            return
        await self.aclose()
        if report is None:
            raise SandboxFault(f"the canary did not report: {_why(events)}")
        raise SandboxFault(f"the sandbox does not hold, a candidate could {', '.join(report['escaped'])}")

    def _defaults(self) -> Event:
        return {
            "limits": asdict(self._spec.limits),
            "overlay": {},
            "cwd": str(self._spec.root),
            "env": {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
        }

    async def _stop_current(self) -> None:
        """Have the worker end the job in hand, and read what is left of it."""
        try:
            async with asyncio.timeout(GRACE_S):
                await self._send({"do": "cancel"})
                while (await self._receive())["e"] != "end":
                    pass
        except (TimeoutError, SandboxFault):
            await self._process.aclose()
        except asyncio.CancelledError:
            # Cancelled twice: what is left of this job must not be read as the next one's.
            await self._process.aclose()
            raise

    async def _send(self, message: Event) -> None:
        body = json.dumps(message).encode("utf-8", "surrogatepass")
        await self._process.write(_HEADER.pack(len(body)) + body)

    async def _receive(self) -> Event:
        # Cancelled between a header and its body, the next call goes on with the body.
        if self._frame_size is None:
            self._frame_size = int(_HEADER.unpack(await self._process.read_exactly(_HEADER.size))[0])
        if self._frame_size > MAX_FRAME:
            await self._process.aclose()
            raise SandboxFault("the worker sent a frame over the limit")
        body = await self._process.read_exactly(self._frame_size)
        self._frame_size = None
        message = json.loads(body)
        if not isinstance(message, dict):
            raise SandboxFault("the worker sent something that is not a message")
        return message


async def start(sandbox: Sandbox, spec: WorkerSpec) -> PythonWorker:
    """A worker that has proved its sandbox: nested namespaces for each candidate where they can be had, else flat.

    Raises SandboxFault.
    """
    isolations = ["nested", "flat"] if sandbox.name == "bubblewrap" else ["flat"]
    reasons = []
    for isolation in isolations:
        try:
            return await _start(sandbox, spec, isolation)
        except SandboxFault as fault:
            reasons.append(f"{isolation}: {fault}")
    raise SandboxFault("; ".join(reasons))


async def _start(sandbox: Sandbox, spec: WorkerSpec, isolation: str) -> PythonWorker:
    namespaces = sandbox.name == "bubblewrap"
    policy = policy_for(spec)
    scratch = "/tmp" if namespaces else "$TMPDIR"  # noqa: S108 - inside the sandbox
    options = {
        "isolation": isolation,
        "scratch": scratch,
        "shown": [str(it) for it in (*policy.read, spec.root)],
        "network": namespaces,
        "namespaces": namespaces,
        "landlocked": sandbox.name == "landlock",
        "host_pid": os.getpid(),
    }
    command = inside(str(spec.interpreter), "vouch_verifiers.runners.inside.worker", options)
    process = await sandbox.start(command, policy)
    worker = PythonWorker(process, spec)
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            ready = await worker._receive()
        worker.python = tuple(ready["python"])
        worker.isolation = ready["isolation"]
        await worker.prove()
    except TimeoutError as error:
        await worker.aclose()
        raise SandboxFault("the worker did not start in time") from error
    except BaseException:
        await worker.aclose()
        raise
    return worker


def policy_for(spec: WorkerSpec) -> Policy:
    """What a worker may see: the interpreter, the worker's own code, the project without its secrets."""
    return Policy(
        read=(*interpreters.readable(spec.interpreter), PACKAGE),
        project=spec.root,
        hidden=hidden_in(spec.root),
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **_ONE_THREAD},
        limits=spec.limits,
        nested=True,
    )


# Numeric libraries that start threads at import would not survive a fork.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@contextlib.contextmanager
def _targets(spec: WorkerSpec) -> Iterator[Event]:
    """Things a canary must not reach: a listener, a secret in the home directory, this very process."""
    home = Path.home()
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        folder = home if os.access(home, os.W_OK) else Path(tempfile.gettempdir())
        decoy = stack.enter_context(tempfile.NamedTemporaryFile(prefix=".vouch-decoy-", dir=folder))
        decoy.write(b"secret")
        decoy.flush()
        yield {
            "port": listener.getsockname()[1],
            "secret": decoy.name,
            "folders": [str(home), str(spec.root), str(folder), "/var/tmp", "/"],  # noqa: S108
            "pids": [os.getpid(), os.getppid()],
            "command": Path("/proc/self/cmdline").read_text(),
        }


def _why(events: Sequence[Event]) -> str:
    faults = [it["message"] for it in events if it["e"] == "fault"]
    ends = [f"it {it['how']}, status {it['status']}" for it in events if it["e"] == "end"]
    return "; ".join([*faults, *ends])
