"""Turns documented examples of a function into rows: what was in scope, and what was to come out."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from vouch_server.synthesis.hole import FunctionNode
from vouch_server.synthesis.interpret import follow
from vouch_server.synthesis.translate import HOLE, Foreign, Reached, Reader
from vouch_server.synthesis.values import MAX_LITERAL, REFUSED, Value, kind_of, literal_size, small
from vouch_verifiers.model import Example

MAX_ROWS: Final = 8
_UNREADABLE: Final = (*REFUSED, Foreign, Reached, SyntaxError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One documented call: the arguments by parameter, attributes of self as `self.name`, and what comes out.

    `around` is the expression that was documented, with HOLE for the call itself.
    """

    scope: Mapping[str, Value]
    around: ast.expr
    expected: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An object of the function's own class, as its attributes."""

    attributes: Mapping[str, Value]


def calls_of(
    examples: Iterable[Example],
    function: FunctionNode,
    owner: ast.ClassDef | None,
    reader: Reader,
    constants: Mapping[str, Value],
) -> list[Call]:
    """The calls that can be read as literals, in order, without those that say the same twice."""
    namespace: dict[str, Value] = dict(constants)
    source = _Source(function, owner, reader)
    found: list[Call] = []
    for example in examples:
        try:
            if example.mode == "exec":
                source.remember(example.code, namespace)
            elif example.mode in ("value", "truth"):
                found.append(source.call(example, namespace))
        except _UNREADABLE:
            continue
    return found[:MAX_ROWS]


class _Source:
    def __init__(self, function: FunctionNode, owner: ast.ClassDef | None, reader: Reader) -> None:
        self.function = function
        self.owner = owner
        self.reader = reader

    def remember(self, code: str, namespace: dict[str, Value]) -> None:
        """Names that a set-up line gives to literals or to instances of the class."""
        for statement in ast.parse(code).body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                namespace[statement.targets[0].id] = self._object(statement.value, namespace)

    def call(self, example: Example, namespace: Mapping[str, Value]) -> Call:
        """Raises Foreign or one of REFUSED where the example is beyond reading."""
        documented = ast.parse(example.code.strip(), mode="eval").body
        finder = _CallFinder(self.function.name)
        around = finder.visit(documented)
        if finder.found is None:
            raise Foreign
        scope = self._bound(finder.found, namespace)
        expected = True if example.mode == "truth" else _literal(example.expected)
        given = [*scope.values(), expected]
        if any(map(_is_strange, given)) or sum(map(literal_size, given)) > MAX_LITERAL:
            raise Foreign
        match around:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]) if example.mode == "truth":
                return Call(scope=scope, around=left, expected=self.reader.value(right, namespace))
            case ast.expr():
                return Call(scope=scope, around=around, expected=expected)
            case _:
                raise Foreign

    def _object(self, node: ast.expr, namespace: Mapping[str, Value]) -> Value:
        match node:
            case ast.Name(id=name) if isinstance(namespace.get(name), Instance):
                return namespace[name]
            case ast.Call(func=ast.Name(id=name)) if self.owner is not None and name == self.owner.name:
                return Instance(attributes=self._attributes(node, namespace))
            case _:
                return self.reader.value(node, namespace)

    def _bound(self, node: ast.expr, namespace: Mapping[str, Value]) -> dict[str, Value]:
        parameters = self.function.args
        scope: dict[str, Value] = {}
        names = [it.arg for it in parameters.posonlyargs + parameters.args]
        receiver = node.func if isinstance(node, ast.Call) else node
        if isinstance(receiver, ast.Attribute) and names and names[0] == "self":
            instance = self._object(receiver.value, namespace)
            if not isinstance(instance, Instance):
                raise Foreign
            scope |= {f"self.{name}": value for name, value in instance.attributes.items()}
            names = names[1:]
        if isinstance(node, ast.Call):
            scope |= self._arguments(node, names, parameters, namespace)
        return scope

    def _arguments(
        self, node: ast.Call, names: list[str], parameters: ast.arguments, namespace: Mapping[str, Value]
    ) -> dict[str, Value]:
        given = [self.reader.value(it, namespace) for it in node.args]
        defaults = dict(zip(reversed(names), reversed(parameters.defaults), strict=False))
        defaults |= {
            it.arg: default
            for it, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
            if default is not None
        }
        scope = {name: self.reader.value(default, namespace) for name, default in defaults.items()}
        scope |= dict(zip(names, given, strict=False))
        if parameters.vararg is not None:
            scope[parameters.vararg.arg] = tuple(given[len(names) :])
        elif len(given) > len(names):
            raise Foreign
        scope |= {it.arg: self.reader.value(it.value, namespace) for it in node.keywords if it.arg}
        wanted = set(names) | {it.arg for it in parameters.kwonlyargs}
        if not wanted <= set(scope) or parameters.kwarg is not None:
            raise Foreign
        return scope

    def _attributes(self, node: ast.Call, namespace: Mapping[str, Value]) -> dict[str, Value]:
        assert self.owner is not None
        for method in self.owner.body:
            if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                names = [it.arg for it in method.args.posonlyargs + method.args.args][1:]
                scope = self._arguments(node, names, method.args, namespace)
                after = follow(method.body, {**namespace, **scope}, self.reader).scope
                return {it.removeprefix("self."): v for it, v in after.items() if it.startswith("self.")}
        fields = [
            it for it in self.owner.body if isinstance(it, ast.AnnAssign) and isinstance(it.target, ast.Name)
        ]
        names = [it.target.id for it in fields if isinstance(it.target, ast.Name)]
        found = {
            name: self.reader.value(it.value, namespace)
            for name, it in zip(names, fields, strict=True)
            if it.value is not None
        }
        found |= dict(zip(names, (self.reader.value(it, namespace) for it in node.args), strict=False))
        found |= {it.arg: self.reader.value(it.value, namespace) for it in node.keywords if it.arg}
        return found


def _is_strange(value: Value) -> bool:
    """What no operation is meant for: objects, and the ellipsis, which here stands for a failed row."""
    return kind_of(value) == "other" or (isinstance(value, list | tuple) and any(map(_is_strange, value)))


class _CallFinder(ast.NodeTransformer):
    def __init__(self, name: str) -> None:
        self.name = name
        self.found: ast.expr | None = None

    def visit(self, node: ast.AST) -> ast.AST:
        called = node.func if isinstance(node, ast.Call) else node
        plain = isinstance(node, ast.Call) and isinstance(called, ast.Name) and called.id == self.name
        method = isinstance(called, ast.Attribute) and called.attr == self.name
        if self.found is None and (plain or method):
            assert isinstance(node, ast.expr)
            self.found = node
            return ast.Name(id=HOLE, ctx=ast.Load())
        return self.generic_visit(node)


def _literal(text: str) -> Value:
    stripped = text.strip()
    if not stripped:
        raise Foreign
    return small(set() if stripped == "set()" else ast.literal_eval(stripped))
