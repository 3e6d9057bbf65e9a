"""The parse rung of Python: cheap reasons to look no further. Starts nothing."""

import ast
import asyncio

from vouch_verifiers import quiet_ast
from vouch_verifiers.baseline import placeholder_text
from vouch_verifiers.examination import Examination
from vouch_verifiers.model import Finding, Position, Trial, failed, passed
from vouch_verifiers.oracles.scope import scope_of
from vouch_verifiers.toolchains.python_check import PLACEHOLDERS
from vouch_verifiers.toolchains.python_syntax import parse_errors


async def parses(examination: Examination) -> Finding:
    """Fails for text that says nothing, and for text that brings a parse error the file did not have."""
    trial = examination.trial
    if not says_something(trial.completion):
        return failed("nothing but white space and comments")
    errors = parse_errors(trial.after)
    if errors:
        # Dozens of parses of a long file: never on the event loop.
        placeholder = await asyncio.to_thread(
            placeholder_text, trial, PLACEHOLDERS, parse_errors=parse_errors
        )
        before = parse_errors(trial.prefix + placeholder + trial.suffix)
        # The error-tolerant parser is a version behind now and then: CPython's own has the last word.
        error = _syntax_error(trial.after) if errors > before else None
        if error is not None:
            line, column = (error.lineno or 1) - 1, max((error.offset or 1) - 1, 0)
            position = Position(line=line, column=column)
            return failed(f"line {line + 1}: does not parse: {error.msg}", position)
    if stands_for_nothing(trial):
        return failed("an empty body: pass, ... or NotImplementedError")
    return passed()


def says_something(text: str) -> bool:
    """Whether there is code in a text, not only white space and comments."""
    return any(it.strip() and not it.strip().startswith("#") for it in text.splitlines())


def stands_for_nothing(trial: Trial) -> bool:
    """Whether the function around the hole, or one that was inserted, has a body that only marks its place.

    A body which is part of a protocol, an overload or an abstract method is meant to be empty.
    """
    scope = scope_of(trial)
    bodies = [it for it in (scope.function, *scope.inserted) if it is not None and it.is_function]
    for definition in bodies:
        body = _body(trial.after, definition.start, definition.end)
        if body is None or not _is_near(trial, definition.start, definition.end):
            continue
        meant = any("abstract" in it or "overload" in it for it in definition.decorators)
        if all(map(_marks_a_place, body)) and not meant:
            return True
    return False


def _is_near(trial: Trial, start: int, end: int) -> bool:
    return start <= len(trial.prefix) + len(trial.completion) and end >= len(trial.prefix)


def _body(text: str, start: int, end: int) -> list[ast.stmt] | None:
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    source = text[start:end]
    if indent and not indent.strip():
        source = f"if True:\n{indent}{source}"
    try:
        tree = quiet_ast.parse(source)
    except SyntaxError:
        return None
    node = next(
        (it for it in ast.walk(tree) if isinstance(it, (ast.FunctionDef, ast.AsyncFunctionDef))), None
    )
    if node is None:
        return None
    has_docstring = ast.get_docstring(node, clean=False) is not None
    return node.body[1:] if has_docstring else node.body


def _marks_a_place(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_constant or isinstance(statement, ast.Pass)


def _syntax_error(text: str) -> SyntaxError | None:
    try:
        quiet_ast.parse(text)
    except SyntaxError as error:
        return error
    return None
