"""Operations on lists, tuples, sets, dictionaries and what they share with strings."""

from collections.abc import Iterable
from typing import Final

from vouch_server.synthesis.grammar.terms import ADD, ANYTHING, ATOM, BARE, COMPARE, CROSS, MULTIPLY, POSTFIX, SIGN, UNION, XOR, Operation
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


def _call(name: str, run: object, *takes: str, slot: int = ANYTHING, **more: object) -> Operation:
    slots = ", ".join(f"{{{place}}}" for place in range(len(takes)))
    return Operation(  # type: ignore[arg-type]
        name=name, template=f"{name}({slots})", run=run, takes=takes, slots=(slot,) * len(takes), **more
    )


def _plain(name: str, template: str, run: object, *takes: str, slots: tuple[int, ...], **more: object) -> Operation:
    return Operation(name=name, template=template, run=run, takes=takes, slots=slots, **more)  # type: ignore[arg-type]


FOLDS: Final = (
    _call("len", len, "iterable", slot=ANYTHING, cost=3, hint=("count", "length", "len", "size", "many", "number", "long", "average", "mean")),
    _call("sum", lambda a: small(sum(a)), "collection:num|collection:bool", slot=BARE, hint=("sum", "total", "add", "average", "mean", "count")),
    _call("max", max, "collection:sortable|str", slot=BARE, cost=3, hint=("max", "maximum", "largest", "biggest", "highest", "greatest", "latest", "peak")),
    _call("min", min, "collection:sortable|str", slot=BARE, cost=3, hint=("min", "minimum", "smallest", "lowest", "least", "earliest")),
    _call("sorted", sorted, "collection:sortable|str", slot=BARE, cost=3, hint=("sort", "order", "ascend", "median", "anagram", "rank", "alphabetical", "second", "smallest")),
    _plain("sorted_down", "sorted({0}, reverse=True)", lambda a: sorted(a, reverse=True), "collection:sortable|str", slots=(ANYTHING,), cost=5, hint=("descend", "largest", "highest", "top", "decreas", "reverse")),
    _call("set", set, "collection:hashable|str", slot=BARE, cost=3, hint=("unique", "distinct", "duplicate", "set", "different", "common", "repeat")),
    _call("any", any, "collection:bool", slot=BARE, hint=("any", "some", "contain", "has", "exist", "least")),
    _call("all", all, "collection:bool", slot=BARE, hint=("all", "every", "each", "valid", "only", "monotonic", "sort", "increas")),
    _call("list", list, "tuple|str|iter|dict", slot=ANYTHING, cost=3, hint=("list", "character")),
    _call("tuple", tuple, "list|iter|str", slot=BARE, cost=4, hint=("tuple", "pair")),
    _call("dict", dict, "list:tuple|iter:tuple|list:list", slot=BARE, cost=3, hint=("dict", "dictionary", "map", "mapping", "zip", "pair")),
    _plain("mean", "sum({0}) / len({0})", lambda a: sum(a) / len(a), "items:num", level=MULTIPLY, slots=(ANYTHING,), cost=6, hint=("average", "mean", "avg")),
    _plain("unique", "list(dict.fromkeys({0}))", lambda a: list(dict.fromkeys(a)), "items:hashable|str", slots=(ANYTHING,), cost=7, hint=("unique", "duplicate", "distinct", "dedup", "dedupe", "order", "once")),
    _plain("counts", "{{it: {0}.count(it) for it in {0}}}", _counted, "items:hashable|str", level=ATOM, slots=(POSTFIX,), cost=9, hint=("count", "frequenc", "occur", "histogram", "tally", "often", "occurrence")),
    _plain("palindrome", "{0} == {0}[::-1]", _palindrome, "seq", level=COMPARE, slots=(POSTFIX,), cost=6, hint=("palindrome", "symmetric", "backward", "reverse")),
    _plain("has_duplicates", "len({0}) != len(set({0}))", lambda a: len(a) != len(set(a)), "items:hashable|str", level=COMPARE, slots=(ANYTHING,), cost=8, hint=("duplicate", "repeat", "twice")),
    _plain("all_distinct", "len({0}) == len(set({0}))", lambda a: len(a) == len(set(a)), "items:hashable|str", level=COMPARE, slots=(ANYTHING,), cost=8, hint=("unique", "distinct", "different", "isogram")),
    _plain("ascending", "{0} == sorted({0})", lambda a: a == sorted(a), "list:sortable", level=COMPARE, slots=(POSTFIX,), cost=7, hint=("sort", "ascend", "order", "increas", "monotonic")),
    _plain("same_letters", "sorted({0}) == sorted({1})", lambda a, b: sorted(a) == sorted(b), "seq", "seq", level=COMPARE, slots=(ANYTHING, ANYTHING), cost=8, commutes=True, hint=("anagram", "permutation", "rearrang", "same")),
)

PLACES: Final = (
    _plain("first", "{0}[0]", lambda a: a[0], "seq", slots=(POSTFIX,), cost=3, hint=("first", "head", "initial", "acronym", "begin", "start")),
    _plain("last", "{0}[-1]", lambda a: a[-1], "seq", slots=(POSTFIX,), cost=4, hint=("last", "end", "final", "extension", "tail")),
    _plain("item", "{0}[{1}]", lambda a, b: a[b], "seq", "int", slots=(POSTFIX, ANYTHING), cost=4, hint=("nth", "index", "position", "middle", "second", "kth", "median", "th")),
    _plain("rest", "{0}[1:]", lambda a: a[1:], "seq", slots=(POSTFIX,), cost=5, hint=("rest", "tail", "without", "first", "capital", "except")),
    _plain("front", "{0}[:-1]", lambda a: a[:-1], "seq", slots=(POSTFIX,), cost=6, hint=("without", "last", "except", "drop")),
    _plain("from", "{0}[{1}:]", lambda a, b: a[b:], "seq", "int", slots=(POSTFIX, ANYTHING), cost=4, hint=("last", "rotat", "skip", "drop", "after", "suffix", "from", "shift")),
    _plain("upto", "{0}[:{1}]", lambda a, b: a[:b], "seq", "int", slots=(POSTFIX, ANYTHING), cost=4, hint=("first", "take", "truncat", "prefix", "rotat", "limit", "top", "shorten")),
    _plain("tail", "{0}[-{1}:]", _tail, "seq", "int", slots=(POSTFIX, SIGN), cost=5, hint=("last", "end", "tail", "suffix")),
    _plain("part", "{0}[{1}:{2}]", lambda a, b, c: a[b:c], "seq", "int", "int", slots=(POSTFIX, ANYTHING, ANYTHING), cost=5, hint=("slice", "substring", "chunk", "window", "middle", "batch", "between")),
    _plain("window", "{0}[{1}:{1} + {2}]", lambda a, b, c: a[b : b + c], "seq", "int", "int", slots=(POSTFIX, ADD, ADD + 1), cost=6, hint=("chunk", "window", "group", "batch", "split", "slid", "piece", "ngram")),
    _plain("reverse", "{0}[::-1]", lambda a: a[::-1], "seq", slots=(POSTFIX,), cost=4, hint=("revers", "backward", "palindrome", "mirror", "flip")),
    _plain("step", "{0}[::{1}]", lambda a, b: a[::b], "seq", "int", slots=(POSTFIX, ANYTHING), cost=5, hint=("every", "nth", "other", "alternat", "step", "second", "even", "odd")),
    _plain("step_from", "{0}[{1}::{2}]", lambda a, b, c: a[b::c], "seq", "int", "int", slots=(POSTFIX, ANYTHING, ANYTHING), cost=7, hint=("every", "nth", "other", "alternat", "odd", "even")),
    _plain("middle", "{0}[len({0}) // 2]", lambda a: a[len(a) // 2], "seq", slots=(POSTFIX,), cost=9, hint=("middle", "median", "center", "centre")),
)

LISTS: Final = (
    _plain("extend", "{0} + {1}", lambda a, b: small(a + b), "list", "list", level=ADD, slots=(ADD, ADD + 1), cost=3, hint=("concat", "append", "rotat", "extend", "join", "combin", "merge", "shift")),
    _plain("join_tuples", "{0} + {1}", lambda a, b: small(a + b), "tuple", "tuple", level=ADD, slots=(ADD, ADD + 1), cost=5),
    _plain("repeat_list", "{0} * {1}", _repeated, "list", "int", level=MULTIPLY, slots=(MULTIPLY, MULTIPLY + 1), cost=5, hint=("repeat", "time", "copie", "fill")),
    _plain("member", "{0} in {1}", lambda a, b: a in b, "hashable", "collection|dict", level=COMPARE, slots=(COMPARE + 1, COMPARE + 1), cost=3, hint=("contain", "in", "member", "has", "common", "both", "intersect", "include")),
    _plain("stranger", "{0} not in {1}", lambda a, b: a not in b, "hashable", "collection|dict", level=COMPARE, slots=(COMPARE + 1, COMPARE + 1), cost=4, hint=("missing", "differ", "without", "remove", "exclud", "not")),
    _plain("index", "{0}.index({1})", lambda a, b: a.index(b), "items|str", "hashable", slots=(POSTFIX, ANYTHING), cost=4, hint=("index", "position", "find", "where")),
    _plain("occurrences", "{0}.count({1})", lambda a, b: a.count(b), "items", "hashable", slots=(POSTFIX, ANYTHING), cost=4, hint=("count", "occur", "often", "many", "once", "unique", "frequent", "duplicate")),
    _plain("pair", "({0}, {1})", lambda a, b: (a, b), "any", "any", level=ATOM, slots=(ANYTHING, ANYTHING), cost=8, hint=("tuple", "swap", "partition")),
    _plain("couple", "[{0}, {1}]", lambda a, b: [a, b], "any", "any", level=ATOM, slots=(ANYTHING, ANYTHING), cost=9),
    _plain("single", "[{0}]", lambda a: [a], "any", level=ATOM, slots=(ANYTHING,), cost=4, hint=("wrap", "append", "prepend", "single", "insert")),
    _call("zip", lambda a, b: list(zip(a, b, strict=False)), "seq", "seq", slot=ANYTHING, cost=4, gives="iter:tuple", hint=("zip", "pair", "combin", "dot", "dictionary", "map", "interleav", "both")),
    _call("enumerate", lambda a: list(enumerate(a)), "seq", slot=ANYTHING, cost=5, gives="iter:tuple", hint=("enumerate", "index", "number")),
    _plain("range", "range({0})", _ranged, "int", slots=(ANYTHING,), cost=4, gives="iter:int", hint=("range", "first", "up", "number", "sum", "count")),
    _plain("range_from", "range({0}, {1})", _ranged, "int", "int", slots=(ANYTHING, ANYTHING), cost=5, gives="iter:int", hint=("range", "between", "from", "to")),
    _plain("naturals", "range(1, {0} + 1)", lambda n: _ranged(1, n + 1), "int", slots=(ADD,), cost=6, gives="iter:int", hint=("range", "up", "first", "factorial", "sum", "divisor", "factor", "number", "from", "to", "inclusive")),
    _plain("flatten", "[it for row in {0} for it in row]", _flat, "items:list|items:tuple", level=ATOM, slots=(ANYTHING,), cost=8, hint=("flatten", "flat", "nested", "concat", "merge", "combin")),
    _plain("transpose", "[list(row) for row in zip(*{0})]", _unpackable, "list:list|list:tuple", level=ATOM, slots=(CROSS,), cost=9, hint=("transpos", "column", "matrix", "rotat", "swap")),
)

SETS: Final = (
    _plain("intersection", "{0} & {1}", lambda a, b: a & b, "set", "set", level=CROSS, slots=(CROSS, CROSS + 1), cost=4, commutes=True, hint=("common", "intersect", "both", "shar", "overlap", "similar", "jaccard")),
    _plain("union", "{0} | {1}", lambda a, b: a | b, "set", "set", level=UNION, slots=(UNION, UNION + 1), cost=4, commutes=True, hint=("union", "either", "combin", "all", "merge", "jaccard")),
    _plain("difference", "{0} - {1}", lambda a, b: a - b, "set", "set", level=ADD, slots=(ADD, ADD + 1), cost=4, hint=("differ", "missing", "without", "only", "not", "except")),
    _plain("either", "{0} ^ {1}", lambda a, b: a ^ b, "set", "set", level=XOR, slots=(XOR, XOR + 1), cost=5, commutes=True, hint=("symmetric", "exactly", "xor")),
    _plain("subset", "{0} <= {1}", lambda a, b: a <= b, "set", "set", level=COMPARE, slots=(COMPARE + 1, COMPARE + 1), cost=4, hint=("subset", "contain", "all", "pangram", "every")),
    _plain("disjoint", "{0}.isdisjoint({1})", lambda a, b: a.isdisjoint(b), "set", "collection|str", slots=(POSTFIX, ANYTHING), cost=5, hint=("disjoint", "overlap", "common", "shar")),
)

MAPPINGS: Final = (
    _plain("keys", "{0}.keys()", lambda a: list(a.keys()), "dict", slots=(POSTFIX,), cost=4, gives="iter:?", hint=("key",)),
    _plain("values", "{0}.values()", lambda a: list(a.values()), "dict", slots=(POSTFIX,), cost=3, hint=("value", "total", "sum")),
    _plain("items", "{0}.items()", lambda a: list(a.items()), "dict", slots=(POSTFIX,), cost=3, gives="iter:tuple", hint=("item", "pair", "invert", "filter", "entrie")),
    _plain("get", "{0}.get({1})", lambda a, b: a.get(b), "dict", "hashable", slots=(POSTFIX, ANYTHING), cost=4, hint=("get", "lookup", "look", "find")),
    _plain("get_or", "{0}.get({1}, {2})", lambda a, b, c: a.get(b, c), "dict", "hashable", "any", slots=(POSTFIX, ANYTHING, ANYTHING), cost=4, hint=("get", "default", "lookup", "look", "fallback")),
    _plain("lookup", "{0}[{1}]", lambda a, b: a[b], "dict", "hashable", slots=(POSTFIX, ANYTHING), cost=3, hint=("get", "lookup", "translate", "value", "roman", "score", "sum", "total", "map")),
    _plain("merge", "{{**{0}, **{1}}}", lambda a, b: small({**a, **b}), "dict", "dict", level=ATOM, slots=(CROSS, CROSS), cost=4, hint=("merge", "combin", "update", "overrid", "join")),
    _plain("best_key", "max({0}, key={0}.get)", lambda a: max(a, key=a.get), "dict", slots=(POSTFIX,), cost=6, hint=("most", "best", "highest", "largest", "winner", "max", "common", "top")),
    _plain("least_key", "min({0}, key={0}.get)", lambda a: min(a, key=a.get), "dict", slots=(POSTFIX,), cost=7, hint=("least", "lowest", "smallest", "min", "cheapest")),
    _plain("mode", "max(set({0}), key={0}.count)", lambda a: max(dict.fromkeys(a), key=list(a).count), "items:hashable|str", slots=(POSTFIX,), cost=9, hint=("mode", "most", "common", "frequent")),
)

SEQUENCES: Final = FOLDS + PLACES + LISTS + SETS + MAPPINGS
