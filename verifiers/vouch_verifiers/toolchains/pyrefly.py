"""Pyrefly, a type checker for Python: how to start it, and which of its rules may reject. Knows no trial."""

import shutil
import sys
import sysconfig
import tempfile
import tomllib
from contextlib import AsyncExitStack
from enum import Enum
from pathlib import Path

from vouch_verifiers.diagnostics import Diagnostic, Severity
from vouch_verifiers.sandbox import Policy, Sandbox, SandboxFault
from vouch_verifiers.settings import MIB, Limits
from vouch_verifiers.toolchains.base_protocol import Json
from vouch_verifiers.toolchains.lsp_diagnostics import Answer, DiagnosticsServer, LspDiagnostics
from vouch_verifiers.toolchains.python_environment import PythonEnvironment

# A warm server lives for days, so its processor time is not bounded by that of one run; its memory is.
LIMITS = Limits(cpu_s=7 * 24 * 3600, memory_bytes=4096 * MIB, processes=64)


class Tier(Enum):
    """What a new complaint means: HARD rejects, SOFT is told, NONE is style."""

    HARD = "hard"
    SOFT = "soft"
    NONE = "none"


SYNTAX_RULES = frozenset({"parse-error", "invalid-syntax"})
IMPORT_RULES = frozenset({"missing-import", "missing-module-attribute"})
HARD_RULES = (
    SYNTAX_RULES
    | IMPORT_RULES
    | {"unknown-name", "bad-argument-count", "missing-argument", "unexpected-keyword"}
)
STYLE_RULES = frozenset({"unnecessary-type-conversion", "deprecated", "redundant-cast", "unused-coroutine"})


def tier(diagnostic: Diagnostic) -> Tier:
    """The weight of a complaint by its rule."""
    if diagnostic.severity > Severity.WARNING or diagnostic.rule in STYLE_RULES:
        return Tier.NONE
    if diagnostic.rule in HARD_RULES or missing_from_module(diagnostic):
        return Tier.HARD
    return Tier.SOFT


def missing_from_module(diagnostic: Diagnostic) -> bool:
    """Whether a module lacks an attribute: unlike that of other objects, what a module has is known."""
    return diagnostic.rule == "missing-attribute" and diagnostic.message.startswith("No attribute `")


def executable() -> Path | None:
    """Pyrefly beside the running interpreter, else in its scripts directory, else on PATH, else None."""
    places = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    for place in places:
        if (place / "pyrefly").is_file():
            return (place / "pyrefly").absolute()
    found = shutil.which("pyrefly")
    return Path(found).absolute() if found else None


async def start(sandbox: Sandbox, *, root: Path, environment: PythonEnvironment | None) -> LspDiagnostics:
    """A warm Pyrefly for the project at `root`. Raises SandboxFault when it is missing or does not start."""
    program = executable()
    if program is None:
        raise SandboxFault("pyrefly is not installed; `pip install pyrefly` beside vouch")
    resources = AsyncExitStack()
    directory = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="vouch-pyrefly-")))
    config = directory / "pyrefly.toml"
    config.write_text(configuration(root, environment), encoding="utf-8")
    return await LspDiagnostics.start(
        sandbox, server(program, config=config, root=root, environment=environment), resources=resources
    )


def server(
    program: Path, *, config: Path, root: Path, environment: PythonEnvironment | None
) -> DiagnosticsServer:
    """How to start Pyrefly and listen to it."""
    packages = environment.packages if environment is not None else ()
    stdlib = (environment.stdlib,) if environment is not None and environment.stdlib is not None else ()
    settings: dict[str, Json] = {
        "pyrefly": {
            # Without this it shows next to nothing where the project has no configuration of its own.
            "displayTypeErrors": "force-on",
            "streamDiagnostics": False,
            "configPath": str(config),
        }
    }
    return DiagnosticsServer(
        name="pyrefly",
        language_id="python",
        suffixes=(".py", ".pyi"),
        command=(str(program), "lsp", "--indexing-mode", "none", "--threads", "2"),
        policy=Policy(
            read=(program.resolve(), program, config.parent, *packages, *stdlib),
            project=root,
            # An empty search path: no uv, conda or interpreter can be found, so none can be started.
            env={"PATH": "/nonexistent", "HOME": "/tmp", "LANG": "C.UTF-8"},  # noqa: S108 - the sandbox's own scratch
            limits=LIMITS,
        ),
        root=root,
        # It answers textDocument/diagnostic too, but does not announce it.
        answer=Answer.PUSH,
        canary="vouch_canary_name\n",
        initialization=settings,
        configuration={"python": settings, "": None},
    )


def configuration(root: Path, environment: PythonEnvironment | None) -> str:
    """Our own pyrefly.toml, used instead of the project's, which may name commands to be run.

    Of the project's, only where to look for its modules is kept.
    """
    settings: dict[str, str] = {
        "preset": '"default"',
        "skip-interpreter-query": "true",
        # Includes and excludes decide which files are checked at all; we ask about single files only.
        "project-includes": _toml_list([str(root / "**" / "*")]),
        "project-excludes": "[]",
        "disable-project-excludes-heuristics": "true",
        "use-ignore-files": "false",
        "search-path": _toml_list([str(it) for it in search_path(root)]),
        # A candidate could otherwise excuse its own errors with a comment.
        "enabled-ignores": "[]",
        "python-platform": _toml_text(sys.platform),
    }
    if environment is not None:
        # The standard library comes last: it is only for the modules that have no stubs.
        places = [*environment.packages, *([environment.stdlib] if environment.stdlib else [])]
        settings["python-version"] = _toml_text("{}.{}".format(*environment.version))
        settings["site-package-path"] = _toml_list([str(it) for it in places])
    return "".join(f"{key} = {value}\n" for key, value in settings.items())


def search_path(root: Path) -> list[Path]:
    """Where the project's own modules lie: what it says, its root, and `src` where there is one."""
    said = [(root / it).resolve() for it in _said_search_path(root)]
    # Nothing outside the project can be read in there, so naming it would only slow the search.
    inside = [it for it in said if it.is_relative_to(root.resolve())]
    places = [*inside, root, *([root / "src"] if (root / "src").is_dir() else [])]
    return list(dict.fromkeys(places))


def _said_search_path(root: Path) -> list[str]:
    tables = [_toml(root / "pyrefly.toml"), _tool_table(_toml(root / "pyproject.toml"), "pyrefly")]
    found = [it.get("search-path", it.get("search_path")) for it in tables]
    pyright = _tool_table(_toml(root / "pyproject.toml"), "pyright").get("extraPaths")
    return [
        entry
        for value in (*found, pyright)
        if isinstance(value, list)
        for entry in value
        if isinstance(entry, str)
    ]


def _toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # A configuration that cannot be read says nothing.


def _tool_table(document: dict[str, object], name: str) -> dict[str, object]:
    tool = document.get("tool")
    table = tool.get(name) if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else {}


def _toml_text(value: str) -> str:
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value) + '"'


def _toml_list(values: list[str]) -> str:
    return "[" + ", ".join(_toml_text(it) for it in values) + "]"
