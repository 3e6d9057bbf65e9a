"""Where in a file a candidate stands: the definitions around the hole and those the candidate itself adds.

It works on files that do not parse elsewhere, and knows nothing of examples or tests.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from vouch_verifiers.model import Trial
from vouch_verifiers.oracles.source_tree import Definition, Docstring, SourceTree

HEADER = re.compile(r"([^\S\n]*)(?:async[^\S\n]+def|def|class)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`enclosing` are the definitions around the hole, innermost first; `inserted` those the candidate adds.

    `start` and `end` are the code point offsets of the inserted text in the file, white space at its ends
    left out; `lines` the 0-based lines it stands on.
    """

    enclosing: tuple[Definition, ...]
    inserted: tuple[Definition, ...]
    module_docstring: Docstring | None
    start: int
    end: int
    lines: range

    @property
    def function(self) -> Definition | None:
        """The innermost function around the hole."""
        return next((it for it in self.enclosing if it.is_function), None)

    @property
    def entry(self) -> Definition | None:
        """The function that a caller can name and that leads into the hole: the outermost one."""
        return next((it for it in reversed(self.enclosing) if it.is_function), None)

    @property
    def classes(self) -> tuple[Definition, ...]:
        """The classes around the hole, innermost first."""
        return tuple(it for it in self.enclosing if not it.is_function)

    @property
    def top(self) -> Definition | None:
        """The definition at module level around the hole."""
        return self.enclosing[-1] if self.enclosing else None

    @property
    def qualified_name(self) -> str:
        """`Class.method` of the innermost definition around the hole, else of the first added, else ""."""
        named = self.enclosing or self.inserted
        return named[0].qualified_name if named else ""


def scope_of(trial: Trial) -> Scope:
    """The scope of a trial's candidate."""
    start = len(trial.prefix) + len(trial.completion) - len(trial.completion.lstrip())
    end = len(trial.prefix) + len(trial.completion.rstrip())
    return locate(trial.after, start, max(start, end))


@lru_cache(maxsize=32)
def locate(text: str, start: int, end: int) -> Scope:
    """The scope of the code point offsets `start` to `end` of a text; an empty range is a cursor."""
    tree = SourceTree(text)
    anchor = _anchor(text, start, end)
    enclosing = _around(tree, anchor, start)
    if tree.broken and not any(it.is_function for it in enclosing):
        alone = _alone(text, anchor)
        if alone is not None:
            tree, enclosing = alone, _around(alone, anchor, start)
    inserted = tree.starting_in(start, end) if start < end else ()
    return Scope(
        enclosing=enclosing,
        inserted=inserted,
        module_docstring=tree.module_docstring(),
        start=start,
        end=end,
        lines=range(text.count("\n", 0, start), text.count("\n", 0, end) + 1),
    )


def _anchor(text: str, start: int, end: int) -> int:
    """The offset that decides what lies around: the first inserted text, or the code before a cursor."""
    if start < end:
        return start
    return max(len(text[:start].rstrip()) - 1, 0)


def _around(tree: SourceTree, anchor: int, start: int) -> tuple[Definition, ...]:
    """Definitions around the anchor that were there before and that the cursor is indented under."""
    found = [it for it in tree.around(anchor) if it.name_end <= start]
    if anchor >= start:
        return tuple(found)
    column = start - (tree.text.rfind("\n", 0, start) + 1)
    same_line = "\n" not in tree.text[anchor:start]
    return tuple(it for it in found if same_line or _column(tree.text, it.start) < column)


def _column(text: str, offset: int) -> int:
    return offset - (text.rfind("\n", 0, offset) + 1)


def _alone(text: str, anchor: int) -> SourceTree | None:
    """The text with all but the outermost definition around the anchor blanked, found by indentation alone.

    An open bracket far above makes tree-sitter lose every definition below it; this does not look above.
    """
    lines = text.split("\n")
    row = text.count("\n", 0, anchor)
    header = _outermost_header(lines, row)
    if header is None:
        return None
    last = row
    while last + 1 < len(lines) and not re.match(r"\S", lines[last + 1]):
        last += 1
    first = header
    while first > 0 and re.match(r"[@#]", lines[first - 1]):
        first -= 1
    kept = [it if first <= number <= last else " " * len(it) for number, it in enumerate(lines)]
    return SourceTree("\n".join(kept))


def _outermost_header(lines: list[str], row: int) -> int | None:
    found = None
    indent = len(lines[row]) - len(lines[row].lstrip())
    for number in range(row, -1, -1):
        line = lines[number]
        header = HEADER.match(line)
        if header is None or (number != row and len(header[1]) >= indent):
            continue
        found, indent = number, len(header[1])
        if indent == 0:
            break
    return found if found is not None and indent == 0 else None
