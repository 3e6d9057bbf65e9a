"""What needs no examples: methods that follow from their name and from what their class keeps."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from vouch_server.synthesis.goal import Goal
from vouch_server.synthesis.program import Program

WEIGHT: Final = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What a class keeps under a name; `kept` is "list", "dict" or "set" where its first value tells, else ""."""

    name: str
    kept: str = ""


def ideas(goal: Goal) -> Iterator[Program]:
    """Bodies for the goal's method, for an empty method of a class only."""
    owner = goal.hole.owner
    if owner is None or not goal.hole.statements or not _is_method(goal):
        return
    attributes = attributes_of(owner)
    name = goal.hole.function.name
    lines = _SPECIAL[name](goal, owner, attributes) if name in _SPECIAL else _named(goal, attributes)
    if lines:
        yield Program(lines=lines, weight=WEIGHT)


def attributes_of(owner: ast.ClassDef) -> tuple[Attribute, ...]:
    """The attributes that the class's fields and its `__init__` give to an instance, in order."""
    found: dict[str, Attribute] = {}
    for statement in owner.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found[statement.target.id] = Attribute(name=statement.target.id, kept=_kept(statement.annotation))
        elif isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            for node in ast.walk(statement):
                target, value = _assigned(node)
                if target is not None:
                    found.setdefault(target, Attribute(name=target, kept=_kept(value)))
    return tuple(found.values())


def _assigned(node: ast.AST) -> tuple[str | None, ast.expr | None]:
    match node:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), annotation=annotation):
            return name, annotation
        case _:
            return None, None


def _kept(node: ast.expr | None) -> str:
    match node:
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            return name if name in ("list", "dict", "set") else ""
        case _:
            return ""


def _is_method(goal: Goal) -> bool:
    args = goal.hole.function.args
    first = [*args.posonlyargs, *args.args][:1]
    return bool(first) and first[0].arg == "self" and len(goal.hole.function.body) <= 2


def _init(goal: Goal, owner: ast.ClassDef, attributes: tuple[Attribute, ...]) -> tuple[str, ...]:
    args = goal.hole.function.args
    if owner.bases or args.vararg is not None or args.kwarg is not None:
        return ()
    return tuple(f"self.{it} = {it}" for it in goal.parameters)


def _repr(goal: Goal, owner: ast.ClassDef, attributes: tuple[Attribute, ...]) -> tuple[str, ...]:
    shown = ", ".join(f"{it.name.lstrip('_')}={{self.{it.name}!r}}" for it in attributes)
    return (f'return f"{owner.name}({shown})"',) if attributes else ()


def _eq(goal: Goal, owner: ast.ClassDef, attributes: tuple[Attribute, ...]) -> tuple[str, ...]:
    if not attributes or len(goal.parameters) != 1:
        return ()
    other = goal.parameters[0]
    mine, theirs = _tuple("self", attributes), _tuple(other, attributes)
    return (
        f"if not isinstance({other}, {owner.name}):",
        "\treturn NotImplemented",
        f"return {mine} == {theirs}",
    )


def _hash(goal: Goal, owner: ast.ClassDef, attributes: tuple[Attribute, ...]) -> tuple[str, ...]:
    if not attributes or any(it.kept for it in attributes):
        return ()
    return (f"return hash({_tuple('self', attributes)})",)


def _tuple(of: str, attributes: tuple[Attribute, ...]) -> str:
    names = [f"{of}.{it.name}" for it in attributes]
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _delegated(template: str) -> Callable[[Goal, ast.ClassDef, tuple[Attribute, ...]], tuple[str, ...]]:
    def lines(goal: Goal, owner: ast.ClassDef, attributes: tuple[Attribute, ...]) -> tuple[str, ...]:
        keepers = [it for it in attributes if it.kept]
        if len(keepers) != 1 or len(goal.parameters) != template.count("{argument}"):
            return ()
        return (template.format(keeper=f"self.{keepers[0].name}", argument=next(iter(goal.parameters), "")),)

    return lines


_SPECIAL: Final[dict[str, Callable[[Goal, ast.ClassDef, tuple[Attribute, ...]], tuple[str, ...]]]] = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__len__": _delegated("return len({keeper})"),
    "__iter__": _delegated("return iter({keeper})"),
    "__contains__": _delegated("return {argument} in {keeper}"),
    "__getitem__": _delegated("return {keeper}[{argument}]"),
    "__bool__": _delegated("return bool({keeper})"),
    "__enter__": lambda goal, owner, attributes: ("return self",),
}


def _named(goal: Goal, attributes: tuple[Attribute, ...]) -> tuple[str, ...]:
    """Getters, setters, and adding to or removing from what is kept."""
    name = goal.hole.function.name
    known = {it.name: it for it in attributes}
    parameters = goal.parameters
    for verb, wanted in (("get_", 0), ("set_", 1), ("", len(parameters))):
        if not name.startswith(verb) or len(parameters) != wanted:
            continue
        for attribute in (f"_{name.removeprefix(verb)}", name.removeprefix(verb)):
            if attribute in known and attribute != name and not parameters:
                return (f"return self.{attribute}",)
            if attribute in known and attribute != name and len(parameters) == 1:
                return (f"self.{attribute} = {parameters[0]}",)
    if len(parameters) == 1:
        return _kept_in(name, parameters[0], known)
    return ()


def _kept_in(name: str, parameter: str, known: dict[str, Attribute]) -> tuple[str, ...]:
    methods = {
        ("add", "list"): "append",
        ("append", "list"): "append",
        ("push", "list"): "append",
        ("add", "set"): "add",
        ("remove", "list"): "remove",
        ("remove", "set"): "discard",
    }
    verb, _, noun = name.partition("_")
    keepers = [it for it in known.values() if it.kept in ("list", "set")]
    named = [it for it in keepers if not noun or it.name.lstrip("_") in (noun, f"{noun}s", f"{noun}es")]
    if len(named) != 1 or (verb, named[0].kept) not in methods:
        return ()
    return (f"self.{named[0].name}.{methods[verb, named[0].kept]}({parameter})",)
