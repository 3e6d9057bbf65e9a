"""Judges a stream of requests: reads a line when there is room for it, writes each answer as soon as it is known."""

import asyncio
import signal
import sys
from pathlib import Path
from time import perf_counter

from vouch_server.cli import contract
from vouch_server.cli.streams import LineReader, LineWriter
from vouch_verifiers import engine
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.workbench import Workbench

JUDGED_AT_ONCE = 2
LONGEST_LINE = 16 * 1024 * 1024
ALL_JUDGED, SOME_MALFORMED = 0, 2
NOBODY_READS = 128 + signal.SIGPIPE


async def judge_standard_input(workspace: Path, settings: VerifierSettings) -> int:
    """Judge until standard input ends; the exit code."""
    if sys.stdin.isatty():
        print("vouch: reading JSON lines from the terminal", file=sys.stderr)
    workbench = Workbench(root=workspace, settings=settings)
    reader = LineReader(sys.stdin.fileno(), longest=LONGEST_LINE)
    writer = LineWriter(sys.stdout.fileno())
    code = NOBODY_READS
    try:
        code = await judge(reader, writer, workbench)
    except* BrokenPipeError:
        pass  # Whoever read the answers has seen enough.
    finally:
        await workbench.aclose()
    return code


async def judge(reader: LineReader, writer: LineWriter, workbench: Workbench) -> int:
    """Answer every line of the reader. No more is held in memory than is being judged."""
    number = 0
    code = ALL_JUDGED
    room = asyncio.Semaphore(JUDGED_AT_ONCE)
    async with asyncio.TaskGroup() as group:
        while (line := await reader.next()) is not None:
            number += 1
            if not line.strip():
                continue
            try:
                asked = _request(line, workbench)
            except contract.Malformed as error:
                code = SOME_MALFORMED
                await writer.write(contract.encoded(contract.complaint(number, str(error))))
                continue
            await room.acquire()
            group.create_task(_judge_one(asked, writer, workbench, room))
    return code


def _request(line: bytes, workbench: Workbench) -> contract.Request:
    if len(line) > LONGEST_LINE:
        raise contract.Malformed(f"longer than {LONGEST_LINE:,} bytes")
    return contract.request(line, workbench.root)


async def _judge_one(
    asked: contract.Request, writer: LineWriter, workbench: Workbench, room: asyncio.Semaphore
) -> None:
    started = perf_counter()
    try:
        verdict = await engine.verify(asked.trial, workbench)
        ms = (perf_counter() - started) * 1000
        await writer.write(contract.encoded(contract.answer(asked, verdict, ms)))
    finally:
        room.release()
