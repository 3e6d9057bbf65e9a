"""A file's definitions, found with tree-sitter so that they are found in a file that is broken elsewhere.

It knows texts and offsets only: no trial, no candidate.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Tree

from vouch_verifiers import quiet_ast

PYTHON = Language(tree_sitter_python.language())
STRING_LITERAL = re.compile(r"([a-zA-Z]*)(\"\"\"|'''|\"|')(.*)\2", re.DOTALL)
ESCAPE = re.compile(
    r"\\(\r?\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|N\{[^}\n]+\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL
)
PROPERTIES = ("property", "cached_property", "getter", "setter", "deleter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Docstring:
    """A docstring three ways: `value` as Python sees it, `raw` as it is between its quotes, and `written`.

    `written` is `raw` line by line with its escapes undone, except those that would put a control character
    into the text: a person who writes `f("a\\n")` in a docstring that is not raw means the two characters.
    `line` is the 0-based line of its opening quotes and of the first line of `raw` and `written`.
    """

    value: str
    raw: str
    written: str
    line: int
    last_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """`kind` is "positional", "keyword" (keyword only), "*" or "**"; `optional`: a call may leave it out."""

    name: str
    kind: str
    optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A function or a class. Lines are 0-based and inclusive; `first_line` is that of its decorators.

    `start` and `end` are code point offsets of the whole definition. `comment` is the block of comment lines
    right above it, without the signs, and `comment_line` where that block starts.
    """

    kind: str
    name: str
    qualified_name: str
    first_line: int
    line: int
    last_line: int
    start: int
    end: int
    name_end: int
    docstring: Docstring | None = None
    comment: str = ""
    comment_line: int = 0
    decorators: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    owners: tuple[str, ...] = ()  # kinds of the definitions around it, innermost first
    is_async: bool = False
    is_generator: bool = False
    bases: tuple[str, ...] = field(default=())

    @property
    def is_function(self) -> bool:
        return self.kind == "function"

    @property
    def is_nested(self) -> bool:
        """True where a function lies around it, so that no one outside can name it."""
        return "function" in self.owners

    @property
    def is_method(self) -> bool:
        return self.is_function and self.owners[:1] == ("class",)

    @property
    def is_property(self) -> bool:
        return any(it.split("(")[0].split(".")[-1] in PROPERTIES for it in self.decorators)

    @property
    def is_static(self) -> bool:
        """True where it can be called on the class itself: a static or a class method."""
        return any(it in ("staticmethod", "classmethod") for it in self.decorators)

    @property
    def own_parameters(self) -> tuple[Parameter, ...]:
        """The parameters a caller fills: without the `self` or `cls` of a method."""
        bound = self.is_method and "staticmethod" not in self.decorators
        return self.parameters[1:] if bound else self.parameters


class SourceTree:
    """Owns a parsed text and answers where its definitions are. Offsets are code points of that text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode("utf-8", "surrogatepass")
        self._ascii = len(self.data) == len(text)
        self._lines = text.split("\n")
        self.tree: Tree = Parser(PYTHON).parse(self.data)

    @property
    def broken(self) -> bool:
        return self.tree.root_node.has_error

    def around(self, offset: int) -> tuple[Definition, ...]:
        """The definitions whose extent holds that offset, innermost first."""
        place = self._bytes(offset)
        node: Node | None = self.tree.root_node.descendant_for_byte_range(place, place)
        found = []
        while node is not None:
            if node.type in _KINDS:
                found.append(node)
            node = node.parent
        return tuple(self._definition(it) for it in found)

    def starting_in(self, start: int, end: int) -> tuple[Definition, ...]:
        """Functions and classes that start, with their decorators, or are named between two offsets, in order.

        Those inside another that is named there are part of it and not given.
        """
        first, last = self._bytes(start), self._bytes(end)
        return tuple(self._definition(it) for it in _named_between(self.tree.root_node, first, last))

    def module_docstring(self) -> Docstring | None:
        return self._docstring(self.tree.root_node)

    def _definition(self, node: Node) -> Definition:
        wrapper = (
            node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
        )
        owners = [it for it in _ancestors(node) if it.type in _KINDS]
        name_node = node.child_by_field_name("name")
        name = self._text(name_node) if name_node is not None else ""
        names = [self._name(it) for it in reversed(owners)] + [name]
        body = node.child_by_field_name("body")
        comment, comment_line = self._comment_above(wrapper)
        return Definition(
            kind=_KINDS[node.type],
            name=name,
            qualified_name=".".join(names),
            first_line=wrapper.start_point[0],
            line=node.start_point[0],
            last_line=node.end_point[0],
            start=self._offset(wrapper.start_byte),
            end=self._offset(node.end_byte),
            name_end=self._offset(name_node.end_byte if name_node is not None else node.start_byte),
            docstring=self._docstring(body) if body is not None else None,
            comment=comment,
            comment_line=comment_line,
            decorators=tuple(
                self._text(it)[1:].split("#")[0].strip() for it in wrapper.children if it.type == "decorator"
            ),
            parameters=tuple(self._parameters(node)),
            owners=tuple(_KINDS[it.type] for it in owners),
            is_async=any(it.type == "async" for it in node.children),
            is_generator=body is not None and _yields(body),
            bases=tuple(self._bases(node)),
        )

    def _name(self, node: Node) -> str:
        name = node.child_by_field_name("name")
        return self._text(name) if name is not None else ""

    def _bases(self, node: Node) -> Iterator[str]:
        bases = node.child_by_field_name("superclasses")
        for it in bases.named_children if bases is not None else []:
            if it.type != "keyword_argument":
                yield self._text(it)

    def _parameters(self, node: Node) -> Iterator[Parameter]:
        parameters = node.child_by_field_name("parameters")
        kind = "positional"
        for it in parameters.children if parameters is not None else []:
            pattern = it.named_children[0] if it.type == "typed_parameter" and it.named_children else it
            name = it.child_by_field_name("name") or pattern
            if pattern.type in ("list_splat_pattern", "keyword_separator", "*"):
                kind = "keyword"
            if pattern.type in ("list_splat_pattern", "dictionary_splat_pattern"):
                stars = "*" if pattern.type == "list_splat_pattern" else "**"
                yield Parameter(name=self._text(pattern).lstrip("*"), kind=stars, optional=True)
            elif name.type == "identifier":
                yield Parameter(
                    name=self._text(name), kind=kind, optional=it.type.endswith("default_parameter")
                )

    def _docstring(self, body: Node) -> Docstring | None:
        first = next((it for it in body.named_children if it.type != "comment"), None)
        if first is None or first.type != "expression_statement" or len(first.named_children) != 1:
            return None
        literal = first.named_children[0]
        if literal.type not in ("string", "concatenated_string"):
            return None
        return docstring_of(self._text(literal), line=literal.start_point[0])

    def _comment_above(self, node: Node) -> tuple[str, int]:
        first = node.start_point[0]
        while first > 0 and re.match(r"\s*#(?!!)", self._lines[first - 1]):
            first -= 1
        block = [re.sub(r"^\s*#", "", it).rstrip("\r") for it in self._lines[first : node.start_point[0]]]
        return "\n".join(block), first

    def _text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _bytes(self, offset: int) -> int:
        return offset if self._ascii else len(self.text[:offset].encode("utf-8", "surrogatepass"))

    def _offset(self, place: int) -> int:
        return place if self._ascii else len(self.data[:place].decode("utf-8", "surrogatepass"))


def docstring_of(literal: str, *, line: int) -> Docstring | None:
    """The docstring that a string literal's source stands for; None where it is no plain text."""
    literal = literal.replace("\r\n", "\n")
    value = _evaluated(literal)
    if value is None:
        return None
    last_line = line + literal.count("\n")
    parts = STRING_LITERAL.fullmatch(literal)
    if parts is None or parts[2] in parts[3].replace("\\" + parts[2][0], ""):
        # Several literals side by side have no one source text; their value is all there is.
        return Docstring(value=value, raw=value, written=value, line=line, last_line=last_line)
    written = parts[3] if "r" in parts[1].lower() else ESCAPE.sub(_undo_escape, parts[3])
    return Docstring(value=value, raw=parts[3], written=written, line=line, last_line=last_line)


_KINDS = {"function_definition": "function", "class_definition": "class"}
_CLOSED = {*_KINDS, "lambda"}


def _evaluated(literal: str) -> str | None:
    try:
        value = ast.literal_eval(quiet_ast.parse(literal.strip()).body[0].value)  # type: ignore[attr-defined]
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError, AttributeError, IndexError):
        return None
    return value if isinstance(value, str) else None


def _undo_escape(escape: re.Match[str]) -> str:
    if escape[1].strip("\r") == "\n":
        # A line continuation keeps its line, so that line numbers of the text stay those of the file.
        return "\n"
    plain = _evaluated(f'"{escape[0]}"')
    if escape[1] == '"':
        return '"'
    return plain if plain is not None and plain.isprintable() else escape[0]


def _ancestors(node: Node) -> Iterator[Node]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _named_between(node: Node, first: int, last: int) -> Iterator[Node]:
    for child in node.named_children:
        if child.end_byte <= first or child.start_byte >= last:
            continue
        name = child.child_by_field_name("name") if child.type in _KINDS else None
        if name is not None and first < name.end_byte and child.start_byte < last:
            yield child
        else:
            yield from _named_between(child, first, last)


def _yields(node: Node) -> bool:
    return any(it.type == "yield" or (it.type not in _CLOSED and _yields(it)) for it in node.children)
