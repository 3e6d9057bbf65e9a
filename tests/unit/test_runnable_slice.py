"""The least of a file that still runs the function around the hole, line for line where it was."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_verifiers.model import Trial
from vouch_verifiers.oracles.runnable_slice import slice_of
from vouch_verifiers.oracles.scope import scope_of


def sliced(marked: str) -> str | None:
    prefix, _, rest = marked.partition("<<")
    completion, _, suffix = rest.partition(">>")
    trial = Trial(
        language="python", path=Path("/w/a.py"), prefix=prefix, completion=completion, suffix=suffix
    )
    return slice_of(trial.after, scope_of(trial))


def check(marked: str, kept: str | None) -> None:
    """`kept` is what is left, its empty lines at the end left out."""
    found = sliced(marked)
    assert (found if found is None else found.rstrip()) == kept
    if found is not None:
        assert found.count("\n") == marked.count("\n")


F = "def f():\n    <<return {}>>\n"


@pytest.mark.parametrize(
    ("marked", "kept"),
    [
        ("import heavy\n" + F.format("1"), "\ndef f():\n    return 1"),
        ("import heavy, os\n" + F.format("os.sep"), "import os\ndef f():\n    return os.sep"),
        ("from a import (b,\n    c as d)\n" + F.format("d"), "from a import c as d\n\ndef f():\n    return d"),
        ("import a.b\n" + F.format("a.b.c"), "import a.b\ndef f():\n    return a.b.c"),
        ("X = 1\nY = X\nZ = 2\n" + F.format("Y"), "X = 1\nY = X\n\ndef f():\n    return Y"),
        (F.format("g()") + "def g(): return h\nh = 1\nheavy()\n", "def f():\n    return g()\ndef g(): return h\nh = 1"),
        ("T = {}\nT['a'] = 1\nT.update(b=2)\n" + F.format("T"), "T = {}\nT['a'] = 1\nT.update(b=2)\ndef f():\n    return T"),
        ("import sys\nsys.path.append('x')\n" + F.format("sys"), "import sys\n\ndef f():\n    return sys"),
        ("try:\n    import q\nexcept ImportError:\n    q = None\n" + F.format("q"),
         "try:\n    import q\nexcept ImportError:\n    q = None\ndef f():\n    return q"),
        ("from m import *\n" + F.format("1"), "\ndef f():\n    return 1"),
        ("from m import *\n" + F.format("unknown"), "from m import *\ndef f():\n    return unknown"),
        ("from heavy import T\n\ndef f(x: T) -> T:\n    <<return x>>\n", "from heavy import T\n\ndef f(x: T) -> T:\n    return x"),
        ("from __future__ import annotations\nfrom heavy import T\ndef f(x: T) -> T:\n    <<return x>>\n",
         "from __future__ import annotations\n\ndef f(x: T) -> T:\n    return x"),
        ("def deco(g): return g\n\n@deco\ndef f():\n    <<return 1>>\n", "def deco(g): return g\n\n@deco\ndef f():\n    return 1"),
        ("def f():\n    <<return 1>>\nf = wrap(f)\ndef wrap(g): return g\n", "def f():\n    return 1\nf = wrap(f)\ndef wrap(g): return g"),
        ("class B: pass\nclass A(B):\n    def f(self):\n        <<return 1>>\n    def g(self): return q\nq = 1\n",
         "class B: pass\nclass A(B):\n    def f(self):\n        return 1\n    def g(self): return q\nq = 1"),
        ("n = 0\ndef f():\n    global n\n    <<n = 1>>\n", "n = 0\ndef f():\n    global n\n    n = 1"),
        ("a = 1; b = 2\n" + F.format("a"), "a = 1; b = 2\ndef f():\n    return a"),
        ("<<import os\ndef f(): return os.sep>>\nx = 1\n", "import os\ndef f(): return os.sep"),
        ("x = foo(\n\nimport os\n" + F.format("os.sep") + "def g(:\n    pass\n", "\n\nimport os\ndef f():\n    return os.sep"),
        ("if __name__ == '__main__':\n    run()\n" + F.format("1"), "\n\ndef f():\n    return 1"),
        ("import os\r\nx = 1\r\n" + F.format("x").replace("\n", "\r\n"), "\r\nx = 1\r\ndef f():\r\n    return x"),
        ("s = '''a\nb'''\n" + F.format("s"), "s = '''a\nb'''\ndef f():\n    return s"),
        ("x = foo(\n\ns = '''\nos = 1\n'''\nimport os\n" + F.format("os.sep") + "def g(:\n", "\n\n\n\n\nimport os\ndef f():\n    return os.sep"),
        ("x = <<1>>\n", None),
        ("def f():\n    <<return (>>\n", None),
        ("x = '\r'\n" + F.format("1"), None),
    ],
)  # fmt: skip
def test_what_is_kept(marked: str, kept: str | None) -> None:
    check(marked, kept)


@given(
    parts=st.lists(
        st.sampled_from(
            [
                "import a\n",
                "x = 1\n",
                "def g(): pass\n",
                "x = (\n",
                "'''\n",
                "    y\n",
                "\r\n",
                "😀\n",
                "@g\n",
                ";",
                "\t",
            ]
        )
    )
)
def test_slicing_never_raises_and_keeps_the_lines(parts: list[str]) -> None:
    marked = "".join(parts) + "\ndef f():\n    <<return 1>>\n" + "".join(reversed(parts))
    found = sliced(marked)
    if found is not None:
        assert found.count("\n") == marked.count("\n")
        assert "    return 1" in found.split("\n")
