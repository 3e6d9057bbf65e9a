"""Compiles, loads and exercises one candidate, and reports each step. Judges nothing: the other side compares."""

import builtins
import contextlib
import importlib
import importlib.util
import io
import os
import sys
import types
from typing import Any, Callable, Dict, Optional

from vouch_verifiers.runners.inside import overlay, testing, values
from vouch_verifiers.runners.inside.acts import ActRecorder
from vouch_verifiers.runners.inside.failures import raised
from vouch_verifiers.runners.inside.tracer import Aftermath, LineRecorder

MAX_OUTPUT = 16_000

Report = Callable[[Dict[str, Any]], None]
# Bound now: a candidate may replace them.
_compile, _eval, _exec, _bool, _sorted = compile, eval, exec, bool, sorted


class Capped(io.StringIO):
    """Standard output of a step; forgets what is over the cap, so that a flood costs time and not memory."""

    def write(self, text: str) -> int:
        room = MAX_OUTPUT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


def run(job: Dict[str, Any], report: Report) -> None:
    """The whole of one job, in a process that is about to end."""
    code = compiled(job, report)
    if code is None or not job["load"]:
        return
    overlay.install(job["overlay"])
    sys.path[:0] = job["sys_path"]
    _forget_ourselves()
    first, last = job["inserted"]
    recorder = LineRecorder(job["path"], first, last)
    recorder.start()
    acts = ActRecorder(job["path"], first, last, os.environ["TMPDIR"])
    acts.start()
    module = loaded(job, report, recorder)
    if module is None:
        return
    namespace = dict(vars(module))
    aftermath = Aftermath()
    for step in job["steps"]:
        answer = take_step(step, namespace, recorder, job)
        answer["follows"] = aftermath.shown_by(recorder)
        report(answer)
    testing.run_all(job, report, recorder)
    report({"e": "judged", "executed": _sorted(recorder.executed), "acts": acts.seen})
    for step in job["probes"]:
        report(take_step(step, namespace, recorder, job))


def compiled(job: Dict[str, Any], report: Report) -> Optional[types.CodeType]:
    """CPython's own verdict on the source."""
    try:
        code = _compile(overlay.encoded(job["source"]), job["path"], "exec", 0, True)
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        report(
            {
                "e": "syntax",
                "type": type(error).__name__,
                "message": error.msg,
                "line": line,
                "column": column,
            }
        )
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        report({"e": "syntax", "type": type(error).__name__, "message": str(error), "line": 1, "column": 1})
    else:
        report({"e": "compiled"})
        return code
    return None


def loaded(job: Dict[str, Any], report: Report, recorder: LineRecorder) -> Optional[types.ModuleType]:
    """Import the module as its project would, with everything it prints swallowed."""
    recorder.begin()
    output = Capped()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(Capped()):
            module = _import(job)
    except BaseException as error:
        report(dict(raised(error, job), e="load_failed", reached=recorder.reached))
        return None
    report({"e": "loaded", "executed": sorted(recorder.executed)})
    return module


def _import(job: Dict[str, Any]) -> types.ModuleType:
    """By path and under its importable name, whatever else has that name (a project's own `random.py`, say)."""
    name, path = job["module"], job["path"]
    parent = name.rpartition(".")[0]
    package = importlib.import_module(parent) if parent else None
    loader = overlay.OverlayLoader(name, path, overlay.encoded(job["source"]))
    folders = [os.path.dirname(path)] if os.path.basename(path) == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(
        name, path, loader=loader, submodule_search_locations=folders
    )
    if spec is None:
        raise ImportError("cannot load " + path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    if package is not None:
        setattr(package, name.rpartition(".")[2], module)
    return module


def take_step(
    step: Dict[str, Any], namespace: Dict[str, Any], recorder: LineRecorder, job: Dict[str, Any]
) -> Dict[str, Any]:
    """Run one example. The answer holds its value or exception, what it printed, and whether it got there."""
    output = Capped()
    answer: Dict[str, Any] = {"e": "step", "id": step["id"]}
    # Not by contextlib, which a candidate may have patched to swallow what is raised.
    stdout, sys.stdout = sys.stdout, output
    recorder.begin()
    try:
        if step["mode"] == "exec":
            _exec(_compile(step["code"], "<example>", "exec", 0, True), namespace)
        else:
            answer.update(_observed(step, namespace, recorder))
    except BaseException as error:
        answer["raised"] = raised(error, job)
    finally:
        sys.stdout = stdout
    answer["reached"] = recorder.reached
    answer["output"] = output.getvalue()
    return answer


def _observed(step: Dict[str, Any], namespace: Dict[str, Any], recorder: LineRecorder) -> Dict[str, Any]:
    if step["mode"] == "single":
        _show(step["code"], namespace, recorder)
        return {}
    value = _eval(_compile(step["code"], "<example>", "eval", 0, True), namespace)
    recorder.met(value)
    if step["mode"] == "truth":
        return {"value": ["b", _bool(value) is True], "text": values.text_of(value)}
    seen: Dict[str, Any] = {"value": values.encode(value), "text": values.text_of(value)}
    if step.get("expected"):
        wanted = _eval(_compile(step["expected"], "<expected>", "eval", 0, True), namespace)
        seen["expected"] = values.encode(wanted)
        # For types of the project's own, equality is theirs to define.
        seen["equal"] = _bool(wanted == value) is True
    return seen


def _show(code: str, namespace: Dict[str, Any], recorder: LineRecorder) -> None:
    """As the interactive prompt does it: expression statements print their value."""
    display = sys.displayhook

    def met(value: Any) -> None:
        recorder.met(value)
        display(value)

    sys.displayhook = met
    try:
        _exec(_compile(code, "<example>", "single", 0, True), namespace)
    finally:
        sys.displayhook = display


def _forget_ourselves() -> None:
    """A project may have modules of our names; ours stay alive through references."""
    for name in [it for it in sys.modules if it == "vouch_verifiers" or it.startswith("vouch_verifiers.")]:
        del sys.modules[name]
    sys.modules.pop("__main__", None)
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.argv = [""]
    builtins.__dict__.pop("_", None)
    os.environ.pop("PYTHONSTARTUP", None)
