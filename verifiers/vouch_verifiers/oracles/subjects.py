"""The function that a text speaks of, and whether a call in the text can be one of it. Reads no notation."""

import ast
import re
from dataclasses import dataclass

from vouch_verifiers.oracles.expressions import calls_of, is_admissible, parse_expression
from vouch_verifiers.oracles.notations import Value
from vouch_verifiers.oracles.source_tree import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The function that a text speaks of, how a caller names it, and the names that exist beside it.

    `heads` are the ways its calls may begin. `fixed` is False where its parameters are the candidate's own.
    """

    function: Definition
    heads: tuple[str, ...]
    known: frozenset[str]
    fixed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A call and what the text says that it gives. Lines are 0-based within the text."""

    call: str
    expected: str
    mode: str
    line: int
    last_line: int


def claim(text: str, begin: int, call: str, value: Value, subject: Subject) -> Claim | None:
    expected = value.source
    if not value.raises:
        node = parse_expression(expected)
        if node is None or any(calls_of(node, it) for it in (subject.function.name,)):
            return None
    line = text.count("\n", 0, begin)
    last = text.count("\n", 0, value.end)
    mode = "raises" if value.raises else "value"
    return Claim(call=_one_line(call), expected=_one_line(expected), mode=mode, line=line, last_line=last)


def is_fit_call(source: str, subject: Subject) -> bool:
    """True where it calls the subject with values that exist, in a number that its parameters take."""
    node = parse_expression(source)
    if node is None:
        return False
    calls = calls_of(node, subject.function.name)
    # A name that is also a parameter is a word for it here, even where it is a builtin: `f(list)`.
    known = subject.known - {it.name for it in subject.function.parameters}
    if not calls or not is_admissible(node, known | {it.split(".")[0] for it in subject.heads}):
        return False
    if any(len(it.args) == 1 and not it.keywords and _is_a_word(it.args[0]) for it in calls):
        return False
    if subject.function.is_method and not all(_is_bound(it, subject) for it in calls):
        return False
    return not subject.fixed or all(takes(subject.function, it) for it in calls)


def _is_a_word(node: ast.expr) -> bool:
    """True for `list` and the like, which as the only argument name what is to be given, not themselves."""
    return isinstance(node, ast.Name) and node.id.islower()


def _is_bound(call: ast.Call, subject: Subject) -> bool:
    """True where a method is called on an instance that the text makes, or on the class where it may be."""
    if not isinstance(call.func, ast.Attribute):
        return False
    return subject.function.is_static or any(isinstance(it, ast.Call) for it in ast.walk(call.func.value))


def takes(function: Definition, call: ast.Call) -> bool:
    """True where the function's parameters can take the call's arguments, or where nobody can tell."""
    if function.decorators and not function.is_static and not function.is_property:
        return True
    parameters = function.own_parameters
    kinds = {it.kind for it in parameters}
    if any(isinstance(it, ast.Starred) for it in call.args) or any(it.arg is None for it in call.keywords):
        return True
    positional = [it for it in parameters if it.kind == "positional"]
    named = {it.arg for it in call.keywords}
    if len(call.args) > len(positional) and "*" not in kinds:
        return False
    if "**" not in kinds and not named <= {it.name for it in parameters}:
        return False
    filled = {it.name for it in positional[: len(call.args)]} | named
    return all(it.optional or it.name in filled for it in parameters)


def _one_line(source: str) -> str:
    """An expression without line breaks where it stays the same, so that it reads well in a message."""
    joined = re.sub(r"\s*\n\s*", " ", source.strip())
    before, after = parse_expression(source), parse_expression(joined)
    return joined if before and after and ast.dump(before) == ast.dump(after) else source.strip()
