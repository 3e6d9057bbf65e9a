"""Functions that a project has already are found by what they are called, and rewritten for where they are needed."""

import os
from pathlib import Path

import pytest

from vouch_server.generators.synthesis import Synthesis, SynthesisSettings
from vouch_server.model import Context, Snapshot
from vouch_server.synthesis.retrieval.library import Library, python_files

WORD_LIST = (
    "def read_word_list(path, encoding):\n"
    '    """Words of a file, one a line."""\n'
    "    words = []\n"
    "    with open(path, encoding=encoding) as file:\n"
    "        for line in file:\n"
    "            # Comments are no words.\n"
    '            if not line.startswith("#"):\n'
    "                words.append(line.strip())\n"
    "    return words\n"
)


async def proposed(text: str, folder: Path, others: dict[Path, str] | None = None) -> list[str]:
    marked = text.index("|")
    path = folder / "here.py"
    snapshot = Snapshot(
        uri=path.as_uri(),
        path=path,
        language="python",
        version=1,
        text=text.replace("|", ""),
        workspace=folder,
        others=others or {},
    )
    generator = Synthesis(SynthesisSettings(budget_ms=1_000, retrieval_ms=2_000))
    return [it.text async for it in generator.generate(Context(snapshot=snapshot, offset=marked), 3)]


ASKED = "def read_word_lists(file_name, encoding):\n    |"


async def test_a_function_of_another_file_is_adapted(tmp_path):
    (tmp_path / "words.py").write_text(WORD_LIST)
    found = await proposed(ASKED, tmp_path)
    assert found == [
        "words = []\n    with open(file_name, encoding=encoding) as file:\n        for line in file:\n"
        "            # Comments are no words.\n"
        '            if not line.startswith("#"):\n                words.append(line.strip())\n    return words'
    ]


async def test_indentation_becomes_that_of_the_file(tmp_path):
    (tmp_path / "words.py").write_text(WORD_LIST.replace("    ", "  "))
    found = await proposed("def other():\n\treturn 1\n\n\ndef read_word_list(path, encoding):\n\t|", tmp_path)
    assert found[0].startswith(
        "words = []\n\twith open(path, encoding=encoding) as file:\n\t\tfor line in file:"
    )


async def test_an_open_document_shadows_its_file(tmp_path):
    (tmp_path / "words.py").write_text(WORD_LIST)
    others = {tmp_path / "words.py": WORD_LIST.replace("line.strip()", "line.rstrip()")}
    found = await proposed(ASKED, tmp_path, others)
    assert "line.rstrip()" in found[0]


async def test_the_same_file_is_searched_too(tmp_path):
    found = await proposed(WORD_LIST + "\n\n" + ASKED, tmp_path)
    assert "open(file_name, encoding=encoding)" in found[0]


@pytest.mark.parametrize(
    ("there", "asked", "expected"),
    [
        (
            "def count_down(n):\n    if n == 0:\n        return []\n    return [n] + count_down(n - 1)\n",
            "def count_downs(start):\n    |",
            "if start == 0:\n        return []\n    return [start] + count_downs(start - 1)",
        ),
        (
            "LIMIT = 3\n\n\ndef cut_words(words):\n    return words[:LIMIT]\n",
            "def cut_words(words):\n    |",
            None,
        ),
        (
            "LIMIT = 3\n\n\ndef cut_words(words):\n    return words[:LIMIT]\n",
            "LIMIT = 5\n\n\ndef cut_words(words):\n    |",
            "return words[:LIMIT]",
        ),
        (
            "def cut_words(words):\n    result = words[:3]\n    return result\n",
            "def cut_words(result):\n    |",
            None,
        ),
        (
            "def cut_words(words):\n    return sorted(words, key=lambda word: len(words))\n",
            "def cut_words(texts):\n    |",
            None,
        ),
        ("def cut_words(words):\n    pass\n", "def cut_words(words):\n    |", None),
        ("def cut_words(words):\n    raise NotImplementedError\n", "def cut_words(words):\n    |", None),
        ("def cut_words(words, n):\n    return words[:n]\n", "def cut_words(words):\n    |", None),
        ("def paint_house(walls):\n    return walls\n", "def cut_words(words):\n    |", None),
        (
            "def cut_words(words):\n    return words[:3]\n\n\ndef broken(:\n",
            "def cut_words(words):\n    |",
            "return words[:3]",
        ),
    ],
    ids=[
        "recursion renamed",
        "unknown global",
        "known global",
        "name taken",
        "inner function",
        "stub",
        "not implemented",
        "other arity",
        "unlike",
        "broken file",
    ],
)
async def test_only_what_would_stand_there_is_proposed(tmp_path, there, asked, expected):
    (tmp_path / "there.py").write_text(there)
    assert await proposed(asked, tmp_path) == ([] if expected is None else [expected])


async def test_methods_are_adapted_to_classes_with_the_same_attributes(tmp_path):
    method = "    def total_price(self):\n        {}\n"
    body = "return sum(it.price for it in self.items)"
    init = "    def __init__(self):\n        self.items = []\n\n"
    (tmp_path / "cart.py").write_text("class Cart:\n" + init + method.format(body))
    assert await proposed("class Order:\n" + init + method.format("|"), tmp_path) == [body]
    assert await proposed("class Order:\n" + method.format("|"), tmp_path) == []


def test_installed_hidden_and_built_files_are_not_read(tmp_path):
    for name in (".hidden", "venv", "build", "node_modules", "mine", "also-an-environment"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("x = 1\n")
    (tmp_path / "also-an-environment" / "pyvenv.cfg").write_text("")
    assert [it.parent.name for it in python_files(tmp_path)] == ["mine"]


def test_files_are_read_within_bounds_and_again_only_when_they_change(tmp_path, monkeypatch):
    for number in range(5):
        (tmp_path / f"f{number}.py").write_text(f"def f{number}(x):\n    return x + {number}\n")
    (tmp_path / "large.py").write_text("def large(x):\n    return x\n" + "#" * 2_000)
    os.mkfifo(tmp_path / "pipe.py")
    library = Library(max_files=4, max_file_bytes=1_000)
    read = []
    original = Path.read_text
    monkeypatch.setattr(
        Path, "read_text", lambda self, **more: read.append(self.name) or original(self, **more)
    )
    names = {it.function.name for it in library.records(tmp_path, {}, 2_000)}
    assert names == {"f0", "f1", "f2", "f3"}
    library.records(tmp_path, {}, 2_000)
    assert read == ["f0.py", "f1.py", "f2.py", "f3.py"]
    (tmp_path / "f1.py").write_text("def renamed(x):\n    return x * 2\n")
    names = {it.function.name for it in library.records(tmp_path, {}, 2_000)}
    assert names == {"f0", "renamed", "f2", "f3"}
    (tmp_path / "f0.py").unlink()
    names = {it.function.name for it in library.records(tmp_path, {}, 2_000)}
    assert "f0" not in names


def test_reading_stops_in_time_and_goes_on_at_the_next_request(tmp_path):
    (tmp_path / "f.py").write_text("def f(x):\n    return x\n")
    library = Library(max_files=10, max_file_bytes=1_000)
    assert library.records(tmp_path, {}, 0) == []
    assert [it.function.name for it in library.records(tmp_path, {}, 2_000)] == ["f"]
