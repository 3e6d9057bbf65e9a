"""The check rung of Python: no new errors from the type checker. Knows no language module and no editor."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from vouch_verifiers.baseline import Frame, frame_of, headline, in_hole, new_diagnostics, placeholder_text
from vouch_verifiers.diagnostics import Diagnostic
from vouch_verifiers.examination import Examination
from vouch_verifiers.model import Finding, Position, Trial, failed, inconclusive, passed
from vouch_verifiers.sandbox import SandboxFault
from vouch_verifiers.toolchains import ty
from vouch_verifiers.toolchains.lsp_diagnostics import LspDiagnostics
from vouch_verifiers.toolchains.python_doubts import doubtful
from vouch_verifiers.toolchains.python_environment import PythonEnvironment, read_environment
from vouch_verifiers.toolchains.python_syntax import parse_errors
from vouch_verifiers.workbench import Workbench

log = logging.getLogger(__name__)

# Statements and expressions first, then the shapes in which a candidate finishes what stands before the hole:
# `import |x`, `if |x: y`, `class |C: y`, `def |f(): y`, `for |x in y: z`.
PLACEHOLDERS = ("...", "_", "...: ...", "_: ...", "_(): ...", "_ in ...: ...")
MOST_BASELINES = 64
MOST_NOTES = 5
WARM_TEXT = "import os\n"


async def new_type_errors(examination: Examination, *, interpreter: Path | None = None) -> Finding:
    """Whether the checker complains of something in the resulting file that it did not mind before.

    New errors of the hard tier fail, softer ones are notes. `interpreter` is the one whose packages count;
    where neither it nor the setting is given, imports that are not found do not count against the candidate.
    All together takes `check_timeout_ms` at most, the start of a checker included.
    """
    trial, workbench = examination.trial, examination.workbench
    desk = _Desk.at(workbench, interpreter)
    root = _root(trial, workbench)
    timeout_ms = workbench.settings.check_timeout_ms
    deadline = asyncio.get_running_loop().time() + timeout_ms / 1000
    try:
        async with asyncio.timeout_at(deadline):
            checker = await _checker(workbench, desk, root)
        inquiry = _Inquiry(checker=checker, desk=desk, trial=trial, deadline=deadline)
        after = await inquiry.diagnose(trial.after)
        after = tuple(it for it in after if ty.tier(it) is not ty.Tier.NONE)
        new, known = await _new(inquiry, after) if after else ((), frozenset[str]())
    except TimeoutError:
        return inconclusive(f"type checker: it did not start in {timeout_ms} ms")
    except SandboxFault as fault:
        return inconclusive(f"type checker: {fault}")
    workbench.worked(_key(root))
    return _finding(new, trial, known=known, environment=desk.environment)


async def warm(workbench: Workbench, *, path: Path | None = None, interpreter: Path | None = None) -> None:
    """Start the checker ahead of the first candidate, best with the path of a file that is open.

    A checker that does not start is only logged: the first candidate's finding will say so.
    """
    target = path or workbench.root / "vouch_warm_up.py"
    trial = Trial(
        language="python", path=target, prefix=WARM_TEXT, completion="", suffix="", workspace=workbench.root
    )
    root = _root(trial, workbench)
    try:
        checker = await _checker(workbench, _Desk.at(workbench, interpreter), root)
        await checker.diagnose(target, WARM_TEXT, buffers={}, timeout_ms=10_000)
    except SandboxFault as fault:
        log.info("the type checker did not warm up: %s", fault)


@dataclass(frozen=True, slots=True)
class _Baseline:
    placeholder: str
    said: tuple[Diagnostic, ...]

    @property
    def broken(self) -> bool:
        return any(it.rule in ty.SYNTAX_RULES for it in self.said)


@dataclass(slots=True)
class _Desk:
    """What is remembered between trials of one workbench."""

    interpreter: Path | None
    environment: PythonEnvironment | None = None
    stamp: tuple[tuple[str, int], ...] = ()
    baselines: OrderedDict[str, _Baseline] = field(default_factory=OrderedDict)

    @classmethod
    def at(cls, workbench: Workbench, interpreter: Path | None) -> "_Desk":
        interpreter = interpreter or workbench.settings.python
        desk = workbench.memory.get("python_check")
        if not isinstance(desk, _Desk) or desk.interpreter != interpreter:
            desk = workbench.memory["python_check"] = cls(interpreter)
        return desk

    def packages_changed(self) -> bool:
        """Look at the interpreter's packages again: are they others than the checker was started with?"""
        stamp = self.environment.stamp if self.environment is not None else ()
        if self.interpreter is not None and (self.environment is None or stamp != self.stamp):
            self.environment = read_environment(self.interpreter)
            stamp = self.environment.stamp if self.environment is not None else ()
        changed, self.stamp = stamp != self.stamp, stamp
        return changed


async def _checker(workbench: Workbench, desk: _Desk, root: Path) -> LspDiagnostics:
    key = _key(root)
    if desk.packages_changed():
        # It keeps what it found in the packages.
        await workbench.retire(key)
    return await workbench.tool(
        key, lambda sandbox: ty.start(sandbox, root=root, environment=desk.environment)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inquiry:
    """What the checker is asked about one trial, and until when: the time of the event loop, in seconds."""

    checker: LspDiagnostics
    desk: _Desk
    trial: Trial
    deadline: float

    async def diagnose(self, text: str) -> tuple[Diagnostic, ...]:
        """What it says of a text at the trial's path. Raises SandboxFault."""
        left_ms = max(1.0, (self.deadline - asyncio.get_running_loop().time()) * 1000)
        shown, buffers = ty.without_excuses(text), self.trial.buffers
        return await self.checker.diagnose(self.trial.path, shown, buffers=buffers, timeout_ms=left_ms)


async def _new(
    inquiry: _Inquiry, after: tuple[Diagnostic, ...]
) -> tuple[tuple[Diagnostic, ...], frozenset[str]]:
    """The new complaints, and the headlines of the old ones."""
    trial, baseline = inquiry.trial, await _baseline(inquiry)
    new = new_diagnostics(baseline.said, after, trial, baseline.placeholder, syntax_rules=ty.SYNTAX_RULES)
    known = frozenset(headline(it) for it in baseline.said)
    if not baseline.broken:
        return new, known
    # A parser that lost its way makes up errors, and hides others, far from where it lost it. A second one
    # that sees no more errors than before has the last word on syntax.
    worse = parse_errors(trial.after) > parse_errors(trial.prefix + baseline.placeholder + trial.suffix)
    kept = (it for it in new if in_hole(it, trial) and (worse or it.rule not in ty.SYNTAX_RULES))
    return tuple(kept), known


async def _baseline(inquiry: _Inquiry) -> _Baseline:
    """Taken once for a file, a hole and a frame; what was saved to disk since then makes it another."""
    trial, baselines = inquiry.trial, inquiry.desk.baselines
    key = _baseline_key(trial, frame_of(trial.completion), inquiry.checker.generation)
    known = baselines.get(key)
    if known is not None:
        baselines.move_to_end(key)
        return known
    placeholder = placeholder_text(trial, PLACEHOLDERS, parse_errors=parse_errors)
    said = await inquiry.diagnose(trial.prefix + placeholder + trial.suffix)
    baseline = _Baseline(placeholder, said)
    baselines[key] = baseline
    while len(baselines) > MOST_BASELINES:
        baselines.popitem(last=False)
    return baseline


def _baseline_key(trial: Trial, frame: Frame, generation: int) -> str:
    # The content address of a trial with nothing in the hole: prefix, suffix, path and buffers.
    empty = Trial(
        language=trial.language,
        path=trial.path,
        prefix=trial.prefix,
        completion="",
        suffix=trial.suffix,
        workspace=trial.workspace,
        buffers=trial.buffers,
    )
    return empty.key(frame.before, frame.closers, frame.after, str(generation))


def _finding(
    new: tuple[Diagnostic, ...], trial: Trial, *, known: frozenset[str], environment: PythonEnvironment | None
) -> Finding:
    # Without an interpreter nothing is known of what is installed.
    spared = frozenset[str]() if environment is not None else ty.IMPORT_RULES
    hard = [it for it in new if ty.tier(it) is ty.Tier.HARD and it.rule not in spared]
    places = _places(trial, environment)
    hard = [it for it in hard if not doubtful(it, trial.after, known=known, places=places)]
    notes = tuple(_sentence(it) for it in new if it not in hard)[:MOST_NOTES]
    if not hard:
        return passed("no new errors", notes=notes)
    # An error in what was inserted says more than one that it causes elsewhere.
    worst = min(hard, key=lambda it: (not in_hole(it, trial), it.start_line, it.start_column))
    position = Position(line=worst.start_line, column=worst.start_column)
    return failed(_sentence(worst), position, notes=notes)


def _places(trial: Trial, environment: PythonEnvironment | None) -> list[Path]:
    """Where a module may lie when the file is run: beside it, in the project, among the packages."""
    own = [trial.path.parent, trial.root, trial.root / "src"]
    return own if environment is None else [*own, *environment.packages, environment.stdlib]


def _sentence(said: Diagnostic) -> str:
    return f"line {said.start_line + 1}: {headline(said)} [{said.rule}]"


def _root(trial: Trial, workbench: Workbench) -> Path:
    return workbench.root if trial.path.is_relative_to(workbench.root) else trial.root


def _key(root: Path) -> str:
    return f"ty {root}"
