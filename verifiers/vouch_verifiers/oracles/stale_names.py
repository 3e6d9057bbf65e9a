"""Documentation that still calls a function by a former name. Reads texts only."""

import keyword
import re
from dataclasses import replace

from vouch_verifiers.oracles.source_tree import Docstring

_CALL = re.compile(r"^[^\S\n]*(?:>>>[^\S\n]*|[-*+•][^\S\n]+)?(?:assert[^\S\n]+)?`{0,2}(\w+)\(", re.MULTILINE)
_OPENING = re.compile(r"^\W*(?:for\s+)?examples?\b[^\n]*$|>>>", re.MULTILINE | re.IGNORECASE)


def stale_name(text: str, name: str, known: frozenset[str]) -> str | None:
    """The one name that the examples of a text call, when it exists nowhere and `name` itself is never called.

    Such a text was written before the function was renamed, or copied; its examples mean the function it stands on.
    """
    opening = _OPENING.search(text)
    if opening is None or re.search(rf"\b{re.escape(name)}\(", text):
        return None
    called = {it[1] for it in _CALL.finditer(text, opening.start())}
    if len(called) != 1:
        return None
    found = called.pop()
    is_name = found.isidentifier() and not keyword.iskeyword(found)
    return found if is_name and found not in known else None


def renamed(docstring: Docstring, former: str, name: str) -> Docstring:
    """The docstring with calls of `former` made calls of `name`. Lines stay where they are."""
    pattern = re.compile(rf"\b{re.escape(former)}(?=\()")
    value, raw, written = (
        pattern.sub(name, it) for it in (docstring.value, docstring.raw, docstring.written)
    )
    return replace(docstring, value=value, raw=raw, written=written)
