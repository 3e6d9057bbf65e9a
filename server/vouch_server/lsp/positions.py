"""Converts between LSP positions and code point offsets. Pure; knows no protocol types.

Four ways to count the same place: bytes (UTF-8), code units (UTF-16), code points (UTF-32), and our offsets,
which are code points from the start of the text. LSP lines end at \\n, \\r\\n and \\r only: str.splitlines() also
breaks at form feeds and other separators, which would shift every line after them.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

LINE_END = re.compile(r"\r\n|\n|\r")

UTF8 = "utf-8"
UTF16 = "utf-16"
UTF32 = "utf-32"


def _utf8_units(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


UNITS: dict[str, Callable[[str], int]] = {UTF8: _utf8_units, UTF16: _utf16_units, UTF32: len}


class Lines:
    """Where the lines of one text start. Built once per text, then each conversion is cheap."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = _line_starts(text)

    def offset(self, line: int, character: int, encoding: str) -> int:
        """The code point offset of a position. Never raises: what lies outside is clamped.

        A line past the end is the end of the text, a negative one its start; a character past the end of its
        line is that end; one inside a character is that character's start.
        """
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self._text)
        start = self._starts[line]
        content = self._content(line)
        if character <= 0:
            return start
        if content.isascii() or encoding == UTF32:
            return start + min(character, len(content))
        return start + _points(content, character, UNITS[encoding])

    def position(self, offset: int, encoding: str) -> tuple[int, int]:
        """Line and character of a code point offset, both 0-based. Offsets outside are clamped.

        An offset between \\r and \\n has no position of its own: it is the end of its line.
        """
        offset = max(0, min(offset, len(self._text)))
        line = bisect_right(self._starts, offset) - 1
        before = self._content(line)[: offset - self._starts[line]]
        return line, UNITS[encoding](before)

    def _content(self, line: int) -> str:
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self._text)
        return self._text[self._starts[line] : end].rstrip("\r\n")


def _line_starts(text: str) -> list[int]:
    if "\r" in text:
        return [0, *(it.end() for it in LINE_END.finditer(text))]
    # Three times as fast, and this runs at every key stroke.
    lengths = (len(it) + 1 for it in text.split("\n"))
    return [0, *accumulate(lengths)][:-1]


def _points(content: str, units: int, measure: Callable[[str], int]) -> int:
    """The most code points of a line that fit into so many units."""
    low, high = 0, min(units, len(content))
    while low < high:
        middle = (low + high + 1) // 2
        if measure(content[:middle]) <= units:
            low = middle
        else:
            high = middle - 1
    return low
