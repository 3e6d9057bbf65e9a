"""Finds the person's own Python and what must be readable for it to start. Starts nothing."""

import os
import shutil
import sys
from pathlib import Path

from vouch_verifiers.settings import VerifierSettings

_VENV_FOLDERS = (".venv", "venv", "env")
_SYSTEM_PREFIXES = (Path("/"), Path("/usr"), Path("/usr/local"))


def find(root: Path, settings: VerifierSettings) -> Path:
    """The interpreter of a project: the setting, VIRTUAL_ENV, a virtual environment in `root`, PATH, then our own.

    The answer is not resolved: through its own path a virtual environment's link finds its packages.
    """
    if settings.python is not None:
        return settings.python if settings.python.is_absolute() else root / settings.python
    active = os.environ.get("VIRTUAL_ENV")
    folders = [Path(active)] if active else []
    folders += [root / it for it in _VENV_FOLDERS]
    for folder in folders:
        candidate = folder / "bin" / "python"
        if candidate.exists():
            return candidate
    for name in ("python3", "python"):
        for folder_name in os.get_exec_path():
            found = shutil.which(name, path=folder_name)
            # A version manager's shim is a script that needs its manager, which has no place in a sandbox.
            if found is not None and not _is_script(Path(found)):
                return Path(found)
    return Path(sys.executable)


def readable(interpreter: Path) -> tuple[Path, ...]:
    """The folders that the interpreter needs beyond the system's own."""
    places = {interpreter.parent.parent, interpreter.resolve().parent.parent}
    link = interpreter
    # A virtual environment of a virtual environment: every stop of the chain of links is needed.
    while link.is_symlink():
        link = link.parent / link.readlink()
        places.add(Path(os.path.normpath(link)).parent.parent)
    return tuple(sorted(it for it in places if it not in _SYSTEM_PREFIXES))


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True
