"""A short way to write operations down: how tightly one and its arguments bind is read off its template."""

import ast
from collections.abc import Callable, Iterator
from typing import Final

from vouch_server.synthesis.grammar.hints import HINTS
from vouch_server.synthesis.grammar.terms import (
    ADD,
    AND,
    ANYTHING,
    ATOM,
    BARE,
    CHOICE,
    COMPARE,
    CROSS,
    MULTIPLY,
    NOT,
    OR,
    POSTFIX,
    POWER,
    SHIFT,
    SIGN,
    UNION,
    XOR,
    Operation,
    Term,
)
from vouch_server.synthesis.values import Value

# Calls with one argument that they iterate over: a comprehension there is written as a generator.
ITERATING: Final = frozenset({"sum", "max", "min", "sorted", "set", "any", "all", "tuple", "dict", "join"})
_BINARY: Final[dict[type[ast.AST], int]] = {
    ast.Add: ADD,
    ast.Sub: ADD,
    ast.Mult: MULTIPLY,
    ast.Div: MULTIPLY,
    ast.FloorDiv: MULTIPLY,
    ast.Mod: MULTIPLY,
    ast.Pow: POWER,
    ast.LShift: SHIFT,
    ast.RShift: SHIFT,
    ast.BitAnd: CROSS,
    ast.BitXor: XOR,
    ast.BitOr: UNION,
    ast.And: AND,
    ast.Or: OR,
    ast.Not: NOT,
    ast.USub: SIGN,
}

_ASKED: Final[dict[type[ast.AST], int]] = {
    ast.Compare: COMPARE + 1,
    ast.Attribute: POSTFIX,
    ast.comprehension: OR,
    ast.Starred: CROSS,
    ast.Dict: CROSS,
}


def op(
    name: str,
    template: str,
    run: Callable[..., Value],
    takes: str,
    cost: int,
    *,
    gives: str = "",
    commutes: bool = False,
    write: Callable[[Term], str] | None = None,
) -> Operation:
    """An operation of the arguments `takes`, kinds split by spaces, and of the words that HINTS has for its name."""
    kinds = tuple(takes.split())
    tree = ast.parse(template.format(*(f"_{place}_" for place in range(len(kinds)))), mode="eval").body
    return Operation(
        name=name,
        template=template,
        run=run,
        takes=kinds,
        slots=tuple(_slot(tree, f"_{place}_") for place in range(len(kinds))),
        level=_level(tree),
        cost=cost,
        gives=gives,
        commutes=commutes,
        write=write,
        hint=tuple(HINTS.get(name, "").split()),
    )


def _level(node: ast.expr) -> int:
    match node:
        case ast.BinOp() | ast.BoolOp() | ast.UnaryOp():
            return _BINARY[type(node.op)]
        case ast.Compare():
            return COMPARE
        case ast.IfExp():
            return CHOICE
        case ast.Call() | ast.Attribute() | ast.Subscript():
            return POSTFIX
        case _:
            return ATOM


def _slot(tree: ast.expr, hole: str) -> int:
    """The tightest of what the places of a hole ask for; BARE only where there is one place."""
    return max(_places(tree, hole), default=ANYTHING)


def _places(node: ast.AST, hole: str) -> Iterator[int]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and child.id == hole:
            yield _asked(node, child)
        else:
            yield from _places(child, hole)


def _asked(parent: ast.AST, child: ast.Name) -> int:
    """What a parent asks of a child: the least binding strength that needs no parentheses."""
    match parent:
        case ast.BinOp(op=ast.Pow()):
            return POWER + 1 if child is parent.left else SIGN
        case ast.BinOp(left=first) | ast.BoolOp(values=[first, *_]) | ast.UnaryOp(operand=first):
            return _BINARY[type(parent.op)] + (child is not first)
        case ast.Call():
            return BARE if _iterates(parent) else ANYTHING
        case ast.Subscript():
            return POSTFIX if child is parent.value else ANYTHING
        case ast.IfExp():
            return CHOICE if child is parent.orelse else OR
        case _:
            return _ASKED.get(type(parent), ANYTHING)


def _iterates(call: ast.Call) -> bool:
    function = call.func
    name = (
        function.id
        if isinstance(function, ast.Name)
        else function.attr
        if isinstance(function, ast.Attribute)
        else ""
    )
    return len(call.args) == 1 and not call.keywords and name in ITERATING
