"""Examples are read out of a person's documentation, in the notations people use, and never guessed."""

from pathlib import Path
from textwrap import dedent, indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_verifiers.model import Example, Trial
from vouch_verifiers.oracles.doc_examples import extract, probes


def trial(marked: str, path: str = "/project/shop.py") -> Trial:
    """The text between `<<` and `>>` is the candidate."""
    prefix, _, rest = marked.partition("<<")
    completion, _, suffix = rest.partition(">>")
    return Trial(language="python", path=Path(path), prefix=prefix, completion=completion, suffix=suffix)


def documented(doc: str, header: str = "def f(x):", quotes: str = '"""') -> Trial:
    doc = indent(dedent(doc).strip("\n"), "    ")
    return trial(f"{header}\n    {quotes}Doc.\n\n{doc}\n    {quotes[-3:]}\n    <<return 0>>\n")


def told(examples: tuple[Example, ...]) -> list[str]:
    return [f"{it.mode}: {it.code}" + (f" -> {it.expected}" if it.expected else "") for it in examples]


def check(doc: str, *expected: str, header: str = "def f(x):", quotes: str = '"""') -> None:
    assert told(extract(documented(doc, header, quotes))) == list(expected)


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        (">>> f(1)\n2", ["value: f(1) -> 2"]),
        (">>> f(1)\n'a'\n>>> f(2)\n[1,\n 2]", ["value: f(1) -> 'a'", "value: f(2) -> [1,\n 2]"]),
        (">>> a = [1,\n...      2]\n>>> f(a)\n3", ["exec: a = [1,\n     2]", "value: f(a) -> 3"]),
        (">>> f(1) == 2", ["truth: f(1) == 2"]),
        (">>> isinstance(f(1), int)", ["truth: isinstance(f(1), int)"]),
        (">>> assert f(1) == 2", ["truth: f(1) == 2"]),
        (">>> print(f(1))\n2", ["print: print(f(1)) -> 2"]),
        (">>> f(1)\nPoint(1)", ["text: f(1) -> Point(1)"]),
        (">>> f(1)\n[1, 2, ...]", ["text: f(1) -> [1, 2, ...]"]),
        (">>> for it in f(1): print(it)\n...\n1\n2", ["text: for it in f(1): print(it) -> 1\n2"]),
        (">>> print(f(1))\na\n<BLANKLINE>\nb", ["print: print(f(1)) -> a\n\nb"]),
        (">>> f(1)  # doctest: +SKIP\n2", []),
        (">>> f(1)  # doctest: +NUMBER\n2.0", ["value: f(1) -> 2.0"]),
        (">>> f(1)  # may vary\n2", ["exec: f(1)  # may vary"]),
        (
            ">>> f(0)\nTraceback (most recent call last):\n    ...\nshop.BadError: too small",
            ["raises: f(0) -> BadError: too small"],
        ),
        (">>> f(0)\nTraceback:\nValueError", ["raises: f(0) -> ValueError"]),
        (">>> f(0)\nValueError: too small", ["raises: f(0) -> ValueError: too small"]),
        (">>> x = other(1)\n>>> f(x)\n2\n>>> f(3)\n4", ["value: f(3) -> 4"]),
        (">>> x = 1\n>>> x = other(2)\n>>> f(x)\n3", ["exec: x = 1"]),
        (">>> import matplotlib.pyplot as plt\n>>> plt.plot(f(1))\n>>> f(2)\n3", ["value: f(2) -> 3"]),
        (">>> from shop import f\n>>> f(1)\n2", ["value: f(1) -> 2"]),
        (">>> from shop import f as g\n>>> g(1)\n2", ["exec: g = f", "value: g(1) -> 2"]),
        (">>> import shop\n>>> shop.f(1)\n2", ["exec: import shop", "value: shop.f(1) -> 2"]),
        (">>> shop.f(1)\n2", ["value: f(1) -> 2"]),
        (">>> f(\n>>> f(1)\n2", ["value: f(1) -> 2"]),
        (">>> f(1)\n2\nThis is because one is odd.", []),
        (">>> f(1) -> 2", ["value: f(1) -> 2"]),
        (">>> f(1)  # => 2", ["value: f(1) -> 2"]),
        ("In [1]: f(1)\nOut[1]: 2", ["value: f(1) -> 2"]),
        (
            ">>> class A:\n...     y = 1\n...     z = y\n>>> f(A.z)\n1",
            ["exec: class A:\n    y = 1\n    z = y", "value: f(A.z) -> 1"],
        ),
    ],
)
def test_prompts(doc: str, expected: list[str]) -> None:
    check(doc, *expected)


@pytest.mark.parametrize(
    "notation",
    [
        "f(1) == 2", "f(1) => 2", "f(1) ==> 2", "f(1)==>2", "f(1) -> 2", "f(1) --> 2", "f(1) ➞ 2", "f(1) → 2",
        "f(1) = 2",
        "f(1)  # returns 2", "f(1)  # => 2", "f(1) # == 2", "f(1)  # 2", "f(1) returns 2", "f(1) should return 2.",
        "f(1) should be 2", "f(1) must equal 2.", "f(1) evaluates to 2", "f(1) == 1 + 1 + 0 = 2",
        "* f(1) => 2", "- f(1) -> 2", "1. f(1) -> 2", "`f(1)` returns `2`.", "``f(1)`` -> ``2``", "`f(1) == 2`",
        "For example, f(1) is 2.", "For example f(1) should\nreturn 2.", "(so f(1) == 2)",
        "f(1) == 2 (the next one)", "f(1) = 2, because it is odd", "f(1) == 2  # the next one", "f(1) → 2 — it's next",
        "f(1)\n    => 2", "f(1) =\n    2", "Example: f(1) -> 2",
        "For x = 1 the output should be 2", "For x = 1, the result is 2.", "Given x = 1, return 2",
        "With x = 1 it returns 2",
        "x = 1 -> 2", "Input: 1\nOutput: 2", "Input: x = 1\nOutput: 2", "**Input:** x = 1\n**Output:** 2",
        "Input: 1, Output: 2", "Input: 1 -> Output: 2", "Input: f(1)\nOutput: 2", "Input:\n    1\nOutput:\n    2",
        "Sample input 1: 1\nExpected output: 2\nExplanation: it's next",
    ],
)  # fmt: skip
def test_looser_notations(notation: str) -> None:
    examples = extract(documented(notation))
    assert told(examples) == ["value: f(1) -> 2"]
    assert examples[0].origin == "prose"


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("f([1,\n  2]) == [\n  2]", ["value: f([1, 2]) -> [ 2]"]),
        ('f("a,b. c") returns "x = y, z."', ['value: f("a,b. c") -> "x = y, z."']),
        ("f('a') = 'b', f('c') = 'd'", ["value: f('a') -> 'b'", "value: f('c') -> 'd'"]),
        ("f(14.5) returns 15 and f(-14.5) returns -15.", ["value: f(14.5) -> 15", "value: f(-14.5) -> -15"]),
        ("round(f(1), 2) = 0.5", ["value: round(f(1), 2) -> 0.5"]),
        ("f(1)[0] == 2", ["value: f(1)[0] -> 2"]),
        ("f(True) returns true", ["value: f(True) -> True"]),
        ("f(-1) raises ValueError", ["raises: f(-1) -> ValueError"]),
        ("f(-1) should raise a `TypeError`.", ["raises: f(-1) -> TypeError"]),
        ("f(-1) -> ValueError", ["raises: f(-1) -> ValueError"]),
        ("assert f(2) == 3, 'why'", ["value: f(2) -> 3"]),
        ("assert f(2)", ["truth: f(2)"]),
        ("f(2) != 3", ["truth: f(2) != 3"]),
        ("f(2) == set()", ["value: f(2) -> set()"]),
        ("f(2) == Fraction(1, 2)", []),
        ("f(x) = 2", []),
        ("f(...) = 2", []),
        ("f(3) = f(2) + f(1)", []),
        ("f(3) = f(2) + f(1) = 2 + 1\n     = 3", ["value: f(3) -> 3"]),
        ("f(3) returns True if x is odd", []),
        ("f(3) = 5 or 6", []),
        ("f(3) = 5 (mod 7)", []),
        ("f(3) = 5, 6", []),
        ("f(3) is 5 times faster", []),
        ("f(3) is undefined", []),
        ("f(3) should not return 5", []),
        ("f(3) == [1, 2, ...]", []),
        ('f(3) == ""b"', []),
        ("2 * f(3) = 6", []),
        ("and 2 * f(3) = 6", []),
        ("other.f(3) = 6", []),
        ("def f(3): return 6", []),
        ("f(1, 2) = 6", []),
        ("f() = 6", []),
        ("f(list) = 6", []),
        ("f(1) >= 6", ["truth: f(1) >= 6"]),
        ("f('a\nb') = 6", []),
        ("For x = 1, y = 2 the output should be 2", []),
        ("Input: 1, 2\nOutput: 3", []),
        ("Input: 1\n\nNothing.", []),
    ],
)
def test_what_is_read_and_what_is_left(doc: str, expected: list[str]) -> None:
    check(doc, *expected)


def test_arguments_are_bound_by_name_and_by_position() -> None:
    header = "def f(xs, k=1, *, key=None):"
    check("For xs = [1, 2], k = 3 the output should be 4", "value: f([1, 2], 3) -> 4", header=header)
    check("For k = 3, xs = [1] the output should be 4", "value: f([1], 3) -> 4", header=header)
    check("Input: xs = [1], key = 3\nOutput: 4", "value: f([1], key=3) -> 4", header=header)
    check("f([1], max) = 2\nf([1], min) = 3", "value: f([1], min) -> 3", header="def f(xs, max):")
    check("Input: [1, 2], 3\nOutput: (4, 5)", "value: f([1, 2], 3) -> (4, 5)", header=header)


def test_a_lone_value_in_brackets_may_be_a_tuple() -> None:
    check("f(1) => ('a', 'b')\nf(2) => ('a')", "value: f(1) -> ('a', 'b')")
    check("f(2) => ('a')")
    check("f(1) => 'b'\nf(2) => ('a')", "value: f(1) -> 'b'", "value: f(2) -> ('a')")


def test_contradictions_are_settled_by_the_last_heading_or_by_prompts() -> None:
    equations = "f(1) = 3\nf(2) = 1 + (2 / 2) = 2\n\n"
    check(equations + "Examples:\nf(3) = [1, 3]", "value: f(3) -> [1, 3]")
    check(equations + ">>> f(3)\n[1, 3]", "value: f(3) -> [1, 3]")
    check("f(1) = 3\n\nExample:\nf(1) = 4", "value: f(1) -> 4")
    check("f(1) = 3\nf(1) = 4\nf(2) = 5", "value: f(2) -> 5")
    check("f(1) = 3\n>>> f(1)\n4", "value: f(1) -> 4")
    check(">>> f(1)\n3\n>>> f(1)\n4", "value: f(1) -> 3", "value: f(1) -> 4")
    check("Examples:\nf(1) = 'no'\nf(2) = 4", "value: f(1) -> 'no'", "value: f(2) -> 4")
    check("f(1) = 3\nThat is, f( 1 ) == 3.", "value: f(1) -> 3")


def test_escapes_in_a_docstring_that_is_not_raw_are_what_the_person_meant() -> None:
    check(r""">>> f("a\nb")""" + "\n" + r"'a\tb'", r"""value: f("a\nb") -> 'a\tb'""")
    check(r""">>> f("a\\nb")""" + "\n'c'", r"""value: f("a\nb") -> 'c'""")
    check(r""">>> f("a\nb")""" + "\n'c'", r"""value: f("a\nb") -> 'c'""", quotes='r"""')
    check(r"""f("a\nb") == 'c'""", r"""value: f("a\nb") -> 'c'""")
    one_line = trial('def f(x):\n    "Doc.\\n\\n>>> f(1)\\n2\\n"\n    <<return 0>>\n')
    assert told(extract(one_line)) == ["value: f(1) -> 2"]


def test_generators_are_collected_and_coroutines_awaited() -> None:
    source = 'def f(n):\n    """f(2) -> [0, 1]"""\n    <<yield 0>>\n'
    assert told(extract(trial(source))) == ["value: list(f(2)) -> [0, 1]"]
    source = 'async def f(n):\n    """f(2) -> 3"""\n    <<return 3>>\n'
    assert told(extract(trial(source))) == ["exec: import asyncio", "value: asyncio.run(f(2)) -> 3"]


def test_a_method_needs_an_instance_that_the_documentation_makes() -> None:
    source = dedent('''
        class Stack:
            """A stack.

            >>> Stack.limit
            3
            >>> s = Stack()
            >>> s.push(1)
            2
            >>> len(s)
            1
            """

            limit = 3

            def push(self, item):
                """push(1) = 2, Stack().push(3) == 4 and Stack.push(5) == 6

                >>> Stack().push(7)
                8
                """
                <<return item + 1>>

            @staticmethod
            def twice(x):
                """Stack.twice(2) == 4"""
                return 2 * x
    ''')
    assert told(extract(trial(source))) == [
        "exec: Stack.limit",
        "exec: s = Stack()",
        "value: s.push(1) -> 2",
        "value: len(s) -> 1",
        "value: Stack().push(3) -> 4",
        "value: Stack().push(7) -> 8",
    ]
    moved = source.replace("<<", "").replace(">>\n", "\n").replace("return 2 * x", "<<return 2 * x>>")
    assert told(extract(trial(moved))) == ["value: Stack.twice(2) -> 4"]


def test_the_module_speaks_where_the_function_is_silent() -> None:
    source = '"""Shop.\n\n>>> y = 1\n>>> g(y)\n5\n>>> f(y)\n2\n>>> g(3)\n4\n"""\ndef g(x): return x\n'
    source += "def f(x):\n    <<return x>>\n"
    assert told(extract(trial(source))) == ["exec: y = 1", "exec: g(y)", "value: f(y) -> 2"]


def test_a_comment_above_the_function_counts() -> None:
    assert told(extract(trial("# Doubles: f(2) == 4\ndef f(x):\n    <<return 4>>\n"))) == ["value: f(2) -> 4"]


def test_what_the_candidate_wrote_is_no_oracle() -> None:
    assert extract(trial('<<def f(x):\n    """f(1) == 2"""\n    return x>>\n')) == ()
    assert extract(trial('def f(x):\n    <<"""f(1) == 2"""\n    return x>>\n')) == ()
    half = 'def f(x):\n    """Doc.\n\n    f(0) == 1\n<<    f(1) == 2\n    """\n    return x>>\n'
    assert told(extract(trial(half))) == ["value: f(0) -> 1"]


def test_a_function_that_the_candidate_adds_may_have_been_specified_before() -> None:
    assert told(extract(trial("# f(1) == 2\n<<def f(x, y=1):\n    return x + y>>\n"))) == ["value: f(1) -> 2"]


def test_lines_point_into_the_file_and_ids_do_not_depend_on_the_candidate() -> None:
    one = extract(documented(">>> f(1)\n2\n\nf(2) == 3"))
    assert [it.line for it in one] == [3, 6]
    source = documented(">>> f(1)\n2\n\nf(2) == 3")
    longer = Trial(
        language="python",
        path=source.path,
        prefix=source.prefix,
        completion="y = 1\n    return y",
        suffix=source.suffix,
    )
    assert extract(longer) == one
    assert len({it.id for it in one}) == 2


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_tabs_and_astral_characters(ending: str) -> None:
    source = 'def f(x):\n\t"""𐀀 😀\n\n\t>>> f("😀")\n\t\'𐀀\'\n\n\tf("é") -> "ü"\n'
    source += '\n\tInput: 3\n\tOutput: \'d\'\n\t"""\n\t<<return x>>\n'
    examples = extract(trial(source.replace("\n", ending)))
    assert told(examples) == ["value: f(\"😀\") -> '𐀀'", 'value: f("é") -> "ü"', "value: f(3) -> 'd'"]
    assert [it.line for it in examples] == [3, 6, 8]


def test_a_file_that_is_broken_elsewhere_keeps_its_examples() -> None:
    source = 'x = foo(\n\ndef f(x):\n    """f(1) == 2"""\n    <<return x>>\n\ndef g(:\n'
    assert told(extract(trial(source))) == ["value: f(1) -> 2"]


def test_probes_are_near_the_examples_and_always_the_same() -> None:
    source = documented("f(1, [2, 3], 'ab') == 4", header="def f(n, xs, s):")
    examples = extract(source)
    first = probes(examples, source, 8)
    assert [it.code for it in first] == [
        "f(2, [2, 3], 'ab')", "f(1, [3, 2], 'ab')", "f(1, [2, 3], 'ba')", "f(0, [2, 3], 'ab')",
        "f(1, [], 'ab')", "f(1, [2, 3], '')", "f(1, [2], 'ab')", "f(1, [2, 3], 'AB')",
    ]  # fmt: skip
    assert probes(examples, source, 8) == first
    assert {(it.origin, it.mode, it.expected) for it in first} == {("probe", "value", "")}
    assert not {it.code for it in probes(examples, source, 50)} & {it.code for it in examples}
    assert probes((), source, 8) == ()


DOCUMENT = st.lists(
    st.sampled_from(
        ["f(1)", "f(", ")", " == ", " -> ", "2", "'", '"', "\n", "\n    ", ">>> ", "... ", "x = 1",
         "Input: ", "Output: ", "[", "]", "\t", "\r", "\\", "😀", "𐀀", "for ", "returns", ".", ",",
         "#", "Traceback:", "ValueError", "\x00", "\u2028"]
    )
    | st.text(max_size=5),
    max_size=30,
).map("".join)  # fmt: skip


@given(doc=DOCUMENT, after=DOCUMENT)
def test_reading_never_raises(doc: str, after: str) -> None:
    source = Trial(
        language="python",
        path=Path("/project/shop.py"),
        prefix=f'def f(x):\n    """{doc}"""\n    ',
        completion="return x",
        suffix="\n" + after,
    )
    examples = extract(source)
    assert len({it.id for it in examples}) == len(examples)
    assert all(0 <= it.line <= source.after.count("\n") for it in examples)
    probes(examples, source, 8)


def test_examples_under_a_former_name_mean_the_function_they_stand_on() -> None:
    check("Example:\nold_name(1) == 2", "value: f(1) -> 2")
    check("Examples:\n>>> old_name(1)\n2\n>>> old_name(3)\n4", "value: f(1) -> 2", "value: f(3) -> 4")
    check("* Examples\n- assert old_name(1) == 2", "value: f(1) -> 2")
    check("Example:\nold_name(1, 2) == 2")
    check("Example:\nsorted(1) == 2")
    check("Example:\none(1) == 2\ntwo(2) == 3")
    check("Example:\nold_name(1) == 2\nf(2) == 3", "value: f(2) -> 3")
    check("It is like old_name(1) == 2")
