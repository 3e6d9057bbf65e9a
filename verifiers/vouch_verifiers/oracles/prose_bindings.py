"""Reads examples that name the arguments apart: `For x = 2 the result is 4`, `Input: 2` and `Output: 4`.

It is given a text and the function it speaks of, and skips whatever it is not sure of.
"""

import re
from collections.abc import Iterator

from vouch_verifiers.oracles.expressions import closing, operand_end, parse_expression
from vouch_verifiers.oracles.notations import ARROW, MODAL, VERB, is_lone_in_brackets, value_at
from vouch_verifiers.oracles.subjects import Claim, Subject, claim, is_fit_call

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
    r"(?:function|output|result|answer|return\s+value|value|it|{}(?:\(\))?)\s*(?:(?:{})?{}\b|[:=])|{}|returns?\b)\s*`?"
)
FAR = 12


def given_claims(text: str, subject: Subject) -> Iterator[Claim]:
    """`For x = [1, 2], k = 3 the output should be 6`, and at the start of a line `x = 1, k = 2 -> 3`."""
    name = re.escape(subject.function.name)
    outcome = re.compile(OUTCOME.format(name, MODAL, VERB, ARROW), re.IGNORECASE)
    for given in GIVEN.finditer(text):
        bindings, end = _bindings(text, given.end())
        call = _bound_call(bindings, subject)
        told = outcome.match(text, end) if call is not None else None
        value = value_at(text, told.end(), subject.known) if told is not None else None
        found = (
            claim(text, given.end(), call, value, subject) if call is not None and value is not None else None
        )
        if found is not None:
            yield found


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
    return call if is_fit_call(call, subject) else None


def block_claims(text: str, subject: Subject) -> Iterator[Claim]:
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
        found = (
            claim(text, start.end(), call, value, subject) if call is not None and value is not None else None
        )
        if found is not None:
            yield found


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
    if is_fit_call(body, subject):
        return body
    if is_lone_in_brackets(body) or parse_expression(body) is None:
        return None
    return _call_with(body, subject)
