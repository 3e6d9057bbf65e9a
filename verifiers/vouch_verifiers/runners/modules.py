"""Where a Python file stands among modules: its importable name and the folders to put on the search path."""

import re
import sys
from pathlib import Path

_IMPORT = re.compile(r"^(?:from|import)[^\S\n]+(\w+)", re.MULTILINE)
_MOST_IMPORTS = 20


def name_and_roots(path: Path, root: Path) -> tuple[str, tuple[Path, ...]]:
    """The dotted name of `path`, and search folders: the one its package is in, the project, its `src`.

    Packages are told by their `__init__.py`. A stem that is no identifier is kept as it is.
    """
    package_root = path.parent
    parts = [] if path.name == "__init__.py" else [path.stem]
    while (package_root / "__init__.py").exists() and package_root != package_root.parent:
        parts.insert(0, package_root.name)
        package_root = package_root.parent
    name = ".".join(parts) or path.parent.name
    roots = [package_root, root, root / "src"]
    kept = [it for at, it in enumerate(roots) if it not in roots[:at] and (it.is_dir() or it == package_root)]
    return name, tuple(kept)


def packages_imported(text: str, roots: tuple[Path, ...]) -> tuple[str, ...]:
    """Top-level modules that a text imports and that come from an installed package: neither the standard
    library's nor the project's own."""
    names = dict.fromkeys(_IMPORT.findall(text))
    foreign = [it for it in names if it not in sys.stdlib_module_names and not _is_own(it, roots)]
    return tuple(foreign[:_MOST_IMPORTS])


def _is_own(name: str, roots: tuple[Path, ...]) -> bool:
    return any((it / name).is_dir() or (it / f"{name}.py").exists() for it in roots)
