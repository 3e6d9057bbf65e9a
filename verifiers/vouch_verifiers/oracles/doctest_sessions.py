"""Reads `>>>` sessions out of documentation with the standard library's parser, one prompt at a time.

One prompt that is broken does not cost the others. It knows the text only, not whose documentation it is.
"""

import ast
import doctest
import re
import textwrap
from dataclasses import dataclass, field

from vouch_verifiers.oracles.expressions import is_literal, parse_expression, parse_module
from vouch_verifiers.oracles.source_tree import Docstring

PROMPT = re.compile(r"(\s*)>>>(?: (.*)|$|(?=\S)(.*))")
IPYTHON = re.compile(r"(\s*)(?:In ?\[\d*\]: ?(.*)|Out ?\[\d*\]: ?(.*))$")
DIRECTIVE = re.compile(r"#\s*doctest:[^\n]*")
EXCEPTION = re.compile(
    r"(?:[^\W\d]\w*\.)*([A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration))\b(?:: ?(.*))?"
)
TRUTHS = frozenset({"isinstance", "issubclass", "all", "any", "callable", "hasattr", "isclose", "bool"})
# What numpy and those after it write beside an output that differs from run to run.
UNSTABLE = re.compile(r"#\s*(?:may vary|random|varies)\b", re.IGNORECASE)
FLAGS = {value: name for name, value in doctest.OPTIONFLAGS_BY_NAME.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One `>>>` and what belongs to it. Lines are 0-based within the text; `options` name doctest flags."""

    source: str
    want: str
    line: int
    last_line: int
    exception: str = ""
    message: str = ""
    options: frozenset[str] = field(default_factory=frozenset)
    skipped: bool = False

    @property
    def statements(self) -> list[ast.stmt] | None:
        """What the source parses as; None where it does not."""
        module = parse_module(self.source)
        return module.body if module is not None else None

    @property
    def expression(self) -> ast.expr | None:
        """The source as one expression; None where it is anything else."""
        return parse_expression(self.source)

    @property
    def wanted(self) -> ast.expr | None:
        """The wanted output as a literal; None where it is text."""
        node = parse_expression(self.want) if self.want.strip() else None
        return node if node is not None and is_literal(node) else None


def prompts(docstring: Docstring) -> tuple[Prompt, ...]:
    """The prompts of a docstring, lines counted from its first line.

    They are read from the text as the person wrote it; where only Python's own reading has them, because the
    docstring is one line with `\\n` in it, from that.
    """
    written = read(docstring.written)
    evaluated = read(docstring.value)
    if len(evaluated) > len(written):
        return evaluated
    if len(evaluated) != len(written):
        return written
    return tuple(_better(*pair) for pair in zip(written, evaluated, strict=True))


def read(text: str) -> tuple[Prompt, ...]:
    """The prompts of a text, in order."""
    lines = [_as_prompt(it) for it in text.replace("\r\n", "\n").split("\n")]
    found = []
    number = 0
    while number < len(lines):
        if PROMPT.match(lines[number]):
            prompt = _read_one(lines, number)
            found.append(prompt)
            number = prompt.last_line
        number += 1
    return tuple(found)


def _better(written: Prompt, evaluated: Prompt) -> Prompt:
    """As written, unless the output is text with control characters in it, which only Python reads."""
    if written.want == evaluated.want or written.wanted is not None or written.source != evaluated.source:
        return written
    return Prompt(
        source=written.source,
        want=evaluated.want,
        line=written.line,
        last_line=written.last_line,
        exception=evaluated.exception,
        message=evaluated.message,
        options=written.options,
        skipped=written.skipped,
    )


def _as_prompt(line: str) -> str:
    """IPython's `In [1]:` and `Out[1]:` as Python's own prompt and output."""
    cell = IPYTHON.match(line)
    if cell is None:
        return line
    return f"{cell[1]}>>> {cell[2]}" if cell[2] is not None else cell[1] + cell[3]


def _read_one(lines: list[str], first: int) -> Prompt:
    start = PROMPT.match(lines[first])
    assert start is not None
    indent = len(start[1])
    source = [start[2] or start[3] or ""]
    number = first + 1
    while (
        number < len(lines)
        and re.match(r"\s*\.\.\.( |$)", lines[number])
        and _continues(source, lines[number])
    ):
        source.append(lines[number].lstrip()[4:])
        number += 1
    want = []
    while number < len(lines) and _is_output(lines[number], indent):
        want.append(lines[number][indent:])
        number += 1
    if first == 0:
        # The first line stands right behind the quotes, so its own indent says nothing of the others'.
        want = textwrap.dedent("\n".join(want)).split("\n") if want else []
    return _parsed("\n".join(source), want, first, number - 1)


def _continues(source: list[str], line: str) -> bool:
    """False for an output that is just `...`, which stands below a simple statement that is whole."""
    if line.strip() != "...":
        return True
    module = parse_module("\n".join(source))
    return module is None or not module.body or hasattr(module.body[-1], "body")


def _is_output(line: str, indent: int) -> bool:
    shallow = len(line) - len(line.lstrip()) < indent
    return (
        bool(line.strip()) and not PROMPT.match(line) and not line.lstrip().startswith("```") and not shallow
    )


def _parsed(source: str, want: list[str], first: int, last: int) -> Prompt:
    """The standard library's reading of one prompt, its unknown directives left out."""
    skipped = any("SKIP" in it for it in DIRECTIVE.findall(source))
    if UNSTABLE.search("\n".join([source, *want])):
        want = []
    try:
        example = _example(source, want)
    except ValueError:
        source = DIRECTIVE.sub("", source)
        try:
            example = _example(source, want)
        except ValueError:
            return Prompt(source=source, want="\n".join(want), line=first, last_line=last, skipped=skipped)
    exception, message = _exception(example, want)
    return Prompt(
        source=DIRECTIVE.sub("", source).rstrip(),
        want="\n".join(want),
        line=first,
        last_line=last,
        exception=exception,
        message=message,
        options=frozenset(FLAGS[flag] for flag, on in example.options.items() if on),
        skipped=skipped or bool(example.options.get(doctest.SKIP)),
    )


def _example(source: str, want: list[str]) -> doctest.Example:
    head, *rest = source.split("\n")
    block = "\n".join([f">>> {head}", *(f"... {it}" for it in rest), *want]) + "\n"
    examples = doctest.DocTestParser().get_examples(block)
    if len(examples) != 1:
        raise ValueError("not one prompt")
    return examples[0]


def _exception(example: doctest.Example, want: list[str]) -> tuple[str, str]:
    """The type and the message of a wanted exception, also where the traceback is only its last line."""
    text = (example.exc_msg or "").strip()
    if not text and want and want[0].startswith("Traceback"):
        text = want[-1].strip()
    elif not text and len(want) == 1 and parse_expression(example.source) and "print" not in example.source:
        text = want[0].strip()
    found = EXCEPTION.fullmatch(text) if "\n" not in text else EXCEPTION.match(text)
    if found is not None:
        return found[1], (found[2] or "") if "\n" not in text else text.split(": ", 1)[-1]
    if example.exc_msg:
        return text.split(":")[0].split(".")[-1], text.partition(": ")[2]
    return "", ""
