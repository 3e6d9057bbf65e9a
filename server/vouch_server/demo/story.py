"""The bundled example as values: its text, its holes, and the context of a hole as an editor would send it."""

import ast
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from vouch_server.generators.synthesis import SYNTHESIS
from vouch_server.model import Candidate, Context, Snapshot

FILE_NAME = "till.py"
RECORDED = "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A function without a body, and the candidates recorded for it."""

    function: str
    recorded: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A file and its holes, in the order in which they are filled."""

    text: str
    holes: tuple[Hole, ...]


def bundled() -> Story:
    """The story that comes with Vouch."""
    package = resources.files("vouch_server.demo")
    said = json.loads((package / "recorded.json").read_text(encoding="utf-8"))
    return Story(
        text=(package / "till.py.txt").read_text(encoding="utf-8"),
        holes=tuple(Hole(function=it["function"], recorded=tuple(it["recorded"])) for it in said["holes"]),
    )


def context(text: str, function: str, folder: Path) -> Context:
    """The cursor on a fresh line below the docstring of a function, in a file that is not on disk."""
    found = next(it for it in ast.parse(text).body if isinstance(it, ast.FunctionDef) and it.name == function)
    last = found.body[0].end_lineno
    assert last is not None
    lines = text.splitlines(keepends=True)
    before = "".join(lines[:last]) + "    "
    path = folder / FILE_NAME
    snapshot = Snapshot(
        uri=path.as_uri(),
        path=path,
        language="python",
        version=0,
        text=before + "\n" + "".join(lines[last:]),
        workspace=folder,
    )
    return Context(snapshot=snapshot, offset=len(before), explicit=True)


class RecordedThenSynthesis:
    """Proposes what was recorded for a hole, then what the embedded generator finds by itself."""

    def __init__(self, hole: Hole) -> None:
        self._hole = hole
        self._synthesis = SYNTHESIS.make(SYNTHESIS.settings())

    async def generate(self, context: Context, wanted: int) -> AsyncIterator[Candidate]:
        """The recorded ones in their order; `wanted` holds for both together."""
        recorded = self._hole.recorded[:wanted]
        for text in recorded:
            yield Candidate(text=text, generator=RECORDED)
        async for candidate in self._synthesis.generate(context, wanted - len(recorded)):
            yield candidate

    async def aclose(self) -> None:
        await self._synthesis.aclose()
