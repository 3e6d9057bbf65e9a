"""What is asked of synthesis at a cursor: the hole, what is in scope on every example, and what is wanted."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vouch_server.model import Context
from vouch_server.synthesis.examples import Call, calls_of
from vouch_server.synthesis.grammar.imported import imported
from vouch_server.synthesis.grammar.numbers import NUMBERS
from vouch_server.synthesis.grammar.sequences import SEQUENCES
from vouch_server.synthesis.grammar.terms import Operation
from vouch_server.synthesis.grammar.texts import TEXTS
from vouch_server.synthesis.hole import FunctionNode, Hole, find_hole
from vouch_server.synthesis.interpret import follow
from vouch_server.synthesis.surroundings import Surroundings, look_around
from vouch_server.synthesis.translate import HOLE, Foreign, Reached, Reader
from vouch_server.synthesis.values import REFUSED, Row, Value, same
from vouch_server.synthesis.words import stems
from vouch_verifiers.model import Example, Trial
from vouch_verifiers.oracles.doc_examples import extract

_SENTINEL: Final = object()
_BEYOND: Final = (*REFUSED, Foreign, Reached, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """`rows` is what is in scope at the hole, one mapping for each example that depends on it.

    `target` is the value wanted on each row where the examples name it; None where it is known only through what
    the function then does with it. `named` and `described` are the stems of the name's and the documentation's words.
    """

    hole: Hole
    surroundings: Surroundings
    operations: tuple[Operation, ...]
    rows: tuple[Mapping[str, Value], ...] = ()
    calls: tuple[Call, ...] = ()
    target: tuple[Value, ...] | None = None
    named: frozenset[str] = frozenset()
    described: frozenset[str] = frozenset()
    prose: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters but self and cls, in order."""
        return parameters_of(self.hole.function)

    def reached_by(self, values: Row) -> bool:
        """Whether the function gives what its examples say when the hole has these values, row by row."""
        if self.target is not None:
            return all(same(it, want) for it, want in zip(values, self.target, strict=True))
        reader = Reader(self.operations)
        pairs = zip(self.calls, values, strict=True)
        constants = self.surroundings.constants
        return all(_outcome(self.hole, {**constants, **it.scope}, it, value, reader) for it, value in pairs)


def goal_at(context: Context) -> Goal | None:
    """The goal at a cursor; None where nothing can be asked for."""
    if context.snapshot.language != "python":
        return None
    hole = find_hole(context.prefix, context.suffix)
    if hole is None:
        return None
    surroundings = look_around(context.prefix.rpartition("\n")[0] + "\n" + context.suffix.partition("\n")[2])
    documentation = ast.get_docstring(hole.function) or ""
    operations = (*NUMBERS, *TEXTS, *SEQUENCES, *imported(surroundings.bindings))
    prose = prose_of(documentation)
    goal = Goal(
        hole=hole,
        surroundings=surroundings,
        operations=operations,
        named=stems(hole.function.name),
        described=stems(prose),
        prose=prose,
    )
    return _with_rows(goal, examples_of(context, hole))


def examples_of(context: Context, hole: Hole) -> Sequence[Example]:
    """The documented examples of the function at the hole, in order; set-up and trial as if nothing were done there."""
    prefix = context.prefix
    return extract(
        Trial(
            language=context.snapshot.language,
            path=context.snapshot.path,
            prefix=prefix[: len(prefix) - len(hole.typed)],
            completion=f"{hole.lead}...",
            suffix=context.suffix,
            workspace=context.snapshot.workspace,
            buffers=context.snapshot.others,
        )
    )


def prose_of(documentation: str) -> str:
    """The documentation without its examples."""
    lines = documentation.splitlines()
    kept = []
    shown = False
    for line in lines:
        shown = line.strip().startswith((">>>", "...")) or (shown and bool(line.strip()))
        if not shown:
            kept.append(line)
    return "\n".join(kept)


def parameters_of(function: FunctionNode) -> tuple[str, ...]:
    """The names of all parameters but self and cls, in order."""
    args = function.args
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    every += [it for it in (args.vararg, args.kwarg) if it is not None]
    return tuple(it.arg for it in every if it.arg not in ("self", "cls"))


def _with_rows(goal: Goal, examples: Sequence[Example]) -> Goal:
    reader = Reader(goal.operations)
    constants = goal.surroundings.constants
    calls = calls_of(examples, goal.hole.function, goal.hole.owner, reader, constants)
    rows: list[Mapping[str, Value]] = []
    kept: list[Call] = []
    target: list[Value] = []
    for call in calls:
        scope = {**constants, **call.scope}
        try:
            follow(_body(goal.hole), scope, reader)
        except Reached as reached:
            rows.append({it: v for it, v in reached.scope.items() if it not in constants})
            kept.append(call)
            if _passes_through(goal.hole, call, scope, reader):
                target.append(call.expected)
        except _BEYOND:
            return goal
    known = len(target) == len(rows) and bool(rows)
    return replace(goal, rows=tuple(rows), calls=tuple(kept), target=tuple(target) if known else None)


def _body(hole: Hole) -> list[ast.stmt]:
    """The function's statements, with a hole for statements read as what is returned there."""
    return [
        ast.Return(value=it.value)
        if isinstance(it, ast.Expr) and hole.statements and _names_hole(it.value)
        else it
        for it in hole.function.body
    ]


def _names_hole(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == HOLE


def _passes_through(hole: Hole, call: Call, scope: Mapping[str, Value], reader: Reader) -> bool:
    """Whether the hole's own value is what the example shows."""
    try:
        result = follow(_body(hole), {**scope, HOLE: _SENTINEL}, reader)
    except _BEYOND:
        return False
    return _names_hole(call.around) and result.returned and result.value is _SENTINEL


def _outcome(hole: Hole, scope: Mapping[str, Value], call: Call, value: Value, reader: Reader) -> bool:
    try:
        result = follow(_body(hole), {**scope, HOLE: value}, reader)
        shown = reader.value(call.around, {HOLE: result.value})
    except _BEYOND:
        return False
    return result.returned and same(shown, call.expected)
