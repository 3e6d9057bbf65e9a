"""Where an interpreter keeps its packages, read from its files. Runs nothing: it may be anyone's."""

import re
from dataclasses import dataclass
from pathlib import Path

from vouch_verifiers.plain_files import read_plain

_VERSION = re.compile(r"(\d+)\.(\d+)")
_LIBRARY = re.compile(r"python(\d+)\.(\d+)t?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonEnvironment:
    """`version` is (major, minor), `packages` are in the order of the search, `base` is another prefix than
    `prefix` for a virtual environment."""

    version: tuple[int, int]
    prefix: Path
    base: Path
    packages: tuple[Path, ...]
    stdlib: Path

    @property
    def readable(self) -> tuple[Path, ...]:
        """What a tool must be able to read to find the packages by itself."""
        return tuple(dict.fromkeys((self.prefix, self.base, *self.packages)))

    @property
    def stamp(self) -> tuple[tuple[str, int], ...]:
        """Changes when a package is installed or removed: the times of the package directories, in ns."""
        return tuple((str(it), it.stat().st_mtime_ns) for it in self.packages if it.is_dir())


def read_environment(interpreter: Path) -> PythonEnvironment | None:
    """The environment of an interpreter by its path, virtual or not; None where the layout is unknown or unreadable."""
    try:
        return _read(interpreter)
    except OSError:
        return None


def _read(interpreter: Path) -> PythonEnvironment | None:
    # The link itself tells the environment; what it points at is only the base interpreter.
    prefix = interpreter.absolute().parent.parent
    settings = _venv_settings(prefix)
    base = _base_prefix(interpreter, settings)
    library = _library(base, interpreter)
    if library is None:
        return None
    match = _LIBRARY.fullmatch(library.name)
    assert match is not None
    packages: list[Path] = []
    if settings is not None:
        packages += _package_directories(prefix, library.name)
    if settings is None or settings.get("include-system-site-packages", "").lower() == "true":
        packages += _package_directories(base, library.name)
    packages += [it for found in list(packages) for it in _path_files(found)]
    return PythonEnvironment(
        version=(int(match[1]), int(match[2])),
        prefix=prefix if settings is not None else base,
        base=base,
        packages=tuple(dict.fromkeys(packages)),
        stdlib=library,
    )


def _venv_settings(prefix: Path) -> dict[str, str] | None:
    try:
        text = read_plain(prefix / "pyvenv.cfg").decode("utf-8", "replace")
    except OSError:
        return None
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def _base_prefix(interpreter: Path, settings: dict[str, str] | None) -> Path:
    if settings is not None and settings.get("home"):
        return Path(settings["home"]).parent
    return interpreter.resolve().parent.parent


def _library(base: Path, interpreter: Path) -> Path | None:
    """The standard library's directory: that of the interpreter's own version where there are several."""
    found = [it for it in base.glob("lib/python3.*") if (it / "os.py").is_file()]
    candidates = sorted((it for it in found if _LIBRARY.fullmatch(it.name)), key=_minor)
    named = _VERSION.search(interpreter.resolve().name)
    if named is not None:
        exact = [it for it in candidates if it.name.rstrip("t") == f"python{named[0]}"]
        candidates = exact or candidates
    return candidates[-1] if candidates else None


def _minor(library: Path) -> int:
    match = _LIBRARY.fullmatch(library.name)
    return int(match[2]) if match is not None else 0


def _package_directories(prefix: Path, library: str) -> list[Path]:
    # Debian keeps its own packages in dist-packages, those of pip under /usr/local.
    places = [prefix / "lib" / library / "site-packages", prefix / "lib64" / library / "site-packages"]
    if prefix == Path("/usr"):
        places += [Path("/usr/local/lib") / library / "dist-packages", Path("/usr/lib/python3/dist-packages")]
    resolved = {it.resolve(): it for it in reversed(places) if it.is_dir()}
    return [it for it in places if it in resolved.values()]


def _path_files(packages: Path) -> list[Path]:
    """Directories that `.pth` files add, such as editable installs. Lines that are code name no directory."""
    found: list[Path] = []
    for file in sorted(packages.glob("*.pth")):
        try:
            lines = read_plain(file).decode("utf-8", "replace").splitlines()
        except OSError:
            continue
        for line in lines:
            entry = line.strip()
            if entry and (packages / entry).is_dir():
                found.append(packages / entry)
    return found
