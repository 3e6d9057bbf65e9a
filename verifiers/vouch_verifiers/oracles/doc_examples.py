"""Examples of expected behaviour out of the documentation that a person wrote around the hole.

Text that the candidate itself inserted is no oracle and is never read. Nothing is run here.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from vouch_verifiers.model import Example, Trial
from vouch_verifiers.oracles.doctest_sessions import TRUTHS, Prompt, prompts
from vouch_verifiers.oracles.example_trust import Reading, trusted
from vouch_verifiers.oracles.expressions import BUILTINS, bound_names, free_names, parse_module
from vouch_verifiers.oracles.module_map import module_map, module_names
from vouch_verifiers.oracles.probes import probes
from vouch_verifiers.oracles.prose_examples import claims
from vouch_verifiers.oracles.scope import Scope, scope_of
from vouch_verifiers.oracles.source_tree import Definition, Docstring
from vouch_verifiers.oracles.stale_names import renamed, stale_name
from vouch_verifiers.oracles.subjects import Claim, Subject

__all__ = ["extract", "probes"]

# Modules that draw on a screen; what uses them is left out with them.
WINDOWS = frozenset({"matplotlib", "pylab", "tkinter", "turtle", "curses"})
HEADING = re.compile(
    r"^\W*(?:for\s+|some\s+|usage\s+|more\s+)?(?:examples?|usage|doctests?|samples?)(?:\s+usage)?\s*(\d*)\W*$|^\W*examples?\s*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One piece of documentation: a docstring or a comment, and the definition it stands on."""

    text: str
    line: int
    docstring: Docstring | None
    owner: Definition | None


def extract(trial: Trial) -> tuple[Example, ...]:
    """The examples for a trial's candidate, in the order in which they are to be run.

    They are the prompts and the looser notations in the documentation of the function around the hole, of its
    class, and where both are silent the module's own prompts that call the function.
    """
    scope = scope_of(trial)
    if not _is_documented(scope):
        return ()
    known = BUILTINS | module_names(trial.after)
    readings: list[Reading] = []
    for subject in _subjects(scope, known):
        readings += _readings_of(subject, scope, trial)
    return tuple(_numbered(trusted(readings), scope.qualified_name))


def _is_documented(scope: Scope) -> bool:
    """False where no text around can hold an example, so that the file need not be read any further."""
    around = [*scope.enclosing, *scope.inserted]
    return scope.module_docstring is not None or any(it.docstring or it.comment for it in around)


def _subjects(scope: Scope, known: frozenset[str]) -> Iterator[Subject]:
    """The functions whose documentation counts: the one a caller can name, else those that were inserted."""
    entry = scope.entry
    if entry is not None:
        yield Subject(function=entry, heads=_heads(entry), known=known)
        return
    for it in scope.inserted:
        if it.is_function:
            yield Subject(function=it, heads=_heads(it), known=known, fixed=False)


def _heads(function: Definition) -> tuple[str, ...]:
    """How a call of it may begin: its own name, or for a method its class."""
    if function.is_property:
        return ()
    owner, _, name = function.qualified_name.rpartition(".")
    return (owner,) if owner else (name,)


def _readings_of(subject: Subject, scope: Scope, trial: Trial) -> list[Reading]:
    found: list[Reading] = []
    for page in _pages(subject, scope):
        found += _read(page, subject, scope, trial, section=len(found))
    if not _states_something(found):
        found = list(_stale(subject, scope, trial)) or found
    if not _states_something(found) and scope.module_docstring is not None:
        page = _page(scope.module_docstring, None)
        found = list(_sessions(page, subject, scope, trial))
    return found


def _states_something(readings: Iterable[Reading]) -> bool:
    return any(it.example.mode != "exec" for it in readings)


def _stale(subject: Subject, scope: Scope, trial: Trial) -> Iterator[Reading]:
    """The examples of a function's own docstring that call it by a name it no longer has."""
    function = subject.function
    if function.docstring is None or function.is_method:
        return
    former = stale_name(function.docstring.written, function.name, subject.known)
    if former is not None:
        page = _page(renamed(function.docstring, former, function.name), function)
        yield from _read(page, subject, scope, trial, section=0)


def _pages(subject: Subject, scope: Scope) -> Iterator[Page]:
    """A class is read before its method, so that what it sets up exists."""
    around = [it for it in scope.enclosing if it.start <= subject.function.start]
    for definition in [*reversed(around), *([] if subject.function in around else [subject.function])]:
        if definition.docstring is not None:
            yield _page(definition.docstring, definition)
        if definition.comment and definition == subject.function:
            yield Page(
                text=definition.comment, line=definition.comment_line, docstring=None, owner=definition
            )


def _page(docstring: Docstring, owner: Definition | None) -> Page:
    return Page(text=docstring.written, line=docstring.line, docstring=docstring, owner=owner)


def _read(page: Page, subject: Subject, scope: Scope, trial: Trial, *, section: int) -> Iterator[Reading]:
    """The prompts and the claims of one page, each line read once, in the order in which they stand."""
    sessions = list(_sessions(page, subject, scope, trial))
    taken = {line for it in sessions if it.example.mode != "exec" for line in it.lines}
    headings = [number for number, line in enumerate(page.text.split("\n")) if _is_heading(line)]
    loose: list[Reading] = []
    for claim in claims(page.text, subject):
        lines = range(page.line + claim.line, page.line + claim.last_line + 1)
        if taken.isdisjoint(lines) and not _is_inserted(lines, scope):
            heading = max((it for it in headings if it <= claim.line), default=-1)
            loose += _claimed(claim, lines, subject, section=1000 * section + heading + 1)
    claimed = {line for it in loose for line in it.lines}
    kept = [it for it in sessions if it.example.mode != "exec" or claimed.isdisjoint(it.lines)]
    return iter(sorted([*kept, *loose], key=lambda it: it.lines.start))


def _is_heading(line: str) -> bool:
    """True for a line that opens a section of examples; "Example 2" goes on with the one before."""
    heading = HEADING.match(line)
    return heading is not None and heading[1] in (None, "", "0", "1")


def _is_inserted(lines: range, scope: Scope) -> bool:
    return scope.start < scope.end and lines.start <= scope.lines[-1] and scope.lines[0] <= lines[-1]


def _claimed(claim: Claim, lines: range, subject: Subject, *, section: int) -> Iterator[Reading]:
    """A claim as an example; what an asynchronous function or a generator gives is collected first."""
    function = subject.function
    code = claim.call
    if function.is_generator and (
        function.is_async or claim.mode != "value" or claim.expected[:1] not in "[("
    ):
        return
    if function.is_generator:
        code = f"{'list' if claim.expected[0] == '[' else 'tuple'}({code})"
    if function.is_async:
        yield Reading(
            example=_example("import asyncio", "exec", lines, "prose"), lines=lines, section=section
        )
        code = f"asyncio.run({code})"
    example = replace(_example(code, claim.mode, lines, "prose"), expected=claim.expected)
    yield Reading(example=example, lines=lines, section=section)


def _sessions(page: Page, subject: Subject, scope: Scope, trial: Trial) -> Iterator[Reading]:
    """The prompts of a page that can be run here: those whose names exist."""
    if page.docstring is None:
        return
    known = subject.known
    anything = any(it.imports_all for it in module_map(trial.after))
    for prompt, is_about in _relevant(prompts(page.docstring), page, subject):
        lines = range(page.line + prompt.line, page.line + prompt.last_line + 1)
        unqualified = replace(prompt, source=_unqualified(prompt.source, trial.path.stem, known))
        example = _of_prompt(unqualified, lines, trial) if not _is_inserted(lines, scope) else None
        statements = unqualified.statements or []
        binds = bound_names(statements)
        if example is None or not (anything or free_names(statements) <= known):
            # What a prompt that is left out would have bound is not what stands under that name.
            known -= binds - _imported(statements, trial)
            continue
        known |= binds
        if not is_about:
            if example.mode == "raises":
                continue
            example = replace(example, mode="exec", expected="")
        yield Reading(example=example, lines=lines, section=-1)


def _unqualified(source: str, module: str, known: frozenset[str]) -> str:
    """Source without the file's own module name before names of the file, where nothing binds that name."""
    tree = parse_module(source) if module not in known and f"{module}." in source else None
    if tree is None:
        return source
    return ast.unparse(_Unqualifier(module, known).visit(tree))


class _Unqualifier(ast.NodeTransformer):
    """Turns `module.name` into `name`."""

    def __init__(self, module: str, known: frozenset[str]) -> None:
        self._module = module
        self._known = known

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        match node.value:
            case ast.Name(id=name) if name == self._module and node.attr in self._known:
                return ast.Name(id=node.attr, ctx=node.ctx)
            case _:
                return self.generic_visit(node)


def _relevant(found: Iterable[Prompt], page: Page, subject: Subject) -> list[tuple[Prompt, bool]]:
    """Prompts up to the last that matters, with whether their outcome says something of the function.

    In its own documentation every outcome does. In its class's those from its first mention on; in the
    module's those that call it. The others only prepare.
    """
    prompts_ = list(found)
    function = subject.function
    if page.owner is not None and page.owner.is_function:
        return [(it, True) for it in prompts_]
    if page.owner is not None and function.name.startswith("__"):
        return [(it, True) for it in prompts_]
    before = r"\." if function.is_method else r"(?<!\w)"
    pattern = re.compile(before + re.escape(function.name) + r"\b")
    mentions = [pattern.search(it.source) is not None for it in prompts_]
    if not any(mentions):
        return []
    first, last = mentions.index(True), len(mentions) - mentions[::-1].index(True)
    if page.owner is not None:
        return [(it, number >= first) for number, it in enumerate(prompts_)]
    return list(zip(prompts_, mentions, strict=True))[:last]


def _of_prompt(prompt: Prompt, lines: range, trial: Trial) -> Example | None:
    """A prompt as an example; None where it is to be skipped or does not parse."""
    statements = prompt.statements
    if prompt.skipped or not statements:
        return None
    expression = prompt.expression
    if prompt.exception:
        wanted_error = f"{prompt.exception}: {prompt.message}" if prompt.message else prompt.exception
        return replace(_example(prompt.source, "raises", lines), expected=wanted_error)
    if not prompt.want.strip():
        return _without_want(prompt, statements, lines, trial)
    wanted = prompt.wanted
    if expression is not None and wanted is not None and not _is_print(expression):
        return replace(_example(prompt.source, "value", lines), expected=prompt.want.strip())
    if expression is not None and wanted is None and _is_followed_by_prose(prompt.want):
        return None
    mode = "print" if expression is not None and _is_print(expression) else "text"
    want = re.sub(r"^[^\S\n]*<BLANKLINE>[^\S\n]*$", "", prompt.want, flags=re.MULTILINE)
    return replace(_example(prompt.source, mode, lines), expected=want)


def _without_want(prompt: Prompt, statements: list[ast.stmt], lines: range, trial: Trial) -> Example | None:
    match statements:
        case [ast.Assert(test=test)]:
            return _example(ast.unparse(test), "truth", lines)
        case [ast.Expr(value=value)] if _is_truth(value):
            return _example(prompt.source, "truth", lines)
        case [ast.Import(names=names)] if any(it.name.split(".")[0] in WINDOWS for it in names):
            return None
        case [ast.ImportFrom() as statement]:
            code = _outside_import(statement, trial)
            return _example(code, "exec", lines) if code else None
        case _:
            return _example(prompt.source, "exec", lines)


def _is_truth(node: ast.expr) -> bool:
    """True for an expression that is shown because it holds: comparisons and predicates."""
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BoolOp(values=values):
            return all(_is_truth(it) for it in values)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in TRUTHS
        case _:
            return False


def _is_print(node: ast.expr) -> bool:
    """True for a call of something that prints, by its name: `print`, `pprint.pprint`, `_pprint`."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.endswith("print")
        case _:
            return False


def _is_followed_by_prose(want: str) -> bool:
    """True where a literal is followed by sentences without an empty line between: unclear where it ends."""
    first, *rest = want.strip().split("\n")
    whole = Prompt(source="", want=first, line=0, last_line=0).wanted
    return whole is not None and any(len(re.findall(r"[^\W\d]{2,}", it)) > 2 for it in rest)


def _imported(statements: list[ast.stmt], trial: Trial) -> frozenset[str]:
    """Names that an import takes from the file itself, so that they exist without it."""
    if not all(isinstance(it, ast.ImportFrom) for it in statements):
        return frozenset()
    return bound_names(statements) & module_names(trial.after)


def _outside_import(statement: ast.ImportFrom, trial: Trial) -> str:
    """An import without what the file itself defines: taken from elsewhere, it would hide the candidate."""
    own = {trial.path.stem, *(it.name for it in trial.path.parents)}
    module = (statement.module or "").split(".")
    if statement.level == 0 and not own & {module[0], module[-1]}:
        return ast.unparse(statement)
    defined = module_names(trial.after)
    kept = [it for it in statement.names if it.name not in defined]
    lines = [f"{it.asname} = {it.name}" for it in statement.names if it.name in defined and it.asname]
    if kept:
        lines.insert(
            0, ast.unparse(ast.ImportFrom(module=statement.module, names=kept, level=statement.level))
        )
    return "\n".join(lines)


def _example(code: str, mode: str, lines: range, origin: str = "doc") -> Example:
    return Example(id="", code=code, mode=mode, line=lines.start, origin=origin)


def _numbered(readings: Iterable[Reading], name: str) -> Iterator[Example]:
    """Examples with ids that do not depend on lines, so that they are the same for every candidate."""
    for number, it in enumerate(readings, 1):
        yield replace(it.example, id=f"{name}#{number}")
