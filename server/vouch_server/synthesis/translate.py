"""Works out a person's expressions, as far as they use only operations that synthesis knows."""

import ast
from collections.abc import Iterable, Mapping
from typing import Final

from vouch_server.synthesis.grammar.terms import Operation, fits
from vouch_server.synthesis.values import REFUSED, Value, small

MAX_DEPTH: Final = 12
HOLE: Final = "__vouch_hole__"  # stands in a parsed text for what is to be found


class Foreign(Exception):
    """An expression that uses anything but plain operations on plain values."""


class Reached(Exception):
    """The hole's value is asked for; `scope` is what is in scope there."""

    def __init__(self, scope: Mapping[str, Value]) -> None:
        super().__init__()
        self.scope = scope


class Reader:
    """Gives the value of expressions that consist of known operations, by matching them with their templates."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._shapes: dict[str, list[tuple[ast.expr, Operation]]] = {}
        for op in operations:
            if (op.takes and op.write is None) or op.name == "concat":
                pattern = _pattern(op)
                self._shapes.setdefault(_signature(pattern), []).append((pattern, op))

    def value(self, node: ast.expr, scope: Mapping[str, Value], depth: int = 0) -> Value:
        """The value of an expression.

        Raises Foreign, Reached where the hole has no value in scope, or one of values.REFUSED.
        """
        if depth > MAX_DEPTH:
            raise Foreign
        named = dotted(node)
        if named is not None and named in scope:
            return scope[named]
        if named == HOLE:
            raise Reached(scope)
        if isinstance(node, ast.IfExp):
            chosen = node.body if self.value(node.test, scope, depth + 1) else node.orelse
            return self.value(chosen, scope, depth + 1)
        try:
            return small(ast.literal_eval(node))
        except REFUSED:
            return self._applied(node, scope, depth)

    def _applied(self, node: ast.expr, scope: Mapping[str, Value], depth: int) -> Value:
        for pattern, op in self._shapes.get(_signature(node), []):
            holes: dict[str, ast.expr] = {}
            if not _match(pattern, node, holes):
                continue
            args = tuple(self.value(holes[f"_{place}_"], scope, depth + 1) for place in range(len(op.takes)))
            if fits(op, args):
                return small(op.run(*args))
        raise Foreign


def dotted(node: ast.expr) -> str | None:
    """`name` or `self.name` as one word; None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def _pattern(op: Operation) -> ast.expr:
    holes = [f"_{place}_" for place in range(len(op.takes))]
    return ast.parse(op.template.format(*holes), mode="eval").body


def _signature(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return f"call {name} {len(node.args)}"
        case ast.Call(func=ast.Attribute(attr=name)):
            return f"method {name} {len(node.args)}"
        case ast.BinOp():
            return f"binary {type(node.op).__name__}"
        case ast.UnaryOp():
            return f"unary {type(node.op).__name__}"
        case ast.BoolOp():
            return f"logic {type(node.op).__name__}"
        case ast.Compare():
            return "compare " + " ".join(type(it).__name__ for it in node.ops)
        case _:
            return type(node).__name__


def _match(pattern: ast.AST, node: ast.AST, holes: dict[str, ast.expr]) -> bool:
    if isinstance(pattern, ast.Name) and pattern.id.startswith("_") and pattern.id.endswith("_"):
        if not isinstance(node, ast.expr):
            return False
        known = holes.setdefault(pattern.id, node)
        return known is node or ast.dump(known) == ast.dump(node)
    if type(pattern) is not type(node):
        return False
    return all(_match_field(getattr(pattern, it), getattr(node, it, None), holes) for it in pattern._fields)


def _match_field(pattern: object, node: object, holes: dict[str, ast.expr]) -> bool:
    if isinstance(pattern, ast.expr_context):
        return True
    if isinstance(pattern, ast.AST):
        return isinstance(node, ast.AST) and _match(pattern, node, holes)
    if isinstance(pattern, list):
        pairs = zip(pattern, node, strict=False) if isinstance(node, list) else ()
        same_length = isinstance(node, list) and len(node) == len(pattern)
        return same_length and all(_match_field(a, b, holes) for a, b in pairs)
    return pattern == node
