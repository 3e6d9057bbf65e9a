"""Tests that reach for the function around the hole are found, nearest first, and told apart by what they need."""

import os
from pathlib import Path
from textwrap import dedent

import pytest

from vouch_verifiers.model import Trial
from vouch_verifiers.oracles.nearby_tests import NearbyTest, find
from vouch_verifiers.oracles.scope import scope_of

FUNCTION = "def f(x):\n    <<return x>>\n"
METHOD = "class A:\n    def m(self):\n        <<return 1>>\n"


def found(
    root: Path,
    files: dict[str, str],
    *,
    at: str = "shop.py",
    source: str = FUNCTION,
    buffers: dict[str, str] | None = None,
) -> tuple[NearbyTest, ...]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(dedent(text))
    prefix, _, rest = source.partition("<<")
    completion, _, suffix = rest.partition(">>")
    trial = Trial(
        language="python",
        path=root / at,
        prefix=prefix,
        completion=completion,
        suffix=suffix,
        workspace=root,
        buffers={root / name: dedent(text) for name, text in (buffers or {}).items()},
    )
    return find(trial, scope_of(trial))


def kinds(tests: tuple[NearbyTest, ...]) -> dict[str, str]:
    return {it.id: it.kind for it in tests}


@pytest.mark.parametrize(
    ("imports", "at"),
    [
        ("from shop import f", "shop.py"),
        ("import shop\nf = shop.f", "shop.py"),
        ("from pkg.shop import f", "pkg/shop.py"),
        ("from pkg.shop import f as g\nf = g", "src/pkg/shop.py"),
        ("from src.pkg.shop import f", "src/pkg/shop.py"),
        ("from pkg import f", "src/pkg/shop.py"),
        ("import pkg\nf = pkg.f", "pkg/__init__.py"),
        ("from pkg import shop\nf = shop.f", "pkg/shop.py"),
        ("from ..shop import f", "pkg/shop.py"),
        ("from .. import shop\nf = shop.f", "pkg/shop.py"),
        ("from .. import f", "pkg/__init__.py"),
    ],
)
def test_the_import_ties_a_test_file_to_the_module(tmp_path: Path, imports: str, at: str) -> None:
    folder = Path(at).parent
    files = {
        str(folder / "__init__.py"): "",
        str(folder / "tests" / "test_shop.py"): f"{imports}\ndef test_it(): assert f(1) == 1\n",
    }
    if str(folder) == ".":
        del files["__init__.py"]
    tests = found(tmp_path, files, at=at)
    assert [it.name for it in tests] == ["test_it"]
    assert tests[0].id == (folder / "tests" / "test_shop.py").as_posix() + "::test_it"
    assert tests[0].line == imports.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        "from other.shop import f\ndef test_it(): f(1)\n",
        "from shop import g\ndef test_it(): g(1)\n",
        "def test_it(): f(1)\n",
        "from shop import f\ndef check_it(): f(1)\n",
        "from shop import f\ndef test_it(): f(1\n",
        "from .shop import f\ndef test_it(): f(1)\n",
    ],
)
def test_what_is_not_near(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, {"tests/test_shop.py": text}) == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("def test_it(): f(1)", "function"),
        ("def test_it(x=1): f(x)", "function"),
        ("def test_it(tmp_path): f(1)", "pytest"),
        ("def test_it(*, x): f(1)", "pytest"),
        ("@deco\ndef test_it(): f(1)", "pytest"),
        ("async def test_it(): f(1)", "pytest"),
        ("class TestIt:\n    def test_it(self): f(1)", "pytest"),
        ("pytestmark = 1\ndef test_it(): f(1)", "pytest"),
        ("def setup_module(): pass\ndef test_it(): f(1)", "pytest"),
        ("@pytest.fixture(autouse=True)\ndef ready(): pass\ndef test_it(): f(1)", "pytest"),
        ("def helper(): return f(1)\ndef test_it(): helper()", "function"),
        ("@fixture\ndef made(): return f(1)\ndef test_it(made): pass", "pytest"),
        ("CASES = [f]\ndef test_it(): CASES", "function"),
        ("class It(unittest.TestCase):\n    def test_it(self): f(1)", "unittest"),
        ("class Base(TestCase): pass\nclass It(Base):\n    def test_it(self): f(1)", "unittest"),
        ("class It(TestCase):\n    def setUp(self): f(1)\n    def test_it(self): pass", "unittest"),
        ("class It(TestCase):\n    def go(self): f(1)\n    def test_it(self): self.go()", "unittest"),
        (
            "class It(TestCase):\n    @classmethod\n    def setUpClass(cls): f(1)\n    def test_it(self): pass",
            "pytest",
        ),
    ],
)
def test_what_a_test_needs(tmp_path: Path, body: str, kind: str) -> None:
    tests = found(tmp_path, {"test_shop.py": f"from shop import f\n{body}\n"})
    assert [(it.name, it.kind) for it in tests] == [("test_it", kind)]


def test_a_fixture_for_every_test_needs_pytest(tmp_path: Path) -> None:
    files = {
        "tests/conftest.py": "@pytest.fixture(autouse=True)\ndef ready(): pass\n",
        "tests/deep/test_shop.py": "from shop import f\ndef test_it(): f(1)\n",
        "test_shop.py": "from shop import f\ndef test_it(): f(1)\n",
    }
    assert kinds(found(tmp_path, files)) == {
        "test_shop.py::test_it": "function",
        "tests/deep/test_shop.py::test_it": "pytest",
    }


def test_nearest_first_and_not_too_many(tmp_path: Path) -> None:
    test = "from pkg.shop import {0}\ndef test_other(): {0}(1)\ndef test_f(): {0}(1)\n"
    files = {
        "pkg/__init__.py": "",
        "pkg/tests/test_shop.py": test.format("f"),
        "tests/test_shop.py": test.format("f"),
        "tests/test_cart.py": test.format("f"),
        "tests/test_user.py": test.format("g"),
        "tests/test_many.py": "from pkg.shop import f\n"
        + "".join(f"def test_{it}(): f(1)\n" for it in range(30)),
    }
    tests = found(tmp_path, files, at="pkg/shop.py", source=FUNCTION + "def g(x): return f(x)\n")
    assert [it.id for it in tests[:6]] == [
        "pkg/tests/test_shop.py::test_f",
        "tests/test_shop.py::test_f",
        "pkg/tests/test_shop.py::test_other",
        "tests/test_shop.py::test_other",
        "tests/test_cart.py::test_f",
        "tests/test_cart.py::test_other",
    ]
    assert len(tests) == 20


def test_where_nothing_names_the_function_what_uses_it_counts(tmp_path: Path) -> None:
    files = {"tests/test_user.py": "from pkg.shop import g\ndef test_it(): g(1)\n"}
    source = FUNCTION + "def g(x): return h(x)\ndef h(x): return f(x)\n"
    tests = found(tmp_path, files, at="pkg/shop.py", source=source)
    assert [it.why for it in tests] == ["imports pkg.shop and names g, which uses f"]
    files["tests/test_shop.py"] = "from pkg.shop import f\ndef test_f(): f(1)\n"
    assert [it.name for it in found(tmp_path, files, at="pkg/shop.py", source=source)] == ["test_f"]


def test_a_method_is_reached_through_its_class(tmp_path: Path) -> None:
    files = {
        "test_shop.py": """
            from shop import A
            class TestA:
                def test_m(self): assert A().m() == 1
                def test_n(self): assert A().n() == 1
            def test_other(): m()
        """
    }
    tests = found(tmp_path, files, source=METHOD)
    assert [(it.id, it.class_name, it.why) for it in tests] == [
        ("test_shop.py::TestA::test_m", "TestA", "imports shop and names A.m"),
        ("test_shop.py::TestA::test_n", "TestA", "imports shop and uses A"),
    ]


def test_tests_in_the_file_itself_and_for_functions_that_are_added(tmp_path: Path) -> None:
    source = "<<def f(x):\n    return x>>\n\ndef test_f():\n    assert f(1) == 1\n"
    tests = found(tmp_path, {}, source=source)
    assert [(it.id, it.kind, it.why) for it in tests] == [("shop.py::test_f", "function", "names f")]


def test_dirty_buffers_shadow_the_disk(tmp_path: Path) -> None:
    files = {"test_shop.py": "from shop import f\ndef test_old(): f(1)\n"}
    buffers = {
        "test_shop.py": "from shop import f\ndef test_new(): f(1)\n",
        "tests/test_unsaved.py": "from shop import f\ndef test_unsaved(): f(1)\n",
    }
    assert [it.name for it in found(tmp_path, files, buffers=buffers)] == ["test_new", "test_unsaved"]


def test_a_file_that_changes_on_disk_is_read_again(tmp_path: Path) -> None:
    text = "from shop import f\ndef test_{}(): f(1)\n"
    assert [it.name for it in found(tmp_path, {"test_shop.py": text.format("one")})] == ["test_one"]
    assert [it.name for it in found(tmp_path, {"test_shop.py": text.format("two!")[:-3] + ")\n"})] == []
    found(tmp_path, {"test_shop.py": text.format("three")})
    os.utime(tmp_path / "test_shop.py", ns=(1, 1))
    assert [it.name for it in found(tmp_path, {})] == ["test_three"]
    files = {"deep/test_more.py": text.format("more")}
    assert [it.name for it in found(tmp_path, files)] == ["test_three", "test_more"]


@pytest.mark.parametrize("folder", [".git", "node_modules", ".venv", "build", "venv", "any"])
def test_foreign_folders_are_left_out(tmp_path: Path, folder: str) -> None:
    files = {f"{folder}/test_shop.py": "from shop import f\ndef test_it(): f(1)\n"}
    if folder == "any":
        files["any/pyvenv.cfg"] = ""
    assert found(tmp_path, files) == ()


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "test_binary.py").write_bytes(b"\xff\xfe f \x00")
    (tmp_path / "test_loop").symlink_to(tmp_path)
    (tmp_path / "test_link.py").symlink_to("/nowhere/test_link.py")
    (tmp_path / "test_large.py").write_text("from shop import f\ndef test_it(): f(1)\n" + "#" * 600_000)
    assert [
        it.name for it in found(tmp_path, {"test_shop.py": "from shop import f\ndef test_it(): f(1)\n"})
    ] == ["test_it"]


def test_without_a_function_or_a_class_nothing_is_near(tmp_path: Path) -> None:
    files = {"test_shop.py": "from shop import x\ndef test_it(): x\n"}
    assert found(tmp_path, files, source="x = <<1>>\n") == ()
