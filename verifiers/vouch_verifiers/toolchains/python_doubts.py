"""Reasons not to believe a hard complaint of a Python checker: correct code draws it too. Starts nothing."""

import keyword
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from vouch_verifiers.baseline import headline
from vouch_verifiers.diagnostics import Diagnostic
from vouch_verifiers.plain_files import read_plain
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
_CALLED = re.compile(r" (?:of|to) (?:function |bound method )?`([\w.]+)`")
_NAMED = re.compile(r"Name `(\w+)`")
_IMPORTED = re.compile(r"module `([\w.]+)`")
_MODULE = re.compile(r"Module `([\w.]+)`")
_STAR = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+\*", re.MULTILINE)
_CONSTRUCTORS = frozenset({"__init__", "__new__"})
# Ways in which a module gets names that no checker sees.
_DYNAMIC_NAMES = re.compile(
    r"\bglobals\(\)\s*(\.update|\.setdefault|\[)|\b(exec|_convert_)\s*\(|\bglobal_enum\b"
    r"|\bsetattr\(\s*\w*(sys\.modules|builtins)|\bsys\.modules\[__name__\]\s*="
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
    match said.rule:
        case "unresolved-reference":
            unseen = _names_keyword(said) or _gets_names_unseen(text, places)
        case "import-not-found":
            unseen = _lies_somewhere(said, places)
        case _:
            module = _MODULE.match(headline(said))
            unseen = bool(_PLATFORMS.search(text)) or (module is not None and _is_dynamic(module[1], places))
    if unseen:
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


def _gets_names_unseen(text: str, places: Sequence[Path]) -> bool:
    return bool(_DYNAMIC_NAMES.search(text)) or any(_is_dynamic(it, places) for it in _STAR.findall(text))


def _is_dynamic(module: str, places: Sequence[Path]) -> bool:
    """Whether the source of a module shows that it gets names which no checker sees.

    Of the standard library checkers have stubs, which know more than its source shows.
    """
    if module.partition(".")[0] in sys.stdlib_module_names:
        return False
    for place in places:
        stem = place.joinpath(*module.strip(".").split("."))
        for file in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py"):
            try:
                text = read_plain(file).decode("utf-8", "replace")
            except OSError:
                continue
            return _DYNAMIC_NAMES.search(text) is not None
    return False


def _names_keyword(said: Diagnostic) -> bool:
    """A parser that lost its way takes keywords for names."""
    match = _NAMED.search(headline(said))
    return match is not None and keyword.iskeyword(match[1])
