"""What the protocol costs an inline request whose verdict is known: real server process, real pipes.

    python tests/benchmarks/protocol_overhead.py [--requests N] [--lines N]

Prints the round trip as the client sees it, in ms: the same place asked again, and the next letter of a suggestion
typed (a change and a request). Both are to stay under 5 ms at the median.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parents[2]
SERVE = (
    "from vouch_server.lsp.server import serve_stdio\n"
    "from vouch_server.settings import Settings\n"
    "raise SystemExit(serve_stdio(Settings()))\n"
)
SUGGESTED = "return number * 2  # " + "twice " * 200
GENERATOR = f"""
from dataclasses import dataclass
from vouch_server.model import Candidate, GeneratorKind

@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    pass

class Fixed:
    async def generate(self, context, wanted):
        yield Candidate(text={SUGGESTED!r}, generator="fixed")

    async def aclose(self):
        pass

FIXED = GeneratorKind(name="fixed", doc="Always says the same.", settings=Settings, make=lambda _: Fixed())
"""


async def main(requests: int, lines: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        client = await _started(Path(folder))
        text = "x = 1\n" * lines + "def double(number: int) -> int:\n    "
        uri = (Path(folder) / "module.py").as_uri()
        item = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        at = types.Position(line=lines + 1, character=4)
        first = await _ask(client, uri, at)
        assert first is not None
        assert first.items, "the suggestion was not shown, so there is nothing to measure"
        again = [await _timed(client, uri, at) for _ in range(requests)]
        typed = []
        for version, letter in enumerate(first.items[0].insert_text[: min(requests, 1_000)], start=2):
            started = perf_counter()
            _type(client, uri, version, at, letter)
            at = types.Position(line=at.line, character=at.character + 1)
            await _ask(client, uri, at)
            typed.append((perf_counter() - started) * 1000)
        _print(f"same place again, {lines} lines", again)
        _print(f"typing through, {lines} lines", typed)
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


async def _started(folder: Path) -> LanguageClient:
    (folder / "vouch_fixed.py").write_text(GENERATOR)
    info = folder / "vouch_fixed-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vouch-fixed\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[vouch.generators]\nfixed = vouch_fixed:FIXED\n")
    client = LanguageClient("benchmark", "1")
    # Statuses are sent beside the answers; nobody here reads them.
    client.feature("vouch/status")(lambda _: None)
    path = os.pathsep.join([str(ROOT / "server"), str(ROOT / "verifiers"), str(folder)])
    await client.start_io(sys.executable, "-c", SERVE, env={**os.environ, "PYTHONPATH": path})
    inline = types.InlineCompletionClientCapabilities()
    capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(inline_completion=inline)
    )
    options = {"trusted": True, "settings": {"generator": "fixed", "hold_ms": 10_000}}
    await client.initialize_async(
        types.InitializeParams(
            capabilities=capabilities, root_uri=folder.as_uri(), initialization_options=options
        )
    )
    client.initialized(types.InitializedParams())
    return client


def _type(client: LanguageClient, uri: str, version: int, at: types.Position, letter: str) -> None:
    change = types.TextDocumentContentChangePartial(range=types.Range(start=at, end=at), text=letter)
    document = types.VersionedTextDocumentIdentifier(uri=uri, version=version)
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
    )


async def _timed(client: LanguageClient, uri: str, at: types.Position) -> float:
    started = perf_counter()
    await _ask(client, uri, at)
    return (perf_counter() - started) * 1000


async def _ask(client: LanguageClient, uri: str, at: types.Position) -> types.InlineCompletionList | None:
    context = types.InlineCompletionContext(trigger_kind=types.InlineCompletionTriggerKind.Automatic)
    document = types.TextDocumentIdentifier(uri=uri)
    answer = await client.text_document_inline_completion_async(
        types.InlineCompletionParams(text_document=document, position=at, context=context)
    )
    return answer if isinstance(answer, types.InlineCompletionList) else None


def _print(name: str, figures: list[float]) -> None:
    cuts = statistics.quantiles(figures, n=100)
    print(f"{name:32} n={len(figures)}  p50={cuts[49]:.2f}  p95={cuts[94]:.2f}  p99={cuts[98]:.2f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What the protocol costs a request whose verdict is known.")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--lines", type=int, default=500)
    chosen = parser.parse_args()
    asyncio.run(main(chosen.requests, chosen.lines))
