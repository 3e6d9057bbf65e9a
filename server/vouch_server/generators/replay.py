"""Recorded model outputs instead of a model: for measuring, demonstrating and testing. Speaks with nobody."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from vouch_server.model import Candidate, Context, GeneratorFault, GeneratorKind
from vouch_verifiers.settings import Setting

NAME = "replay"
LARGEST_FILE = 256 * 1024 * 1024
# Records are found by the end of their prefix; so many code points tell most of them apart.
TAIL = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which recording to play."""

    path: Annotated[
        Path | None, Setting(doc="A file of JSON lines, each with a prefix, a completion and a suffix.")
    ] = None
    origin: Annotated[
        str, Setting(doc='Only records of this origin, such as "real" or "real:gpt-4"; empty for all.')
    ] = ""
    delay_ms: Annotated[int, Setting(doc="Time before each candidate, in ms.", least=0, most=60_000)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One recorded output. `sample` orders the records of one hole."""

    prefix: str
    completion: str
    suffix: str
    sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Records by the end of their prefix. `longest` is that of the completions, in code points."""

    by_tail: Mapping[str, tuple[Record, ...]]
    short: tuple[Record, ...]
    longest: int


class Replay:
    """Owns the recording, which is read again when its file changes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stamp: tuple[int, int] | None = None
        self._recording: Recording | None = None
        self._loading = asyncio.Lock()

    async def generate(self, context: Context, wanted: int) -> AsyncGenerator[Candidate, None]:
        """What was recorded for this hole, verbatim and in the order of the samples.

        A person who has typed the beginning of a completion is offered its rest.
        """
        async with self._loading:
            recording = await asyncio.to_thread(self._current)
        for number, text in enumerate(matching(recording, context.prefix, context.suffix)[:wanted]):
            await asyncio.sleep(self._settings.delay_ms / 1000)
            yield Candidate(text=text, generator=NAME, score=-float(number))

    async def aclose(self) -> None:
        """Forget the recording."""
        self._recording = None

    def _current(self) -> Recording:
        path = self._settings.path
        if path is None:
            raise GeneratorFault("no recording is configured: set vouch.generators.replay.path")
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if self._recording is None or stamp != self._stamp:
                if stat.st_size > LARGEST_FILE:
                    raise GeneratorFault(f"{path} is too large for a recording")
                self._recording = recording_of(read(path.read_bytes(), path, self._settings.origin))
                self._stamp = stamp
        except OSError as error:
            raise GeneratorFault(f"the recording {path} cannot be read: {error.strerror}") from error
        return self._recording


def read(data: bytes, path: Path, origin: str) -> Iterator[Record]:
    """The records of a file. Raises GeneratorFault that names the first line that is none.

    One bad line spoils the recording: numbers measured with half of one would be wrong in silence.
    """
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise GeneratorFault(f"{path}, line {number}: not JSON") from error
        record = _record(raw)
        if record is None:
            raise GeneratorFault(
                f"{path}, line {number}: a record needs the texts prefix, completion and suffix"
            )
        said = raw.get("origin", "")
        if not origin or said == origin or str(said).startswith(f"{origin}:"):
            yield record


def recording_of(records: Iterator[Record]) -> Recording:
    """The records, ready to be searched."""
    by_tail: dict[str, list[Record]] = defaultdict(list)
    short: list[Record] = []
    longest = 0
    for record in records:
        longest = max(longest, len(record.completion))
        if len(record.prefix) < TAIL:
            short.append(record)
        else:
            by_tail[record.prefix[-TAIL:]].append(record)
    return Recording(
        by_tail={tail: tuple(found) for tail, found in by_tail.items()}, short=tuple(short), longest=longest
    )


def matching(recording: Recording, prefix: str, suffix: str) -> list[str]:
    """What is left to type of the completions recorded for a hole.

    A record belongs to it when the text before the cursor ends with the record's prefix and a beginning of
    its completion, and the text after it is the record's suffix. As little as possible counts as typed.
    """
    for typed in range(min(recording.longest, len(prefix) + 1)):
        end = len(prefix) - typed
        records = (*recording.by_tail.get(prefix[max(end - TAIL, 0) : end], ()), *recording.short)
        found = [it for it in records if _fits(it, prefix, suffix, typed)]
        if found:
            return [it.completion[typed:] for it in sorted(found, key=lambda it: it.sample)]
    return []


def _fits(record: Record, prefix: str, suffix: str, typed: int) -> bool:
    end = len(prefix) - typed
    return (
        record.suffix == suffix
        and len(record.completion) > typed
        and record.completion.startswith(prefix[end:])
        and prefix.endswith(record.prefix, 0, end)
        # A record without a prefix would fit everywhere.
        and (bool(record.prefix) or end == 0)
    )


def _record(raw: object) -> Record | None:
    match raw:
        case {"prefix": str(prefix), "completion": str(completion), "suffix": str(suffix), **others}:
            sample = others.get("sample", 0)
            whole = sample if isinstance(sample, int) else 0
            return Record(prefix=prefix, completion=completion, suffix=suffix, sample=whole)
        case _:
            return None


KIND = GeneratorKind(
    name=NAME,
    doc="Recorded model outputs, for measuring and for demonstrations.",
    settings=Settings,
    make=Replay,
)
