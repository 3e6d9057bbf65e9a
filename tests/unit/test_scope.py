"""The definitions around a hole are found, also in files that do not parse elsewhere."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_verifiers.model import Trial
from vouch_verifiers.oracles.scope import Scope, locate, scope_of


def scope(marked: str) -> Scope:
    """The scope of the text between `<<` and `>>`, or of a cursor written `|`."""
    if "|" in marked and "<<" not in marked:
        marked = marked.replace("|", "<<>>", 1)
    prefix, _, rest = marked.partition("<<")
    completion, _, suffix = rest.partition(">>")
    trial = Trial(
        language="python", path=Path("/w/a.py"), prefix=prefix, completion=completion, suffix=suffix
    )
    return scope_of(trial)


def check(marked: str, *enclosing: str, inserted: tuple[str, ...] = ()) -> None:
    found = scope(marked)
    assert [f"{it.qualified_name}@{it.line}-{it.last_line}" for it in found.enclosing] == list(enclosing)
    assert tuple(it.qualified_name for it in found.inserted) == inserted


@pytest.mark.parametrize(
    ("marked", "enclosing", "inserted"),
    [
        ("def f(a):\n    <<return a>>\n", ["f@0-1"], ()),
        ("def f(a): <<return a>>", ["f@0-0"], ()),
        ("def f(a):\n    <<# first\n    return a>>\n", ["f@0-2"], ()),
        ("class A:\n    def f(self): pass\n\n    <<# new\n    def g(self): pass>>\n", ["A@0-4"], ("A.g",)),
        ("def f(a):\n    <<# new\n\ndef g(): pass>>\n", [], ("g",)),
        ("def f(a):\n    x = 1\n<<# first\n    return a>>\n", ["f@0-3"], ()),
        ("def f(a):\n    <<x = 1>>\n    return x\n", ["f@0-2"], ()),
        ("class A:\n    def f(self):\n        <<return 1>>\n", ["A.f@1-2", "A@0-2"], ()),
        ("def f():\n    def g():\n        <<return 1>>\n    return g\n", ["f.g@1-2", "f@0-3"], ()),
        (
            "class A:\n    class B:\n        def f(self):\n            <<pass>>\n",
            ["A.B.f@2-3", "A.B@1-3", "A@0-3"],
            (),
        ),
        ("if x:\n    def f():\n        <<return 1>>\n", ["f@1-2"], ()),
        ("<<def f():\n    return 1>>\n", [], ("f",)),
        ("def <<f():\n    return 1>>\n", [], ("f",)),
        ("def f(<<a, b):\n    return a>>\n", ["f@0-1"], ()),
        ("<<@cache\ndef f():\n    return 1\n\nclass A:\n    def g(self): pass>>\n", [], ("f", "A")),
        ("class A:\n    <<def g(self): pass>>\n", ["A@0-1"], ("A.g",)),
        ("def f():\n    <<return 1\n\ndef g():\n    return 2>>\n", ["f@0-1"], ("g",)),
        ("x = <<1>>\n", [], ()),
        ("def f(a):\n    x = 1\n    |", ["f@0-1"], ()),
        ("def f(a):\n    x = 1\n|", [], ()),
        ("class A:\n    def f(self):\n        x = 1\n    |", ["A@0-2"], ()),
        ("x = foo(\n\ndef f(a):\n    <<return a>>\n", ["f@2-3"], ()),
        ("x = [1,\n\n@cache\ndef f(a):\n    <<return a>>\n\ndef g(:\n", ["f@3-4"], ()),
        (
            "def g(:\n    pass\n\nclass A:\n    def f(self):\n        <<return 1>>\n\nclass\n",
            ["A.f@4-5", "A@3-5"],
            (),
        ),
        ("x = '😀'\ndef f(𐀀):\n    '''é'''\n    <<return 𐀀>>\n", ["f@1-3"], ()),
        ("def f(a):\r\n    <<x = a\r\n    return x>>\r\n", ["f@0-2"], ()),
        ("def f(a):\n\t<<return a>>\n", ["f@0-1"], ()),
    ],
)
def test_enclosing_and_inserted(marked: str, enclosing: list[str], inserted: tuple[str, ...]) -> None:
    check(marked, *enclosing, inserted=inserted)


def test_what_a_definition_says_of_itself() -> None:
    found = scope(
        "class A(Base, metaclass=M):\n"
        "    # Doubles\n"
        "    # it.\n"
        "    @property  # yes\n"
        "    @other(1)\n"
        "    async def f(self, a, b: int, /, c: int = 2, *rest, d, e=1, **more) -> int:\n"
        '        r"""One\n'
        '        two."""\n'
        "        <<yield 1>>\n"
    )
    function = found.function
    assert function is not None
    assert (function.first_line, function.line, function.last_line) == (3, 5, 8)
    assert function.decorators == ("property", "other(1)")
    assert function.is_property
    assert function.is_method
    assert function.is_async
    assert function.is_generator
    assert not function.is_nested
    assert function.comment == " Doubles\n it."
    assert [(it.name, it.kind, it.optional) for it in function.own_parameters] == [
        ("a", "positional", False), ("b", "positional", False), ("c", "positional", True), ("rest", "*", True),
        ("d", "keyword", False), ("e", "keyword", True), ("more", "**", True),
    ]  # fmt: skip
    assert function.docstring is not None
    assert function.docstring.line == 6
    assert function.docstring.last_line == 7
    assert found.classes[0].bases == ("Base",)
    assert found.qualified_name == "A.f"


@pytest.mark.parametrize(
    ("literal", "value", "written"),
    [
        ('"""a\\nb"""', "a\nb", "a\\nb"),
        ('"a\\\\n \\" \\u00e9"', 'a\\n " é', 'a\\n " é'),
        ("r'''a\\n'''", "a\\n", "a\\n"),
        ('"""a\\\n    b"""', "a    b", "a\n    b"),
        ('"a" "b"', "ab", "ab"),
        ('"\\x41\\x00"', "A\0", "A\\x00"),
        ("u'ä'", "ä", "ä"),
    ],
)
def test_a_docstring_as_python_reads_it_and_as_it_was_meant(literal: str, value: str, written: str) -> None:
    function = scope(f"def f():\n    {literal}\n    <<return 1>>\n").function
    assert function is not None
    assert function.docstring is not None
    assert (function.docstring.value, function.docstring.written) == (value, written)


@pytest.mark.parametrize("literal", ['b"a"', 'f"{a}"', '"a".strip()', "1"])
def test_what_is_no_docstring(literal: str) -> None:
    function = scope(f"def f():\n    {literal}\n    <<return 1>>\n").function
    assert function is not None
    assert function.docstring is None


@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "def f():",
                "class A:",
                "\n",
                "    ",
                "(",
                '"""',
                "return",
                "#",
                "@x",
                "😀",
                "\r\n",
                "\t",
                "lambda: ",
            ]
        )
    ).map("".join),
    data=st.data(),
)
def test_locating_never_raises(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = locate(text, start, end)
    for it in (*found.enclosing, *found.inserted):
        assert 0 <= it.first_line <= it.line <= it.last_line <= text.count("\n")
        assert text[it.start : it.end].count("\n") == it.last_line - it.first_line or "\r" in text
