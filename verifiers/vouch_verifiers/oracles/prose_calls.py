"""Reads calls that a text says the value of: `f(2) -> 4`, `f(2) returns 4`, `assert f(2) == 4`.

It is given a text and the function it speaks of, and skips whatever it is not sure of.
"""

import ast
import re
from collections.abc import Iterator

from vouch_verifiers.oracles.expressions import (
    calls_of,
    is_admissible,
    is_literal,
    operand_end,
    parse_expression,
    parse_module,
    trailers_end,
)
from vouch_verifiers.oracles.notations import stated
from vouch_verifiers.oracles.subjects import Claim, Subject, claim, is_fit_call

BULLET = re.compile(r"[^\S\n]*(?:>>>[^\S\n]*|(?:[-*+•·‣]|\d{1,2}[.)]|\(?[a-z]\))[^\S\n]+)?`{0,2}")
ASSERTION = re.compile(r"^[^\S\n]*(?:>>>[^\S\n]*|[-*+•·‣][^\S\n]+)?`{0,2}(?=assert\b)", re.MULTILINE)
FAR = 12


def call_claims(text: str, subject: Subject) -> Iterator[Claim]:
    """`f(1) == 2` in all its spellings, also `round(f(1), 2) = 0.5`."""
    if not subject.heads:
        return
    pattern = re.compile(rf"(?<![\w.@])(?:{'|'.join(map(re.escape, subject.heads))})(?=[(.])")
    done = 0
    for head in pattern.finditer(text):
        if head.start() < done:
            continue
        found, end = _claim_at(text, head.start(), subject)
        if found is not None:
            done = end
            yield found


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
        value = stated(text, end, subject.known) if is_fit_call(call, subject) else None
        found = claim(text, begin, call, value, subject) if value is not None else None
        if value is not None and found is not None:
            return found, value.end
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
    if not is_admissible(node, subject.known | set(subject.heads)) or not is_fit_call(line, subject):
        return None
    number = text.count("\n", 0, start)
    return Claim(call=line, expected="", mode="truth", line=number, last_line=number)


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


def assertions(text: str, subject: Subject) -> Iterator[Claim]:
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
        if isinstance(statement, ast.Assert) and is_fit_call(ast.unparse(statement.test), subject):
            yield _asserted(statement.test, text.count("\n", 0, found.end()), count)


def _asserted(test: ast.expr, line: int, count: int) -> Claim:
    last_line = line + count - 1
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]) if is_literal(right):
            call, expected, mode = ast.unparse(left), ast.unparse(right), "value"
        case _:
            call, expected, mode = ast.unparse(test), "", "truth"
    return Claim(call=call, expected=expected, mode=mode, line=line, last_line=last_line)
