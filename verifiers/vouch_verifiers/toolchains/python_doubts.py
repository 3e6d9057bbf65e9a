"""Reasons not to believe a hard complaint of a Python checker: correct code draws it too. Starts nothing."""

import keyword
import re
from collections.abc import Sequence
from pathlib import Path

from vouch_verifiers.baseline import headline
from vouch_verifiers.diagnostics import Diagnostic
from vouch_verifiers.toolchains import ty
from vouch_verifiers.toolchains.python_syntax import calls_around, handled_exceptions

_ANY = frozenset({"Exception", "BaseException"})
_HANDLERS = {
    "import-not-found": _ANY | {"ImportError", "ModuleNotFoundError"},
    "missing-module-member": _ANY | {"ImportError", "AttributeError"},
    "missing-attribute": frozenset({"AttributeError"}),
    # Not for a broad clause: it turns a misspelt name into a wrong result.
    "unresolved-reference": frozenset({"NameError"}),
}
_MODULE_RULES = frozenset({"missing-attribute", "missing-module-member"})
_CALLED = re.compile(r" (?:of|to) (?:function |bound method )?`([\w.]+)`")
_NAMED = re.compile(r"Name `(\w+)`")
_IMPORTED = re.compile(r"module `([\w.]+)`")
_CONSTRUCTORS = frozenset({"__init__", "__new__"})
# Ways in which a module gets names that no checker sees.
_DYNAMIC_NAMES = re.compile(
    r"\bglobals\(\)\s*(\.update|\.setdefault|\[)|\b(exec|_convert_)\s*\(|\bsetattr\(\s*\w*(sys\.modules|builtins)"
)
# Signs that a file knows of other platforms, whose modules look different there.
_PLATFORMS = re.compile(r"\b(sys\.platform|sys\.implementation|os\.name|platform\.system|hasattr)\b")


def doubtful(said: Diagnostic, text: str, *, known: frozenset[str], places: Sequence[Path]) -> bool:
    """Whether a complaint about `text` may well be drawn by a correct program.

    `known` are the headlines of complaints about the file without the candidate: a name that the person uses
    as well, unseen by the checker, comes from somewhere or is still to be written. `places` are the
    directories in which a module may lie when the file is run.
    """
    if said.rule in ty.CALL_RULES:
        return not _plain_call(said, text)
    if said.rule not in _HANDLERS:
        return False
    if headline(said) in known:
        return True
    if said.rule == "unresolved-reference" and (_names_keyword(said) or _DYNAMIC_NAMES.search(text)):
        return True
    if said.rule in _MODULE_RULES and _PLATFORMS.search(text):
        return True
    if said.rule == "import-not-found" and _lies_somewhere(said, places):
        return True
    handled = handled_exceptions(text, line=said.start_line, column=said.start_column)
    return bool(handled & _HANDLERS[said.rule])


def _plain_call(said: Diagnostic, text: str) -> bool:
    """Whether the function complained of is called under its own name, with every argument written out.

    Of a value in a variable or a table a checker often knows but one of the functions that it may be.
    """
    called = [
        it.rpartition(".")[2] for it in calls_around(text, line=said.start_line, column=said.start_column)
    ]
    match = _CALLED.search(headline(said))
    if match is None:
        # The constructors of data classes and named tuples are spoken of without a name.
        return any(it[:1].isupper() and not it.isupper() for it in called)
    *owner, name = match[1].split(".")
    if name in _CONSTRUCTORS and owner:
        name = owner[-1]
    return name in called


def _lies_somewhere(said: Diagnostic, places: Sequence[Path]) -> bool:
    match = _IMPORTED.search(headline(said))
    if match is None or match[1].startswith("."):
        return False
    *packages, name = match[1].split(".")
    for place in places:
        folder = place.joinpath(*packages)
        if (folder / name).is_dir() or (folder.is_dir() and any(folder.glob(f"{name}.*"))):
            return True
    return False


def _names_keyword(said: Diagnostic) -> bool:
    """A parser that lost its way takes keywords for names."""
    match = _NAMED.search(headline(said))
    return match is not None and keyword.iskeyword(match[1])
