"""Runs a Python trial as the ladder needs it: whole file first, the smallest runnable slice where that cannot load."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace

from vouch_verifiers.baseline import placeholder_text
from vouch_verifiers.examination import Examination
from vouch_verifiers.model import (
    Example,
    Finding,
    Position,
    Trial,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from vouch_verifiers.oracles import doc_examples, nearby_tests
from vouch_verifiers.oracles.module_map import module_names
from vouch_verifiers.oracles.nearby_tests import NearbyTest
from vouch_verifiers.oracles.runnable_slice import slice_of
from vouch_verifiers.oracles.scope import scope_of
from vouch_verifiers.runners.python_failures import environment_reason
from vouch_verifiers.runners.python_run import Run, RunReport, Work
from vouch_verifiers.runners.python_worker import Event
from vouch_verifiers.toolchains.python_check import PLACEHOLDERS
from vouch_verifiers.toolchains.python_syntax import parse_errors
from vouch_verifiers.workbench import Workbench

MOST_PROBES = 8
MOST_BASELINES = 128
MOST_HOLES = 64
_RUN, _PERFORMANCE = "python run", "python performance"

_Examples = tuple[tuple[Example, ...], tuple[Example, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What a trial did: what it was asked, what came of it, and of which text. `sliced` says why it was a slice."""

    trial: Trial
    work: Work
    report: RunReport
    sliced: str = ""

    @property
    def executed_lines(self) -> int:
        """How many of the inserted lines were executed."""
        return len(self.report.executed)


async def compiles(examination: Examination) -> Finding:
    """CPython compiles the resulting file; where the file was broken before, the definition around the hole."""
    run = await examination.shared(_RUN, lambda: _start(examination))
    report = await run.compiled()
    if report.compiled:
        return passed("compiles")
    if report.syntax is None:
        return _uncompiled(report)
    older = await _baseline(examination, load=False)
    if older.fault:
        return inconclusive(older.fault)
    if older.syntax is None:
        return _syntax_finding(report.syntax)
    return await _compiles_alone(examination, report.syntax, older.syntax)


async def runs(examination: Examination) -> Finding:
    """The module loads, and what its examples and tests call comes to an end."""
    told = await performance(examination)
    report = told.report
    if report.fault:
        return inconclusive(report.fault)
    if report.forged:
        return failed("it wrote to the channel that results are reported on")
    if not report.loaded:
        return await _unloaded(examination, told)
    if not report.judged:
        return _unfinished(told)
    # What the sandbox kept from doing harm would do it where a person runs it: they are told.
    said = ", ".join(["runs" if report.executed else "loads", *report.acts])
    return passed(
        f"{said} alone ({told.sliced})" if told.sliced else said,
        executed_lines=told.executed_lines,
        inserted_lines=len(examination.trial.inserted_lines),
    )


async def performance(examination: Examination) -> Performance:
    """The finished run of the trial, or of its slice where the file as it was cannot be loaded here."""
    return await examination.shared(_PERFORMANCE, lambda: _performed(examination))


async def _performed(examination: Examination) -> Performance:
    run = await examination.shared(_RUN, lambda: _start(examination))
    report = await run.finished()
    work = await examination.shared("python work", lambda: _work(examination))
    sliced = await examination.shared("python slice reason", _nothing)
    whole = Performance(trial=examination.trial, work=work, report=report, sliced=sliced)
    failure = report.load_failure
    blamed = failure is not None and _candidate_is_to_blame(failure)
    if report.fault or report.loaded or sliced or blamed:
        return whole
    older = await _baseline(examination, load=True)
    if older.loaded or older.fault:
        return whole
    why = _raised(older.load_failure) if older.load_failure is not None else _ending(examination, older)
    reason = f"the file cannot be loaded here: {why}"
    sliced_run = await _run_slice(examination, reason)
    if sliced_run is None:
        return whole
    finished = await sliced_run.finished()
    return Performance(trial=examination.trial, work=work, report=finished, sliced=reason)


async def _nothing() -> str:
    return ""


async def _start(examination: Examination) -> Run:
    work = await examination.shared("python work", lambda: _work(examination))
    return Run(examination.workbench, examination.trial, work)


async def _work(examination: Examination) -> Work:
    trial = examination.trial
    examples, probes = await _examples_of(trial, examination.workbench)
    tests: tuple[NearbyTest, ...] = ()
    if examination.settings.tests:
        # It reads the test files that changed: never on the event loop.
        tests = await asyncio.to_thread(nearby_tests.find, trial, scope_of(trial))
    return Work(source=trial.after, examples=examples, tests=tests, probes=probes)


async def _examples_of(trial: Trial, workbench: Workbench) -> _Examples:
    """Examples and probes; remembered for the hole where it lies in a function, since what is inserted there changes
    neither the documentation nor the names of the module."""
    scope = scope_of(trial)
    if scope.function is None or scope.inserted:
        return await asyncio.to_thread(_read_examples, trial)
    known: OrderedDict[str, _Examples] = workbench.memory.setdefault("python examples", OrderedDict())
    key = replace(trial, completion="").key(scope.qualified_name)
    if key in known:
        return known[key]
    found = await asyncio.to_thread(_read_examples, trial)
    # A candidate that CPython cannot read hides the very name that the examples call; the next one may not.
    if scope.top is not None and scope.top.name in module_names(trial.after):
        known[key] = found
    while len(known) > MOST_HOLES:
        known.popitem(last=False)
    return found


def _read_examples(trial: Trial) -> _Examples:
    """In a long file it reads for a tenth of a second: never on the event loop."""
    examples = doc_examples.extract(trial)
    return examples, doc_examples.probes(examples, trial, MOST_PROBES)


async def _run_slice(examination: Examination, reason: str) -> Run | None:
    """Start the run of the slice and put it in the place of the whole file's."""
    trial = examination.trial
    source = slice_of(trial.after, scope_of(trial))
    if source is None:
        return None
    work = await examination.shared("python work", lambda: _work(examination))
    # Tests import the module as a whole: with a slice in its place they would judge something else.
    run = Run(examination.workbench, trial, replace(work, source=source, tests=()))
    examination.replace(_RUN, run)
    examination.replace("python slice reason", reason)
    return run


async def _compiles_alone(examination: Examination, error: Event, older: Event) -> Finding:
    reason = f"line {older['line']} of the file had a syntax error before"
    run = await _run_slice(examination, reason)
    if run is None:
        if error["line"] - 1 in examination.trial.inserted_lines:
            return _syntax_finding(error)
        return inconclusive(f"{reason}, and nothing around the cursor can be compiled alone")
    report = await run.compiled()
    if report.compiled:
        return passed("compiles alone", notes=(reason,))
    return _syntax_finding(report.syntax) if report.syntax is not None else _uncompiled(report)


async def _baseline(examination: Examination, *, load: bool) -> RunReport:
    """What the file did with a placeholder in the hole; remembered for the hole."""
    trial = examination.trial
    placeholder = placeholder_text(trial, PLACEHOLDERS, parse_errors=parse_errors)
    older = replace(trial, completion=placeholder)
    known: dict[str, RunReport] = examination.workbench.memory.setdefault("python baselines", {})
    key = older.key(str(load), str(examination.workbench.generation))
    if key not in known:
        run = Run(examination.workbench, older, Work(source=older.after, load=load))
        try:
            report = await (run.finished() if load else run.compiled())
        finally:
            await run.cancel()
        if report.fault:
            return report
        if len(known) >= MOST_BASELINES:
            known.clear()
        known[key] = report
    return known[key]


async def _unloaded(examination: Examination, told: Performance) -> Finding:
    failure = told.report.load_failure
    if failure is None:
        return await _never_loaded(examination, told)
    why_not = environment_reason(failure)
    if _candidate_is_to_blame(failure):
        return inconclusive(why_not) if why_not else failed(_raised(failure), _place(failure))
    older = await _baseline(examination, load=True)
    if told.sliced or older.load_failure is not None or why_not:
        return not_applicable(f"the module cannot be loaded here: {_raised(failure)}")
    return failed(f"the module no longer loads: {_raised(failure)}", _place(failure))


async def _never_loaded(examination: Examination, told: Performance) -> Finding:
    how = f"it {_ending(examination, told.report)} while the module was loading"
    older = await _baseline(examination, load=True)
    if told.sliced or not older.loaded:
        return not_applicable(f"the module cannot be loaded here: {how}")
    return failed(how)


def _unfinished(told: Performance) -> Finding:
    report = told.report
    pending = next((it for it in told.work.examples if it.id not in report.steps), None)
    how = {"timeout": "did not end in time", "flood": "wrote too much"}.get(report.how, "ended the process")
    if pending is not None:
        return failed(f"it {how} in `{_one_line(pending.code)}`")
    test = next((it for it in told.work.tests if it.id not in report.tests), None)
    if test is not None and report.how == "timeout":
        return inconclusive(f"the test {test.name} did not end in time")
    return failed(f"it {how}" + (f" in the test {test.name}" if test else ""))


def _ending(examination: Examination, report: RunReport) -> str:
    if report.how == "timeout":
        return f"was still running after {examination.settings.limits.wall_ms} ms"
    return "wrote too much" if report.how == "flood" else "ended the process"


def _candidate_is_to_blame(failure: Event) -> bool:
    return bool(failure["candidate_line"])


def _uncompiled(report: RunReport) -> Finding:
    if report.fault:
        return inconclusive(report.fault)
    return failed("compiling it did not come to an end")


def _syntax_finding(error: Event) -> Finding:
    line, column = int(error["line"]), int(error["column"])
    position = Position(line=max(line - 1, 0), column=max(column - 1, 0))
    return failed(f"line {line}: {error['message']}", position)


def _place(failure: Event) -> Position | None:
    line = failure["candidate_line"] or failure["line"]
    return Position(line=line - 1, column=0) if line else None


def _raised(failure: Event) -> str:
    return f"{failure['type']}: {failure['message']}".rstrip(": ")


def _one_line(code: str) -> str:
    return " ".join(code.split())[:80]
