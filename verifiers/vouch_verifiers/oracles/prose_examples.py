"""Reads examples that are no doctests: `f(2) -> 4`, `For x = 2 the result is 4`, `Input: 2` and `Output: 4`.

It is given a text and the function it speaks of, and skips whatever it is not sure of.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from vouch_verifiers.oracles.expressions import (
    calls_of,
    closing,
    is_admissible,
    is_literal,
    operand_end,
    parse_expression,
    parse_module,
    trailers_end,
)
from vouch_verifiers.oracles.notations import ARROW, MODAL, VERB, Value, is_lone_in_brackets, stated, value_at
from vouch_verifiers.oracles.source_tree import Definition

BULLET = re.compile(r"[^\S\n]*(?:>>>[^\S\n]*|(?:[-*+•·‣]|\d{1,2}[.)]|\(?[a-z]\))[^\S\n]+)?`{0,2}")
ASSERTION = re.compile(r"^[^\S\n]*(?:>>>[^\S\n]*|[-*+•·‣][^\S\n]+)?`{0,2}(?=assert\b)", re.MULTILINE)
LABEL = r"^[\s>#*_\-•]*(?:sample\s+|example\s+|test\s+)?{}s?\s*\d*[\s*_]*[:=][*_]*[^\S\n]*"
INPUT = re.compile(LABEL.format(r"(?:input|given|argument)"), re.IGNORECASE | re.MULTILINE)
OUTPUT = re.compile(
    LABEL.format(r"(?:expected\s+)?(?:output|result|return|return\s+value|expected)"), re.IGNORECASE
)
INLINE_OUTPUT = re.compile(rf"[,;]?\s*(?:(?:{ARROW})\s*)?\boutputs?\s*[:=]\s*|\s*{ARROW}\s*", re.IGNORECASE)
BINDING = re.compile(r"`?([^\W\d]\w*)\s*=\s*(?!=)")
GIVEN = re.compile(
    r"(?:^[^\S\n]*(?:[-*+•][^\S\n]+)?|\b(?:for|with|given|if|when|let|e\.g\.,?)\s+(?:an?\s+|the\s+)?(?:input\s+)?)"
    r"(?=`?[^\W\d]\w*\s*=[^=])",
    re.IGNORECASE | re.MULTILINE,
)
OUTCOME = (
    r"`?\s*[,:;]?\s*(?:then\s+)?(?:(?:(?:the|your|its|this)\s+)?(?:expected\s+|correct\s+)?"
    r"(?:function|output|result|answer|return\s+value|value|it|{}(?:\(\))?)\s*(?:(?:{})?{}\b|[:=])|{})\s*`?"
)
FAR = 12


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


def claims(text: str, subject: Subject) -> tuple[Claim, ...]:
    """What a text claims of the subject, in the order in which it stands there."""
    asserted = list(_assertions(text, subject))
    found = [
        *asserted,
        *_call_claims(text, subject),
        *_given_claims(text, subject),
        *_block_claims(text, subject),
    ]
    unique = {(it.line, it.call): it for it in reversed(found)}
    return tuple(sorted(unique.values(), key=lambda it: it.line))


def _assertions(text: str, subject: Subject) -> Iterator[Claim]:
    """`assert f(2) == 4` and other assertions about the subject."""
    for found in ASSERTION.finditer(text):
        lines = text[found.end() :].split("\n", FAR)[:FAR]
        for count in range(1, len(lines) + 1):
            module = parse_module("\n".join(lines[:count]).rstrip("` \r"))
            if module is not None:
                break
        else:
            continue
        statement = module.body[0]
        if isinstance(statement, ast.Assert) and _is_fit_call(ast.unparse(statement.test), subject):
            yield _asserted(statement.test, text.count("\n", 0, found.end()), count)


def _asserted(test: ast.expr, line: int, count: int) -> Claim:
    last_line = line + count - 1
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]) if is_literal(right):
            call, expected, mode = ast.unparse(left), ast.unparse(right), "value"
        case _:
            call, expected, mode = ast.unparse(test), "", "truth"
    return Claim(call=call, expected=expected, mode=mode, line=line, last_line=last_line)


def _call_claims(text: str, subject: Subject) -> Iterator[Claim]:
    """`f(1) == 2` in all its spellings, also `round(f(1), 2) = 0.5`."""
    if not subject.heads:
        return
    pattern = re.compile(rf"(?<![\w.@])(?:{'|'.join(map(re.escape, subject.heads))})(?=[(.])")
    done = 0
    for head in pattern.finditer(text):
        if head.start() < done:
            continue
        claim, end = _claim_at(text, head.start(), subject)
        if claim is not None:
            done = end
            yield claim


def _claim_at(text: str, start: int, subject: Subject) -> tuple[Claim | None, int]:
    line_start = text.rfind("\n", 0, start) + 1
    bullet = BULLET.match(text, line_start)
    assert bullet is not None
    starts = [bullet.end()] if bullet.end() < start else []
    if _may_begin(text[line_start:start]) or bullet.end() >= start:
        starts.append(start)
    for begin in starts:
        end = _call_end(text, begin)
        if end is None or end <= start:
            continue
        call = text[begin:end]
        value = stated(text, end, subject.known) if _is_fit_call(call, subject) else None
        claim = _claim(text, begin, call, value, subject) if value is not None else None
        if value is not None and claim is not None:
            return claim, value.end
    return _comparison(text, bullet.end(), start, subject), start + 1


def _comparison(text: str, begin: int, start: int, subject: Subject) -> Claim | None:
    """A whole line that is a comparison other than `==`, such as `f(1) > 0`, or an assertion of one."""
    line = (
        text[begin : text.find("\n", start) if "\n" in text[start:] else len(text)]
        .split("  #")[0]
        .strip("` \r")
    )
    node = parse_expression(line)
    if not isinstance(node, ast.Compare) or not calls_of(node, subject.function.name):
        return None
    if not is_admissible(node, subject.known | set(subject.heads)):
        return None
    number = text.count("\n", 0, start)
    return Claim(call=line, expected="", mode="truth", line=number, last_line=number)


def _claim(text: str, begin: int, call: str, value: Value, subject: Subject) -> Claim | None:
    expected = value.source
    if not value.raises:
        node = parse_expression(expected)
        if node is None or any(calls_of(node, it) for it in (subject.function.name,)):
            return None
    line = text.count("\n", 0, begin)
    last = text.count("\n", 0, value.end)
    mode = "raises" if value.raises else "value"
    return Claim(call=_one_line(call), expected=_one_line(expected), mode=mode, line=line, last_line=last)


def _call_end(text: str, start: int) -> int | None:
    """Behind a call and what hangs on it; where an operand has no call, nothing."""
    end = operand_end(text, start)
    return None if end is None or "(" not in text[start:end] else trailers_end(text, end)


def _may_begin(before: str) -> bool:
    """False where what stands before on the line makes the call a part of something larger."""
    before = before.rstrip().rstrip("`").rstrip()
    if not before:
        return True
    if re.search(r"(?:^|\s)\($", before):
        return True
    return before[-1] not in "=+-*/<>%&|^~@[{(\\'\"" and not re.search(
        r"\b(?:not|await|def|lambda|class|assert)$", before
    )


def _is_fit_call(source: str, subject: Subject) -> bool:
    """True where it calls the subject with values that exist, in a number that its parameters take."""
    node = parse_expression(source)
    if node is None:
        return False
    calls = calls_of(node, subject.function.name)
    # A name that is also a parameter is a word for it here, even where it is a builtin: `f(list)`.
    known = subject.known - {it.name for it in subject.function.parameters}
    if not calls or not is_admissible(node, known | {it.split(".")[0] for it in subject.heads}):
        return False
    if subject.function.is_method and not all(_is_bound(it, subject) for it in calls):
        return False
    return not subject.fixed or all(takes(subject.function, it) for it in calls)


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


def _given_claims(text: str, subject: Subject) -> Iterator[Claim]:
    """`For x = [1, 2], k = 3 the output should be 6`, and at the start of a line `x = 1, k = 2 -> 3`."""
    name = re.escape(subject.function.name)
    outcome = re.compile(OUTCOME.format(name, MODAL, VERB, ARROW), re.IGNORECASE)
    for given in GIVEN.finditer(text):
        bindings, end = _bindings(text, given.end())
        call = _bound_call(bindings, subject)
        told = outcome.match(text, end) if call is not None else None
        value = value_at(text, told.end(), subject.known) if told is not None else None
        claim = (
            _claim(text, given.end(), call, value, subject)
            if call is not None and value is not None
            else None
        )
        if claim is not None:
            yield claim


def _bindings(text: str, start: int) -> tuple[list[tuple[str, str]], int]:
    """`name = value` pairs separated by commas or "and", and the offset behind the last."""
    found: list[tuple[str, str]] = []
    end = start
    while binding := BINDING.match(text, end if not found else _behind_comma(text, end)):
        stop = operand_end(text, binding.end())
        if stop is None:
            break
        found.append((binding[1], text[binding.end() : stop]))
        end = stop
    return found, end


def _behind_comma(text: str, start: int) -> int:
    comma = re.compile(r"`?\s*(?:[,;]\s*(?:and\s+)?|and\s+|\n\s*)").match(text, start)
    return comma.end() if comma is not None else len(text)


def _bound_call(bindings: list[tuple[str, str]], subject: Subject) -> str | None:
    """The call with those parameters, by position where that is possible; None where they do not fit."""
    values = dict(bindings)
    parameters = subject.function.own_parameters
    if not bindings or len(values) < len(bindings) or not values.keys() <= {it.name for it in parameters}:
        return None
    arguments = []
    by_name = False
    for it in parameters:
        if it.name not in values:
            by_name = True
            continue
        by_name = by_name or it.kind != "positional"
        arguments.append(f"{it.name}={values[it.name]}" if by_name else values[it.name])
    return _call_with(", ".join(arguments), subject)


def _call_with(arguments: str, subject: Subject) -> str | None:
    """The call of the subject with that argument list; None where it cannot be called like that."""
    if len(subject.heads) != 1 or "." in subject.heads[0] or subject.function.is_method:
        return None
    call = f"{subject.heads[0]}({arguments})"
    return call if _is_fit_call(call, subject) else None


def _block_claims(text: str, subject: Subject) -> Iterator[Claim]:
    """`Input: 3` and, on the same line or soon below it, `Output: (1, 2)`."""
    lines = text.split("\n")
    for start in INPUT.finditer(text):
        number = text.count("\n", 0, start.end())
        body, output = _input_body(lines, number, start.end() - (text.rfind("\n", 0, start.end()) + 1))
        if output is None:
            continue
        row, column = output
        offset = sum(len(it) + 1 for it in lines[:row]) + column
        offset += len(text[offset:]) - len(text[offset:].lstrip())
        call = _input_call(body, subject)
        value = value_at(text, offset, subject.known) if call is not None else None
        claim = (
            _claim(text, start.end(), call, value, subject)
            if call is not None and value is not None
            else None
        )
        if claim is not None:
            yield claim


def _input_body(lines: list[str], number: int, column: int) -> tuple[str, tuple[int, int] | None]:
    """What was given, and the row and column where the output's value may start."""
    inline = _inline_output(lines[number], column)
    if inline is not None:
        return lines[number][column : inline[0]], (number, inline[1])
    body = [lines[number][column:]]
    for row in range(number + 1, min(number + FAR, len(lines))):
        output = OUTPUT.match(lines[row])
        if output is not None:
            return "\n".join(body), (row, output.end())
        if INPUT.match(lines[row]):
            break
        body.append(lines[row])
    return "", None


def _inline_output(line: str, column: int) -> tuple[int, int] | None:
    position = column
    while position < len(line):
        output = INLINE_OUTPUT.match(line, position)
        if output is not None:
            return output.start(), output.end()
        bracket = closing(line, position) if line[position] in "([{" else None
        position = bracket if bracket is not None else position + 1
    return None


def _input_call(body: str, subject: Subject) -> str | None:
    body = body.strip().strip("`").rstrip(".,;").strip()
    if not body:
        return None
    bindings, end = _bindings(body, 0)
    if bindings:
        return _bound_call(bindings, subject) if not body[end:].strip("` .;") else None
    if _is_fit_call(body, subject):
        return body
    if is_lone_in_brackets(body) or parse_expression(body) is None:
        return None
    return _call_with(body, subject)


def _one_line(source: str) -> str:
    """An expression without line breaks where it stays the same, so that it reads well in a message."""
    joined = re.sub(r"\s*\n\s*", " ", source.strip())
    before, after = parse_expression(source), parse_expression(joined)
    return joined if before and after and ast.dump(before) == ast.dump(after) else source.strip()
