"""A finished program: the lines of a body or one expression, and how it is put into the hole."""

import re
from dataclasses import dataclass
from typing import Final

from vouch_server.synthesis.grammar.terms import Term, render
from vouch_server.synthesis.hole import Hole

MAX_WIDTH: Final = 88
_REPEATED: Final = re.compile(r"\{0\}.*\{0\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`lines` are statements with one tab per step of indentation; `expression` is set where one expression is all.

    `weight` is what it costs, lower is likelier.
    """

    lines: tuple[str, ...]
    weight: float
    expression: str | None = None


def program_of(term: Term, weight: float) -> Program:
    """A program that returns a term."""
    if term.op.body:
        return Program(lines=term.op.body, weight=weight)
    text = render(term)
    return Program(lines=_returning(term, text), weight=weight, expression=text)


def _returning(term: Term, text: str) -> tuple[str, ...]:
    op = term.op
    if term.does == "choice":
        condition, then, otherwise = term.args
        if otherwise.does == "choice" or len(text) > MAX_WIDTH - 15 or _is_guard(term):
            first = (f"if {render(condition)}:", f"\treturn {render(then)}")
            return (*first, *_returning(otherwise, render(otherwise)))
    if _REPEATED.search(op.template) and not term.args[0].op.variable and op.write is None and not op.binds:
        name = {"s": "text", "l": "items"}.get(term.args[0].kind[0], "items")
        if name not in term.names:
            places = [
                name,
                *(render(arg, slot) for arg, slot in zip(term.args[1:], op.slots[1:], strict=True)),
            ]
            return (f"{name} = {render(term.args[0])}", f"return {op.template.format(*places)}")
    return (f"return {text}",)


def _is_guard(term: Term) -> bool:
    """A constant answer for the empty or the odd case, before the real one."""
    return term.args[1].op.constant and not term.args[2].op.constant


def text_in(hole: Hole, program: Program) -> str | None:
    """What to insert for a program; None where it does not continue what the person has typed."""
    layout = hole.layout
    if not hole.statements:
        return program.expression
    written = [it.lstrip("\t") for it in program.lines]
    steps = [len(line) - len(text) for line, text in zip(program.lines, written, strict=True)]
    indented = [layout.indent + layout.unit * step + text for step, text in zip(steps, written, strict=True)]
    body = layout.eol.join(indented)[len(layout.indent) :]
    if not body.startswith(hole.typed):
        return None
    return hole.lead + body[len(hole.typed) :]
