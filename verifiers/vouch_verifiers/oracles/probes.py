"""Inputs near the examples' own, to see whether candidates behave alike. It knows no expected values."""

import ast
import copy
from collections.abc import Iterable, Iterator

from vouch_verifiers.model import Example, Trial
from vouch_verifiers.oracles.expressions import calls_of, is_literal, literal_value, parse_expression
from vouch_verifiers.oracles.scope import scope_of

LONGEST = 2_000


def probes(examples: Iterable[Example], trial: Trial, limit: int = 8) -> tuple[Example, ...]:
    """At most `limit` calls with arguments derived from those of the examples, always in the same order.

    Integers are moved by one, to 0 and below; sequences emptied, reversed, cut, doubled; arguments swapped.
    """
    given = tuple(examples)
    scope = scope_of(trial)
    function = scope.entry or next((it for it in scope.inserted if it.is_function), None)
    if function is None:
        return ()
    seen = {ast.unparse(node) for it in given if (node := parse_expression(it.code)) is not None}
    found: list[Example] = []
    for expression in _taking_turns(
        [_variants(it, function.name) for it in given if it.mode in ("value", "truth")]
    ):
        code = ast.unparse(expression)
        if code in seen or len(code) > LONGEST:
            continue
        seen.add(code)
        found.append(
            Example(id=f"{scope.qualified_name}~{len(found) + 1}", code=code, mode="value", origin="probe")
        )
        if len(found) >= limit:
            break
    return tuple(found)


def _taking_turns(sources: list[Iterator[ast.expr]]) -> Iterator[ast.expr]:
    """One of each source in turn, so that a small limit still sees every example."""
    while sources:
        going = []
        for it in sources:
            expression = next(it, None)
            if expression is not None:
                yield expression
                going.append(it)
        sources = going


def _variants(example: Example, name: str) -> Iterator[ast.expr]:
    """The example's own call with one argument changed at a time."""
    expression = parse_expression(example.code)
    if isinstance(expression, ast.Compare):
        expression = expression.left
    calls = calls_of(expression, name) if expression is not None else []
    if expression is None or len(calls) != 1 or not all(is_literal(it) for it in calls[0].args):
        return
    arguments = calls[0].args
    changes = [list(_changed(it)) for it in arguments]
    for turn in range(max((len(it) for it in changes), default=0)):
        for place, options in enumerate(changes):
            if turn < len(options):
                yield _with(expression, name, [*arguments[:place], options[turn], *arguments[place + 1 :]])
    if len(arguments) > 1:
        yield _with(expression, name, [arguments[1], arguments[0], *arguments[2:]])


def _with(expression: ast.expr, name: str, arguments: list[ast.expr]) -> ast.expr:
    changed = copy.deepcopy(expression)
    calls_of(changed, name)[0].args = arguments
    return changed


def _changed(node: ast.expr) -> Iterator[ast.expr]:
    try:
        value = literal_value(node)
    except ValueError:
        return
    for other in _neighbours(value):
        if other != value or type(other) is not type(value):
            yield ast.parse(repr(other), mode="eval").body


def _neighbours(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, 0, value - 1, -value]
        case float():
            return [value + 1.0, 0.0, -value, value / 2]
        case str():
            return [value[::-1], "", value.upper(), value[: len(value) // 2], value + value]
        case list():
            return [value[::-1], [], value[: len(value) // 2], value + value]
        case tuple():
            return [value[::-1], (), value[: len(value) // 2], value + value]
        case dict() if value:
            return [dict(list(value.items())[1:]), {}]
        case _:
            return []
