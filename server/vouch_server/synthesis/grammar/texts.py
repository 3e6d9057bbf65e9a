"""Operations on strings."""

from collections.abc import Callable
from typing import Final

from vouch_server.synthesis.grammar.notation import op
from vouch_server.synthesis.grammar.terms import ADD, Term, literal, render
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


def write_concatenation(term: Term) -> str:
    """A chain of `+` on strings; as an f-string where literal and computed pieces alternate and none needs quotes."""
    pieces = list(_pieces(term))
    if len(pieces) > 2 or any(it.does == "str" for it in pieces):
        written = [_formatted(it) for it in pieces]
        if any(it.op.constant for it in pieces) and all(it is not None for it in written):
            return 'f"' + "".join(it for it in written if it is not None) + '"'
    return " + ".join(render(it, ADD + 1) for it in pieces)


def _pieces(term: Term) -> list[Term]:
    if term.does == "concat":
        return [piece for arg in term.args for piece in _pieces(arg)]
    return [term]


def _formatted(piece: Term) -> str | None:
    if piece.op.constant:
        text = str(piece.values[0])
        quotable = literal(text) == f'"{text}"'
        return text.replace("{", "{{").replace("}", "}}") if quotable else None
    inner = piece.args[0] if piece.does == "str" else piece
    text = render(inner)
    return None if any(it in text for it in "\"'\\{}!") else f"{{{text}}}"


TEXTS: Final = (
    op("upper", "{0}.upper()", str.upper, "str", 2),
    op("lower", "{0}.lower()", str.lower, "str", 2),
    op("title", "{0}.title()", str.title, "str", 3),
    op("capitalize", "{0}.capitalize()", str.capitalize, "str", 3),
    op("swapcase", "{0}.swapcase()", str.swapcase, "str", 4),
    op("strip", "{0}.strip()", str.strip, "str", 2),
    op("lstrip", "{0}.lstrip()", str.lstrip, "str", 4),
    op("rstrip", "{0}.rstrip()", str.rstrip, "str", 4),
    op("strip", "{0}.strip({1})", str.strip, "str str", 5),
    op("lstrip", "{0}.lstrip({1})", str.lstrip, "str str", 5),
    op("rstrip", "{0}.rstrip({1})", str.rstrip, "str str", 5),
    op("split", "{0}.split()", str.split, "str", 2),
    op("split", "{0}.split({1})", str.split, "str str", 4),
    op("splitlines", "{0}.splitlines()", str.splitlines, "str", 4),
    op("isdigit", "{0}.isdigit()", str.isdigit, "str", 3),
    op("isalpha", "{0}.isalpha()", str.isalpha, "str", 4),
    op("isalnum", "{0}.isalnum()", str.isalnum, "str", 4),
    op("isupper", "{0}.isupper()", str.isupper, "str", 4),
    op("islower", "{0}.islower()", str.islower, "str", 4),
    op("isspace", "{0}.isspace()", str.isspace, "str", 4),
    op("startswith", "{0}.startswith({1})", str.startswith, "str str", 4),
    op("endswith", "{0}.endswith({1})", str.endswith, "str str", 4),
    op("removeprefix", "{0}.removeprefix({1})", str.removeprefix, "str str", 5),
    op("removesuffix", "{0}.removesuffix({1})", str.removesuffix, "str str", 5),
    op("count", "{0}.count({1})", str.count, "str str", 4),
    op("find", "{0}.find({1})", str.find, "str str", 4),
    op("replace", "{0}.replace({1}, {2})", _replaced, "str str str", 4),
    op("zfill", "{0}.zfill({1})", _padded(str.zfill), "str int", 5),
    op("ljust", "{0}.ljust({1})", _padded(str.ljust), "str int", 6),
    op("rjust", "{0}.rjust({1})", _padded(str.rjust), "str int", 6),
    op("center", "{0}.center({1})", _padded(str.center), "str int", 6),
    op("rjust", "{0}.rjust({1}, {2})", _padded(str.rjust), "str int str", 6),
    op("ljust", "{0}.ljust({1}, {2})", _padded(str.ljust), "str int str", 6),
    op("join", "{0}.join({1})", _joined, "str items:str|iter:str|str", 3),
    op("concat", "{0} + {1}", lambda a, b: small(a + b), "str str", 3, write=write_concatenation),
    op("repeat", "{0} * {1}", _repeated, "str int", 4),
    op("contains", "{0} in {1}", lambda a, b: a in b, "str str", 4),
    op("absent", "{0} not in {1}", lambda a, b: a not in b, "str str", 5),
    op("str", "str({0})", _text, "num", 5),
    op("int", "int({0})", _integer, "str", 3),
    op("int_base", "int({0}, 2)", lambda a: small(int(a, 2)), "str", 6),
    op("parse_float", "float({0})", float, "str", 4),
    op("ord", "ord({0})", ord, "str", 5),
    op("chr", "chr({0})", chr, "int", 5),
    op("bin", "bin({0})", bin, "int", 6),
    op("hex", "hex({0})", hex, "int", 6),
    op("binary", 'format({0}, "b")', lambda a: format(a, "b"), "int", 7),
)
