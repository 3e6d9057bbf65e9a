"""Reasons not to believe a hard complaint of a Python checker: correct code draws it too. Starts nothing."""

import re

from vouch_verifiers.baseline import headline
from vouch_verifiers.diagnostics import Diagnostic
from vouch_verifiers.toolchains.python_syntax import calls_around, handled_exceptions

_ANY = frozenset({"Exception", "BaseException"})
_HANDLERS = {
    "missing-import": _ANY | {"ImportError", "ModuleNotFoundError"},
    "missing-module-attribute": _ANY | {"ImportError", "AttributeError"},
    "missing-attribute": frozenset({"AttributeError"}),
    # Not for a broad clause: it turns a misspelt name into a wrong result.
    "unknown-name": frozenset({"NameError"}),
}
_CALL_RULES = frozenset({"bad-argument-count", "missing-argument", "unexpected-keyword"})
_NAME_RULES = frozenset(_HANDLERS)
_MODULE_RULES = frozenset({"missing-attribute", "missing-module-attribute"})
_FUNCTION = re.compile(r" in function `([^`]+)`")
_CONSTRUCTORS = frozenset({"__init__", "__new__"})
# Ways in which a module gets names that no checker sees.
_DYNAMIC_NAMES = re.compile(
    r"\bglobals\(\)\s*(\.update|\.setdefault|\[)|\b(exec|_convert_)\s*\(|\bsetattr\(\s*\w*(sys\.modules|builtins)"
)

# Signs that a file knows of other platforms, whose modules look different there.
_PLATFORMS = re.compile(r"\b(sys\.platform|sys\.implementation|os\.name|platform\.system|hasattr)\b")


def doubtful(said: Diagnostic, text: str, *, known: frozenset[str]) -> bool:
    """Whether a complaint about `text` may well be drawn by a correct program.

    `known` are the headlines of complaints about the file without the candidate: a name that the person uses
    as well, unseen by the checker, comes from somewhere or is still to be written.
    """
    if said.rule in _CALL_RULES:
        return not _plain_call(said, text)
    if said.rule not in _NAME_RULES:
        return False
    if headline(said) in known:
        return True
    if said.rule == "unknown-name" and _DYNAMIC_NAMES.search(text):
        return True
    if said.rule in _MODULE_RULES and _PLATFORMS.search(text):
        return True
    handled = handled_exceptions(text, line=said.start_line, column=said.start_column)
    return bool(handled & _HANDLERS[said.rule])


def _plain_call(said: Diagnostic, text: str) -> bool:
    """Whether the function complained of is called under its own name, with every argument written out.

    Of a value in a variable or a table a checker often knows but one of the functions that it may be.
    """
    function = _FUNCTION.search(headline(said))
    if function is None:
        return False
    *owner, name = function[1].split(".")
    if name in _CONSTRUCTORS and owner:
        name = owner[-1]
    called = calls_around(text, line=said.start_line, column=said.start_column)
    return any(it.rpartition(".")[2] == name for it in called)
