"""The JSON that scripts and CI jobs exchange with the command line; its names and meanings are kept stable. Pure."""

import json
import os.path
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vouch_verifiers.model import Evidence, Trial, Verdict

_TEXTS = ("language", "path", "prefix", "completion", "suffix")


class Malformed(Exception):
    """A line that cannot be judged. The message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A trial and the id that its answer is to bear."""

    id: str | int
    trial: Trial


def request(line: bytes, workspace: Path) -> Request:
    """What a line asks for. A relative path is taken from the workspace. Raises Malformed."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise Malformed("not a JSON object")
    identity = raw.get("id")
    if isinstance(identity, bool) or not isinstance(identity, str | int):
        raise Malformed("id must be a text or a whole number")
    wrong = [it for it in _TEXTS if not isinstance(raw.get(it), str)]
    if wrong:
        raise Malformed(f"must be a text: {', '.join(wrong)}")
    trial = Trial(
        language=raw["language"],
        path=inside(raw["path"], workspace),
        prefix=raw["prefix"],
        completion=raw["completion"],
        suffix=raw["suffix"],
        workspace=workspace,
    )
    return Request(id=identity, trial=trial)


def inside(said: str, workspace: Path) -> Path:
    """The absolute path of a file that may not exist yet. Raises Malformed unless it lies in the workspace."""
    if not said or "\0" in said:
        raise Malformed("path names no file")
    path = Path(os.path.normpath(workspace / said))
    if path == workspace or not path.is_relative_to(workspace):
        raise Malformed(f"path lies outside the workspace {workspace}")
    return path


def answer(asked: Request, verdict: Verdict, ms: float) -> dict[str, Any]:
    """The answer to a request; `ms` is the wall clock of judging it."""
    return {"id": asked.id, **verdict_data(verdict), "ms": round(ms, 1)}


def complaint(line: int, error: str) -> dict[str, Any]:
    """The answer to a line, counted from 1, that is no request."""
    return {"id": None, "line": line, "error": error}


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """A verdict. Lines and columns of positions are 1-based, in code points of the resulting text."""
    return {
        "accepted": verdict.accepted,
        "summary": verdict.summary,
        "evidence": [_evidence(it) for it in verdict.evidence],
    }


def encoded(data: object) -> bytes:
    """One line of ASCII, so that no text from outside can make it invalid."""
    return json.dumps(data, separators=(",", ":")).encode("ascii")


def _evidence(it: Evidence) -> dict[str, Any]:
    place = it.finding.position
    return {
        "check": it.check,
        "outcome": it.finding.outcome.value,
        "message": it.finding.message,
        "ms": round(it.ms, 1),
        "position": None if place is None else {"line": place.line + 1, "column": place.column + 1},
    }
