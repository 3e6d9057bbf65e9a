"""What becomes of a model's text before it is judged: exactly what an editor may insert, or nothing. Pure.

Nothing is changed after judging, so all trimming happens here, the same for every generator.
"""

import re
import unicodedata

from vouch_server import blocks
from vouch_server.blocks import Hole, State
from vouch_server.model import Context

# How far back a model's restatement of existing lines is looked for.
LINES_BACK = 60
# A line shorter than this, in letters and digits, may well occur twice on purpose.
TELLING = 3

_BIDI = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_FENCE = re.compile(r"^[ \t]*(?P<mark>`{3,}|~{3,})[^\n`]*$", re.MULTILINE)
_NOT_AT_TOP_LEVEL = re.compile(r"(?:return|yield|break|continue|elif|else|except|finally)\b")
_LEAVES = re.compile(r"(?:return|raise|pass|continue|break)\b|\.\.\.")
_WORD = re.compile(r"\w")
_PARTNERS = re.compile(r"\\.|[()\[\]{}\"']", re.DOTALL)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def finish(context: Context, text: str, *, replaced: int = 0) -> str | None:
    """The text to insert at the cursor of `context`, or None when nothing worth judging is left.

    `replaced` code points after the cursor are going to be replaced by it. Twice is the same as once.
    """
    prefix, suffix = _plain(context.prefix), _plain(context.suffix[replaced:])
    hole = hole_of(context, replaced=replaced)
    text = _plain(text)
    if not hole.in_string:
        if hole.language != "markdown":
            text = unfenced(text)
        text = _without_restated(text, prefix, hole)
        text = _indented(text, hole)
        text = text[: blocks.end_of_block(hole, text)]
    text = _without_following(text, suffix, hole)
    text = _trimmed(text, hole)
    if not text.strip() or _hostile(text) or _is_line_above(text, prefix, hole):
        return None
    return text.replace("\n", "\r\n") if _is_crlf(context) else text


def hole_of(context: Context, *, replaced: int = 0) -> Hole:
    """Where the cursor stands, for telling where an inserted block ends."""
    prefix, suffix = _plain(context.prefix), _plain(context.suffix[replaced:])
    return blocks.hole(prefix, suffix, context.snapshot.language)


def unfenced(text: str) -> str:
    """The code of an answer in Markdown: its first fenced block, or all before a lone closing fence."""
    fences = list(_FENCE.finditer(text))
    if not fences or _in_string(text[: fences[0].start()]):
        return text
    opening = fences[0]
    before = text[: opening.start()]
    after = text[opening.end() + 1 :]
    closing = next((it for it in fences[1:] if it["mark"][0] == opening["mark"][0]), None)
    if closing is not None:
        return text[opening.end() + 1 : closing.start()].removesuffix("\n")
    # One fence only: after code it closes a block that the prompt had opened, before code it opens one.
    looks_like_prose = bool(before.strip()) and before.strip().endswith((":", ".", "!"))
    if before.strip() and not (looks_like_prose and after.strip()):
        return before
    return after


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_crlf(context: Context) -> bool:
    text = context.snapshot.text
    pairs = text.count("\r\n")
    return pairs > 0 and 2 * pairs >= text.count("\n")


def _in_string(text: str) -> bool:
    state = State()
    for line in text.split("\n"):
        state = blocks.after(state, line, "python")
    return bool(state.quote)


def _without_restated(text: str, prefix: str, hole: Hole) -> str:
    """Drop what the model repeats of the lines before the cursor."""
    lines = text.split("\n")
    start = _restated_header(lines, hole)
    if start is None:
        start = _restated_lines(lines, prefix)
    rest = "\n".join(lines[start:])
    if not hole.head.strip():
        return rest.lstrip("\n") if start else rest
    head = hole.head.strip()
    bare = rest.lstrip()
    if bare.startswith(head) and len(head) > 1 and _WORD.search(head):
        return bare[len(head) :] if hole.head == hole.head.rstrip() else bare[len(head) :].lstrip(" \t")
    return rest


def _restated_header(lines: list[str], hole: Hole) -> int | None:
    """Where the body begins in an answer that restates the whole definition; None where it does not."""
    if not hole.header or not hole.empty or hole.head.strip():
        return None
    for number, line in enumerate(lines[:LINES_BACK]):
        if line.strip() == hole.header:
            return _after_docstring(lines, number + 1)
    return None


def _after_docstring(lines: list[str], start: int) -> int:
    for number in range(start, len(lines)):
        opening = re.match(r"\s*[rRuU]?(\"\"\"|''')", lines[number])
        if opening is None:
            if lines[number].strip():
                break
            continue
        state = State()
        for end in range(number, len(lines)):
            state = blocks.after(state, lines[end], "python")
            if not state.quote:
                return end + 1
        break
    return start


def _restated_lines(lines: list[str], prefix: str) -> int:
    """How many leading lines of the answer are the last whole lines before the cursor once more."""
    above = [it.rstrip() for it in prefix.split("\n")[:-1]][-LINES_BACK:]
    while above and not above[-1]:
        above.pop()
    ours = [it.rstrip() for it in lines]
    for count in range(min(len(above), len(ours) - 1), 0, -1):
        if above[-count:] == ours[:count] and (count > 1 or _is_telling(above[-1])):
            return count
    return 0


def _is_telling(line: str) -> bool:
    return len(_WORD.findall(line)) >= TELLING


def _indented(text: str, hole: Hole) -> str:
    """Repair the indentation of an answer that began again at the start of the line, or at column 0."""
    if hole.head.strip() or not text.strip():
        return text
    text = _without_leading_blank_lines(text)
    if _is_dedented(text, hole):
        text = _shifted(text, hole.indent)
    first = text.split("\n", 1)[0]
    shared = len(hole.head)
    # Some models write the whole line, others only what is missing of it; its indentation tells which.
    return text[shared:] if first.startswith(hole.head) else text


def _without_leading_blank_lines(text: str) -> str:
    lines = text.split("\n")
    while len(lines) > 1 and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines)


def _is_dedented(text: str, hole: Hole) -> bool:
    """Whether the lines make sense only when read from column 0 instead of from where they will stand."""
    wanted = blocks.width(hole.indent)
    if wanted == 0 or blocks.width(text) > 0:
        return False
    if not hole.head and hole.empty:
        return True
    if blocks.width(hole.head) != wanted:
        return False
    first, *others = text.split("\n")
    visible = [it for it in others if it.strip()]
    if not visible:
        return False
    if blocks.opens_block(first, hole.language):
        return blocks.width(visible[0]) <= wanted
    flush = [it for it in visible if blocks.width(it) == 0 and not blocks.continues(hole, it)]
    if hole.empty and flush and others[0] == flush[0] and not _LEAVES.match(first):
        return True
    return any(_NOT_AT_TOP_LEVEL.match(it) for it in flush)


def _shifted(text: str, indent: str) -> str:
    """Every line moved in, except blank ones and those inside a string."""
    state = State()
    lines = []
    for line in text.split("\n"):
        lines.append(line if state.quote or not line.strip() else indent + line)
        state = blocks.after(state, line, "python")
    return "\n".join(lines)


def _without_following(text: str, suffix: str, hole: Hole) -> str:
    """Drop from the end what already stands after the cursor."""
    if hole.rest.strip():
        return _without_rest_of_line(text, hole.rest)
    following = [it.rstrip() for it in suffix.split("\n")[1:] if it.strip()]
    lines = text.rstrip().split("\n")
    visible = [number for number, it in enumerate(lines) if it.strip()]
    for count in range(min(len(following), len(visible)), 0, -1):
        tail = [lines[number].rstrip() for number in visible[-count:]]
        if visible[-count] == 0:
            tail[0] = (hole.head + tail[0]).rstrip()
        if tail == following[:count]:
            shorter = "\n".join(lines[: visible[-count]])
            if any(_is_telling(it) for it in tail) or _is_closer(text, shorter):
                return shorter
    return text


def _without_rest_of_line(text: str, rest: str) -> str:
    wanted = rest.rstrip()
    for length in range(min(len(text), len(wanted)), 0, -1):
        if text.endswith(wanted[:length]):
            shorter = text[:-length]
            if _is_closer(text, shorter) or (_open(shorter) == _open(text) and _WORD.search(wanted[:length])):
                return shorter
    return text


def _is_closer(text: str, shorter: str) -> bool:
    """Whether a text that closes more than it opens does so less without its end."""
    return _open(shorter) < _open(text)


def _open(text: str) -> int:
    """How many brackets and quotes are without their partner."""
    stack: list[str] = []
    unmatched, quote = 0, ""
    for match in _PARTNERS.finditer(text):
        mark = match.group()
        if quote or mark in "\"'":
            quote = mark if not quote else "" if mark == quote else quote
        elif mark in "([{":
            stack.append(mark)
        elif stack and stack[-1] == _PAIRS.get(mark):
            stack.pop()
        elif mark in _PAIRS:
            unmatched += 1
    return len(stack) + unmatched + bool(quote)


def _trimmed(text: str, hole: Hole) -> str:
    """Without white space at the end, unless something follows there that it keeps apart."""
    if hole.rest.strip():
        return text
    return text.rstrip()


def _hostile(text: str) -> bool:
    """Characters that make code read other than it is, or that are no text at all.

    Bidirectional controls can hide what a line does from the person who is to judge it (CVE-2021-42574).
    """
    for character in text:
        if character in "\n\t":
            continue
        category = unicodedata.category(character)
        if category in ("Cc", "Cs") or (category == "Cf" and unicodedata.bidirectional(character) in _BIDI):
            return True
    return False


def _is_line_above(text: str, prefix: str, hole: Hole) -> bool:
    """Whether all there is would repeat the line above the cursor."""
    above = next((it for it in reversed(prefix.split("\n")[:-1]) if it.strip()), "")
    line = (hole.head + text).strip()
    return "\n" not in line and line == above.strip() and _is_telling(above)
