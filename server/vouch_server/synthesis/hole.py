"""Finds the function around a cursor and the kind of hole there, however broken the rest of the file is."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from vouch_server.synthesis.translate import HOLE
from vouch_verifiers import quiet_ast

_DEFINITION: Final = re.compile(r"^(?P<indent>[ \t]*)(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(", re.MULTILINE)
_CLASS: Final = re.compile(r"^(?P<indent>[ \t]*)class[ \t]+\w+", re.MULTILINE)
_INDENTED: Final = re.compile(r"^([ \t]+)(?=\S)", re.MULTILINE)
MAX_DEFINITIONS: Final = 12
MAX_FUNCTION: Final = 40_000

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Parse = Callable[[str], FunctionNode | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How lines are laid out: the indentation of the function's body, one more step of it, and the end of line."""

    indent: str
    unit: str
    eol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A place for code in a function.

    `statements` is true where whole statements are wanted, false where one expression is. `function` is parsed
    with the name HOLE in that place. `lead` is inserted before the first line of what is found; `typed` is what the
    person has of it already, after the indentation. `owner` is the enclosing class as far as it stands above.
    """

    statements: bool
    function: FunctionNode
    owner: ast.ClassDef | None
    layout: Layout
    lead: str = ""
    typed: str = ""


def find_hole(prefix: str, suffix: str) -> Hole | None:
    """The hole at the end of `prefix`; None in comments, in strings, outside of functions, amid other code."""
    layout = Layout(indent="", unit=_unit(prefix + suffix), eol="\r\n" if "\r\n" in prefix else "\n")
    if (prefix + suffix).count("\r") != (prefix + suffix).count("\r\n"):
        return None
    for start, indent in _definitions(prefix):
        hole = _hole_in(prefix, suffix, start, Layout(indent=indent, unit=layout.unit, eol=layout.eol))
        if hole is not None:
            return hole
    return None


def _definitions(prefix: str) -> Iterator[tuple[int, str]]:
    found = list(_DEFINITION.finditer(prefix))[-MAX_DEFINITIONS:]
    for match in reversed(found):
        if len(prefix) - match.start() <= MAX_FUNCTION:
            yield match.start(), match["indent"]


def _unit(text: str) -> str:
    found = _INDENTED.findall(text)
    if not found:
        return "    "
    if found[0].startswith("\t"):
        return "\t"
    return min((it for it in found if "\t" not in it and len(it) > 1), key=len, default="    ")


def _hole_in(prefix: str, suffix: str, start: int, layout: Layout) -> Hole | None:
    line_start = max(prefix.rfind("\n") + 1, start)
    head, line = prefix[start:line_start], prefix[line_start:]
    rest, tail = _after(suffix, layout.indent)
    body = Layout(indent=_body_indent(head, layout), unit=layout.unit, eol=layout.eol)
    owner = _owner(prefix[:start], layout.indent)

    def parsed(text: str) -> FunctionNode | None:
        return _function(text, layout.indent)

    typed = line.lstrip(" \t")
    if not typed and line_start > start:
        return None if rest.strip() else _blank(head, line, tail, body, owner, parsed)
    function = parsed(f"{head}{line}{HOLE}{rest}{tail}")
    if function is not None and not _has_statement_hole(function):
        return _hole(function, owner, body, statements=False)
    if rest.strip():
        return None
    function = parsed(f"{head}{line}{layout.eol}{body.indent}{HOLE}{tail}")
    if function is not None and _ends_opening(function, line):
        return _hole(function, owner, body, statements=True, lead=layout.eol + body.indent)
    function = parsed(f"{head}{body.indent}{HOLE}{tail}")
    if function is not None and line_start > start and line[: len(line) - len(typed)] == body.indent:
        return _hole(function, owner, body, statements=True, typed=typed)
    return None


def _blank(
    head: str,
    line: str,
    tail: str,
    layout: Layout,
    owner: ast.ClassDef | None,
    parsed: Parse,
) -> Hole | None:
    if not layout.indent.startswith(line):
        return None
    function = parsed(f"{head}{layout.indent}{HOLE}{tail}")
    if function is None:
        return None
    return _hole(function, owner, layout, statements=True, lead=layout.indent[len(line) :])


def _hole(
    function: FunctionNode,
    owner: ast.ClassDef | None,
    layout: Layout,
    *,
    statements: bool,
    lead: str = "",
    typed: str = "",
) -> Hole | None:
    if statements:
        place = next((i for i, it in enumerate(function.body) if _is_hole(it)), None)
        if place is None or not all(map(_is_placeholder, function.body[place + 1 :])):
            return None
    return Hole(statements=statements, function=function, owner=owner, layout=layout, lead=lead, typed=typed)


def _is_hole(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Name)
        and statement.value.id == HOLE
    )


def _is_placeholder(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _has_statement_hole(function: FunctionNode) -> bool:
    return any(_is_hole(it) for it in ast.walk(function) if isinstance(it, ast.stmt))


def _ends_opening(function: FunctionNode, line: str) -> bool:
    """The cursor's line is the end of a signature or of a docstring, not of a statement."""
    return line.rstrip().endswith((":", '"""', "'''", '"', "'")) and len(function.body) <= 2


def _body_indent(head: str, layout: Layout) -> str:
    function = _function(head, layout.indent, hole=False)
    if function is None or not function.body:
        return layout.indent + layout.unit
    lines = head.split("\n")
    # The wrapper that makes an indented definition parse takes one line.
    first = lines[min(function.body[0].lineno - (2 if layout.indent else 1), len(lines) - 1)]
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    return indent if len(indent) > len(layout.indent) else layout.indent + layout.unit


def _function(text: str, indent: str, *, hole: bool = True) -> FunctionNode | None:
    """The first function of a text where that is all there is, and the hole is a name in it."""
    tree = quiet_parse(f"if 1:\n{text}" if indent else text)
    if tree is None or not tree.body:
        return None
    body = tree.body[0].body if indent and isinstance(tree.body[0], ast.If) else tree.body
    if len(body) != 1 or len(tree.body) != 1 or not isinstance(body[0], FunctionNode):
        return None
    if hole and not any(isinstance(it, ast.Name) and it.id == HOLE for it in ast.walk(body[0])):
        return None
    return body[0]


def quiet_parse(text: str) -> ast.Module | None:
    """The syntax tree of a text; None where it is broken. Says nothing of odd escapes in it."""
    try:
        return quiet_ast.parse(text)
    except SyntaxError:
        return None


def _after(suffix: str, indent: str) -> tuple[str, str]:
    """The rest of the cursor's line, and the lines after it that still belong to the function, each with its end."""
    rest, newline, below = suffix.partition("\n")
    taken = [newline]
    for line in below.splitlines(keepends=True):
        inside = line[: len(line) - len(line.lstrip(" \t"))]
        if line.strip() and len(inside) <= len(indent):
            break
        taken.append(line)
    return rest.rstrip("\r"), "".join(taken)


def _owner(before: str, indent: str) -> ast.ClassDef | None:
    """The class that a method with this indentation belongs to, parsed as far as it stands above."""
    if not indent:
        return None
    for match in reversed(list(_CLASS.finditer(before))):
        if len(match["indent"]) < len(indent):
            text = _without_decorators(before[match.start() :])
            tree = quiet_parse(f"if 1:\n{text}" if match["indent"] else text)
            if tree is None:
                tree = quiet_parse(
                    f"if 1:\n{text}\n{indent}pass" if match["indent"] else f"{text}\n{indent}pass"
                )
            found = [it for it in ast.walk(tree) if isinstance(it, ast.ClassDef)] if tree else []
            return found[0] if found else None
    return None


def _without_decorators(text: str) -> str:
    lines = text.rstrip().splitlines()
    while len(lines) > 1 and lines[-1].lstrip().startswith("@"):
        lines.pop()
    return "\n".join(lines) + "\n"
