"""Runs a command's work on an event loop and sees to it that being told to stop closes what was started."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM


def run(work: Coroutine[Any, Any, int]) -> int:
    """The exit code of the work; 130 or 143 where SIGINT or SIGTERM ended it, all of its cleaning up done."""
    try:
        return asyncio.run(_stopped_by_sigterm(work))
    except KeyboardInterrupt:
        return INTERRUPTED
    except asyncio.CancelledError:
        return TERMINATED


async def _stopped_by_sigterm(work: Coroutine[Any, Any, int]) -> int:
    task = asyncio.current_task()
    assert task is not None
    # SIGINT is seen to by asyncio.run, which cancels in the same way.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work
