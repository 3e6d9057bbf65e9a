"""What tests of every kind share: warm tools, and no silent skip where continuous integration promised a tool."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from vouch_verifiers import registry
from vouch_verifiers.model import Trial
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.workbench import Workbench


def _supported(python: Path) -> bool:
    major, minor = python.parts[-3].split(".")[:2]
    return (int(major), int(minor)) >= (3, 9)


# Our own, and those of pyenv where it is installed: Vouch judges for Python from 3.9 on.
PYTHONS = (
    Path(sys.executable),
    *sorted(it for it in Path("~/.pyenv/versions").expanduser().glob("3.*/bin/python") if _supported(it)),
)

# A shell lets what it starts in the background ignore SIGINT, and that is inherited by all below: the programs under
# test are to be told to stop as in the foreground.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def missing(what: str) -> None:
    """Skip, saying so; in continuous integration, where the tool was to be installed, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"missing in continuous integration: {what}")
    pytest.skip(what)


@asynccontextmanager
async def open_workbench(root: Path, **settings: object) -> AsyncIterator[Workbench]:
    """A workbench that is closed whatever happens."""
    workbench = Workbench(root=root, settings=VerifierSettings(**settings))  # type: ignore[arg-type]
    try:
        yield workbench
    finally:
        await workbench.aclose()


WorkbenchAt = Callable[..., AbstractAsyncContextManager[Workbench]]


@pytest.fixture
def workbench_at() -> WorkbenchAt:
    return open_workbench


@pytest.fixture(params=["bubblewrap", "landlock"])
async def sandbox(request: pytest.FixtureRequest) -> str:
    """The name of each sandbox that can start here."""
    name: str = request.param
    reason = await registry.sandboxes()[name].unavailable()
    if reason is not None:
        missing(f"{name}: {reason}")
    return name


def python_trial(
    root: Path, marked: str, completion: str, *, path: str = "subject.py", **more: object
) -> Trial:
    """A trial in `root`: the cursor stands at `|` in `marked`."""
    prefix, _, suffix = marked.partition("|")
    return Trial(
        language="python",
        path=root / path,
        prefix=prefix,
        completion=completion,
        suffix=suffix,
        workspace=root,
        **more,  # type: ignore[arg-type]
    )
