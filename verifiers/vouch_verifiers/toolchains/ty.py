"""ty, a type checker for Python: how to start it, and which of its rules may reject. Knows no trial."""

import asyncio
import re
import shutil
import sys
import sysconfig
import tempfile
import tomllib
from contextlib import AsyncExitStack
from enum import Enum
from pathlib import Path

from vouch_verifiers.diagnostics import Diagnostic, Severity
from vouch_verifiers.plain_files import read_plain
from vouch_verifiers.sandbox import Policy, Sandbox, SandboxFault
from vouch_verifiers.settings import MIB, Limits
from vouch_verifiers.toolchains.base_protocol import Json
from vouch_verifiers.toolchains.lsp_diagnostics import Answer, DiagnosticsServer, LspDiagnostics
from vouch_verifiers.toolchains.python_environment import PythonEnvironment

# A warm server lives for days, so its processor time is not bounded by that of one run; its memory is.
LIMITS = Limits(cpu_s=7 * 24 * 3600, memory_bytes=4096 * MIB, processes=64)
# ty passes over these in silence unless it is told not to; we ask about single files only.
_PASSED_OVER = (
    ".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".mypy_cache", ".nox", ".pants.d", ".pytype",
    ".ruff_cache", ".svn", ".tox", ".venv", "__pypackages__", "_build", "buck-out", "dist", "node_modules", "venv",
)  # fmt: skip
_EXCUSE = re.compile(r"(#[^\n]*\bty\s*:\s*)ignore")


class Tier(Enum):
    """What a new complaint means: HARD rejects, SOFT is told, NONE is style."""

    HARD = "hard"
    SOFT = "soft"
    NONE = "none"


SYNTAX_RULES = frozenset({"invalid-syntax"})
IMPORT_RULES = frozenset({"import-not-found", "missing-module-member"})
CALL_RULES = frozenset(
    {"too-many-positional-arguments", "missing-argument", "unknown-argument", "parameter-already-assigned"}
)
HARD_RULES = SYNTAX_RULES | IMPORT_RULES | CALL_RULES | {"unresolved-reference"}


def tier(diagnostic: Diagnostic) -> Tier:
    """The weight of a complaint. HARD are those which correct programs hardly ever draw."""
    if diagnostic.severity > Severity.WARNING:
        return Tier.NONE
    if diagnostic.rule in HARD_RULES or missing_from_module(diagnostic):
        return Tier.HARD
    return Tier.SOFT


def missing_from_module(diagnostic: Diagnostic) -> bool:
    """Whether a module lacks an attribute: unlike that of other objects, what a module has is known."""
    return diagnostic.rule == "missing-attribute" and diagnostic.message.startswith("Module `")


def without_excuses(text: str) -> str:
    """The text with its `# ty: ignore` comments disarmed, all positions kept: a candidate may not excuse itself."""
    return _EXCUSE.sub(r"\1Ignore", text)


def executable() -> Path | None:
    """ty beside the running interpreter, else in its scripts directory, else on PATH, else None."""
    places = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    for place in places:
        if (place / "ty").is_file():
            return (place / "ty").absolute()
    found = shutil.which("ty")
    return Path(found).absolute() if found else None


async def start(sandbox: Sandbox, *, root: Path, environment: PythonEnvironment | None) -> LspDiagnostics:
    """A warm ty for the project at `root`. Raises SandboxFault when it is missing or does not start."""
    program = executable()
    if program is None:
        raise SandboxFault("ty is not installed; `pip install ty` beside vouch")
    resources = AsyncExitStack()
    directory = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="vouch-ty-")))
    config = directory / "ty.toml"
    config.write_text(await asyncio.to_thread(configuration, root, environment), encoding="utf-8")
    spec = server(program, config=config, root=root, environment=environment)
    return await LspDiagnostics.start(sandbox, spec, resources=resources)


def server(
    program: Path, *, config: Path, root: Path, environment: PythonEnvironment | None
) -> DiagnosticsServer:
    """How to start ty and listen to it."""
    readable = environment.readable if environment is not None else ()
    settings: dict[str, Json] = {"configurationFile": str(config), "diagnosticMode": "openFilesOnly"}
    return DiagnosticsServer(
        name="ty",
        language_id="python",
        suffixes=(".py", ".pyi"),
        command=(str(program), "server"),
        policy=Policy(
            read=(program.resolve(), program, config.parent, *readable),
            project=root,
            # It looks for virtual environments by these; ours is named in the configuration.
            env={"PATH": "/nonexistent", "HOME": "/tmp", "LANG": "C.UTF-8", "TY_MAX_PARALLELISM": "2"},  # noqa: S108 - the sandbox's own scratch
            limits=LIMITS,
        ),
        root=root,
        answer=Answer.PULL,
        canary="vouch_canary_name\n",
        initialization=settings,
        configuration={"ty": settings},
    )


def configuration(root: Path, environment: PythonEnvironment | None) -> str:
    """Our own ty.toml, used instead of the project's, which could silence what must be heard.

    Of the project's, only where to look for its modules is kept.
    """
    lines = ["[environment]", f"root = {_toml_list([str(it) for it in search_path(root)])}"]
    lines.append(f"python-platform = {_toml_text(sys.platform)}")
    if environment is not None:
        lines.append(f"python = {_toml_text(str(environment.prefix))}")
        lines.append(f"python-version = {_toml_text('{}.{}'.format(*environment.version))}")
    lines += ["[src]", "respect-ignore-files = false", f"include = {_toml_list([str(root)])}"]
    lines.append(f"exclude = {_toml_list([f'!**/{it}/' for it in _PASSED_OVER])}")
    lines += ["[analysis]", "respect-type-ignore-comments = false"]
    return "\n".join(lines) + "\n"


def search_path(root: Path) -> list[Path]:
    """Where the project's own modules lie: what it says, its root, and `src` where there is one."""
    said = [(root / it).resolve() for it in _said_search_path(root)]
    # Nothing outside the project can be read in there, so naming it would only slow the search.
    inside = [it for it in said if it.is_relative_to(root.resolve()) and it.is_dir()]
    places = [*inside, root, *([root / "src"] if (root / "src").is_dir() else [])]
    return list(dict.fromkeys(places))


def _said_search_path(root: Path) -> list[str]:
    project = _toml(root / "pyproject.toml")
    found = [
        _table(_toml(root / "ty.toml"), "environment").get("root"),
        _table(project, "tool", "ty", "environment").get("root"),
        _table(project, "tool", "pyright").get("extraPaths"),
        _table(project, "tool", "pytest", "ini_options").get("pythonpath"),
    ]
    return [it for value in found if isinstance(value, list) for it in value if isinstance(it, str)]


def _toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(read_plain(file).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # A configuration that cannot be read says nothing.


def _table(document: dict[str, object], *names: str) -> dict[str, object]:
    for name in names:
        inner = document.get(name)
        document = inner if isinstance(inner, dict) else {}
    return document


def _toml_text(value: str) -> str:
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value) + '"'


def _toml_list(values: list[str]) -> str:
    return "[" + ", ".join(_toml_text(it) for it in values) + "]"
