"""Finds a workspace's test files and what their tests name. It reads files, and knows no candidate."""

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vouch_verifiers.oracles.expressions import parse_module
from vouch_verifiers.plain_files import read_plain

TEST_FILE = re.compile(r"test_.*\.py|.*_test\.py|tests?\.py")
SKIPPED = frozenset(
    {"node_modules", "build", "dist", "venv", "env", "site-packages", "__pycache__", "target"}
)
MOST_FOLDERS = 3_000
MOST_FILES = 1_000
LARGEST_FILE = 512 * 1024
MOST_TEXT = 16 * 1024 * 1024
SET_UP = frozenset({"setUp", "setUpClass", "setup_method", "setup_class", "asyncSetUp"})
XUNIT = frozenset({"setup_module", "setup_function", "teardown_function", "setUpModule", "setup", "teardown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """`from module import names`, or `import module` with no names; `level` counts the leading dots."""

    module: str
    level: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test as it stands in a file: 0-based line, and every name that it or what it calls there mentions."""

    name: str
    class_name: str
    line: int
    kind: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFile:
    """What a test file imports and tests. `plain` is False where its functions need more than a call."""

    imports: tuple[Import, ...]
    tests: tuple[Test, ...]
    plain: bool


def test_files(root: Path, start: Path, buffers: Mapping[Path, str]) -> Iterator[tuple[Path, str]]:
    """Test files under `root` with their text, those near `start` first; buffers shadow the disk."""
    seen: set[Path] = set()
    read = 0
    for path in buffers:
        if TEST_FILE.fullmatch(path.name) and path.is_relative_to(root):
            seen.add(path)
            yield path, buffers[path]
    for path in _on_disk(root, start):
        if path in seen:
            continue
        seen.add(path)
        text = text_of(path)
        if text is not None:
            read += len(text)
            yield path, text
        if len(seen) >= MOST_FILES or read >= MOST_TEXT:
            return


def text_of(path: Path) -> str | None:
    """The text on disk, remembered until it changes; None where it is too large or cannot be read."""
    try:
        status = path.stat()
    except OSError:
        return None
    if status.st_size > LARGEST_FILE:
        return None
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=128)
def read_tests(text: str) -> TestFile | None:
    """What a text tests; None where it does not parse, since then none of it can run."""
    module = parse_module(text)
    if module is None:
        return None
    definitions = {it: node for node in module.body for it in _bound(node)}
    plain = not definitions.keys() & (XUNIT | {"pytestmark"}) and "autouse" not in text
    tests: list[Test] = []
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            kind = "function" if plain and _is_callable_alone(node) else "pytest"
            names = _reachable(_named(node), definitions)
            tests.append(Test(name=node.name, class_name="", line=node.lineno - 1, kind=kind, names=names))
        elif isinstance(node, ast.ClassDef):
            tests += _of_class(node, definitions)
    return TestFile(imports=tuple(_imports(module)), tests=tuple(tests), plain=plain)


@lru_cache(maxsize=MOST_FILES)
def _read(path: Path, _changed: int, _size: int) -> str | None:
    try:
        return read_plain(path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _on_disk(root: Path, start: Path) -> Iterator[Path]:
    """Folder by folder, breadth first; the folder of the file, then those around it, then the rest."""
    origins = [it for it in (start, *start.parents) if it.is_relative_to(root)] or [root]
    seen: set[Path] = set()
    for origin in origins:
        waiting = deque([origin])
        while waiting and len(seen) < MOST_FOLDERS:
            folder = waiting.popleft()
            if folder in seen:
                continue
            seen.add(folder)
            folders, files = _listing(folder)
            waiting += folders
            yield from files


def _listing(folder: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    try:
        return _entries(folder, folder.stat().st_mtime_ns)
    except OSError:
        return (), ()


@lru_cache(maxsize=2 * MOST_FOLDERS)
def _entries(folder: Path, _changed: int) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The folders worth looking into and the test files of a folder. Links are not followed."""
    folders, files = [], []
    for it in sorted(folder.iterdir()):
        if it.is_symlink():
            continue
        if it.name.endswith(".py") and TEST_FILE.fullmatch(it.name):
            files.append(it)
        elif (
            "." not in it.name and it.name not in SKIPPED and it.is_dir() and not (it / "pyvenv.cfg").exists()
        ):
            folders.append(it)
    return tuple(folders), tuple(files)


def _of_class(node: ast.ClassDef, definitions: Mapping[str, ast.stmt]) -> Iterator[Test]:
    bases = _base_names(node, definitions)
    is_case = any(it.endswith("TestCase") for it in bases)
    if not is_case and (not node.name.startswith("Test") or "__init__" in _methods(node)):
        return
    methods = _methods(node)
    # Only a suite runs these, and a single test is run without one.
    needs_suite = "setUpModule" in definitions or any(
        "setUpClass" in _methods(it) for it in _bases(node, definitions)
    )
    around = [it for it in node.body if not isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)]
    shared = frozenset[str]().union(*(_named(it) for it in around), SET_UP)
    for name, method in methods.items():
        if not name.startswith("test"):
            continue
        names = _reachable(_named(method) | shared, {**definitions, **methods})
        kind = "unittest" if is_case and not needs_suite else "pytest"
        yield Test(name=name, class_name=node.name, line=method.lineno - 1, kind=kind, names=names)


def _methods(node: ast.ClassDef) -> dict[str, ast.stmt]:
    return {it.name: it for it in node.body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)}


def _bases(node: ast.ClassDef, definitions: Mapping[str, ast.stmt]) -> list[ast.ClassDef]:
    """The class and those of its bases that stand in the same file."""
    found = [node]
    for it in found:
        for base in it.bases:
            parent = definitions.get(base.id) if isinstance(base, ast.Name) else None
            if isinstance(parent, ast.ClassDef) and parent not in found:
                found.append(parent)
    return found


def _base_names(node: ast.ClassDef, definitions: Mapping[str, ast.stmt]) -> list[str]:
    bases = [base for it in _bases(node, definitions) for base in it.bases]
    return [ast.unparse(it).split(".")[-1] for it in bases]


def _is_callable_alone(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = node.args
    needed = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    needed += sum(it is None for it in arguments.kw_defaults)
    yields = any(isinstance(it, ast.Yield | ast.YieldFrom) for it in ast.walk(node))
    return isinstance(node, ast.FunctionDef) and not node.decorator_list and not needed and not yields


def _imports(module: ast.Module) -> Iterator[Import]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            names = tuple(it.name for it in node.names)
            yield Import(module=node.module or "", level=node.level, names=names)
        elif isinstance(node, ast.Import):
            for it in node.names:
                yield Import(module=it.name, level=0, names=())


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [it.id for it in targets if isinstance(it, ast.Name)]
    return []


def _named(node: ast.AST) -> frozenset[str]:
    """Names, attributes, parameters and keywords that occur in a piece of code."""
    found: set[str] = set()
    for it in ast.walk(node):
        match it:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.add(name)
            case ast.alias(name=name, asname=asname):
                found |= {name.split(".")[-1], asname or ""}
            case _:
                pass
    return frozenset(found)


def _reachable(names: frozenset[str], definitions: Mapping[str, ast.stmt]) -> frozenset[str]:
    """Names, and those mentioned by what of them is defined in the file, and so on."""
    found = set(names)
    waiting = [it for it in names if it in definitions]
    while waiting:
        fresh = _named(definitions[waiting.pop()]) - found
        found |= fresh
        waiting += [it for it in fresh if it in definitions]
    return frozenset(found)
