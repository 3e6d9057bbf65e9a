"""Where a block of code ends, told from indentation, brackets and quotes alone. Pure; knows no grammar."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

# Quotes and brackets are followed over this many code points before the cursor, some 20 ms' worth.
LONGEST_SCAN = 120_000
TAB_WIDTH = 8

_TOKEN = re.compile(r"\\.|\"\"\"|'''|[\"'`#()\[\]{}]|//|/\*|\*/", re.DOTALL)
_DEFINITION = re.compile(r"(?:async\s+def|def|class)\b")
_TOP_LEVEL = re.compile(r"^(?:@|async\s+def\b|def\b|class\b|import\b|from\b)", re.MULTILINE)
_DOCSTRING = re.compile(r"[rRuUbB]{0,2}(?:\"\"\"|'''|\"|')")
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_CLOSERS = (")", "]", "}")
_HASH_COMMENTS = frozenset({"python", "ruby", "shellscript", "perl", "r", "yaml", "toml", "julia", "elixir"})
_BACKTICK_STRINGS = frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact", "go"})
_BY_INDENTATION = frozenset({"python"})


class State(NamedTuple):
    """What is open at a place: the quote of a string or comment ("" outside both) and how many brackets.

    The quote of a comment is its end, `*/`.
    """

    quote: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """The surroundings of a cursor as far as they decide where an inserted block ends.

    `head` is what stands before the cursor on its line and `rest` what follows there. A line of the block
    that is indented by less than `floor` columns ends it; a floor of 0 is the top level. `indent` is the
    white space that the block's own statements start with. `empty` says that nothing stands in the block yet;
    `clauses` is the column at which an `else` may still belong to it (-1: none). `state` is what is open
    where `head` begins; `header` is the line that opened an empty block, stripped.
    """

    language: str
    head: str
    rest: str
    floor: int
    indent: str
    empty: bool
    clauses: int
    state: State
    header: str

    @property
    def in_string(self) -> bool:
        """Whether the cursor is inside a string or comment, where indentation means nothing."""
        return bool(after(self.state, self.head, self.language).quote)


def width(line: str) -> int:
    """Columns of indentation; a tab goes to the next multiple of eight, as in Python."""
    column = 0
    for character in line:
        if character == "\t":
            column += TAB_WIDTH - column % TAB_WIDTH
        elif character == " ":
            column += 1
        else:
            break
    return column


def after(state: State, line: str, language: str) -> State:
    """What is open after a line (without its line end) that starts in `state`."""
    quote, depth = state
    comment = "#" if language in _HASH_COMMENTS else "//"
    for match in _TOKEN.finditer(line):
        mark = match.group()
        if quote:
            # Three quotes inside a one-quote string: its end, and an empty string begun and closed.
            quote = "" if mark == quote or mark == 3 * quote else quote
        elif mark == comment:
            break
        elif mark in _BRACKETS:
            depth = max(depth + _BRACKETS[mark], 0)
        else:
            quote = _opened(mark, language)
    # A string of one quote ends with its line, whatever was forgotten, unless the line end is escaped.
    if quote in ("'", '"') and not line.endswith("\\"):
        quote = ""
    return State(quote, depth)


@lru_cache(maxsize=16)
def hole(prefix: str, suffix: str, language: str) -> Hole:
    """The hole between two texts whose line ends are all `\\n`."""
    lines = prefix[_scan_start(prefix) :].split("\n")
    code: list[_Logical] = []
    state = before = State()
    for line in [*lines[:-1], *([lines[-1]] if lines[-1].strip() else [])]:
        before, state = state, after(state, line, language)
        if before != State():
            if code:
                code[-1] = _Logical(code[-1].first, line)
        elif line.strip() and not _is_comment(line, language):
            code.append(_Logical(line, line))
    head = lines[-1]
    start = before if head.strip() else state
    return _described(code, head=head, suffix=suffix, language=language, state=start)


def end_of_block(hole: Hole, text: str) -> int:
    """The offset in `text` at which the block around the cursor is over; its length while it is not.

    Works on text that is still growing: a line is judged as soon as its first visible character is there.
    """
    first, *others = text.split("\n")
    state = after(hole.state, hole.head + first, hole.language)
    if hole.in_string:
        return len(text)
    floor, seen, gap, offset = hole.floor, bool((hole.head + first).strip()), False, len(first) + 1
    if first.strip() and not hole.head.strip():
        floor = min(floor, width(hole.head + first))
    fresh = floor == 0 or floor < hole.floor
    for line in others:
        if hole.rest.strip() and state == State():
            # Something follows on the cursor's own line: a second line would tear it off.
            return offset - 1
        if line.strip() and state == State():
            if not seen and width(line) < floor:
                # It starts something new beside the block, not in it.
                floor, fresh = width(line), True
            elif seen and _ends(hole, line, floor=floor, new=fresh and gap):
                return offset
        gap = not line.strip()
        seen = seen or not gap
        state = after(state, line, hole.language)
        offset += len(line) + 1
    return len(text)


def _opened(mark: str, language: str) -> str:
    """The end of the string or comment that a mark begins; "" where it begins none."""
    if mark[0] in "\"'":
        return mark
    if mark == "/*":
        return "" if language in _HASH_COMMENTS else "*/"
    return "`" if mark == "`" and language in _BACKTICK_STRINGS else ""


def _scan_start(prefix: str) -> int:
    """Where to begin in a long file: at a line that looks as if no string or bracket were open there."""
    earliest = len(prefix) - LONGEST_SCAN
    if earliest <= 0:
        return 0
    definition = _TOP_LEVEL.search(prefix, earliest)
    return definition.start() if definition is not None else prefix.rfind("\n", 0, earliest) + 1


class _Logical(NamedTuple):
    """A logical line by its first and last physical line."""

    first: str
    last: str


def _described(code: list[_Logical], *, head: str, suffix: str, language: str, state: State) -> Hole:
    header = _header(code, language, in_line=bool(head.strip()))
    previous = code[-1].first if code else ""
    indent = leading(previous) if header is None else leading(header) + _unit(code)
    if header is None and not head.strip() and 0 < width(head) < width(indent):
        indent = head
    floor = width(indent) if header is None else width(header) + 1
    clauses = -1
    definition = _enclosing(code, floor, language)
    if definition is not None and not _goes_on(suffix, width(definition)):
        floor = width(definition) + 1
    elif header is not None and not _DEFINITION.match(header.lstrip()):
        clauses = width(header)
    return Hole(
        language=language,
        head=head,
        rest=suffix.split("\n", 1)[0],
        floor=floor,
        indent=indent,
        empty=header is not None,
        clauses=clauses,
        state=state,
        header="" if header is None else header.strip(),
    )


def _header(code: list[_Logical], language: str, *, in_line: bool) -> str | None:
    """The line that opened the block at the cursor, where nothing but a docstring stands in the block yet."""
    if not code:
        return None
    if opens_block(code[-1].last, language):
        return code[-1].first
    if in_line:
        unfinished = _DEFINITION.match(code[-1].first.lstrip()) is not None
        return code[-1].first if unfinished else None
    documented = len(code) > 1 and _DOCSTRING.match(code[-1].first.lstrip()) is not None
    return code[-2].first if documented and opens_block(code[-2].last, language) else None


def continues(hole: Hole, line: str) -> bool:
    """Whether a line is a further clause, such as `else`, of the statement whose block the cursor is in."""
    return width(line) == hole.clauses and _CONTINUES.match(line.lstrip()) is not None


def opens_block(line: str, language: str) -> bool:
    """Whether a logical line is one after which an indented block has to come."""
    bare = _without_comment(line, language).rstrip()
    if language in _BY_INDENTATION:
        return bare.endswith(":")
    return bare.endswith(("{", "(", "[", "=>", "->"))


def leading(line: str) -> str:
    """The white space that a line starts with."""
    return line[: len(line) - len(line.lstrip(" \t"))] if line.strip() else line


def _enclosing(code: list[_Logical], below: int, language: str) -> str | None:
    """The first line of the definition that holds a block of that indentation."""
    if language not in _BY_INDENTATION:
        return None
    for line, _ in reversed(code):
        if width(line) >= below:
            continue
        if _DEFINITION.match(line.lstrip()):
            return line
        below = width(line)
    return None


def _goes_on(suffix: str, definition: int) -> bool:
    following = next((it for it in suffix.split("\n")[1:] if it.strip()), "")
    return bool(following) and width(following) > definition


def _ends(hole: Hole, line: str, *, floor: int, new: bool) -> bool:
    """`new` says that an empty line came before and that the text itself began something beside a block.

    There a paragraph is a unit: an empty line, and then something that is not indented further.
    """
    if width(line) >= floor:
        return new and width(line) == floor
    if hole.language not in _BY_INDENTATION and line.lstrip().startswith(_CLOSERS):
        # The surroundings need them; those that already follow the cursor are taken off later.
        return False
    return not continues(hole, line)


def _is_comment(line: str, language: str) -> bool:
    return line.lstrip().startswith("#" if language in _HASH_COMMENTS else "//")


def _without_comment(line: str, language: str) -> str:
    comment = "#" if language in _HASH_COMMENTS else "//"
    position = line.find(comment)
    while position >= 0:
        if not after(State(), line[:position] + "\\", language).quote:
            return line[:position]
        position = line.find(comment, position + 1)
    return line


def _unit(code: list[_Logical]) -> str:
    """One step of indentation as this file does it; four spaces where it does not say."""
    steps = [leading(it.first) for it in code if it.first[:1] in (" ", "\t")]
    if any(it.startswith("\t") for it in steps):
        return "\t"
    narrow = min((len(it) for it in steps), default=4)
    return " " * (narrow if narrow in (2, 3, 4, 8) else 4)
