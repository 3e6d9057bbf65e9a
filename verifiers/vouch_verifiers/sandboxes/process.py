"""The one place that starts a process: a command already wrapped by a sandbox, in a group of its own."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from vouch_verifiers.sandbox import Process, SandboxFault

STDERR_KEPT = 8 * 1024
STREAM_LIMIT = 16 * 1024 * 1024
CLOSE_TIMEOUT_S = 5.0
_PROBE_TIMEOUT_S = 5.0


class SandboxedProcess:
    """Owns a child process: its pipes, the end of its standard error, its scratch directory, and its end."""

    def __init__(self, process: asyncio.subprocess.Process, scratch: Path | None = None) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._scratch = scratch
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._stderr = bytearray()
        self._drain = asyncio.create_task(self._keep_stderr())

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
        scratch: Path | None = None,
    ) -> "SandboxedProcess":
        """Start `argv`; the directory `scratch` is removed when it ends, or does not start.

        It must be started from the main thread: bubblewrap's `--die-with-parent` follows the thread that forked it.
        Raises SandboxFault when it cannot be started.
        """
        starting = asyncio.create_task(
            asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=dict(env),
                cwd=cwd,
                pass_fds=tuple(pass_fds),
                start_new_session=True,
                limit=STREAM_LIMIT,
            )
        )
        try:
            return cls(await asyncio.shield(starting), scratch)
        except OSError as error:
            _remove(scratch)
            raise SandboxFault(f"cannot start {argv[0]}: {error}") from error
        except asyncio.CancelledError:
            # asyncio's own clean-up of a start that is cancelled half-way may wait for ever (seen on Python 3.11, for
            # pipes that were never connected). It is let through, which takes milliseconds, and ended then.
            await _until_done(starting)
            if not starting.cancelled() and starting.exception() is None:
                await cls(starting.result()).aclose()
            _remove(scratch)
            raise

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def stderr_tail(self) -> str:
        return self._stderr.decode("utf-8", "replace").strip()

    async def write(self, data: bytes) -> None:
        try:
            self._stdin.write(data)
            await self._stdin.drain()
        except (OSError, RuntimeError) as error:
            raise self._gone() from error

    async def read_exactly(self, size: int) -> bytes:
        try:
            return await self._stdout.readexactly(size)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise self._gone() from error

    async def read_line(self) -> bytes:
        try:
            line = await self._stdout.readline()
        except (ValueError, OSError) as error:
            raise self._gone() from error
        if not line.endswith(b"\n"):
            raise self._gone()
        return line

    async def aclose(self) -> None:
        self._kill_group()
        with contextlib.suppress(OSError):
            self._stdin.close()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self._process.wait()
        finally:
            self._drain.cancel()
            self._free_pipes()
            _remove(self._scratch)
        # One turn of the loop, in which the pipes are closed.
        await asyncio.wait({self._drain})

    def _free_pipes(self) -> None:
        """Now rather than at garbage collection. The transport itself is left: closing it before the process is
        gone would take the exit status from asyncio's watcher."""
        transport = getattr(self._process, "_transport", None)
        pipes = [transport.get_pipe_transport(it) for it in (0, 1, 2)] if transport is not None else []
        for it in pipes:
            if it is not None:
                it.close()

    def _kill_group(self) -> None:
        if not self.alive:
            return
        # Not through the process object: its kill() polls first and would take the exit status from asyncio's watcher.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _keep_stderr(self) -> None:
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(4096):
            self._stderr += chunk
            del self._stderr[:-STDERR_KEPT]

    def _gone(self) -> SandboxFault:
        tail = self.stderr_tail.splitlines()[-1:] or ["no message"]
        return SandboxFault(f"the process is gone: {tail[0][:300]}")


def _remove(scratch: Path | None) -> None:
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)


async def _until_done(task: asyncio.Task[asyncio.subprocess.Process]) -> None:
    """Wait for a task however often the caller is cancelled meanwhile; it is about to raise that anyway."""
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({task}, timeout=CLOSE_TIMEOUT_S)


async def said_ready(process: Process) -> str | None:
    """None once a probe command has written its line; else what it said instead."""
    try:
        async with asyncio.timeout(_PROBE_TIMEOUT_S):
            await process.read_line()
    except (TimeoutError, SandboxFault) as error:
        return str(error) or "it did not start in time"
    else:
        return None
    finally:
        await process.aclose()
