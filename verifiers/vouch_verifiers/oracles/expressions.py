"""Reads fragments of Python without running them: what parses, what is a literal, where a bracket closes.

It knows no documentation and no test; the other oracles build on it.
"""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator

from vouch_verifiers import quiet_ast

STRING = r'"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
TOKEN = re.compile(rf"{STRING}|[()\[\]{{}}]|\n[^\S\n]*\n", re.DOTALL)
NUMBER = r"[-+]?(?:\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?j?|\.\d+)"
LONGEST_GROUP = 4_000

# Names that a sandboxed example has no business calling in an expected value or an argument.
UNFIT = frozenset({"exec", "eval", "open", "input", "print", "exit", "quit", "compile", "breakpoint", "help"})
BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}


def parse_module(source: str) -> ast.Module | None:
    """The syntax tree of statements; None where they do not parse, for whatever reason."""
    try:
        return quiet_ast.parse(source)
    except SyntaxError:
        return None


def parse_expression(source: str) -> ast.expr | None:
    """The syntax tree of one expression, over several lines inside brackets; None where it is not one."""
    module = parse_module(source.strip())
    if module is None or len(module.body) != 1:
        return None
    statement = module.body[0]
    return statement.value if isinstance(statement, ast.Expr) else None


def is_literal(node: ast.expr) -> bool:
    """True for what `ast.literal_eval` takes, `...` excepted, which stands for something left out."""
    match node:
        case ast.Constant(value=value):
            return value is not Ellipsis
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return all(is_literal(it) for it in elements)
        case ast.Dict(keys=keys, values=values):
            return all(it is not None and is_literal(it) for it in [*keys, *values])
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return isinstance(operand, ast.Constant) and isinstance(operand.value, int | float | complex)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return _is_number(left) and isinstance(right, ast.Constant) and isinstance(right.value, complex)
        case ast.Call(func=ast.Name(id="set" | "frozenset"), args=[], keywords=[]):
            return True
        case _:
            return False


def literal_value(node: ast.expr) -> object:
    """The value of a literal. Raises ValueError where it is none."""
    if not is_literal(node):
        raise ValueError("not a literal")
    try:
        return set() if isinstance(node, ast.Call) else ast.literal_eval(node)
    except (TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError("not a value") from error


def is_admissible(node: ast.expr, known: frozenset[str]) -> bool:
    """True for a value a person may have meant: literals, arithmetic and constructors of known names.

    Bare lower-case names, `...`, comprehensions and lambdas are not: they are more likely words.
    """
    match node:
        case ast.Name(id=name):
            return name in known and name not in UNFIT and (name in BUILTINS or not name.islower())
        case ast.Attribute(value=ast.Name(id=name)):
            return name in known
        case ast.Attribute(value=value):
            return is_admissible(value, known)
        case ast.Call(func=function, args=arguments, keywords=keywords):
            parts = [*arguments, *(it.value for it in keywords)]
            return _is_callable_name(function, known) and all(is_admissible(it, known) for it in parts)
        case _ if is_literal(node):
            return True
        case _:
            return isinstance(node, _COMPOSED) and all(is_admissible(it, known) for it in _operands(node))


_COMPOSED = (
    ast.BinOp, ast.UnaryOp, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Starred, ast.Subscript, ast.Slice,
    ast.Compare, ast.BoolOp,
)  # fmt: skip


def free_names(statements: Iterable[ast.AST]) -> frozenset[str]:
    """Names that must exist before: those read and not bound within, parameters, loop variables and so on.

    The targets of an assignment do not count as bound within: `x = x + 1` needs an `x`.
    """
    free: set[str] = set()
    for statement in statements:
        nodes = list(ast.walk(statement))
        read = {it.id for it in nodes if isinstance(it, ast.Name) and isinstance(it.ctx, ast.Load)}
        if not isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
            read -= {it.id for it in nodes if isinstance(it, ast.Name) and not isinstance(it.ctx, ast.Load)}
        variables = [it.target for it in nodes if isinstance(it, ast.comprehension | ast.NamedExpr)]
        read -= {name.id for it in variables for name in ast.walk(it) if isinstance(name, ast.Name)}
        read -= {it.arg for it in nodes if isinstance(it, ast.arg)}
        read -= {it.name for it in nodes if isinstance(it, _NAMED) and it.name}
        free |= read
    return frozenset(free)


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)


def bound_names(statements: Iterable[ast.stmt]) -> frozenset[str]:
    """Names that statements bind in their own scope: by assignment, import, definition, loop and so on."""
    found: set[str] = set()
    for statement in statements:
        for node in _own_scope(statement):
            match node:
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                    found.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
                case ast.alias(name=name, asname=asname) if name != "*":
                    found.add(asname or name.split(".")[0])
                case (
                    ast.ExceptHandler(name=str(name))
                    | ast.MatchAs(name=str(name))
                    | ast.MatchStar(name=str(name))
                ):
                    found.add(name)
                case _:
                    pass
    return frozenset(found)


def calls_of(node: ast.AST, name: str) -> list[ast.Call]:
    """Every call in `node` of that name, as `name(…)` or `something.name(…)`."""
    return [
        it
        for it in ast.walk(node)
        if isinstance(it, ast.Call)
        and (
            (isinstance(it.func, ast.Name) and it.func.id == name)
            or (isinstance(it.func, ast.Attribute) and it.func.attr == name)
        )
    ]


def closing(text: str, start: int) -> int | None:
    """The offset just behind the bracket that closes the one at `start`; None where it stays open.

    Strings are stepped over; an empty line ends the search, since no call in prose holds one.
    """
    depth = 0
    for token in TOKEN.finditer(text, start, min(len(text), start + LONGEST_GROUP)):
        shape = token.group()
        if shape in "([{":
            depth += 1
        elif shape in ")]}":
            depth -= 1
            if depth == 0:
                return token.end()
        elif shape.isspace():
            return None
    return None


def operand_end(text: str, start: int) -> int | None:
    """The offset behind one operand at `start`: a string, number, bracket group or name with its calls."""
    token = re.compile(
        rf"[rRbBuU]{{0,2}}(?:{STRING})|{NUMBER}|[^\W\d]\w*(?:\.[^\W\d]\w*)*|(?=[(\[{{])", re.DOTALL
    )
    found = token.match(text, start)
    if found is None:
        return None
    return trailers_end(text, found.end())


def trailers_end(text: str, start: int) -> int | None:
    """The offset behind the calls, subscripts and attributes that follow at `start`; None: one stays open."""
    end = start
    while True:
        if text[end : end + 1] in {"(", "[", "{"}:
            closed = closing(text, end)
            if closed is None:
                return None
            end = closed
        elif attribute := re.compile(r"\.[^\W\d]\w*").match(text, end):
            end = attribute.end()
        else:
            return end


def _is_number(node: ast.expr) -> bool:
    operand = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(operand, ast.Constant) and isinstance(operand.value, int | float)


def _is_callable_name(node: ast.expr, known: frozenset[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in known and name not in UNFIT
        case ast.Attribute(value=ast.Constant()):
            return True
        case ast.Attribute(value=value):
            return _is_callable_name(value, known) or is_admissible(value, known)
        case ast.Call():
            return is_admissible(node, known)
        case _:
            return False


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    return (it for it in ast.iter_child_nodes(node) if isinstance(it, ast.expr))


_OWN_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp,
)  # fmt: skip


def _own_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement, bodies of functions, classes, lambdas and comprehensions left out."""
    yield node
    if isinstance(node, _OWN_SCOPES):
        return
    for child in ast.iter_child_nodes(node):
        yield from _own_scope(child)
