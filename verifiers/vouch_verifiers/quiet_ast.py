"""Parses Python without its warnings, from any thread. Runs nothing."""

import ast
import threading
import warnings

# `catch_warnings` changes the filters of the whole process and puts them back: two at once would mix them up.
_LOCK = threading.Lock()


def parse(source: str) -> ast.Module:
    """The syntax tree of statements. Invalid escapes in a person's strings are their business and no warning of
    ours. Raises SyntaxError whatever the reason (null characters, nesting too deep)."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            # A byte order mark is not Python's in a text, and is skipped by it in a file.
            return ast.parse(source.removeprefix("\ufeff"))
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error), ("", 1, 1, "")) from error
