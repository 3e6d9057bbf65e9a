"""Asks the pipeline once, for a place in a file on disk, and shows what came of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vouch_server.cli import contract, terminal
from vouch_server.model import Context, Judged, Snapshot, Suggestion
from vouch_server.pipeline import Offer, complete
from vouch_server.settings import Settings
from vouch_server.workshop import Workshop
from vouch_verifiers.registry import language_of, languages
from vouch_verifiers.text_lines import Lines

SUGGESTED, NOTHING = 0, 1
LARGEST_FILE = 1024 * 1024
_PROJECT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg")


class Unaskable(Exception):
    """There is no such place to complete at. The message is for a person."""


def hole(file: Path, line: int, column: int, workspace: Path | None) -> Context:
    """The place in the file; line and column count from 1, columns in code points. Raises Unaskable."""
    path = file.resolve()
    language = language_of(path)
    if language is None:
        known = ", ".join(sorted(it for found in languages().values() for it in found.extensions))
        raise Unaskable(f"Vouch has no checks for {file.name}; it knows {known}")
    if workspace is not None and not path.is_relative_to(workspace.resolve()):
        raise Unaskable(f"{file} lies outside the workspace {workspace}")
    text = _text(path)
    lines = Lines(text)
    if line > len(lines):
        raise Unaskable(f"line {line} is out of range: {file.name} has {_count(len(lines), 'line')}")
    # One beyond the last character is the end of the line.
    most = len(lines[line - 1]) + 1
    if column > most:
        raise Unaskable(f"column {column} is out of range: line {line} has columns 1 to {most}")
    snapshot = Snapshot(
        uri=path.as_uri(),
        path=path,
        language=language.name,
        version=0,
        text=text,
        workspace=workspace.resolve() if workspace is not None else project_of(path),
    )
    return Context(snapshot=snapshot, offset=lines.offset(line - 1, column - 1), explicit=True)


def project_of(path: Path) -> Path:
    """The nearest folder around a file that looks like a project, else its own folder."""
    marked = (it for it in path.parents if any((it / mark).exists() for mark in _PROJECT_MARKS))
    return next(marked, path.parent)


async def ask(context: Context, settings: Settings, wanted: int, show: Callable[[Offer], None]) -> int:
    """The exit code: whether there was something to suggest."""
    # Naming a file on the command line is the consent that an editor asks for.
    workshop = Workshop(settings, trusted=True)
    snapshot = context.snapshot
    try:
        offer = await complete(
            context,
            generator=workshop.generator(),
            workbench=await workshop.workbench(snapshot.root),
            wanted=wanted,
        )
    finally:
        await workshop.aclose()
    show(offer)
    return SUGGESTED if offer.suggestions else NOTHING


def show(offer: Offer) -> None:
    """For a person: the suggestions with their evidence, then the others and what was wrong with each."""
    out = terminal.console()
    language = offer.context.snapshot.language
    for suggestion in offer.suggestions:
        judged = suggestion.judged
        out.print(terminal.said(_headline(judged), "bold green"))
        out.print(terminal.code(suggestion.text, language))
        for line in terminal.evidence(judged.verdict):
            out.print(line)
        out.print()
    for suspect in dict.fromkeys(it for judged in offer.judged for it in judged.suspects):
        out.print(terminal.said(suspect, "yellow"))
    rejected = [it for it in offer.judged if not it.verdict.accepted]
    if rejected:
        out.print(terminal.said(f"{_count(len(rejected), 'candidate')} not vouched for:", "bold"))
        for judged in rejected:
            out.print(terminal.rejection(judged))
    if not offer.suggestions:
        out.print(terminal.said(f"Nothing to suggest: {offer.why}", "bold"))


def show_as_json(offer: Offer) -> None:
    """For a program: {"suggestions", "rejected", "why"}."""
    data = {
        "suggestions": [_suggestion(it) for it in offer.suggestions],
        "rejected": [_judged(it) for it in offer.judged if not it.verdict.accepted],
        "why": offer.why,
    }
    print(json.dumps(data, indent=2))


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    judged = suggestion.judged
    agreement = {"agreeing": judged.agreeing, "sampled": judged.sampled, "suspects": list(judged.suspects)}
    return {**_judged(judged), **agreement}


def _judged(judged: Judged) -> dict[str, Any]:
    candidate = judged.candidate
    return {
        "text": candidate.text,
        "replaced": candidate.replaced,
        "generator": candidate.generator,
        **contract.verdict_data(judged.verdict),
        "ms": round(judged.verdict.ms, 1),
    }


def _headline(judged: Judged) -> str:
    agreement = f" · {judged.agreeing} of {judged.sampled} agree" if judged.sampled > 1 else ""
    return f"Vouched for: {judged.verdict.summary}{agreement} · by {judged.candidate.generator}"


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        if len(data) > LARGEST_FILE:
            raise Unaskable(f"{path.name} is larger than {LARGEST_FILE // 1024} KiB")
        # Editors keep a byte order mark out of the text, and all line ends in it.
        return data.decode("utf-8-sig")
    except OSError as error:
        raise Unaskable(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unaskable(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
