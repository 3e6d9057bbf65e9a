"""A server whose client is gone ends, even when its event loop hangs."""

import asyncio
import sys

HANGS = """
import time
from vouch_server.lsp import transport

class Hangs:
    exit_code = 0
    def __init__(self):
        import asyncio
        self.exited = asyncio.Event()
        self.protocol = self
    def set_writer(self, writer):
        print("ready", flush=True)
    async def aclose(self):
        time.sleep(600)

transport.LAST_RESORT_S = 0.5
transport.serve_stdio(Hangs)
"""


async def test_a_hanging_server_does_not_outlive_its_client() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HANGS, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    async with asyncio.timeout(30):
        # What is printed goes to standard error: standard output is the protocol's.
        assert await process.stderr.readline() == b"ready\n"
        process.stdin.close()
        assert await process.wait() == 1
