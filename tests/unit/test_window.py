"""A model is shown what is nearest to the cursor, in whole lines."""

from pathlib import Path

import pytest

from vouch_server.context.window import window
from vouch_server.model import Context, Snapshot


@pytest.mark.parametrize(
    ("said", "marked", "budgets", "prefix", "suffix"),
    [
        ("all of a small file", "a\nb|c\nd\n", (99, 99), "a\nb", "c\nd\n"),
        ("a half line at the start is left out", "first\nsecond\nth|", (10, 0), "second\nth", ""),
        ("a line that just fits stays", "first\nsecond\nth|", (9, 0), "second\nth", ""),
        ("one less and it goes", "first\nsecond\nth|", (8, 0), "th", ""),
        ("a line longer than the budget is cut inside", "abcdefgh|", (3, 0), "fgh", ""),
        ("a half line at the end is left out", "|ab\ncd\nef", (9, 5), "", "ab\n"),
        ("a long line after the cursor is cut inside", "|abcdefgh", (9, 3), "", "abc"),
        ("nothing when nothing may be sent", "ab|cd", (0, 0), "", ""),
        ("line ends are plain", "a\r\nb\r\nc|d\r\ne\r\n", (4, 4), "b\nc", "d\ne\n"),
        ("emoji count as one", "🙂🙂\n🙂|🎉\n🎉🎉", (2, 3), "🙂", "🎉\n"),
    ],
)
def test_the_window_holds_whole_lines(said: str, marked: str, budgets, prefix: str, suffix: str) -> None:
    offset = marked.index("|")
    snapshot = Snapshot(
        uri="", path=Path("/a.py"), language="python", version=1, text=marked.replace("|", "", 1)
    )
    shown = window(
        Context(snapshot=snapshot, offset=offset), prefix_characters=budgets[0], suffix_characters=budgets[1]
    )
    assert (shown.prefix, shown.suffix) == (prefix, suffix), said
