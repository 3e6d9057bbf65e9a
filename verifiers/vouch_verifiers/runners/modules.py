"""Where a Python file stands among modules: its importable name and the folders to put on the search path."""

from pathlib import Path


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
