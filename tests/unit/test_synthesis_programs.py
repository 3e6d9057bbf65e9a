"""What the embedded generator writes, from the cursor to the inserted text."""

import doctest
from pathlib import Path

import pytest

from vouch_server.generators.synthesis import Synthesis, SynthesisSettings
from vouch_server.model import Context, Snapshot

PATIENT = SynthesisSettings(budget_ms=1_500)


def context(marked: str, workspace: Path | None = None, language: str = "python") -> Context:
    assert marked.count("|") == 1
    offset = marked.index("|")
    text = marked.replace("|", "")
    path = Path("/project/module.py")
    snapshot = Snapshot(
        uri="file:///project/module.py",
        path=path,
        language=language,
        version=1,
        text=text,
        workspace=workspace,
    )
    return Context(snapshot=snapshot, offset=offset)


async def proposed(marked: str, wanted: int = 1, language: str = "python") -> list[str]:
    generator = Synthesis(PATIENT)
    return [it.text async for it in generator.generate(context(marked, language=language), wanted)]


async def check(marked: str, expected: str | None) -> None:
    found = await proposed(marked)
    assert found == ([] if expected is None else [expected])


MEAN = 'def mean(numbers):\n    """Average.\n\n    >>> mean([1, 2])\n    1.5\n    >>> mean([2, 4, 6])\n    4.0\n    """\n'


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (MEAN + "    |", "return sum(numbers) / len(numbers)"),
        (MEAN + "|", "    return sum(numbers) / len(numbers)"),
        (MEAN + "    |\n\n\ndef other():\n    return 1\n", "return sum(numbers) / len(numbers)"),
        (MEAN + "    |\n    pass\n", "return sum(numbers) / len(numbers)"),
        (MEAN[:-1] + "|", "\n    return sum(numbers) / len(numbers)"),
        (MEAN + "    return |", "sum(numbers) / len(numbers)"),
        (MEAN + "    ret|", "urn sum(numbers) / len(numbers)"),
        (MEAN + "    return sum(numbers) / |", "len(numbers)"),
        (MEAN + "    return sum(|) / len(numbers)\n", "numbers"),
        (MEAN + "    total = sum(numbers)\n    return total / |\n", "len(numbers)"),
        (MEAN + "    total = |\n    return total / len(numbers)\n", "sum(numbers)"),
        (MEAN + "    total = |\n    return total\n", "sum(numbers) / len(numbers)"),
    ],
    ids=[
        "body",
        "column 0",
        "code below",
        "pass below",
        "after the docstring",
        "return",
        "half a word",
        "after an operator",
        "inside a call",
        "after a local",
        "before its use",
        "before its return",
    ],
)
async def test_the_hole_may_be_anywhere_in_the_function(marked, expected):
    await check(marked, expected)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (MEAN.replace("\n", "\r\n") + "    |", "return sum(numbers) / len(numbers)"),
        (MEAN.replace("    ", "\t") + "\t|", "return sum(numbers) / len(numbers)"),
        ("# 🎉 ünïcode\nPARTY = '🎉'\n\n\n" + MEAN + "    |", "return sum(numbers) / len(numbers)"),
        (
            "def broken(:\n    x = (\n\n\n" + MEAN + "    |\n\n\nclass Also(\n",
            "return sum(numbers) / len(numbers)",
        ),
        ("if True:\n  " + MEAN.replace("\n", "\n  ") + "    |", "return sum(numbers) / len(numbers)"),
    ],
    ids=["CRLF", "tabs", "emoji", "broken around", "nested"],
)
async def test_the_rest_of_the_file_may_be_anything(marked, expected):
    await check(marked, expected)


async def test_after_a_docstring_the_line_is_ended_as_the_file_ends_its_lines():
    await check(MEAN.replace("\n", "\r\n")[:-2] + "|", "\r\n    return sum(numbers) / len(numbers)")


async def test_bodies_of_several_lines_take_the_indentation_and_line_ends_of_the_file():
    marked = (
        "def safe_mean(xs):\r\n"
        '\t"""Mean, or 0.0 when there are none.\r\n\r\n'
        "\t>>> safe_mean([])\r\n\t0.0\r\n\t>>> safe_mean([1, 2])\r\n\t1.5\r\n\t>>> safe_mean([4])\r\n\t4.0\r\n"
        '\t"""\r\n\t|'
    )
    await check(marked, "if not xs:\r\n\t\treturn 0.0\r\n\treturn sum(xs) / len(xs)")


@pytest.mark.parametrize(
    "marked",
    [
        MEAN + "    # here |",
        MEAN + '    text = "here |"\n',
        MEAN.replace("Average.", "Average|."),
        MEAN + "    numbers.|",
        MEAN + "    return num|",
        MEAN + "    total = len|",
        "|",
        "x = |\n",
        "def f(x):\n    |",
        "def f(x):\n    return |",
        MEAN + "    |return sum(numbers) / len(numbers)\n",
        MEAN + "    return |sum(numbers) / len(numbers)\n",
        MEAN + "    |\n    return sum(numbers)\n",
    ],
    ids=[
        "comment",
        "string",
        "docstring",
        "attribute",
        "half a name",
        "half a call",
        "empty file",
        "outside",
        "no examples",
        "no examples, return",
        "already there",
        "already there, return",
        "code follows",
    ],
)
async def test_nothing_is_proposed_where_nothing_is_known(marked):
    await check(marked, None)


async def test_other_languages_are_left_alone():
    assert await proposed(MEAN + "    |", language="kotlin") == []


def function(header: str, *examples: str, doc: str = "", before: str = "") -> str:
    lines = "\n".join(f"    {it}" for it in examples)
    return f'{before}def {header}:\n    """{doc}\n\n{lines}\n    """\n    |'


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            function("shout(text)", '>>> shout("hey")', "'HEY!'", '>>> shout("ok")', "'OK!'"),
            'return text.upper() + "!"',
        ),
        (
            function(
                "initials(name)", '>>> initials("ada lovelace")', "'AL'", '>>> initials("Tim B Lee")', "'TBL'"
            ),
            'return "".join(word[0].upper() for word in name.split())',
        ),
        (
            function(
                "evens(xs)", ">>> evens([1, 2, 4])", "[2, 4]", ">>> evens([3, 8])", "[8]", doc="Even ones."
            ),
            "return [x for x in xs if x % 2 == 0]",
        ),
        (
            function("swap(pair)", ">>> swap((1, 2))", "(2, 1)", '>>> swap(("a", "b"))', "('b', 'a')"),
            "return pair[::-1]",
        ),
        (
            function(
                "index_of(items, wanted)",
                ">>> index_of([4, 5, 6], 5)",
                "1",
                ">>> index_of([4], 9)",
                "-1",
                ">>> index_of([7, 7, 8], 8)",
                "2",
                doc="Position, or -1.",
            ),
            "for i, item in enumerate(items):\n        if item == wanted:\n            return i\n    return -1",
        ),
        (
            function(
                "by_length(words)",
                '>>> by_length(["a", "bb", "c"])',
                "{1: ['a', 'c'], 2: ['bb']}",
                '>>> by_length(["xyz"])',
                "{3: ['xyz']}",
            ),
            "groups = {}\n    for word in words:\n        groups.setdefault(len(word), []).append(word)\n    return groups",
        ),
        (
            function(
                "fib(n)", *[">>> fib(0)", "0", ">>> fib(1)", "1", ">>> fib(10)", "55", ">>> fib(7)", "13"]
            ),
            "a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a",
        ),
        (
            function(
                "scaled(x)",
                ">>> scaled(2)",
                "14",
                ">>> scaled(5)",
                "35",
                doc="Scaled by the factor.",
                before="FACTOR = 7\n\n\n",
            ),
            "return x * FACTOR",
        ),
        (
            function(
                "norm(x, y)",
                ">>> norm(3, 4)",
                "5.0",
                ">>> norm(5, 12)",
                "13.0",
                doc="Length of a vector.",
                before="import math\n\n\n",
            ),
            "return math.hypot(x, y)",
        ),
    ],
    ids=["concat", "join", "filter", "reverse", "search", "group", "recurrence", "constant", "import"],
)
async def test_it_writes_what_a_person_would_write(marked, expected):
    found = await proposed(marked, wanted=3)
    assert expected in found


async def test_methods_read_the_attributes_of_self():
    marked = (
        "class Box:\n"
        "    def __init__(self, width, height):\n        self.width = width\n        self.height = height\n\n"
        "    def area(self):\n"
        '        """\n        >>> Box(3, 4).area()\n        12\n        >>> Box(5, 5).area()\n        25\n        """\n'
        "        |"
    )
    found = await proposed(marked, wanted=2)
    assert found[0] in ("return self.width * self.height", "return self.height * self.width")


async def test_an_examples_guard_that_is_there_already_is_not_written_again():
    marked = (
        "def first(items):\n"
        '    """\n    >>> first([3, 4])\n    3\n    >>> first([])\n    >>> first([8])\n    8\n    """\n'
        "    if not items:\n        return None\n    |"
    )
    await check(marked, "return items[0]")


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("__init__(self, name, size)", "self.name = name\n        self.size = size"),
    ],
)
async def test_a_constructor_keeps_its_parameters(method, expected):
    await check(f"class Thing:\n    def {method}:\n        |", expected)


KEEPER = "class Bag:\n    def __init__(self, name):\n        self._name = name\n        self.items = []\n\n    def {method}:\n        |"


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("__len__(self)", "return len(self.items)"),
        ("__iter__(self)", "return iter(self.items)"),
        ("__contains__(self, item)", "return item in self.items"),
        ("__repr__(self)", 'return f"Bag(name={self._name!r}, items={self.items!r})"'),
        (
            "__eq__(self, other)",
            "if not isinstance(other, Bag):\n            return NotImplemented\n"
            "        return (self._name, self.items) == (other._name, other.items)",
        ),
        ("__hash__(self)", None),
        ("name(self)", "return self._name"),
        ("add_item(self, item)", "self.items.append(item)"),
        ("frobnicate(self)", None),
    ],
)
async def test_methods_that_follow_from_their_name_need_no_examples(method, expected):
    await check(KEEPER.replace("{method}", method), expected)


@pytest.mark.parametrize(
    "marked",
    [
        function(
            "is_blue(x)", ">>> is_blue(3)", "True", ">>> is_blue(4)", "False", ">>> is_blue(9)", "False"
        ),
        function(
            "code(name)", '>>> code("ann")', "'q7'", '>>> code("bob")', "'zz'", '>>> code("eve")', "'k1'"
        ),
        function("magic(n)", ">>> magic(3)", "8412", ">>> magic(9)", "-77"),
    ],
    ids=["too little said", "a table of answers", "numbers from nowhere"],
)
async def test_examples_that_say_too_little_are_not_guessed_at(marked):
    await check(marked, None)


async def test_no_more_than_wanted_and_all_different():
    found = await proposed(MEAN + "    |", wanted=3)
    assert len(found) <= 3
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "name", ["list", "sum", "items", "values", "choice", "negate", "str", "it", "key", "add", "len"]
)
async def test_parameters_may_be_called_like_anything_that_synthesis_knows(name):
    marked = function(
        f"longest({name})", '>>> longest(["a", "abc", "de"])', "'abc'", '>>> longest(["xx", "y"])', "'xx'"
    )
    for text in await proposed(marked, wanted=3):
        scope: dict[str, object] = {}
        exec(marked.replace("|", text), scope)
        assert scope["longest"](["xx", "y"]) == "xx"


@pytest.mark.parametrize(
    "marked",
    [
        function("f(words)", '>>> f(["a", "bcd"])', "{'a': 1, 'bcd': 3}", '>>> f(["xy"])', "{'xy': 2}"),
        function("g(rows)", ">>> g([[1, 2], [3]])", "[1, 2, 3]", ">>> g([[4]])", "[4]"),
        function("h(xs)", ">>> h([1, 4, 9])", "[3, 5]", ">>> h([2, 2])", "[0]"),
        function("k(n)", ">>> k(3)", "6", ">>> k(4)", "24", ">>> k(5)", "120"),
    ],
)
async def test_all_that_is_proposed_is_python_and_does_what_the_examples_say(marked):
    found = await proposed(marked, wanted=8)
    assert found
    for text in found:
        scope: dict[str, object] = {}
        exec(marked.replace("|", text), scope)
        results = doctest.DocTestRunner(verbose=False)
        for test in doctest.DocTestFinder().find(scope[marked[4]], globs=scope, name="it"):
            results.run(test)
        assert results.failures == 0, text
