"""What a model wrote becomes exactly what an editor may insert, or nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vouch_server.model import Context, Snapshot
from vouch_server.postprocess import finish

DEF = 'def total(xs):\n    """Sum them."""\n'
LOOP = "def total(xs):\n    result = 0\n    for x in xs:\n        |\n    return result\n"


def at(marked: str, language: str = "python") -> Context:
    """The context of a text whose cursor is written as `|`."""
    offset = marked.index("|")
    text = marked[:offset] + marked[offset + 1 :]
    snapshot = Snapshot(
        uri="file:///project/sums.py", path=Path("/project/sums.py"), language=language, version=1, text=text
    )
    return Context(snapshot=snapshot, offset=offset)


@pytest.mark.parametrize(
    ("said", "marked", "answer", "inserted"),
    [
        ("a body stays as it is", DEF + "|", "    return sum(xs)", "    return sum(xs)"),
        ("blank lines at the end go", DEF + "|", "    return sum(xs)\n\n  \n", "    return sum(xs)"),
        ("white space at the end goes", DEF + "|", "    return sum(xs)  \t", "    return sum(xs)"),
        ("white space alone is nothing", DEF + "|", " \n\t\n ", None),
        ("nothing is nothing", DEF + "|", "", None),
        (
            "a new top-level statement ends the body",
            DEF + "|",
            "    return sum(xs)\n\n\ndef other():\n    pass\n",
            "    return sum(xs)",
        ),
        (
            "a call at the top level ends the body",
            DEF + "|",
            "    return sum(xs)\nprint(total([1]))",
            "    return sum(xs)",
        ),
        (
            "text at column 0 inside a triple-quoted string does not end it",
            DEF + "|",
            '    note = """\nat column 0\n"""\n    return note\nx = 1',
            '    note = """\nat column 0\n"""\n    return note',
        ),
        (
            "nor does a bracket that is open over a dedented line",
            DEF + "|",
            "    return sum([\n1,\n2\n])\nx = 1",
            "    return sum([\n1,\n2\n])",
        ),
        (
            "a quote in a comment opens no string",
            DEF + "|",
            "    # don't\n    return 1\nx = 1",
            "    # don't\n    return 1",
        ),
        (
            "a method ends where the next one begins",
            "class A:\n    def one(self):\n        |",
            "return 1\n\n    def two(self):\n        return 2",
            "return 1",
        ),
        (
            "a nested block may be left while the function goes on",
            "def f(x):\n    if x:\n        |",
            "return 1\n    return 2\nf(1)",
            "return 1\n    return 2",
        ),
        (
            "but not when the function goes on after the cursor",
            LOOP,
            "result += x\n    print(1)",
            "result += x",
        ),
        (
            "an else still belongs to the block",
            "if x:\n    |",
            "a = 1\nelse:\n    a = 2\nb = 3",
            "a = 1\nelse:\n    a = 2",
        ),
        (
            "at the top level one paragraph is enough",
            "import os\n|",
            "def f():\n    a = 1\n\n    return a\n\n\ndef g():\n    pass",
            "def f():\n    a = 1\n\n    return a",
        ),
        (
            "what stands below a function is beside it",
            "def f():\n    return 1\n\n\n|",
            "def g():\n    return 2\n\n\ndef h():\n    pass",
            "def g():\n    return 2",
        ),
        (
            "the rest of a line stays on its line",
            "x = f(|)\ny = 1\n",
            "1, 2)\ny = 2\nz = 3",
            "1, 2",
        ),
        ("a bracket that is there is not closed twice", "x = f(|)\n", "a, b)", "a, b"),
        ("a bracket of the answer's own stays", "x = f(|)\n", "g(a)", "g(a)"),
        ("a quote that is there is not closed twice", 'x = f("|")\n', 'name")', "name"),
        ("an operand that is there is not repeated", "x = |+ offset\n", "scale + offset", "scale "),
        ("lines that follow are not repeated", LOOP, "result += x\n    return result", "result += x"),
        (
            "all of it following already is nothing",
            LOOP.replace("|", "print(x)|"),
            "\n    return result",
            None,
        ),
        (
            "a trivial line is not taken for a repetition",
            "def f():\n    |\n\n)\n",
            "g(\n    1,\n    )",
            "g(\n    1,\n    )",
        ),
        ("the line above alone is nothing", "def f():\n    total = 1\n    |", "total = 1", None),
        (
            "the line above is not repeated",
            "def f():\n    total = 1\n    |",
            "    total = 1\n    return total",
            "return total",
        ),
        ("a short line may be there twice", "def f(a):\n    a()\n|", "    a()\n    b()", "    a()\n    b()"),
        ("what is typed of the line is not repeated", DEF + "    return |", "return sum(xs)", "sum(xs)"),
        ("nor when the model restarts the line", DEF + "    return |", "    return sum(xs)", "sum(xs)"),
        (
            "a line restarted from column 0 is shortened",
            DEF + "    |",
            "    a = 1\n    return a",
            "a = 1\n    return a",
        ),
        ("a fence is not code", DEF + "|", "```python\n    return sum(xs)\n```", "    return sum(xs)"),
        (
            "nor is what is said around it",
            DEF + "|",
            "Sure, here it is:\n\n```python\n    return sum(xs)\n```\nIt sums them.",
            "    return sum(xs)",
        ),
        (
            "a closing fence ends the code",
            DEF + "|",
            "    return sum(xs)\n```\nIt sums.",
            "    return sum(xs)",
        ),
        ("an opening fence without an end", DEF + "|", "```py\n    return sum(xs)", "    return sum(xs)"),
        (
            "a fence inside a string is text",
            DEF + "|",
            '    return """\n```\nx\n```\n"""',
            '    return """\n```\nx\n```\n"""',
        ),
        (
            "the whole definition again is only its body",
            DEF + "    |",
            "import math\n\n" + DEF + "    return sum(xs)\n",
            "return sum(xs)",
        ),
        (
            "also where the docstring differs",
            DEF + "    |",
            'def total(xs):\n    """Another\n    one."""\n    return sum(xs)\n',
            "return sum(xs)",
        ),
        (
            "a body written from column 0 is moved in",
            DEF + "    |",
            "for x in xs:\n    print(x)\nreturn sum(xs)",
            "for x in xs:\n        print(x)\n    return sum(xs)",
        ),
        (
            "even where it ends without a return",
            DEF + "    |",
            "seen = []\ncount = 0\nfor x in xs:\n    count += x",
            "seen = []\n    count = 0\n    for x in xs:\n        count += x",
        ),
        (
            "with the cursor at column 0 too",
            DEF + "|",
            "for x in xs:\n    print(x)\n\nreturn sum(xs)",
            "    for x in xs:\n        print(x)\n\n    return sum(xs)",
        ),
        (
            "a string inside is not moved",
            DEF + "|",
            'note = """\nkept\n"""\nreturn note',
            '    note = """\nkept\n"""\n    return note',
        ),
        (
            "tabs are kept",
            "def f(x):\n\t|",
            "if x:\n\t\treturn 1\n\treturn 2\nf(1)",
            "if x:\n\t\treturn 1\n\treturn 2",
        ),
        (
            "a body from column 0 is moved in with tabs",
            "def g():\n\treturn 0\n\n\ndef f(x):\n\t|",
            "if x:\n\treturn 1\nreturn 2",
            "if x:\n\t\treturn 1\n\treturn 2",
        ),
        ("emoji are counted as one", 'def f():\n    s = "🙂🙂"\n    return |', "s + '🎉'\nx = 1", "s + '🎉'"),
        (
            "the start of a block goes on the next line",
            "def f(x):|",
            "\n    return x\nf(1)",
            "\n    return x",
        ),
        (
            "a docstring being written is left alone",
            'def f():\n    """Do |',
            "this\nand that",
            "this\nand that",
        ),
        ("control characters are refused", DEF + "|", "    return '\x1b[31m'", None),
        ("a NUL is refused", DEF + "|", "    return '\0'", None),
        ("half a surrogate pair is refused", DEF + "|", "    return '\ud83d'", None),
        ("bidirectional overrides are refused", DEF + "|", "    return 1 # \u202e}", None),
        ("joined emoji are not refused", DEF + "|", "    return '👩\u200d💻'", "    return '👩\u200d💻'"),
    ],
)
def test_python_text_is_finished(said: str, marked: str, answer: str, inserted: str | None) -> None:
    assert finish(at(marked), answer) == inserted, said


@pytest.mark.parametrize(
    ("said", "language", "marked", "answer", "inserted"),
    [
        (
            "the closing brace ends it",
            "kotlin",
            "fun f(): Int {\n|",
            "    return 1\n}\n\nfun g() {\n}",
            "    return 1\n}",
        ),
        (
            "one that follows is not repeated",
            "kotlin",
            "fun f(): Int {\n    |\n}\n",
            "return 1\n}",
            "return 1",
        ),
        (
            "else after a brace goes on",
            "typescript",
            "function f(x) {\n  |\n}\n",
            "if (x) {\n    return 1\n  } else {\n    return 2\n  }\n}\nfunction g() {}",
            "if (x) {\n    return 1\n  } else {\n    return 2\n  }",
        ),
        (
            "an apostrophe in a comment opens no string",
            "java",
            "class A {\n    /* don't ( */\n    int f() {\n        |",
            "return 1;\n    }\n}\nclass B {}",
            "return 1;\n    }\n}",
        ),
        (
            "fences are the text in Markdown",
            "markdown",
            "# Use\n\n|",
            "```sh\nvouch demo\n```",
            "```sh\nvouch demo\n```",
        ),
    ],
)
def test_other_languages_are_finished(
    said: str, language: str, marked: str, answer: str, inserted: str | None
) -> None:
    assert finish(at(marked, language), answer) == inserted, said


def test_line_ends_become_those_of_the_document() -> None:
    windows = at(DEF.replace("\n", "\r\n") + "|")
    assert finish(windows, "    a = 1\n    return a\r\n\r\n") == "    a = 1\r\n    return a"
    assert finish(at(DEF + "|"), "    a = 1\r\n    return a\r\n") == "    a = 1\n    return a"


def test_a_long_file_is_followed_from_a_safe_place() -> None:
    # A scan that began inside the string would take its contents for code and the code for a string.
    unit = 'def f():\n    return """\n' + "  it's text\n" * 300 + '"""\n\n\n'
    assert finish(at(unit * 60 + DEF + "|"), "    return 1\nx = 1") == "    return 1"


def test_what_is_going_to_be_replaced_does_not_count_as_following() -> None:
    context = at("x = f(|old)\n")
    assert finish(context, "old)", replaced=4) == "old)"
    assert finish(context, "old)") is None


@settings(max_examples=150, deadline=None)
@given(
    prefix=st.text(alphabet="ad f:()\"'\n\t#`", max_size=40),
    answer=st.text(alphabet="ad f:()\"'\n\t#`\r🙂", max_size=40),
    suffix=st.text(alphabet="ad f:()\"'\n", max_size=20),
)
def test_it_never_raises_and_never_ends_in_space(prefix: str, answer: str, suffix: str) -> None:
    finished = finish(at(prefix.replace("|", "") + "|" + suffix), answer)
    assert finished is None or finished.strip()
    if finished is not None and not suffix.split("\n")[0].strip():
        assert finished == finished.rstrip()
