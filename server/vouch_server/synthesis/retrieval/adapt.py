"""Rewrites a function's body for another place: its names and indentation. Refuses where it would not fit."""

import ast
import builtins
import sys
from collections.abc import Mapping
from typing import Final

from vouch_server.synthesis.goal import Goal
from vouch_server.synthesis.ideas import attributes_of
from vouch_server.synthesis.retrieval.records import FunctionRecord, takes_self

_BUILTINS: Final = frozenset(dir(builtins))
Edit = tuple[int, int, int, str]  # 1-based line, byte columns from and to, the new text


def adapted(record: FunctionRecord, goal: Goal) -> tuple[str, ...] | None:
    """The body's lines, one tab for each step of indentation; None where the body cannot stand at the goal."""
    renaming = _renaming(record, goal)
    if renaming is None or not _fits(record, goal, renaming):
        return None
    if record.is_method and not _attributes_exist(record, goal):
        return None
    text = _rewritten(record, renaming)
    return None if text is None else _stepped(text)


def _renaming(record: FunctionRecord, goal: Goal) -> dict[str, str] | None:
    """From the record's names to the goal's: by name where all are the same, else by place."""
    if takes_self(goal.hole.function) != record.is_method or len(record.parameters) != len(goal.parameters):
        return None
    if isinstance(record.function, ast.AsyncFunctionDef) and not isinstance(
        goal.hole.function, ast.AsyncFunctionDef
    ):
        return None
    renaming = {record.function.name: goal.hole.function.name}
    if set(record.parameters) != set(goal.parameters):
        renaming |= dict(zip(record.parameters, goal.parameters, strict=True))
    return {old: new for old, new in renaming.items() if old != new}


def _fits(record: FunctionRecord, goal: Goal, renaming: Mapping[str, str]) -> bool:
    """All free names exist at the goal, and no new name is one that the body uses for something else."""
    used = {it.id for node in record.body for it in ast.walk(node) if isinstance(it, ast.Name)}
    bound = set(record.parameters) | _bound(record) | {"self", "cls"}
    free = used - bound - {record.function.name}
    known = _BUILTINS | goal.surroundings.names | set(goal.surroundings.constants)
    clash = set(renaming.values()) & ((used | bound) - set(renaming))
    inner = any(
        isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Global | ast.Nonlocal)
        for node in record.body
        for it in ast.walk(node)
    )
    return free <= known and not clash and not (inner and set(renaming) & set(record.parameters))


def _bound(record: FunctionRecord) -> set[str]:
    found: set[str] = set()
    for node in record.body:
        for it in ast.walk(node):
            match it:
                case (
                    ast.Name(id=name, ctx=ast.Store())
                    | ast.arg(arg=name)
                    | ast.ExceptHandler(name=str() as name)
                ):
                    found.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
                case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                    found |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
                case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                    found.add(name)
                case _:
                    continue
    return found


def _attributes_exist(record: FunctionRecord, goal: Goal) -> bool:
    owner = goal.hole.owner
    if owner is None:
        return False
    methods = {it.name for it in owner.body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)}
    known = {it.name for it in attributes_of(owner)} | methods | {goal.hole.function.name}
    wanted = {
        it.attr
        for node in record.body
        for it in ast.walk(node)
        if isinstance(it, ast.Attribute) and isinstance(it.value, ast.Name) and it.value.id == "self"
    }
    return wanted - {record.function.name} <= known


def _rewritten(record: FunctionRecord, renaming: Mapping[str, str]) -> list[str] | None:
    """The body's text with names replaced; None where white space inside of a string would be changed with it."""
    nodes = [it for node in record.body for it in ast.walk(node)]
    spread = any(
        isinstance(it, ast.Constant | ast.JoinedStr) and it.end_lineno != it.lineno and not _is_number(it)
        for it in nodes
    )
    first, last = record.body[0].lineno, record.body[-1].end_lineno or record.body[-1].lineno
    if spread or record.function.lineno == first:
        return None
    edits = _edits(nodes, renaming, record.function.name)
    # Before 3.12 the places of names inside of f-strings are not known.
    if edits and sys.version_info < (3, 12) and any(isinstance(it, ast.JoinedStr) for it in nodes):
        return None
    lines = [it.encode() for it in record.lines[first - 1 : last]]
    for line, start, end, new in sorted(set(edits), reverse=True):
        text = lines[line - first]
        lines[line - first] = text[:start] + new.encode() + text[end:]
    return [it.decode() for it in lines]


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, str | bytes)


def _edits(nodes: list[ast.AST], renaming: Mapping[str, str], own: str) -> list[Edit]:
    found: list[Edit] = []
    for it in nodes:
        if isinstance(it, ast.Name) and it.id in renaming and it.end_col_offset is not None:
            found.append((it.lineno, it.col_offset, it.end_col_offset, renaming[it.id]))
        if isinstance(it, ast.Attribute) and it.attr == own and own in renaming and _of_self(it):
            end = it.end_col_offset or 0
            found.append((it.end_lineno or it.lineno, end - len(own.encode()), end, renaming[own]))
    return found


def _of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def _stepped(lines: list[str]) -> tuple[str, ...]:
    """Lines with their indentation as tabs, relative to the first; what is left of alignment stays as spaces."""
    base = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    inner = [it.removeprefix(base) for it in lines]
    spaces = [len(it) - len(it.lstrip(" ")) for it in inner if it.strip() and it.startswith(" ")]
    unit = min(spaces, default=4) if min(spaces, default=4) in (2, 3, 4, 8) else 4
    found = []
    for line in inner:
        width = len(line) - len(line.lstrip(" "))
        found.append("\t" * (width // unit) + " " * (width % unit) + line.lstrip(" ") if line.strip() else "")
    return tuple(found)
