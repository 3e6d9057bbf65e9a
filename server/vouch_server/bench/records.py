"""Reads recorded completions with known outcomes, one JSON object a line. The hidden test is dropped right here."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One completion and its label. `compiles` and `hidden_pass` are None where nobody measured them.

    `origin` is `real:<model>`, `reference` or `mutant:<kind of bug>`; `path` is a bare file name.
    """

    task: str
    sample: int
    language: str
    path: str
    prefix: str
    completion: str
    suffix: str
    origin: str
    compiles: bool | None
    hidden_pass: bool | None

    @property
    def kind(self) -> str:
        """`real`, `reference`, `mutant`, or whatever else stands before the colon."""
        return self.origin.partition(":")[0]

    @property
    def name(self) -> str:
        """For a person: task, origin and sample."""
        return f"{self.task} {self.origin} #{self.sample}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A line that is no record: its 1-based number and why."""

    line: int
    why: str


def read(lines: Iterable[bytes]) -> Iterator[Record | Unreadable]:
    """The records in order. A bad line is told and costs only itself."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError):
            yield Unreadable(line=number, why="it is not JSON")
            continue
        record = _record(raw)
        yield record or Unreadable(line=number, why="it lacks what a record needs, or has it in another form")


def _record(raw: object) -> Record | None:
    match raw:
        case {
            "task": str(task),
            "language": str(language),
            "path": str(path),
            "prefix": str(prefix),
            "completion": str(completion),
            "suffix": str(suffix),
            "origin": str(origin),
            "label": {"hidden_pass": bool() | None as hidden_pass, **label},
            **others,
        }:
            sample, compiles = others.get("sample", 0), label.get("compiles")
            # A recording must not choose where its files lie.
            name = PurePosixPath(path).name
            return Record(
                task=task,
                sample=sample if isinstance(sample, int) else 0,
                language=language,
                path=name if name not in ("", "..") else "candidate",
                prefix=prefix,
                completion=completion,
                suffix=suffix,
                origin=origin,
                compiles=compiles if isinstance(compiles, bool) else None,
                hidden_pass=hidden_pass,
            )
        case _:
            return None
