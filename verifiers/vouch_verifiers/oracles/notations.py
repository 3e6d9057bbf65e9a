"""The vocabulary of loose examples: how people write "this call gives that", and where the value ends.

It reads text at an offset and knows no function, no docstring.
"""

import ast
import re
from dataclasses import dataclass

from vouch_verifiers.oracles.expressions import (
    STRING,
    is_admissible,
    is_literal,
    literal_value,
    parse_expression,
)

MODAL = r"(?:should|would|will|must|shall|needs?\s+to|has\s+to)\s+"
VERB = (
    r"(?:return(?:s|ed)?|be|is|equals?|gives?|evaluates?\s+to|results?\s+in|produces?|outputs?)"
    r"(?:\s+equal\s+to|\s+returned\s+as)?"
)
# White space with at most one line end in it: an example may be broken over two lines, not over a paragraph.
BREAK = r"[^\S\n]*(?:\n[^\S\n]*)?"
ARROW = r"(?:[=\-\u2013\u2014]{1,3}>|[→➞⇒⟹➜➔⟶⟼↦➝⇨])"
SYMBOL = rf"(?:{ARROW}|={{1,3}}(?![=>]))"
NOTATION = re.compile(
    rf"""`{{0,2}}{BREAK}(?:
        (?:(?:\#|//)+[^\S\n]*)?(?:{SYMBOL}){BREAK}(?:(?:{MODAL})?{VERB}\b:?{BREAK})?
      | (?P<remark>(?:\#|//)+)[^\S\n]*(?P<told>(?:{MODAL})?{VERB}\b:?[^\S\n]*)?
      | (?<=[\s`])(?:{MODAL})?{VERB}(?![^\s:`]):?{BREAK}
    )`{{0,2}}""",
    re.VERBOSE | re.IGNORECASE,
)
RAISING = re.compile(
    rf"`{{0,2}}{BREAK}(?:(?:\#|//)\s*)?(?:{SYMBOL}\s*)?(?:{MODAL})?(?P<verb>(?:raise|throw)s?\s+(?:an?\s+)?)?"
    rf"`{{0,2}}(?P<name>(?:[^\W\d]\w*\.)*[A-Z]\w*)(?:\([^\n()]*\))?`{{0,2}}(?![\w(\[])",
    re.IGNORECASE,
)
LINK = re.compile(r"[=\-\u2013\u2014]{1,3}>|[→➞⇒⟹]|={1,3}")
PIECE = re.compile(
    rf"{STRING}|[()\[\]{{}}\n`]|\s\#|^\#|(?:[=\-\u2013\u2014]{{1,3}}>|[→➞⇒⟹]|(?<![=<>!])={{1,3}}(?![=>]))",
    re.DOTALL,
)
HEDGE = re.compile(
    r"\b(?:or|if|when|unless|approx\w*|about|roughly|mod|modulo|maybe|may|might|sometimes|otherwise|depend\w*|"
    r"typical\w*|usual\w*|likely|random\w*|for|where|else|not|plus|minus|times|more|fewer|less)\b",
    re.IGNORECASE,
)
REASON = r"(?:because|since|as|so|which|due\s+to|i\.e\.|[\u2013\u2014]|--)"
TAIL = re.compile(
    rf"""(?:
        \s+(?P<remark>\((?=[^\W\d]).*)
      | \s*[,;]?\s+{REASON}(?!\w).*
      | [,;.]?\s+(?:and|but|while|whereas)\s+`*[^\W\d][\w.]*\(.*
      | [,;]\s+`*[^\W\d][\w.]*\(.*
      | \s*[,;]?\s+(?:and|but|while|whereas)\s*
      | \.\s+(?=[^\W\d_]|$).*
      | \s*//\s.*
    )$""",
    re.VERBOSE | re.DOTALL,
)
EXCEPTION_NAME = re.compile(r"(?:[^\W\d]\w*\.)*[A-Z]?\w*(?:Error|Exception|Warning|Exit|Iteration|Interrupt)")
WORDS_FOR = {"true": "True", "false": "False", "null": "None", "nil": "None"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A wanted value as source text, or the name of a wanted exception; `end` is the offset behind it."""

    source: str
    end: int
    raises: bool = False


def stated(text: str, start: int, known: frozenset[str]) -> Value | None:
    """What the text at `start`, right behind a call, says that the call gives; None where it is not clear."""
    raising = RAISING.match(text, start)
    if raising is not None and (raising["verb"] or NOTATION.match(text, start)):
        name = raising["name"].split(".")[-1]
        tail = text[raising.end() : _line_end(text, raising.end())]
        if EXCEPTION_NAME.fullmatch(name) and name[0].isupper() and not HEDGE.search(tail.split(". ")[0]):
            return Value(source=name, end=raising.end(), raises=True)
    notation = NOTATION.match(text, start)
    if notation is None:
        return None
    if notation["remark"] is not None and notation["told"] is None:
        return _bare_remark(text, notation.end(), known)
    return value_at(text, notation.end(), known)


def value_at(text: str, start: int, known: frozenset[str]) -> Value | None:
    """The value that stands at `start`; None where its end is not clear or it is more than a plain value.

    In a chain such as `1 + 9 = 10` it is the last one.
    """
    end, parts = _pieces(text, start)
    if end is None:
        return None
    *steps, last = parts
    # A comma or an "and" outside brackets opens another statement, and the last value belongs to that one.
    whole = all(_is_step(it) for it in steps)
    found = _trimmed(_cuts(_bare(last)) if whole else _cuts(_bare(parts[0]))[2:], known)
    node = parse_expression(WORDS_FOR.get(found, found)) if found is not None else None
    if found is None or node is None or (whole and steps and not is_literal(node)):
        return None
    begin = end - len(last) if whole else start
    return Value(source=WORDS_FOR.get(found, found), end=text.index(found, begin) + len(found))


def is_lone_in_brackets(source: str) -> bool:
    """True for `("x")`: a value in round brackets without a comma, perhaps meant as a tuple of one."""
    node = parse_expression(source)
    return source.startswith("(") and source.endswith(")") and isinstance(node, ast.Constant)


def _bare_remark(text: str, start: int, known: frozenset[str]) -> Value | None:
    """`f(1)  # 2`: only where the remark is the value and nothing else."""
    line = text[start : _line_end(text, start)].strip()
    node = parse_expression(line)
    if node is None or not is_literal(node) or _is_open_tuple(node, line):
        return None
    return Value(source=line, end=_line_end(text, start))


def _pieces(text: str, start: int) -> tuple[int | None, list[str]]:
    """The rest of a logical line, cut at the signs of a chain; no end where a bracket stays open."""
    parts: list[str] = []
    depth, begin, end = 0, start, len(text)
    for piece in PIECE.finditer(text, start):
        sign = piece.group()
        if sign in "([{" or (depth and sign in ")]}"):
            depth += 1 if sign in "([{" else -1
        elif depth:
            if sign == "\n" and not text[piece.end() : _line_end(text, piece.end())].strip():
                return None, []
        elif LINK.fullmatch(sign):
            parts.append(text[begin : piece.start()])
            begin = piece.end()
        elif len(sign.strip()) < 2 and not (sign == "\n" and _goes_on(text, piece.end())):
            end = piece.start()
            break
    if depth:
        return None, []
    return end, [*parts, text[begin:end]]


def _goes_on(text: str, start: int) -> bool:
    """True where the next line starts with an equals sign and so goes on with the chain."""
    return re.compile(r"[^\S\n]*={1,2}[^\S\n]").match(text, start) is not None


def _is_open_tuple(node: ast.expr, source: str) -> bool:
    return isinstance(node, ast.Tuple) and not source.strip().startswith("(")


def _is_step(source: str) -> bool:
    """True for a link of a chain, such as the sum in `1 + 9 = 10`."""
    node = parse_expression(source)
    return node is not None and not isinstance(node, _CONDITIONS) and not _is_open_tuple(node, source)


_CONDITIONS = (ast.BoolOp, ast.Compare)


def _bare(part: str) -> str:
    return part.strip().removesuffix("`").rstrip()


def _trimmed(cuts: list[tuple[str, str]], known: frozenset[str]) -> str | None:
    """The first of the cuts that is a value; None where it is not clear where the value ends."""
    for source, tail in cuts:
        word = WORDS_FOR.get(source, source)
        node = parse_expression(word)
        if node is None or not is_admissible(node, known):
            continue
        if _is_open_tuple(node, word) or isinstance(node, _CONDITIONS):
            return None
        if tail and HEDGE.search(re.split(r"\.\s+(?=[A-Z])|[^\W\d]\w*\(", tail)[0]):
            return None
        return source if _evaluates(node) else None
    return None


def _cuts(text: str) -> list[tuple[str, str]]:
    """The text as it is, without its last punctuation, and cut where a tail may start; longest first."""
    bare = re.sub(r"[.,;:!]+$", "", text).rstrip()
    cuts = [(bare if text.endswith(".") else text, ""), (bare, "")]
    for place in re.finditer(r"[\s,;.]", text):
        tail = TAIL.match(text, place.start())
        if tail is not None:
            cuts.append((re.sub(r"[.,;]+$", "", text[: tail.start()]).rstrip("` "), tail.group()))
    return [*cuts[:2], *sorted(cuts[2:], key=lambda it: -len(it[0]))]


def _evaluates(node: ast.expr) -> bool:
    """False for a literal that has no value, such as a set of lists."""
    try:
        if is_literal(node):
            literal_value(node)
    except ValueError:
        return False
    return True


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
