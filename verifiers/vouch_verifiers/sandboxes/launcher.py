"""The command line that confines itself before it becomes another command. Knows no sandbox in particular."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vouch_verifiers.settings import Limits

PACKAGE = Path(__file__).resolve().parent.parent
LAUNCH = PACKAGE / "sandboxes" / "inside" / "launch.py"


def launched(command: Sequence[str], orders: dict[str, Any]) -> list[str]:
    """`command` behind the launcher, run by our own interpreter."""
    return [sys.executable, "-I", "-B", str(LAUNCH), json.dumps(orders), *command]


def needed_by_launcher() -> tuple[Path, ...]:
    """What must be readable for the launcher to start: our interpreter and this package."""
    prefixes = {Path(it) for it in (sys.prefix, sys.base_prefix)}
    executable = Path(sys.executable)
    return (*sorted(prefixes), executable.parent, executable.resolve().parent, PACKAGE)


def resource_limits(limits: Limits) -> dict[str, int]:
    """Limits for a long-lived tool: no CPU or memory bound of its own, since it serves many trials."""
    return {"CORE": 0, "FSIZE": limits.file_bytes, "NOFILE": max(limits.open_files, 1024)}
