"""Asking a chat model for the text at the cursor, and finding that text in what it says. Pure."""

import re

from vouch_server.context.window import Window
from vouch_server.postprocess import unfenced

CURSOR = "<CURSOR/>"
SYSTEM = (
    f"You complete source code. You are shown a file in which {CURSOR} marks the cursor. "
    f"Answer with one fenced code block that holds only the text to insert at {CURSOR}: no explanation, "
    "no text that stands before or after the cursor already. Indent as the file does. "
    "If a function's body is wanted, write the whole body and nothing after it."
)

_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
_FENCE_LINE = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.MULTILINE)


def messages(window: Window, *, language: str, name: str) -> list[dict[str, str]]:
    """The conversation to send. Only the file's name is told, not where it lies."""
    file = window.prefix + CURSOR + window.suffix
    longest = max((len(it) for it in re.findall(r"`{3,}", file)), default=2)
    fence = "`" * (longest + 1)
    asked = f"File: {name}\n\n{fence}{language}\n{file.rstrip()}\n{fence}"
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": asked}]


def is_over(text: str) -> bool:
    """Whether an answer that is still growing has closed its first fenced block."""
    said = _THOUGHT.sub("", text)
    return len(_FENCE_LINE.findall(said)) > 1


def answer(text: str) -> str:
    """The code in a whole answer, without thoughts, prose, fences and the mark of the cursor."""
    code = unfenced(_THOUGHT.sub("", text).replace("\r\n", "\n"))
    before, mark, after = code.partition(CURSOR)
    return (after or before) if mark else code
