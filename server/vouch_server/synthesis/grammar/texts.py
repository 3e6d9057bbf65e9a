"""Operations on strings."""

from collections.abc import Callable
from typing import Final

from vouch_server.synthesis.grammar.terms import (
    ADD,
    ANYTHING,
    BARE,
    COMPARE,
    MULTIPLY,
    POSTFIX,
    Operation,
    Term,
    literal,
    render,
)
from vouch_server.synthesis.values import MAX_LENGTH, Unfit, Value, small


def _repeated(text: str, times: int) -> str:
    if times > MAX_LENGTH or len(text) * times > MAX_LENGTH:
        raise Unfit("repetition too long")
    return text * times


def _replaced(text: str, old: str, new: str) -> str:
    if not old or len(text) + text.count(old) * len(new) > MAX_LENGTH:
        raise Unfit("replacement too long")
    return text.replace(old, new)


def _padded(how: Callable[..., str]) -> Callable[..., str]:
    def pad(text: str, width: int, *fill: str) -> str:
        if width > MAX_LENGTH:
            raise Unfit("padding too wide")
        return how(text, width, *fill)

    return pad


def _joined(separator: str, parts: list[str]) -> str:
    if sum(map(len, parts)) + len(separator) * len(parts) > MAX_LENGTH:
        raise Unfit("text too long")
    return separator.join(parts)


def _text(value: Value) -> str:
    if isinstance(value, int | float):
        return str(value)
    raise TypeError("only numbers are written out")


def _integer(text: str) -> Value:
    if len(text) > 60:
        raise Unfit("number too long")
    return small(int(text))


def _method(name: str, run: Callable[..., Value], takes: tuple[str, ...] = (), **more: object) -> Operation:
    slots = ", ".join(f"{{{place}}}" for place in range(1, len(takes) + 1))
    return Operation(  # type: ignore[arg-type]
        name=name,
        template=f"{{0}}.{name}({slots})",
        run=run,
        takes=("str", *takes),
        slots=(POSTFIX, *(ANYTHING for _ in takes)),
        **more,
    )


def write_concatenation(term: Term) -> str:
    """A chain of `+` on strings; as an f-string where literal and computed pieces alternate and none needs quotes."""
    pieces = list(_pieces(term))
    if len(pieces) > 2 or any(it.op.name == "str" for it in pieces):
        written = [_formatted(it) for it in pieces]
        if any(it.op.constant for it in pieces) and all(it is not None for it in written):
            return 'f"' + "".join(it for it in written if it is not None) + '"'
    return " + ".join(render(it, ADD + 1) for it in pieces)


def _pieces(term: Term) -> list[Term]:
    if term.op.name == "concat":
        return [piece for arg in term.args for piece in _pieces(arg)]
    return [term]


def _formatted(piece: Term) -> str | None:
    if piece.op.constant:
        text = str(piece.values[0])
        quotable = literal(text) == f'"{text}"'
        return text.replace("{", "{{").replace("}", "}}") if quotable else None
    inner = piece.args[0] if piece.op.name == "str" else piece
    text = render(inner)
    return None if any(it in text for it in "\"'\\{}!") else f"{{{text}}}"


TEXTS: Final = (
    _method("upper", str.upper, hint=("upper", "uppercase", "capital", "shout", "loud")),
    _method("lower", str.lower, hint=("lower", "lowercase", "insensitive", "ignor", "case", "slug", "normal")),
    _method("title", str.title, cost=3, hint=("title", "titlecase", "camel", "pascal")),
    _method("capitalize", str.capitalize, cost=3, hint=("capital", "capitaliz", "sentence")),
    _method("swapcase", str.swapcase, cost=4, hint=("swap", "flip", "case", "toggl", "invert")),
    _method("strip", str.strip, hint=("strip", "trim", "white", "whitespace", "clean", "space", "slug")),
    _method("lstrip", str.lstrip, cost=4, hint=("left", "lead", "leading")),
    _method("rstrip", str.rstrip, cost=4, hint=("right", "trail", "trailing")),
    _method("strip", str.strip, ("str",), cost=5, hint=("strip", "trim")),
    _method("lstrip", str.lstrip, ("str",), cost=5, hint=("left", "lead")),
    _method("rstrip", str.rstrip, ("str",), cost=5, hint=("right", "trail")),
    _method("split", str.split, hint=("word", "split", "token", "white", "initial", "acronym", "sentence", "slug", "space", "title")),
    _method("split", str.split, ("str",), cost=4, hint=("split", "separat", "comma", "field", "pars", "part", "extension", "path", "csv", "domain", "delimit", "snake", "kebab")),
    _method("splitlines", str.splitlines, cost=4, hint=("line",)),
    _method("isdigit", str.isdigit, cost=3, hint=("digit", "number", "numeric", "number")),
    _method("isalpha", str.isalpha, cost=4, hint=("letter", "alpha", "alphabet")),
    _method("isalnum", str.isalnum, cost=4, hint=("alphanumeric", "punctuation", "letter", "palindrome")),
    _method("isupper", str.isupper, cost=4, hint=("upper", "uppercase", "capital")),
    _method("islower", str.islower, cost=4, hint=("lower", "lowercase")),
    _method("isspace", str.isspace, cost=4, hint=("space", "blank", "white")),
    _method("startswith", str.startswith, ("str",), cost=4, hint=("start", "begin", "prefix")),
    _method("endswith", str.endswith, ("str",), cost=4, hint=("end", "suffix", "extension")),
    _method("removeprefix", str.removeprefix, ("str",), cost=5, hint=("prefix",)),
    _method("removesuffix", str.removesuffix, ("str",), cost=5, hint=("suffix", "extension")),
    _method("count", str.count, ("str",), cost=4, hint=("count", "occur", "occurrence", "often", "many", "number")),
    _method("find", str.find, ("str",), cost=4, hint=("find", "position", "index", "where")),
    _method("replace", _replaced, ("str", "str"), cost=4, hint=("replac", "remove", "slug", "underscore", "space", "dash", "snake", "kebab", "without", "convert", "delete")),
    _method("zfill", _padded(str.zfill), ("int",), cost=5, hint=("zero", "pad", "fill")),
    _method("ljust", _padded(str.ljust), ("int",), cost=6, hint=("pad", "left", "justif")),
    _method("rjust", _padded(str.rjust), ("int",), cost=6, hint=("pad", "right", "justif")),
    _method("center", _padded(str.center), ("int",), cost=6, hint=("pad", "center", "centre")),
    _method("rjust", _padded(str.rjust), ("int", "str"), cost=6, hint=("pad", "right", "fill")),
    _method("ljust", _padded(str.ljust), ("int", "str"), cost=6, hint=("pad", "left", "fill")),
    Operation(name="join", template="{0}.join({1})", run=_joined, takes=("str", "items:str|iter:str|str"), slots=(POSTFIX, BARE), cost=3, hint=("join", "word", "string", "concat", "combin", "slug", "comma", "separat", "sentence", "between")),
    Operation(name="concat", template="{0} + {1}", run=lambda a, b: small(a + b), takes=("str", "str"), level=ADD, slots=(ADD, ADD + 1), cost=3, write=write_concatenation, hint=("concat", "append", "greet", "prefix", "suffix", "wrap", "surround", "hello", "format")),
    Operation(name="repeat", template="{0} * {1}", run=_repeated, takes=("str", "int"), level=MULTIPLY, slots=(MULTIPLY, MULTIPLY + 1), cost=4, hint=("repeat", "time", "copie", "mask", "star")),
    Operation(name="contains", template="{0} in {1}", run=lambda a, b: a in b, takes=("str", "str"), level=COMPARE, slots=(COMPARE + 1, COMPARE + 1), cost=4, hint=("contain", "substring", "vowel", "in", "has", "include")),
    Operation(name="absent", template="{0} not in {1}", run=lambda a, b: a not in b, takes=("str", "str"), level=COMPARE, slots=(COMPARE + 1, COMPARE + 1), cost=5, hint=("remove", "without", "consonant", "exclud", "strip")),
    Operation(name="str", template="str({0})", run=_text, takes=("num",), slots=(ANYTHING,), cost=5, hint=("digit", "string", "format", "text", "concat")),
    Operation(name="int", template="int({0})", run=_integer, takes=("str",), slots=(ANYTHING,), cost=3, hint=("digit", "int", "integer", "number", "pars", "sum")),
    Operation(name="int_base", template="int({0}, 2)", run=lambda a: small(int(a, 2)), takes=("str",), slots=(ANYTHING,), cost=6, hint=("binary", "decimal", "bit")),
    Operation(name="parse_float", template="float({0})", run=float, takes=("str",), slots=(ANYTHING,), cost=4, hint=("float", "number", "pars")),
    Operation(name="ord", template="ord({0})", run=ord, takes=("str",), slots=(ANYTHING,), cost=5, hint=("ascii", "code", "ordinal", "caesar", "shift", "alphabet", "letter")),
    Operation(name="chr", template="chr({0})", run=chr, takes=("int",), slots=(ANYTHING,), cost=5, hint=("ascii", "code", "character", "caesar", "shift", "letter")),
    Operation(name="bin", template="bin({0})", run=bin, takes=("int",), slots=(ANYTHING,), cost=6, hint=("binary", "bit", "base")),
    Operation(name="hex", template="hex({0})", run=hex, takes=("int",), slots=(ANYTHING,), cost=6, hint=("hex", "hexadecimal")),
    Operation(name="binary", template='format({0}, "b")', run=lambda a: format(a, "b"), takes=("int",), slots=(ANYTHING,), cost=7, hint=("binary", "bit", "base")),
)
