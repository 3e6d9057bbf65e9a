"""What a Python text looks like to a parser that recovers from errors. Knows no checker and runs nothing."""

import re

import tree_sitter
import tree_sitter_python

from vouch_verifiers.text_lines import Lines

_LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
_WORDS = re.compile(r"\w+")


def parse_errors(text: str) -> int:
    """How many parse errors the text has. Wrong indentation mostly goes unseen."""
    errors, pending = 0, [_parse(text)]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            errors += 1
        if node.has_error:
            pending.extend(node.children)
    return errors


def handled_exceptions(text: str, *, line: int, column: int) -> frozenset[str]:
    """Names in the `except` clauses of the `try` blocks around a place (0-based, code points).

    A bare `except` counts as BaseException.
    """
    if "except" not in text:
        return frozenset()
    before = text[: Lines(text).offset(line, column)].encode("utf-8", "replace")
    node = _parse(text).descendant_for_byte_range(len(before), len(before))
    names: set[str] = set()
    while node is not None and node.parent is not None:
        parent = node.parent
        if parent.type == "try_statement" and parent.child_by_field_name("body") == node:
            for clause in parent.children:
                if clause.type in ("except_clause", "except_group_clause"):
                    names |= _caught(clause)
        node = parent
    return frozenset(names)


def calls_around(text: str, *, line: int, column: int) -> tuple[str, ...]:
    """What the calls around a place (0-based, code points) call, as written; calls with `*` are left out."""
    before = text[: Lines(text).offset(line, column)].encode("utf-8", "replace")
    node = _parse(text).descendant_for_byte_range(len(before), len(before))
    called: list[str] = []
    while node is not None:
        callee = node.child_by_field_name("function") if node.type == "call" else None
        if callee is not None and not _spreads(node):
            called.append((callee.text or b"").decode("utf-8", "replace"))
        node = node.parent
    return tuple(called)


def _spreads(call: tree_sitter.Node) -> bool:
    arguments = call.child_by_field_name("arguments")
    kinds = {it.type for it in arguments.children} if arguments is not None else set()
    return bool(kinds & {"list_splat", "dictionary_splat"})


def _caught(clause: tree_sitter.Node) -> set[str]:
    types = [it for it in clause.named_children if it.type not in ("block", "comment")]
    words = {word for it in types for word in _WORDS.findall((it.text or b"").decode("utf-8", "replace"))}
    return words or {"BaseException"}


def _parse(text: str) -> tree_sitter.Node:
    return tree_sitter.Parser(_LANGUAGE).parse(text.encode("utf-8", "replace")).root_node
