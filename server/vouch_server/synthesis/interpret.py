"""Follows straight-line statements of a person's code: assignments, guards and returns of plain values.

No loop, no call of anything but known operations: what is followed ends, and touches nothing.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vouch_server.synthesis.translate import Foreign, Reader, dotted
from vouch_server.synthesis.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Where following ended: with a returned value, or with the names in scope after the last statement."""

    scope: Mapping[str, Value]
    returned: bool = False
    value: Value = None


def follow(statements: Sequence[ast.stmt], scope: Mapping[str, Value], reader: Reader) -> Followed:
    """Follows statements from a scope. Raises Foreign, or one of values.REFUSED where an operation has no value."""
    current = dict(scope)
    for statement in statements:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Return(value=result):
                value = None if result is None else reader.value(result, current)
                return Followed(scope=current, returned=True, value=value)
            case ast.If(test=test, body=body, orelse=orelse):
                inner = follow(body if reader.value(test, current) else orelse, current, reader)
                if inner.returned:
                    return inner
                current = dict(inner.scope)
            case _:
                _assign(statement, current, reader)
    return Followed(scope=current)


def _assign(statement: ast.stmt, scope: dict[str, Value], reader: Reader) -> None:
    match statement:
        case ast.Assign(targets=[target], value=value):
            name = dotted(target)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            name = dotted(target)
        case ast.AugAssign(target=ast.Name() as target, op=op, value=right):
            name = target.id
            value = ast.BinOp(left=ast.Name(id=name, ctx=ast.Load()), op=op, right=right)
        case _:
            raise Foreign
    if name is None:
        raise Foreign
    scope[name] = reader.value(value, scope)
