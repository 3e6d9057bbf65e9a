"""Places in a text: lines, columns in UTF-16 units or code points, offsets. Pure; knows no protocol."""

import re
from bisect import bisect_right

_LINE_END = re.compile(r"\r\n|\n|\r")
_FIRST_ASTRAL = 0x10000


class Lines:
    """A text cut into lines where language servers cut it: at CR LF, LF and CR, and nowhere else."""

    def __init__(self, text: str) -> None:
        self._text = text
        ends = list(_LINE_END.finditer(text))
        self._starts = [0, *(it.end() for it in ends)]
        self._stops = [*(it.start() for it in ends), len(text)]

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def end(self) -> int:
        """The offset of the end of the text."""
        return len(self._text)

    def __getitem__(self, line: int) -> str:
        """A line without its end; "" beyond the last."""
        if not 0 <= line < len(self._starts):
            return ""
        return self._text[self._starts[line] : self._stops[line]]

    def column(self, line: int, units: int) -> int:
        """The column in code points for one in UTF-16 units, no further than the end of the line."""
        text = self[line]
        if text.isascii():
            return max(0, min(units, len(text)))
        seen = 0
        for column, char in enumerate(text):
            if seen >= units:
                return column
            seen += 2 if ord(char) >= _FIRST_ASTRAL else 1
        return len(text)

    def offset(self, line: int, column: int) -> int:
        """The offset into the text, in code points, of a 0-based line and column; clamped to the text."""
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self._text)
        return min(self._starts[line] + max(0, column), self._stops[line])

    def place(self, offset: int) -> tuple[int, int]:
        """The 0-based line and column, in code points, of an offset."""
        offset = max(0, min(offset, len(self._text)))
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]
