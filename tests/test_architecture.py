"""The shape is tested like everything else: layers, sizes, and where processes may be started."""

import ast
from pathlib import Path

import pytest
from importlinter import api

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "server").rglob("*.py")) + sorted((ROOT / "verifiers").rglob("*.py"))
MOST_LINES = 350
MOST_FUNCTION_LINES = 50


def test_layers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    contracts = api.read_configuration(str(ROOT / "pyproject.toml"))
    assert len(contracts["contracts_options"]) >= 6
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


@pytest.mark.parametrize("path", SOURCES, ids=lambda it: str(it.relative_to(ROOT)))
def test_a_file_is_one_room(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= MOST_LINES, "split it where its seam is"
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module opens with what it is for"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < MOST_FUNCTION_LINES, f"{node.name} is too long"


def test_only_sandboxes_start_processes() -> None:
    guilty = []
    for path in SOURCES:
        if "sandboxes" in path.parts or "inside" in path.parts:
            continue
        text = path.read_text()
        for banned in (
            "import subprocess",
            "create_subprocess",
            "os.system",
            "os.popen",
            "os.exec",
            "os.spawn",
            "os.fork",
        ):
            if banned in text:
                guilty.append((str(path.relative_to(ROOT)), banned))
    assert guilty == []
