"""Functions as retrieval sees them: what they are called, what they take, what is said of them, and their text."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vouch_server.synthesis.goal import parameters_of, prose_of
from vouch_server.synthesis.hole import FunctionNode
from vouch_server.synthesis.surroundings import statements_of
from vouch_server.synthesis.words import stems

MAX_BODY_LINES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionRecord:
    """One function of a file; `body` are its statements without the documentation, `lines` the text they stand in."""

    path: Path
    function: FunctionNode
    owner: str
    body: tuple[ast.stmt, ...]
    lines: tuple[str, ...]
    named: frozenset[str]
    described: frozenset[str]
    parameters: tuple[str, ...]
    annotations: tuple[str, ...]

    @property
    def is_method(self) -> bool:
        """Whether its first parameter is self."""
        return takes_self(self.function)


def takes_self(function: FunctionNode) -> bool:
    """Whether the first parameter of a function is self."""
    first = [*function.args.posonlyargs, *function.args.args][:1]
    return bool(first) and first[0].arg == "self"


def records_of(path: Path, text: str) -> Iterator[FunctionRecord]:
    """The functions and methods of a file that say more than their documentation."""
    for statement in statements_of(text):
        if isinstance(statement, FunctionNode):
            yield from _record(path, text, statement, "")
        elif isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                if isinstance(inner, FunctionNode):
                    yield from _record(path, text, inner, statement.name)


def annotations_of(function: FunctionNode) -> tuple[str, ...]:
    """The annotations of the parameters, then of the result, as text; "" where there is none."""
    args = function.args
    every = [it for it in (*args.posonlyargs, *args.args, *args.kwonlyargs) if it.arg not in ("self", "cls")]
    written = [it.annotation for it in every] + [function.returns]
    return tuple("" if it is None else ast.unparse(it) for it in written)


def _record(path: Path, text: str, function: FunctionNode, owner: str) -> Iterator[FunctionRecord]:
    documentation = ast.get_docstring(function) or ""
    body = function.body[1:] if documentation else function.body
    lines = text.splitlines()
    if not _says_something(body) or (function.end_lineno or 0) - body[0].lineno >= MAX_BODY_LINES:
        return
    # A piece of a broken file is numbered from its own start; its text is then not where the numbers say.
    if function.end_lineno is None or not _stands_at(function, lines):
        return
    yield FunctionRecord(
        path=path,
        function=function,
        owner=owner,
        body=tuple(body),
        lines=tuple(lines),
        named=stems(function.name),
        described=stems(prose_of(documentation)),
        parameters=parameters_of(function),
        annotations=annotations_of(function),
    )


def _says_something(body: list[ast.stmt]) -> bool:
    if not body:
        return False
    first = body[0]
    placeholder = isinstance(first, ast.Pass | ast.Raise) or (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    )
    return not (placeholder and len(body) == 1)


def _stands_at(function: FunctionNode, lines: list[str]) -> bool:
    place = function.lineno - 1
    return place < len(lines) and f"def {function.name}" in lines[place]
