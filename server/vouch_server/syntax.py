"""Where a place in a source stands: in code, a comment or a string, and in which function. Knows no editor."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What we need to know of a language's syntax tree, by node type."""

    load: Callable[[], object]
    comments: frozenset[str]
    strings: frozenset[str]
    functions: frozenset[str]
    # Code inside a string, such as the braces of an f-string.
    embedded: frozenset[str] = frozenset()


GRAMMARS = {
    "python": Grammar(
        load=tree_sitter_python.language,
        comments=frozenset({"comment"}),
        strings=frozenset({"string"}),
        functions=frozenset({"function_definition"}),
        embedded=frozenset({"interpolation"}),
    ),
}


def place(language: str, text: str, offset: int) -> str:
    """What a code point offset stands in: "comment", "string" or "code", which all is without a grammar."""
    grammar = GRAMMARS.get(language)
    if grammar is None:
        return "code"
    at = _bytes_before(text, offset)
    root = _root(language, text.encode("utf-8", "replace"))
    # A comment ends where its line does, and the person who types there is still inside it.
    for begin in (max(at - 1, 0), at):
        node = root.descendant_for_byte_range(begin, at)
        while node is not None:
            if node.type in grammar.embedded:
                return "code"
            if node.type in grammar.comments and node.start_byte < at <= node.end_byte:
                return "comment"
            if node.type in grammar.strings and node.start_byte < at < node.end_byte:
                return "string"
            node = node.parent
    return "code"


def enclosing_body(language: str, text: str, offset: int) -> tuple[int, int] | None:
    """Code point offsets of the body, without its docstring, of the innermost function around an offset."""
    grammar = GRAMMARS.get(language)
    if grammar is None:
        return None
    source = text.encode("utf-8", "replace")
    at = _bytes_before(text, offset)
    root = _root(language, source)
    # A cursor right behind a statement belongs to that statement's function, though the node ends there.
    around = (root.descendant_for_byte_range(begin, at) for begin in (max(at - 1, 0), at))
    node = next((it for it in (_function(it, grammar) for it in around) if it is not None), None)
    body = node.child_by_field_name("body") if node is not None else None
    statements = _without_docstring(body.named_children) if body is not None else []
    if not statements:
        return None
    start, end = statements[0].start_byte, statements[-1].end_byte
    return len(source[:start].decode("utf-8", "replace")), len(source[:end].decode("utf-8", "replace"))


def _root(language: str, source: bytes) -> Node:
    # A parser may not be shared between threads; it costs nothing to make.
    return Parser(_grammar(language)).parse(source).root_node


@cache
def _grammar(language: str) -> Language:
    return Language(GRAMMARS[language].load())


def _bytes_before(text: str, offset: int) -> int:
    return len(text[:offset].encode("utf-8", "replace"))


def _function(node: Node | None, grammar: Grammar) -> Node | None:
    while node is not None and node.type not in grammar.functions:
        node = node.parent
    return node


def _without_docstring(statements: list[Node]) -> list[Node]:
    if statements and statements[0].type == "expression_statement":
        inner = statements[0].named_children
        if len(inner) == 1 and inner[0].type == "string":
            return statements[1:]
    return statements
