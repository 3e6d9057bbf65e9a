"""Operations on lists, tuples, sets, dictionaries and what they share with strings."""

from collections.abc import Iterable
from typing import Final

from vouch_server.synthesis.grammar.notation import op
from vouch_server.synthesis.values import MAX_LENGTH, MAX_RANGE, Unfit, Value, small


def _ranged(*bounds: int) -> list[int]:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise Unfit("range too long")
    return list(numbers)


def _repeated(items: Value, times: int) -> Value:
    if len(items) * times > MAX_LENGTH:
        raise Unfit("repetition too long")
    return items * times


def _tail(items: Value, count: int) -> Value:
    if count < 1:
        raise Unfit("a tail of nothing is written otherwise")
    return items[-count:]


def _flat(rows: Value) -> Value:
    return small([it for row in rows for it in row])


def _palindrome(items: Value) -> bool:
    return bool(items == items[::-1])


def _unpackable(rows: Value) -> Value:
    return [list(row) for row in zip(*rows, strict=False)]


def _counted(items: Iterable[Value]) -> Value:
    counts: dict[Value, int] = {}
    for it in items:
        counts[it] = counts.get(it, 0) + 1
    return counts


FOLDS: Final = (
    op("len", "len({0})", len, "seq|set|dict", 3),
    op("sum", "sum({0})", lambda a: small(sum(a)), "collection:num|collection:bool", 2),
    op("max", "max({0})", max, "collection:sortable|str", 4),
    op("min", "min({0})", min, "collection:sortable|str", 4),
    op("sorted", "sorted({0})", sorted, "collection:sortable|str", 3),
    op(
        "sorted_down",
        "sorted({0}, reverse=True)",
        lambda a: sorted(a, reverse=True),
        "collection:sortable|str",
        5,
    ),
    op("set", "set({0})", set, "collection:hashable|str", 3),
    op("any", "any({0})", any, "collection:bool", 2),
    op("all", "all({0})", all, "collection:bool", 2),
    op("list", "list({0})", list, "tuple|str|iter|dict", 3),
    op("tuple", "tuple({0})", tuple, "list|iter|str", 4),
    op("dict", "dict({0})", dict, "list:tuple|iter:tuple|list:list", 3),
    op("mean", "sum({0}) / len({0})", lambda a: sum(a) / len(a), "items:num", 6),
    op("unique", "list(dict.fromkeys({0}))", lambda a: list(dict.fromkeys(a)), "items:hashable|str", 7),
    op("counts", "{{it: {0}.count(it) for it in {0}}}", _counted, "items:hashable|str", 9),
    op("palindrome", "{0} == {0}[::-1]", _palindrome, "seq", 6),
    op(
        "has_duplicates",
        "len({0}) != len(set({0}))",
        lambda a: len(a) != len(set(a)),
        "items:hashable|str",
        8,
    ),
    op("all_distinct", "len({0}) == len(set({0}))", lambda a: len(a) == len(set(a)), "items:hashable|str", 8),
    op("ascending", "{0} == sorted({0})", lambda a: a == sorted(a), "list:sortable", 7),
    op(
        "same_letters",
        "sorted({0}) == sorted({1})",
        lambda a, b: sorted(a) == sorted(b),
        "seq seq",
        8,
        commutes=True,
    ),
)

PLACES: Final = (
    op("first", "{0}[0]", lambda a: a[0], "seq", 3),
    op("last", "{0}[-1]", lambda a: a[-1], "seq", 3),
    op("item", "{0}[{1}]", lambda a, b: a[b], "seq int", 4),
    op("rest", "{0}[1:]", lambda a: a[1:], "seq", 5),
    op("front", "{0}[:-1]", lambda a: a[:-1], "seq", 6),
    op("from", "{0}[{1}:]", lambda a, b: a[b:], "seq int", 4),
    op("upto", "{0}[:{1}]", lambda a, b: a[:b], "seq int", 4),
    op("tail", "{0}[-{1}:]", _tail, "seq int", 5),
    op("part", "{0}[{1}:{2}]", lambda a, b, c: a[b:c], "seq int int", 5),
    op("window", "{0}[{1}:{1} + {2}]", lambda a, b, c: a[b : b + c], "seq int int", 6),
    op("reverse", "{0}[::-1]", lambda a: a[::-1], "seq", 4),
    op("step", "{0}[::{1}]", lambda a, b: a[::b], "seq int", 5),
    op("step_from", "{0}[{1}::{2}]", lambda a, b, c: a[b::c], "seq int int", 7),
    op("middle", "{0}[len({0}) // 2]", lambda a: a[len(a) // 2], "seq", 9),
)

LISTS: Final = (
    op("extend", "{0} + {1}", lambda a, b: small(a + b), "list list", 3),
    op("join_tuples", "{0} + {1}", lambda a, b: small(a + b), "tuple tuple", 5),
    op("repeat_list", "{0} * {1}", _repeated, "list int", 5),
    op("member", "{0} in {1}", lambda a, b: a in b, "hashable collection|dict", 3),
    op("stranger", "{0} not in {1}", lambda a, b: a not in b, "hashable collection|dict", 4),
    op("index", "{0}.index({1})", lambda a, b: a.index(b), "items|str hashable", 4),
    op("occurrences", "{0}.count({1})", lambda a, b: a.count(b), "items hashable", 4),
    op("pair", "({0}, {1})", lambda a, b: (a, b), "any any", 8),
    op("couple", "[{0}, {1}]", lambda a, b: [a, b], "any any", 9),
    op("single", "[{0}]", lambda a: [a], "any", 4),
    op("zip", "zip({0}, {1})", lambda a, b: list(zip(a, b, strict=False)), "seq seq", 4, gives="iter"),
    op("enumerate", "enumerate({0})", lambda a: list(enumerate(a)), "seq", 5, gives="iter"),
    op("range", "range({0})", _ranged, "int", 4, gives="iter"),
    op("range_from", "range({0}, {1})", _ranged, "int int", 5, gives="iter"),
    op("range_to", "range({0}, {1} + 1)", lambda a, b: _ranged(a, b + 1), "int int", 7, gives="iter"),
    op("naturals", "range(1, {0} + 1)", lambda n: _ranged(1, n + 1), "int", 6, gives="iter"),
    op("flatten", "[it for row in {0} for it in row]", _flat, "items:list|items:tuple", 8),
    op("transpose", "[list(row) for row in zip(*{0})]", _unpackable, "list:list|list:tuple", 9),
)

SETS: Final = (
    op("intersection", "{0} & {1}", lambda a, b: a & b, "set set", 4, commutes=True),
    op("union", "{0} | {1}", lambda a, b: a | b, "set set", 4, commutes=True),
    op("difference", "{0} - {1}", lambda a, b: a - b, "set set", 4),
    op("either", "{0} ^ {1}", lambda a, b: a ^ b, "set set", 5, commutes=True),
    op("subset", "{0} <= {1}", lambda a, b: a <= b, "set set", 4),
    op("disjoint", "{0}.isdisjoint({1})", lambda a, b: a.isdisjoint(b), "set collection|str", 5),
)

MAPPINGS: Final = (
    op("keys", "{0}.keys()", lambda a: list(a.keys()), "dict", 4, gives="iter"),
    op("values", "{0}.values()", lambda a: list(a.values()), "dict", 3, gives="iter"),
    op("items", "{0}.items()", lambda a: list(a.items()), "dict", 3, gives="iter"),
    op("get", "{0}.get({1})", lambda a, b: a.get(b), "dict hashable", 4),
    op("get_or", "{0}.get({1}, {2})", lambda a, b, c: a.get(b, c), "dict hashable any", 4),
    op("lookup", "{0}[{1}]", lambda a, b: a[b], "dict hashable", 3),
    op("merge", "{{**{0}, **{1}}}", lambda a, b: small({**a, **b}), "dict dict", 4),
    op("best_key", "max({0}, key={0}.get)", lambda a: max(a, key=a.get), "dict", 6),
    op("least_key", "min({0}, key={0}.get)", lambda a: min(a, key=a.get), "dict", 7),
    op(
        "mode",
        "max(set({0}), key={0}.count)",
        lambda a: max(dict.fromkeys(a), key=list(a).count),
        "items:hashable|str",
        9,
    ),
)

SEQUENCES: Final = FOLDS + PLACES + LISTS + SETS + MAPPINGS
