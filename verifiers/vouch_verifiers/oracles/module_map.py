"""A file's top-level statements with the names each binds and uses. It knows no hole and no test."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from vouch_verifiers.oracles.expressions import bound_names, parse_module

STARTS = re.compile(r"(?![)\]}#]|(?:elif|else|except|finally)\b)\S")
LONGEST_PIECE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TopLevel:
    """One or more statements that share lines; 0-based and inclusive, decorators included.

    `binds` are names it puts into the module, `changes` names of others that it assigns into or calls a
    method of. `nodes` are the statements themselves.
    """

    first_line: int
    last_line: int
    binds: frozenset[str]
    changes: frozenset[str]
    nodes: tuple[ast.stmt, ...]

    @property
    def uses(self) -> frozenset[str]:
        """Every name it reads at any depth; worked out anew each time, for it costs a walk."""
        return frozenset[str]().union(*(used_names(it) for it in self.nodes))

    @property
    def imports_all(self) -> bool:
        """True for `from x import *`, after which any name may exist."""
        return any(
            it.name == "*" for node in self.nodes if isinstance(node, ast.ImportFrom) for it in node.names
        )


@lru_cache(maxsize=16)
def module_map(text: str) -> tuple[TopLevel, ...]:
    """The top-level statements in order. Where the file does not parse, those of its parts that do."""
    module = parse_module(text)
    if module is not None:
        return _merged([_top_level([it], 0) for it in module.body])
    return _merged([_top_level([it], first) for first, part in _parts(text) for it in part.body])


def _parts(text: str) -> Iterator[tuple[int, ast.Module]]:
    """The pieces of a broken file that parse alone, with their first lines.

    A piece starts at a line that is not indented; strings and brackets may hold such lines too, so a piece
    that does not parse is tried together with those below it.
    """
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if STARTS.match(line)]
    ends = [*starts[1:], len(lines)]
    at = 0
    while at < len(starts):
        for upto in range(at, min(at + LONGEST_PIECE, len(starts))):
            part = parse_module("\n".join(lines[starts[at] : ends[upto]]))
            if part is not None:
                yield starts[at], part
                at = upto
                break
        at += 1


def module_names(text: str) -> frozenset[str]:
    """Names that exist at module level."""
    return frozenset[str]().union(*(it.binds for it in module_map(text)))


def used_names(node: ast.AST) -> frozenset[str]:
    """Names of the module that are read anywhere within, plus those declared global: not what a function keeps for
    itself, its parameters and what it assigns."""
    if isinstance(node, ast.Name):
        return frozenset([node.id] if isinstance(node.ctx, ast.Load) else [])
    if isinstance(node, ast.Global):
        return frozenset(node.names)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        body = node.body if isinstance(node.body, list) else [node.body]
        around = _used_by(it for it in ast.iter_child_nodes(node) if it not in body)
        return around | (_used_by(body) - _local_names(node))
    return _used_by(ast.iter_child_nodes(node))


def _used_by(nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset[str]().union(*map(used_names, nodes))


def _local_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    parameters = frozenset(it.arg for it in ast.walk(function.args) if isinstance(it, ast.arg))
    if isinstance(function, ast.Lambda):
        return parameters
    declared = [it for it in ast.walk(function) if isinstance(it, ast.Global)]
    return (parameters | bound_names(function.body)) - {name for it in declared for name in it.names}


def _top_level(nodes: list[ast.stmt], first: int) -> TopLevel:
    starts = [min([it.lineno, *(d.lineno for d in getattr(it, "decorator_list", []))]) - 1 for it in nodes]
    ends = [(it.end_lineno or it.lineno) - 1 for it in nodes]
    return TopLevel(
        first_line=first + min(starts, default=0),
        last_line=first + max(ends, default=0),
        binds=bound_names(nodes),
        changes=frozenset[str]().union(*(_changed(it) for it in nodes)),
        nodes=tuple(nodes),
    )


def _changed(node: ast.stmt) -> frozenset[str]:
    match node:
        case ast.Assign(targets=targets):
            return frozenset(it for target in targets if (it := _root(target)) is not None)
        case ast.AugAssign(target=target):
            root = target.id if isinstance(target, ast.Name) else _root(target)
            return frozenset([root] if root else [])
        case ast.Expr(value=ast.Call(func=ast.Attribute() as function)):
            root = _root(function)
            return frozenset([root] if root else [])
        case _:
            return frozenset()


def _root(node: ast.expr) -> str | None:
    """The name at the bottom of `name.a[b].c`; None for a bare name or something else."""
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) and inner is not node else None


def _merged(found: list[TopLevel]) -> tuple[TopLevel, ...]:
    """Statements that share a line, by a semicolon, as one."""
    merged: list[TopLevel] = []
    for it in found:
        if not merged or it.first_line > merged[-1].last_line:
            merged.append(it)
            continue
        before = merged.pop()
        merged.append(
            TopLevel(
                first_line=before.first_line,
                last_line=max(before.last_line, it.last_line),
                binds=before.binds | it.binds,
                changes=before.changes | it.changes,
                nodes=before.nodes + it.nodes,
            )
        )
    return tuple(merged)
