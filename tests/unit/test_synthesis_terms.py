"""Terms are written as Python reads them, and mean what they were found to mean."""

import ast
import itertools
import math

import pytest

from vouch_server.synthesis.grammar.bank import Bank
from vouch_server.synthesis.grammar.binders import binders_over
from vouch_server.synthesis.grammar.comprehensions import Elements, Setting
from vouch_server.synthesis.grammar.imported import imported
from vouch_server.synthesis.grammar.numbers import NUMBERS
from vouch_server.synthesis.grammar.sequences import SEQUENCES
from vouch_server.synthesis.grammar.terms import constant, render, variable
from vouch_server.synthesis.grammar.texts import TEXTS
from vouch_server.synthesis.translate import Foreign, Reader
from vouch_server.synthesis.values import ERROR, REFUSED, identity, kind_of, kind_of_all, same
from vouch_server.synthesis.words import split_words, stems

OPERATIONS = (*NUMBERS, *TEXTS, *SEQUENCES, *imported({"math": "math"}))
ROWS = [
    {"n": 7, "x": 2.5, "s": "ab Cd", "xs": [3, 1, 2], "ws": ["b", "a"], "d": {"k": 1}, "m": [[1, 2], [3]]},
    {"n": -2, "x": 0.5, "s": "z", "xs": [5], "ws": ["q", "qq", "q"], "d": {"a": 2, "b": 1}, "m": [[4]]},
]


def leaves():
    found = [
        variable(it, [row[it] for row in ROWS], kind_of_all([row[it] for row in ROWS])) for it in ROWS[0]
    ]
    return found + [constant(it, 2) for it in (1, 2, -1, "a", " ")]


def plain(value):
    return (
        list(value)
        if isinstance(value, range | zip | enumerate) or type(value).__name__.startswith("dict_")
        else value
    )


def check(term):
    """What Python makes of the text is what the term is said to be worth, row by row."""
    code = compile(render(term), "term", "eval")
    for row, said in zip(ROWS, term.values, strict=True):
        if said is not ERROR:
            got = plain(eval(code, {"math": math, **row}))
            assert same(got, said), (render(term), got, said)


def test_every_operation_is_written_as_it_is_computed():
    bank = Bank(leaves(), [it for it in OPERATIONS if it.name != "mode"])
    terms = [it for it in itertools.islice(bank.grow(10), 200_000) if it is not None]
    assert len(terms) > 1_500
    for term in terms:
        check(term)


@pytest.mark.parametrize("name", ["xs", "ws", "s", "m"])
def test_comprehensions_are_written_as_they_are_computed(name):
    source = next(it for it in leaves() if it.op.name == name)
    outer = next(it for it in leaves() if it.op.name == "n")
    checked = 0
    for binder in binders_over(source, frozenset(ROWS[0])):
        setting = Setting(
            bank=Bank([], OPERATIONS), operations=OPERATIONS, target=None, constants=((1, 2),), outer=(outer,)
        )
        for term in itertools.islice(Elements(binder, setting).run(7), 3_000):
            if term is not None and not term.partial:
                check(term)
                checked += 1
    assert checked > 100


def test_terms_of_equal_values_are_one():
    bank = Bank(leaves(), OPERATIONS)
    terms = [it for it in itertools.islice(bank.grow(7), 20_000) if it is not None]
    keys = [identity(it.values, it.kind) for it in terms]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        ([1], [True], False),
        ([1], (1,), False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({3, 1, 2}, {1, 2, 3}, True),
        ([{1, 2}], [{2, 1}], True),
        ("a", "a", True),
        (float("nan"), 0.0, False),
    ],
)
def test_values_are_the_same_only_with_their_types(left, right, equal):
    assert same(left, right) is equal


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], "int"),
        ([1, 2.5], "float"),
        ([True, 1], "mix"),
        ([[], [1]], "list:int"),
        ([[], []], "list:?"),
        ([[1], ["a"]], "list:mix"),
        ([None, 1], "mix"),
        ([ERROR, 1], "int"),
    ],
)
def test_kinds_hold_for_all_rows(values, kind):
    assert kind_of_all(values) == kind


@pytest.mark.parametrize("operation", [it for it in OPERATIONS if it.write is None], ids=lambda it: it.name)
def test_what_is_written_can_be_read_back(operation):
    """The reader knows an expression that was made from an operation's own template."""
    names = [f"v{place}" for place in range(len(operation.takes))]
    node = ast.parse(operation.template.format(*names), mode="eval").body
    values = {
        "int": 3,
        "float": 2.5,
        "str": "7",
        "list": [1, 2],
        "dict": {"a": 1},
        "set": {1},
        "tuple": (1, 2),
        "words": ["a", "b"],
        "pairs": [("a", 1), ("b", 2)],
        "lists": [[1], [2]],
        "true": True,
        "separator": ",",
        "counts": {"a": [1]},
        "date": "2024-01-02",
        "none": None,
        "flags": [True, False],
        "table": {3: "x", "7": 1, 2.5: 0, "a": 2},
        "binary": "101",
    }
    for args in itertools.product(values.values(), repeat=len(names)):
        try:
            wanted = operation.run(*args)
            got = Reader([operation]).value(node, dict(zip(names, args, strict=True)))
        except (Foreign, *REFUSED):
            continue
        assert kind_of(got) == kind_of(wanted)
        return
    pytest.fail("takes none of these values")


def test_words_meet_whatever_their_form():
    assert split_words("getHTTPResponse_code2") == ["get", "http", "response", "code", "2"]
    assert stems("Reversed lists") & stems("reverse") == {"revers"}
