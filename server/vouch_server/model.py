"""The nouns of proposing: from a document at one moment to a suggestion that may be shown. Values only; no I/O."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from vouch_verifiers.model import Trial, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A document at one moment. `version` is the editor's; `text` is exactly what the editor holds."""

    uri: str
    path: Path
    language: str
    version: int
    text: str
    workspace: Path | None = None
    others: Mapping[Path, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The directory that counts as the project: the workspace, or the file's own folder."""
        return self.workspace or self.path.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A hole in a snapshot and what was gathered around it. `offset` counts code points of the text.

    `explicit` is true where the person asked, false where the editor did while they typed.
    """

    snapshot: Snapshot
    offset: int
    explicit: bool = False

    @property
    def prefix(self) -> str:
        return self.snapshot.text[: self.offset]

    @property
    def suffix(self) -> str:
        return self.snapshot.text[self.offset :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a generator proposes: `text` in place of `replaced` code points after the cursor. Unproven.

    `score` orders candidates of one generator, higher is better.
    """

    text: str
    generator: str
    score: float = 0.0
    replaced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A candidate with the trial it became and the verdict on it."""

    candidate: Candidate
    trial: Trial
    verdict: Verdict
    agreeing: int = 1
    sampled: int = 1
    suspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A judged candidate that was accepted: the only thing an editor may be shown. `id` is its trial's key."""

    judged: Judged
    id: str

    def __post_init__(self) -> None:
        if not self.judged.verdict.accepted:
            raise ValueError("a suggestion needs an accepted verdict")

    @property
    def text(self) -> str:
        return self.judged.candidate.text


class GeneratorFault(Exception):
    """A generator could not propose: its endpoint is down, slow or answers rubbish. The message is for a person."""


class Generator(Protocol):
    """Proposes candidates, best first, as they come. Closing the iterator stops all work at once."""

    def generate(self, context: Context, wanted: int) -> AsyncIterator[Candidate]:
        """At most `wanted` candidates. Raises GeneratorFault."""
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorKind:
    """A backend: `settings` is its frozen dataclass, `make` builds the generator from an instance of it."""

    name: str
    doc: str
    settings: type[Any]
    make: Callable[[Any], Generator]
