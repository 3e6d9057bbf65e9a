"""The least of a file that still defines the function around the hole, for files that cannot be loaded whole.

Line numbers are kept: what is left out becomes empty lines. Nothing is run and nothing read from disk.
"""

import ast
from collections.abc import Iterable, Iterator

from vouch_verifiers.oracles.expressions import BUILTINS
from vouch_verifiers.oracles.module_map import TopLevel, module_map, used_names
from vouch_verifiers.oracles.scope import Scope


def slice_of(text: str, scope: Scope) -> str | None:
    """The definition around the hole and all that it refers to; None where it cannot be cut out.

    That is where the candidate stands in no definition, where a part that is needed does not parse, and where
    lines are counted otherwise than by line feeds.
    """
    if "\r" in text.replace("\r\n", "\n"):
        return None
    statements = module_map(text)
    roots = [it for it in statements if _holds_target(it, scope)]
    if not roots or not all(it.nodes for it in roots):
        return None
    lazy = any(_is_future(node) for it in statements for node in it.nodes)
    kept = _closure(roots, statements, lazy=lazy)
    wanted = _wanted(kept, lazy=lazy)
    lines = text.split("\n")
    out = ["\r" if it.endswith("\r") else "" for it in lines]
    for it in kept:
        for number, line in zip(
            range(it.first_line, it.last_line + 1), _rendered(it, lines, wanted), strict=True
        ):
            out[number] = line
    return "\n".join(out)


def _holds_target(statement: TopLevel, scope: Scope) -> bool:
    names = {it.qualified_name.split(".")[0] for it in [*scope.enclosing[-1:], *scope.inserted]}
    touched = statement.first_line <= scope.lines[-1] and scope.lines[0] <= statement.last_line
    return touched and bool(names & statement.binds)


def _closure(roots: Iterable[TopLevel], statements: tuple[TopLevel, ...], *, lazy: bool) -> list[TopLevel]:
    """The roots and every statement that binds or changes a name that one of them needs, in file order."""
    kept = list(roots)
    position = 0
    assigned = frozenset[str]().union(*(it.binds for it in statements if _assigns(it)))
    while position < len(kept):
        needed = frozenset[str]() if _is_import(kept[position]) else _needs(kept[position], lazy=lazy)
        needed |= frozenset[str]() if _is_import(kept[position]) else kept[position].binds
        kept += [it for it in statements if it not in kept and (it.binds | (it.changes & assigned)) & needed]
        position += 1
    known = BUILTINS.union(*(it.binds for it in statements))
    unknown = not frozenset[str]().union(*(_needs(it, lazy=lazy) for it in kept)) <= known
    extra = [it for it in statements if _is_wholly_future(it) or (unknown and it.imports_all)]
    kept += [it for it in extra if it not in kept]
    return sorted(kept, key=lambda it: it.first_line)


def _assigns(statement: TopLevel) -> bool:
    """True for a table or a constant, that later statements may fill; not for modules and functions."""
    return any(isinstance(it, ast.Assign | ast.AnnAssign) for it in statement.nodes)


def _needs(statement: TopLevel, *, lazy: bool) -> frozenset[str]:
    """Names that must exist for the statement to be run, annotations that are never evaluated left out."""
    if not lazy:
        return statement.uses
    return frozenset[str]().union(*(used_names(_Bare().visit(_copy(it))) for it in statement.nodes))


def _copy(node: ast.stmt) -> ast.stmt:
    return ast.parse(ast.unparse(node)).body[0]


class _Bare(ast.NodeTransformer):
    """Takes the annotations off functions, which `from __future__ import annotations` keeps as text."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def _wanted(kept: Iterable[TopLevel], *, lazy: bool) -> frozenset[str]:
    return frozenset[str]().union(*(_needs(it, lazy=lazy) for it in kept if not _is_import(it)))


def _rendered(statement: TopLevel, lines: list[str], wanted: frozenset[str]) -> Iterator[str]:
    """The statement's lines; of imports only the names that are wanted, on their first line."""
    own = lines[statement.first_line : statement.last_line + 1]
    if not _is_import(statement) or _is_wholly_future(statement):
        yield from own
        return
    ending = "\r" if own[0].endswith("\r") else ""
    parts = [it for node in statement.nodes if (it := _reduced(node, wanted))]
    yield "; ".join(parts) + ending
    yield from (ending for _ in own[1:])


def _reduced(node: ast.stmt, wanted: frozenset[str]) -> str:
    assert isinstance(node, ast.Import | ast.ImportFrom)
    names = [it for it in node.names if it.name == "*" or (it.asname or it.name.split(".")[0]) in wanted]
    if not names:
        return ""
    if isinstance(node, ast.Import):
        return ast.unparse(ast.Import(names=names))
    return ast.unparse(ast.ImportFrom(module=node.module, names=names, level=node.level))


def _is_import(statement: TopLevel) -> bool:
    return bool(statement.nodes) and all(
        isinstance(it, ast.Import | ast.ImportFrom) for it in statement.nodes
    )


def _is_wholly_future(statement: TopLevel) -> bool:
    return any(isinstance(it, ast.ImportFrom) and it.module == "__future__" for it in statement.nodes)


def _is_future(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(it.name == "annotations" for it in node.names)
    )
