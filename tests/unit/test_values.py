"""What a candidate returned is compared as plain values: its own methods have no say."""

from collections import Counter, OrderedDict, namedtuple
from enum import IntEnum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_verifiers.model import Example
from vouch_verifiers.runners.inside import values as inside
from vouch_verifiers.runners.values import decoded, meets, same

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
NESTED = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Liar:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class LyingInt(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Colour(IntEnum):
    RED = 1


class Loud:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@given(NESTED)
def test_plain_values_survive_the_way_out(value: object) -> None:
    assert same(value, decoded(inside.encode(value)))


def event(value: object, output: str = "") -> dict[str, object]:
    return {"value": inside.encode(value), "text": inside.text_of(value), "output": output}


@pytest.mark.parametrize(
    ("expected", "value", "met"),
    [
        ("5", 5, True),
        ("5", 6, False),
        ("5", Liar(), False),
        ("5", LyingInt(6), False),
        ("[5]", [Liar()], False),
        ("5", 5.0, True),
        ("0.3", 0.1 + 0.2, True),
        ("0.3", 0.31, False),
        ("[1, 2]", (1, 2), False),
        ("(1, 2)", namedtuple("P", "x y")(1, 2), True),
        ("{'a': 1}", Counter("a"), True),
        ("{'a': 1}", OrderedDict(a=1), True),
        ("{2, 1}", {1, 2}, True),
        ("1", Colour.RED, True),
        ("None", None, True),
        ("None", 0, False),
        ("True", 1, True),
        ("'a'", "a", True),
        ("'a'", b"a", False),
        (str(10**30), 10**30, True),
    ],
)
def test_an_expected_literal_is_met_by_value(expected: str, value: object, met: bool) -> None:
    example = Example(id="1", code="f()", mode="value", expected=expected)
    assert meets(example, event(value)) is met


def test_numpy_scalars_are_numbers() -> None:
    numpy = pytest.importorskip("numpy", reason="numpy is a test dependency")
    example = Example(id="1", code="f()", mode="value", expected="3")
    assert meets(example, event(numpy.int64(3)))
    assert not meets(example, event(numpy.int64(4)))


def test_own_types_define_their_own_equality() -> None:
    example = Example(id="1", code="f()", mode="value", expected="Fraction(1, 2)")
    told = event(Fraction(1, 2)) | {"expected": inside.encode(Fraction(1, 2)), "equal": True}
    assert meets(example, told)
    assert not meets(example, told | {"equal": False, "expected": inside.encode(Fraction(1, 3))})
    # A liar may claim equality with a built-in value: it is not taken at its word.
    assert not meets(example, event(Liar()) | {"expected": ["i", 5], "equal": True})


def test_a_repr_that_raises_or_floods_is_bounded() -> None:
    assert "RuntimeError" in inside.text_of(Loud())
    assert len(inside.text_of("x" * 10**6)) < 5000
    assert inside.encode(list(range(10**6)))[0] == "o"
    recursive: list[object] = []
    recursive.append(recursive)
    assert inside.encode(recursive)[0] == "o"


@pytest.mark.parametrize(
    ("mode", "expected", "raised", "met"),
    [
        ("raises", "ValueError", ("ValueError", "no"), True),
        ("raises", "ValueError: no", ("ValueError", "no"), True),
        ("raises", "ValueError: yes", ("ValueError", "no"), False),
        ("raises", "KeyError", ("ValueError", "no"), False),
        ("value", "1", ("ValueError", "no"), False),
    ],
)
def test_exceptions(mode: str, expected: str, raised: tuple[str, str], met: bool) -> None:
    kind, message = raised
    told = {"raised": {"bases": [kind, "Exception"], "message": message, "type": kind}}
    assert meets(Example(id="1", code="f()", mode=mode, expected=expected), told) is met


def test_printed_text_is_compared_as_doctest_does() -> None:
    example = Example(id="1", code="f()", mode="print", expected="a ... c\n")
    assert meets(example, event(None, output="a b  c\n"))
    assert not meets(example, event(None, output="a b d\n"))


def test_a_function_may_print_what_looks_like_a_literal() -> None:
    example = Example(id="1", code="show(3)", mode="value", expected="3")
    assert meets(example, event(None, output="3\n"))
    assert not meets(example, event(None, output="4\n"))
    assert not meets(example, event(4, output="3\n"))
