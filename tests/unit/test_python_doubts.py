"""Which hard complaints are not believed: the table of ways in which correct code draws them."""

from pathlib import Path

import pytest

from vouch_verifiers.diagnostics import Diagnostic, Severity
from vouch_verifiers.text_lines import Lines
from vouch_verifiers.toolchains import ty
from vouch_verifiers.toolchains.python_doubts import doubtful


def complaint(marked: str, rule: str, message: str) -> tuple[Diagnostic, str]:
    """`«` and `»` stand around what is complained of."""
    before, _, rest = marked.partition("«")
    what, _, after = rest.partition("»")
    text = before + what + after
    start = Lines(text).place(len(before))
    end = Lines(text).place(len(before) + len(what))
    said = Diagnostic(
        rule=rule,
        message=message,
        start_line=start[0],
        start_column=start[1],
        end_line=end[0],
        end_column=end[1],
    )
    return said, text


TOO_MANY = "too-many-positional-arguments"
NAME = ("unresolved-reference", "Name `x` used when not defined")
IMPORT = ("import-not-found", "Cannot resolve imported module `pkg.part`")
MEMBER = ("missing-attribute", "Module `pkg` has no member `x`")
TO_F = "Too many positional arguments to function `f`: expected 1, got 2"
TO_M = "Too many positional arguments to bound method `A.m`: expected 1, got 2"
TO_A = "Too many positional arguments to `A.__init__`: expected 1, got 2"
NAMELESS = "Too many positional arguments: expected 1, got 2"


@pytest.mark.parametrize(
    ("marked", "rule", "message", "believed"),
    [
        pytest.param("f(1, «2»)", TOO_MANY, TO_F, True, id="a plain call"),
        pytest.param("m.f(1, «2»)", TOO_MANY, TO_F, True, id="of a module's function"),
        pytest.param("a.b().m(1, «2»)", TOO_MANY, TO_M, True, id="of a method"),
        pytest.param("A(1, «2»)", TOO_MANY, TO_A, True, id="of a constructor"),
        pytest.param("f(1, «g(2)»)", TOO_MANY, TO_F, True, id="the argument is a call itself"),
        pytest.param("Data(1, «2»)", TOO_MANY, NAMELESS, True, id="of a data class"),
        pytest.param("(lambda x: x)(1, «2»)", TOO_MANY, NAMELESS, False, id="of a lambda"),
        pytest.param("TABLE[0](1, «2»)", TOO_MANY, TO_F, False, id="out of a table"),
        pytest.param("other(1, «2»)", TOO_MANY, TO_F, False, id="under another name"),
        pytest.param("f(*[1], «2»)", TOO_MANY, TO_F, False, id="with spread arguments"),
        pytest.param("f(a=«2», **{})", TOO_MANY, TO_F, False, id="with spread keywords"),
        pytest.param("y = «x»\n", *NAME, True, id="a name"),
        pytest.param(
            "try:\n    y = «x»\nexcept NameError:\n    y = 1\n", *NAME, False, id="a name, expected"
        ),
        pytest.param(
            "try:\n    y = «x»\nexcept Exception:\n    y = 1\n", *NAME, True, id="a name, caught broadly"
        ),
        pytest.param("globals()['x'] = 1\ny = «x»\n", *NAME, False, id="a name set unseen"),
        pytest.param("exec('x = 1')\ny = «x»\n", *NAME, False, id="a name made by exec"),
        pytest.param("from dynamic import *\ny = «x»\n", *NAME, False, id="a name of a dynamic module"),
        pytest.param("from plain import *\ny = «x»\n", *NAME, True, id="not a name of a plain module"),
        pytest.param(
            "(«return»)", "unresolved-reference", "Name `return` used when not defined", False, id="a keyword"
        ),
        pytest.param("import «pkg.part»\n", *IMPORT, True, id="an import"),
        pytest.param(
            "try:\n    import «pkg.part»\nexcept ImportError:\n    pass\n",
            *IMPORT,
            False,
            id="an import, expected",
        ),
        pytest.param(
            "try:\n    import «pkg.part»\nexcept (A, ModuleNotFoundError) as e:\n    pass\n",
            *IMPORT,
            False,
            id="an import, expected among others",
        ),
        pytest.param("try:\n    import «pkg.part»\nexcept:\n    pass\n", *IMPORT, False, id="a bare clause"),
        pytest.param(
            "try:\n    pass\nexcept ImportError:\n    import «pkg.part»\n",
            *IMPORT,
            True,
            id="in the clause itself",
        ),
        pytest.param(
            "import «here.inner»\n",
            IMPORT[0],
            "Cannot resolve imported module `here.inner`",
            False,
            id="it is there",
        ),
        pytest.param(
            "import «here.nope»\n",
            IMPORT[0],
            "Cannot resolve imported module `here.nope`",
            True,
            id="not there",
        ),
        pytest.param(
            "import «native»\n", IMPORT[0], "Cannot resolve imported module `native`", False, id="native code"
        ),
        pytest.param(
            "from . import «x»\n", IMPORT[0], "Cannot resolve imported module `.`", True, id="relative"
        ),
        pytest.param("«pkg.x»\n", *MEMBER, True, id="a member"),
        pytest.param("if hasattr(pkg, 'x'):\n    «pkg.x»\n", *MEMBER, False, id="a member, asked for"),
        pytest.param("if sys.platform == 'win32':\n    «pkg.x»\n", *MEMBER, False, id="another platform's"),
        pytest.param(
            "«dynamic.x»\n", MEMBER[0], "Module `dynamic` has no member `x`", False, id="of a dynamic module"
        ),
        pytest.param("f(«", "invalid-syntax", "unexpected EOF", True, id="syntax is always believed"),
    ],
)
def test_a_hard_complaint_is_believed_unless_correct_code_draws_it(
    tmp_path: Path, marked: str, rule: str, message: str, believed: bool
) -> None:
    (tmp_path / "dynamic.py").write_text("globals().update(x=1)\n")
    (tmp_path / "plain.py").write_text("y = 1\n")
    (tmp_path / "native.cpython-312-x86_64-linux-gnu.so").touch()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "inner.py").touch()
    said, text = complaint(marked, rule, message)
    assert doubtful(said, text, known=frozenset(), places=[tmp_path]) is not believed


def test_a_complaint_that_the_file_drew_before_is_not_believed() -> None:
    said, text = complaint("y = «x»\n", *NAME)
    assert doubtful(said, text, known=frozenset({NAME[1]}), places=[])


@pytest.mark.parametrize(
    ("rule", "message", "severity", "tier"),
    [
        ("unresolved-reference", "Name `x`", Severity.ERROR, ty.Tier.HARD),
        ("missing-attribute", "Module `m` has no member `x`", Severity.ERROR, ty.Tier.HARD),
        ("missing-attribute", "Object of type `int` has no attribute `x`", Severity.ERROR, ty.Tier.SOFT),
        ("invalid-assignment", "", Severity.ERROR, ty.Tier.SOFT),
        ("", "`a` is unused", Severity.HINT, ty.Tier.NONE),
    ],
)
def test_every_complaint_has_a_tier(rule: str, message: str, severity: Severity, tier: ty.Tier) -> None:
    said = Diagnostic(
        rule=rule, message=message, severity=severity, start_line=0, start_column=0, end_line=0, end_column=1
    )
    assert ty.tier(said) is tier


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x  # ty: ignore\n", "x  # ty: Ignore\n"),
        ("x  #  a, ty :ignore[rule]\n", "x  #  a, ty :Ignore[rule]\n"),
        ("empty: ignore = 1\n", "empty: ignore = 1\n"),
        ("x\n", "x\n"),
    ],
)
def test_excuses_are_disarmed_in_place(text: str, shown: str) -> None:
    assert ty.without_excuses(text) == shown
