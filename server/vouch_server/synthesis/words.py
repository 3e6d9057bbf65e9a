"""What the words of a name or a documentation say about which operations are likely. Knows words only."""

import re
from functools import cache
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ENDINGS: Final = ("ing", "ies", "ed", "es", "s", "e", "y")
_SILENT: Final = frozenset({
    "the", "a", "an", "of", "to", "in", "is", "it", "and", "or", "for", "with", "that", "this", "return", "returns",
    "given", "if", "from", "by", "on", "as", "be", "are", "at", "each", "function", "value", "values", "get", "its",
})  # fmt: skip


def stem(word: str) -> str:
    """A word without its commonest endings, lower-cased: enough to let `Reversed` and `reverse` meet."""
    word = word.lower()
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def split_words(text: str) -> list[str]:
    """The words of prose or of an identifier in any of the usual cases, lower-cased."""
    return [it.lower() for it in _WORD.findall(text)]


def stems(text: str) -> frozenset[str]:
    """The stems of all words that carry meaning."""
    return frozenset(stem(it) for it in split_words(text) if it not in _SILENT)


@cache
def stemmed(hint: tuple[str, ...]) -> frozenset[str]:
    """The stems that a hint answers to; hints may be written as words or as stems."""
    return frozenset(hint) | {stem(it) for it in hint}


def relevance(hint: tuple[str, ...], named: frozenset[str], described: frozenset[str]) -> int:
    """0 where no word speaks for an operation, 1 where the documentation does, 2 where the name does."""
    wanted = stemmed(hint)
    if wanted & named:
        return 2
    return 1 if wanted & described else 0
