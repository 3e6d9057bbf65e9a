"""Says on what a measurement was taken: a number without its machine means little."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from vouch_verifiers.toolchains.python_environment import read_environment


def describe(interpreter: Path) -> str:
    """One line: processor, cores that may be used, load, system, both Pythons, Vouch and the checker."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0
    parts = [
        f"{_processor()}, {cores} core{'' if cores == 1 else 's'}, load {os.getloadavg()[0]:.1f}",
        f"{platform.system()} {platform.release()}",
        f"{platform.python_implementation()} {platform.python_version()}",
        f"candidates on {_python(interpreter)}",
        f"vouch {_version('vouch-lsp')}",
        f"ty {_version('ty')}",
    ]
    return " · ".join(parts)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (it.partition(":")[2].strip() for it in lines if it.startswith("model name"))
    return next(names, platform.machine())


def _python(interpreter: Path) -> str:
    environment = read_environment(interpreter)
    return "an unknown Python" if environment is None else "Python {}.{}".format(*environment.version)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"
