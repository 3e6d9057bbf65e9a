"""What all sandboxes share: what is readable in each, and a command line that confines itself before it becomes
another. Knows no sandbox in particular."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vouch_verifiers.settings import Limits

# What every program needs of the system to start: readable in every sandbox.
SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives", "/etc/ld.so.cache",
    "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group",
    "/etc/mime.types", "/etc/python3", "/nix/store", "/gnu/store",
)  # fmt: skip

PACKAGE = Path(__file__).resolve().parent.parent
# Names this package to an interpreter that does not have it, without showing it the folder that we are installed
# in: what lies beside us there is neither readable inside nor any business of the person's programs.
_BOOT = """
import importlib, importlib.util, sys
folder, name, *sys.argv[1:] = sys.argv[1:]
spec = importlib.util.spec_from_file_location(
    "vouch_verifiers", folder + "/__init__.py", submodule_search_locations=[folder]
)
sys.modules["vouch_verifiers"] = importlib.util.module_from_spec(spec)
importlib.import_module(name).main()
"""


def inside(interpreter: str, module: str, order: dict[str, Any]) -> list[str]:
    """The command that runs `main` of a module of this package on any interpreter, the order in `sys.argv[1]`."""
    return [interpreter, "-I", "-B", "-X", "utf8", "-c", _BOOT, str(PACKAGE), module, json.dumps(order)]


def launched(command: Sequence[str], orders: dict[str, Any]) -> list[str]:
    """`command` behind the launcher, run by our own interpreter."""
    return [*inside(sys.executable, "vouch_verifiers.sandboxes.inside.launch", orders), *command]


def needed_by_launcher() -> tuple[Path, ...]:
    """What must be readable for the launcher to start: our interpreter and this package."""
    prefixes = {Path(it) for it in (sys.prefix, sys.base_prefix)}
    executable = Path(sys.executable)
    return (*sorted(prefixes), executable.parent, executable.resolve().parent, PACKAGE)


def resource_limits(limits: Limits) -> dict[str, int]:
    """Limits for a long-lived tool: no CPU or memory bound of its own, since it serves many trials."""
    return {"CORE": 0, "FSIZE": limits.file_bytes, "NOFILE": max(limits.open_files, 1024)}
