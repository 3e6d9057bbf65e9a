"""Runs nearby tests against a candidate: plain functions by calling them, the rest by their own framework."""

import contextlib
import importlib
import io
import os
import sys
import unittest
from typing import Any, Callable, Dict, List

from vouch_verifiers.runners.inside.failures import raised
from vouch_verifiers.runners.inside.tracer import LineRecorder

# A project's own options may start processes (xdist), measure coverage or stop early: none of that is wanted here.
_QUIET = ["-q", "-o", "addopts=", "-p", "no:cacheprovider"]

Report = Callable[[Dict[str, Any]], None]
_SKIPS = {"SkipTest", "Skipped"}
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


def run_all(job: Dict[str, Any], report: Report, recorder: LineRecorder) -> None:
    """Every test of the job, in its order; pytest's together at the end, since it starts once."""
    collected = [it for it in job["tests"] if it["kind"] == "pytest"]
    for test in job["tests"]:
        if test["kind"] == "function":
            report(_called(test, job, recorder))
        elif test["kind"] == "unittest":
            report(_unittest(test, job, recorder))
    if collected:
        _pytest(collected, job, report, recorder)


def _answer(test: Dict[str, Any], outcome: str, recorder: LineRecorder, **facts: Any) -> Dict[str, Any]:
    return dict({"e": "test", "id": test["id"], "outcome": outcome, "reached": recorder.reached}, **facts)


def _import_test(test: Dict[str, Any]) -> Any:
    for folder in test["sys_path"]:
        if folder not in sys.path:
            sys.path.append(folder)
    return importlib.import_module(test["module"])


def _called(test: Dict[str, Any], job: Dict[str, Any], recorder: LineRecorder) -> Dict[str, Any]:
    recorder.begin()
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            getattr(_import_test(test), test["name"])()
    except BaseException as error:
        if type(error).__name__ in _SKIPS:
            return _answer(test, SKIPPED, recorder, message=str(error)[:300])
        return _answer(test, FAILED, recorder, raised=raised(error, job))
    return _answer(test, PASSED, recorder)


class _Result(unittest.TestResult):
    """Keeps the exception itself, so that its place in the judged file can be told."""

    def __init__(self) -> None:
        super().__init__()
        self.raised: List[BaseException] = []

    def addFailure(self, test: Any, err: Any) -> None:
        self.raised.append(err[1])
        super().addFailure(test, err)

    def addError(self, test: Any, err: Any) -> None:
        self.raised.append(err[1])
        super().addError(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            self.raised.append(err[1])
        super().addSubTest(test, subtest, err)


def _unittest(test: Dict[str, Any], job: Dict[str, Any], recorder: LineRecorder) -> Dict[str, Any]:
    recorder.begin()
    quiet, result = io.StringIO(), _Result()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            case = getattr(_import_test(test), test["class"])
            unittest.TestLoader().loadTestsFromName(test["name"], case).run(result)
    except BaseException as error:
        return _answer(test, FAILED, recorder, raised=raised(error, job))
    if result.raised:
        return _answer(test, FAILED, recorder, raised=raised(result.raised[0], job))
    if result.skipped or not result.testsRun:
        return _answer(test, SKIPPED, recorder, message="skipped")
    return _answer(test, PASSED, recorder)


class _Watcher:
    """A pytest plug-in that reports each test by its node id. Parametrised cases count for their function."""

    def __init__(
        self, tests: List[Dict[str, Any]], job: Dict[str, Any], report: Report, recorder: Any
    ) -> None:
        self._tests = {it["id"]: it for it in tests}
        self._job, self._report, self._recorder = job, report, recorder
        self._failed: Dict[str, Any] = {}
        self._skipped: Dict[str, int] = {}
        self._passed: Dict[str, int] = {}
        self._reached: Dict[str, bool] = {}

    def pytest_runtest_setup(self, item: Any) -> None:
        self._recorder.begin()

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        base = item.nodeid.split("[", 1)[0]
        self._reached[base] = self._reached.get(base, False) or self._recorder.reached
        if call.excinfo is not None:
            if type(call.excinfo.value).__name__ in _SKIPS:
                self._skipped[base] = 1
            elif base not in self._failed:
                self._failed[base] = raised(call.excinfo.value, self._job)
        elif call.when == "call":
            self._passed[base] = 1

    def finish(self) -> None:
        for name in self._tests:
            facts: Dict[str, Any] = {"e": "test", "id": name, "reached": self._reached.get(name, False)}
            if name in self._failed:
                facts.update(outcome=FAILED, raised=self._failed[name])
            elif name in self._passed:
                facts.update(outcome=PASSED)
            else:
                facts.update(outcome=SKIPPED, message="pytest did not run it")
            self._report(facts)


def _pytest(tests: List[Dict[str, Any]], job: Dict[str, Any], report: Report, recorder: LineRecorder) -> None:
    watcher = _Watcher(tests, job, report, recorder)
    try:
        import pytest
    except ImportError:
        for test in tests:
            report(_answer(test, SKIPPED, recorder, message="pytest is not installed in this environment"))
        return
    arguments = [*_QUIET, "--rootdir", job["root"]]
    nodes = [os.path.join(job["root"], it["id"]) for it in tests]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([*arguments, *nodes], plugins=[watcher])
    watcher.finish()


def warm_pytest(scratch: str) -> None:
    """Import the plug-ins of this environment and run pytest once, so that a fork starts it in milliseconds."""
    from importlib import metadata

    import pytest

    found: Any = metadata.entry_points()
    plugins = found.select(group="pytest11") if hasattr(found, "select") else found.get("pytest11", ())
    for plugin in plugins:
        with contextlib.suppress(Exception):
            plugin.load()
    path = os.path.join(scratch, "test_vouch_warm_up.py")
    with open(path, "w") as file:
        file.write("def test_warm_up(tmp_path):\n    assert [1] == [1]\n")
    try:
        pytest.main([*_QUIET, "--rootdir", scratch, path])
    finally:
        os.unlink(path)
        sys.modules.pop("test_vouch_warm_up", None)
