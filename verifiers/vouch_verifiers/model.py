"""The nouns of judging: what is judged, what was found, and what it adds up to. Values only; no I/O."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vouch_verifiers.examination import Examination
    from vouch_verifiers.workbench import Workbench


class Outcome(StrEnum):
    """What a check found. INCONCLUSIVE is about us (time-out, missing tool, fault) and is never a pass."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable"


class Require(StrEnum):
    """The least evidence a suggestion needs to be shown (`vouch.require`)."""

    COMPILE = "compile"
    RUN = "run"
    EXAMPLES = "examples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a text: 0-based line, 0-based column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A candidate seen as a file. All that checks see, so none can favour a model.

    `path` is absolute and need not exist. `prefix` + `completion` + `suffix` is the resulting text;
    `buffers` holds the other edited documents by absolute path, which shadow what is on disk.
    """

    language: str
    path: Path
    prefix: str
    completion: str
    suffix: str
    workspace: Path | None = None
    buffers: Mapping[Path, str] = field(default_factory=dict)

    @property
    def after(self) -> str:
        """The whole file with the candidate in it."""
        return self.prefix + self.completion + self.suffix

    @property
    def root(self) -> Path:
        """The directory that counts as the project: the workspace, or the file's own folder."""
        return self.workspace or self.path.parent

    @property
    def inserted_lines(self) -> range:
        """0-based lines of `after` that hold inserted text other than white space."""
        start = len(self.prefix) + len(self.completion) - len(self.completion.lstrip())
        end = len(self.prefix) + len(self.completion.rstrip())
        if end <= start:
            line = self.prefix.count("\n")
            return range(line, line)
        return range(self.after.count("\n", 0, start), self.after.count("\n", 0, end) + 1)

    def key(self, *salt: str) -> str:
        """A content address: the same resulting text, surroundings and salt give the same key."""
        digest = blake2b(digest_size=20)
        hole = (str(len(self.prefix)), str(len(self.completion)))
        parts = [self.language, str(self.path), str(self.workspace), self.after, *hole, *salt]
        for path in sorted(self.buffers):
            parts += [str(path), self.buffers[path]]
        for part in parts:
            digest.update(f"{len(part)}:".encode() + part.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One statement of expected behaviour, before it is run.

    `id` is unique within its trial and stable for the same text. `code` is what to run in the module's
    namespace: statements when `mode` is "exec", one expression otherwise. `expected` is the wanted value as
    source text ("" where there is none); `line` is where it stands in the resulting file, 0-based.
    """

    id: str
    code: str
    mode: str  # "exec": set-up, nothing compared; "value": compare with expected; "truth": must be truthy;
    # "raises": must raise the exception type named by expected, with its message where one follows (`Type: message`);
    # "print": output on stdout must equal expected;
    # "text": code, statements or an expression, is run as at the interactive prompt, and what that shows (its
    # output, and the repr of a value that is not None) must equal expected
    expected: str = ""
    line: int = 0
    origin: str = (
        "doc"  # "doc": written as a doctest; "prose": read out of a looser notation; "probe": input only
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleOutcome:
    """What became of one example or test. `reached` says that inserted lines were executed by it."""

    example: Example
    outcome: Outcome
    observed: str = ""
    reached: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check says of one trial. `position` points into the resulting text."""

    outcome: Outcome
    message: str = ""
    position: Position | None = None
    notes: tuple[str, ...] = ()
    examples: tuple[ExampleOutcome, ...] = ()
    executed_lines: int = 0
    inserted_lines: int = 0


def passed(message: str = "", **facts: object) -> Finding:
    """A finding that speaks for the candidate."""
    return Finding(outcome=Outcome.PASSED, message=message, **facts)  # type: ignore[arg-type]


def failed(message: str, position: Position | None = None, **facts: object) -> Finding:
    """A finding against the candidate."""
    return Finding(outcome=Outcome.FAILED, message=message, position=position, **facts)  # type: ignore[arg-type]


def inconclusive(message: str, **facts: object) -> Finding:
    """A finding that says nothing about the candidate, because something of ours went wrong."""
    return Finding(outcome=Outcome.INCONCLUSIVE, message=message, **facts)  # type: ignore[arg-type]


def not_applicable(reason: str, **facts: object) -> Finding:
    """A rung that does not exist for this trial; neither a pass nor a hindrance."""
    return Finding(outcome=Outcome.NOT_APPLICABLE, message=reason, **facts)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A check's finding and what it cost, in milliseconds."""

    check: str
    finding: Finding
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the ladder says of a trial.

    `required` names the checks that must have PASSED; `applicable` those that must not be anything but
    PASSED or NOT_APPLICABLE; of `one_of`, where it is not empty, at least one must have PASSED. A FAILED
    finding anywhere rejects.
    """

    evidence: tuple[Evidence, ...]
    required: frozenset[str] = frozenset()
    applicable: frozenset[str] = frozenset()
    one_of: frozenset[str] = frozenset()

    @property
    def accepted(self) -> bool:
        """True only when something was checked, all that is required passed, and nothing failed."""
        outcomes = {it.check: it.finding.outcome for it in self.evidence}
        return (
            Outcome.PASSED in outcomes.values()
            and all(outcomes.get(it) is Outcome.PASSED for it in self.required)
            and all(outcomes.get(it) in (Outcome.PASSED, Outcome.NOT_APPLICABLE) for it in self.applicable)
            and (not self.one_of or any(outcomes.get(it) is Outcome.PASSED for it in self.one_of))
            and Outcome.FAILED not in outcomes.values()
        )

    @property
    def decisive(self) -> Evidence | None:
        """The evidence in the way of accepting the trial; None when there is none, or the ladder is not through."""
        if self.accepted:
            return None
        worst = [it for it in self.evidence if it.finding.outcome is Outcome.FAILED]
        worst += [it for it in self.evidence if it.finding.outcome is Outcome.INCONCLUSIVE]
        wanted = self.required | self.applicable | self.one_of
        worst += [
            it for it in self.evidence if it.check in wanted and it.finding.outcome is not Outcome.PASSED
        ]
        return worst[0] if worst else None

    @property
    def inconclusive(self) -> bool:
        """True when nothing failed and something could not be decided."""
        outcomes = [it.finding.outcome for it in self.evidence]
        return not self.accepted and Outcome.FAILED not in outcomes

    @property
    def summary(self) -> str:
        """One line for a label: exactly what was seen, e.g. `compiles · no new errors · runs · 3/3 examples`."""
        blame = self.decisive
        if blame is not None:
            return f"{blame.check}: {blame.finding.message or blame.finding.outcome.value}"
        said = [it.finding.message for it in self.evidence if it.finding.outcome is Outcome.PASSED]
        return " · ".join(it for it in said if it)

    @property
    def ms(self) -> float:
        """Time spent in checks, in milliseconds."""
        return sum(it.ms for it in self.evidence)

    def of(self, check: str) -> Finding | None:
        """The finding of one check, or None where the ladder did not get there."""
        return next((it.finding for it in self.evidence if it.check == check), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rung of the ladder: a constant. `run` never raises for bad code; what it raises is our own fault."""

    name: str
    doc: str
    run: "Callable[[Examination], Awaitable[Finding]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A small trial with a known outcome, kept beside its language and judged by the conformance suite.

    `stops_at` names the check that must fail; None means that the candidate must be accepted.
    `files` are written into the specimen's workspace first, by relative path.
    """

    name: str
    prefix: str
    completion: str
    suffix: str = ""
    stops_at: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """All that judging needs to know of one language.

    `placeholders` fill the hole when the baseline is taken, tried in order; `extensions` carry their dot. `warm`
    starts what the checks will need, for a file that was opened; it may raise SandboxFault.
    """

    name: str
    extensions: tuple[str, ...]
    checks: tuple[Check, ...]
    placeholders: tuple[str, ...]
    path: str
    specimens: tuple[Specimen, ...] = ()
    warm: "Callable[[Workbench, Path], Awaitable[None]] | None" = None
