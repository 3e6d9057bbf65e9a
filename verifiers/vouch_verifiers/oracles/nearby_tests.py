"""Which of a workspace's tests are about the function around the hole, and what each needs to be run.

It reads files and the dirty buffers, and runs nothing.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vouch_verifiers.model import Trial
from vouch_verifiers.oracles.module_map import module_map
from vouch_verifiers.oracles.scope import Scope
from vouch_verifiers.oracles.workspace_tests import Import, Test, TestFile, read_tests, test_files, text_of

MOST_TESTS = 20
IMPORTING = re.compile(
    r"^[^\S\n]*(?:from[^\S\n]+(\S+)[^\S\n]+import\b|import[^\S\n]+([^\n#;]+))", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyTest:
    """A test that reaches for the candidate's function.

    `id` is pytest's node id, relative to the trial's root. `kind` is "function" where calling it is enough,
    "unittest" for a method of a `TestCase`, else "pytest". `line` is 0-based; `why` says for a person what
    ties it to the candidate.
    """

    id: str
    path: Path
    kind: str
    name: str
    class_name: str
    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What a test has to name: `last`, and for a method its class, `owner`, too.

    `behind` is the function that is really meant where this one only uses it.
    """

    name: str
    owner: str
    last: str
    behind: str = ""

    @property
    def is_plain(self) -> bool:
        return self.name == self.owner


@dataclass(frozen=True, slots=True, kw_only=True)
class _Home:
    """How the trial's file is imported: its dotted names, those of its packages, and its place."""

    modules: frozenset[str]
    packages: frozenset[str]
    path: Path


def find(trial: Trial, scope: Scope) -> tuple[NearbyTest, ...]:
    """The nearest tests first, at most twenty; none where the candidate stands in no function or class.

    Where no test names the function, those that name what uses it count.
    """
    targets = _targets(scope)
    if not targets:
        return ()
    home = _home(trial)
    named = _search(trial, targets, home)
    if named:
        return named
    around = tuple(it for target in targets if target.is_plain for it in _users(trial.after, target))
    return _search(trial, around, home) if around else ()


def _search(trial: Trial, targets: tuple[_Target, ...], home: _Home) -> tuple[NearbyTest, ...]:
    """Tests of the files that may be near, whose folders come nearest first, until there are enough."""
    ranked: list[tuple[tuple[object, ...], NearbyTest]] = []
    for path, text in _files(trial):
        if len(ranked) >= MOST_TESTS and path.parent != ranked[-1][1].path.parent:
            break
        if not any(it.owner in text and it.last in text for it in targets) or not _may_import(
            text, path, home
        ):
            continue
        tests = read_tests(text)
        tie = _tie(tests, path, home) if tests is not None else None
        if tests is not None and tie is not None:
            alone = tests.plain and not _has_autouse(path, trial)
            ranked += _near(tests.tests, targets, path, trial, tie=tie, alone=alone)
    ranked.sort(key=lambda it: it[0])
    return tuple(test for _, test in ranked[:MOST_TESTS])


def _may_import(text: str, path: Path, home: _Home) -> bool:
    """False where no line can import the trial's file, so that the text need not be parsed."""
    names = [name for it in IMPORTING.finditer(text) for name in (it[1] or it[2]).split(",")]
    modules = [it.split()[0] for it in names if it.strip()]
    known = home.modules | home.packages | {""}
    return path == home.path or any(
        it.startswith(".") or it in known or it.rpartition(".")[0] in known for it in modules
    )


def _targets(scope: Scope) -> tuple[_Target, ...]:
    """The functions that a test can name, else the class around the hole."""
    entry = scope.entry
    definitions = [entry] if entry is not None else [*(scope.inserted or scope.classes[-1:])]
    return tuple(_target(it.qualified_name) for it in definitions)


def _target(qualified_name: str) -> _Target:
    owner, *_, last = [*qualified_name.split("."), qualified_name.split(".")[-1]]
    special = last.startswith("__") and last.endswith("__")
    return _Target(name=qualified_name, owner=owner, last=owner if special else last)


def _users(text: str, target: _Target) -> Iterator[_Target]:
    """Top-level names of the file that use a function, directly or through one another."""
    statements = [(it.binds, it.uses) for it in module_map(text)]
    found = {target.name}
    fresh = found
    while fresh:
        fresh = {bound for binds, uses in statements if uses & fresh for bound in binds} - found
        found = found | fresh
        for it in sorted(fresh):
            yield _Target(name=it, owner=it, last=it, behind=target.name)


def _files(trial: Trial) -> Iterator[tuple[Path, str]]:
    """The file itself, then the test files of the workspace."""
    yield trial.path, trial.after
    for path, text in test_files(trial.root, trial.path.parent, trial.buffers):
        if path != trial.path:
            yield path, text


def _near(
    tests: Iterable[Test], targets: Iterable[_Target], path: Path, trial: Trial, *, tie: str, alone: bool
) -> Iterator[tuple[tuple[object, ...], NearbyTest]]:
    for test in tests:
        reason = next((it for it in (_reason(test, target) for target in targets) if it is not None), None)
        if reason is None:
            continue
        kind = "pytest" if test.kind == "function" and not alone else test.kind
        found = NearbyTest(
            id=_node_id(path, test, trial.root),
            path=path,
            kind=kind,
            name=test.name,
            class_name=test.class_name,
            line=test.line,
            why=f"{tie} and {reason[1]}" if tie else reason[1],
        )
        own_file = re.search(rf"(?:^|_){re.escape(trial.path.stem)}(?:_|$)", path.stem) is not None
        by_name = any(it.last in test.name for it in targets)
        order = (reason[0], not own_file, not by_name, _distance(path, trial.path), str(path), test.line)
        yield order, found


def _reason(test: Test, target: _Target) -> tuple[int, str] | None:
    """How directly a test is about the target: 0 names it, 1 only its class."""
    if target.owner not in test.names:
        return None
    if target.last not in test.names:
        return 1, f"uses {target.owner}"
    return 0, f"names {target.name}" + (f", which uses {target.behind}" if target.behind else "")


def _tie(tests: TestFile, path: Path, home: _Home) -> str | None:
    """How a test file gets at the trial's file; "" for the file itself, None where it does not."""
    if path == home.path:
        return ""
    ties = [it for it in (_import_tie(one, path, home) for one in tests.imports) if it]
    return next((it for it in ties if not it.startswith("imports package")), ties[0] if ties else None)


def _import_tie(one: Import, path: Path, home: _Home) -> str | None:
    if one.level:
        return _relative_tie(one, path, home)
    dotted = [one.module, *(f"{one.module}.{it}" for it in one.names)]
    module = next((it for it in dotted if it in home.modules), None)
    if module is not None:
        return f"imports {module}"
    package = next((it for it in dotted if it in home.packages), None)
    return f"imports package {package}" if package is not None else None


def _relative_tie(one: Import, path: Path, home: _Home) -> str | None:
    base = path.parent
    for _ in range(one.level - 1):
        base = base.parent
    base = base.joinpath(*one.module.split(".")) if one.module else base
    place = home.path.parent if home.path.name == "__init__.py" else home.path.with_suffix("")
    if place == base or any(place == base / it for it in one.names):
        return f"imports {place.name}"
    return f"imports package {base.name}" if place.is_relative_to(base) else None


def _home(trial: Trial) -> _Home:
    """Every dotted name from the file's own package upwards: `pkg.mod`, and `src.pkg.mod` as well."""
    path = trial.path
    parts = [path.parent.name if path.name == "__init__.py" else path.stem]
    folder = path.parent.parent if path.name == "__init__.py" else path.parent
    while (folder / "__init__.py").exists() and folder != folder.parent:
        parts.insert(0, folder.name)
        folder = folder.parent
    outer = folder.relative_to(trial.root).parts if folder.is_relative_to(trial.root) else ()
    names = [[*outer[start:], *parts] for start in range(len(outer) + 1)]
    modules = frozenset(".".join(it) for it in names)
    packages = frozenset(".".join(it[:end]) for it in names for end in range(1, len(it)))
    return _Home(modules=modules, packages=packages - modules, path=path)


def _has_autouse(path: Path, trial: Trial) -> bool:
    """True where a conftest.py above the file has a fixture that every test gets."""
    buffers: Mapping[Path, str] = trial.buffers
    for folder in path.parents:
        conftest = folder / "conftest.py"
        text = buffers.get(conftest) or text_of(conftest)
        if text is not None and re.search(r"autouse\s*=\s*True", text):
            return True
        if folder == trial.root:
            return False
    return False


def _node_id(path: Path, test: Test, root: Path) -> str:
    place = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    return "::".join(it for it in (place, test.class_name, test.name) if it)


def _distance(path: Path, other: Path) -> int:
    """Folders to walk from one file to the other; the file itself is nearest."""
    return -1 if path == other else len(Path(os.path.relpath(path.parent, other.parent)).parts)
