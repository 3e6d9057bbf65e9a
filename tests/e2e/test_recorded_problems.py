"""Ten HumanEval problems with real samples of a weak model: what reaches the client meets the examples, and nothing
right is withheld.

The recordings stay outside the repository; VOUCH_REALGEN names their folder.
"""

import asyncio
import doctest
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from vouch_verifiers import registry
from vouch_verifiers.sandbox import Policy

DATA = Path(os.environ.get("VOUCH_REALGEN", "")) / "python.jsonl"
PROBLEMS = 10
STATUSES: list[str] = []
DEADLINE_S = 60.0
RUN_DOCTEST = (
    "import doctest, sys\n"
    "source = sys.stdin.read()\n"
    "space = {'__name__': 'problem'}\n"
    "exec(compile(source, 'problem.py', 'exec'), space)\n"
    "failed = 0\n"
    "for name, it in [*space.items()]:\n"
    "    doc = getattr(it, '__doc__', None) if getattr(it, '__module__', None) == 'problem' else None\n"
    "    test = doctest.DocTestParser().get_doctest(doc or '', space, name, None, 0)\n"
    "    failed += doctest.DocTestRunner(verbose=False).run(test, out=lambda text: None).failed\n"
    "print(failed)\n"
)


def problems() -> list[dict[str, object]]:
    """The first ten problems whose examples are plain doctests: file, prefix, and whether a sample is right."""
    if not DATA.is_file():
        return []
    found: dict[str, dict[str, object]] = {}
    for line in DATA.read_text().splitlines():
        record = json.loads(line)
        if record["origin"].startswith("real:codegen") and _has_doctests(record["prefix"]):
            problem = found.setdefault(record["task"], {**record, "solved": False})
            problem["solved"] = bool(problem["solved"] or record["label"]["hidden_pass"])
    ordered = sorted(found.values(), key=lambda it: int(str(it["task"]).rpartition("/")[2]))
    return ordered[:PROBLEMS]


def _has_doctests(prefix: str) -> bool:
    examples = doctest.DocTestParser().get_examples(prefix)
    return bool(examples) and all(it.want for it in examples)


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "vouch_server", "serve"]),
)
async def client(lsp_client: LanguageClient, tmp_path: Path) -> AsyncIterator[None]:
    @lsp_client.feature("vouch/status")
    def status(params: Any) -> None:
        STATUSES.append(str(params))

    settings = {
        "generator": "replay",
        "generators": {"replay": {"path": str(DATA), "origin": "real:codegen-16B-mono"}},
        "candidates": 12,
        "debounce_ms": 0,
        "hold_ms": 60_000,
    }
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=types.ClientCapabilities(
                text_document=types.TextDocumentClientCapabilities(
                    inline_completion=types.InlineCompletionClientCapabilities()
                )
            ),
            workspace_folders=[types.WorkspaceFolder(uri=tmp_path.as_uri(), name="problems")],
            initialization_options={"trusted": True, "settings": settings},
        )
    )
    yield
    await lsp_client.shutdown_session()


async def suggested(client: LanguageClient, path: Path, prefix: str) -> list[str]:
    """The whole resulting texts that the server offers at the end of a file."""
    document = types.TextDocumentItem(uri=path.as_uri(), language_id="python", version=1, text=prefix)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=document))
    lines = prefix.split("\n")
    async with asyncio.timeout(DEADLINE_S):
        answer = await client.text_document_inline_completion_async(
            types.InlineCompletionParams(
                text_document=types.TextDocumentIdentifier(uri=path.as_uri()),
                position=types.Position(line=len(lines) - 1, character=len(lines[-1])),
                context=types.InlineCompletionContext(
                    trigger_kind=types.InlineCompletionTriggerKind.Automatic
                ),
            )
        )
    assert answer is not None
    items = answer.items if isinstance(answer, types.InlineCompletionList) else answer
    return [prefix + str(it.insert_text) for it in items]


async def failed_doctests(text: str) -> int:
    """How many examples of a text fail by the standard library's doctest, run in a sandbox of its own."""
    sandbox = await registry.choose_sandbox("auto")
    reading = f"import io, sys\nsys.stdin = io.StringIO({text!r})\n"
    command = [sys.executable, "-I", "-c", reading + RUN_DOCTEST]
    process = await sandbox.start(command, Policy(read=(Path(sys.prefix), Path(sys.base_prefix))))
    try:
        async with asyncio.timeout(DEADLINE_S):
            return int(await process.read_line())
    finally:
        await process.aclose()


@pytest.mark.skipif(not DATA.is_file(), reason="no recorded model outputs (VOUCH_REALGEN)")
@pytest.mark.timeout(600)
async def test_every_suggestion_meets_the_examples_and_no_solved_problem_goes_without(
    client: LanguageClient, tmp_path: Path
) -> None:
    chosen = problems()
    assert len(chosen) == PROBLEMS
    served = {}
    for problem in chosen:
        texts = await suggested(client, tmp_path / str(problem["path"]), str(problem["prefix"]))
        served[problem["task"]] = len(texts)
        for text in texts:
            assert await failed_doctests(text) == 0, text
    solved = {it["task"] for it in chosen if it["solved"]}
    assert solved, "some of the samples are right"
    assert {it for it in solved if not served[it]} == set(), STATUSES


@pytest.mark.skipif(not DATA.is_file(), reason="no recorded model outputs (VOUCH_REALGEN)")
async def test_the_independent_judge_can_fail() -> None:
    prefix = str(problems()[0]["prefix"])
    assert await failed_doctests(prefix + "    return None\n") > 0
