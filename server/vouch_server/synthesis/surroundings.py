"""What a file offers to a function in it: imports, literal constants, names. Reads broken files by the piece."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from vouch_server.synthesis.hole import quiet_parse
from vouch_server.synthesis.values import REFUSED, Value, literal_size

MAX_TEXT: Final = 400_000
MAX_CONSTANT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`bindings` maps imported names to what they stand for; `constants` names to literals; `names` is all there is."""

    bindings: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Value] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    classes: tuple[ast.ClassDef, ...] = ()


def look_around(text: str) -> Surroundings:
    """The top level of a file; pieces of it that do not parse are passed over."""
    bindings: dict[str, str] = {}
    constants: dict[str, Value] = {}
    names: set[str] = set()
    classes: list[ast.ClassDef] = []
    for statement in statements_of(text):
        match statement:
            case ast.Import(names=aliases):
                bindings |= {it.asname or it.name.partition(".")[0]: it.name for it in aliases}
            case ast.ImportFrom(module=str() as module, names=aliases, level=0):
                bindings |= {it.asname or it.name: f"{module}.{it.name}" for it in aliases}
            case ast.ImportFrom(names=aliases):
                names |= {it.asname or it.name for it in aliases}
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                names.add(statement.name)
            case ast.ClassDef():
                names.add(statement.name)
                classes.append(statement)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                names.add(name)
                _add_constant(constants, name, value)
            case _:
                continue
    return Surroundings(
        bindings=bindings,
        constants=constants,
        names=frozenset(names | set(bindings)),
        classes=tuple(classes),
    )


def _add_constant(constants: dict[str, Value], name: str, node: ast.expr) -> None:
    try:
        value = ast.literal_eval(node)
    except REFUSED:
        return
    if literal_size(value) <= MAX_CONSTANT and not name.startswith("__"):
        constants[name] = value


def statements_of(text: str) -> Iterator[ast.stmt]:
    """The top-level statements of a file; of a broken one, those of the pieces between unindented lines that parse."""
    if len(text) > MAX_TEXT:
        return
    tree = quiet_parse(text)
    if tree is not None:
        yield from tree.body
        return
    for piece in _pieces(text):
        tree = quiet_parse(piece)
        if tree is not None:
            yield from tree.body


def _pieces(text: str) -> Iterator[str]:
    piece: list[str] = []
    for line in text.splitlines(keepends=True):
        starts = line[:1].strip() and line[:1] not in "#)]}\"'"
        if starts and piece and not piece[-1].startswith("@"):
            yield "".join(piece)
            piece = []
        piece.append(line)
    if piece:
        yield "".join(piece)
