"""Lines and columns, against the definition of UTF-16 itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_verifiers.text_lines import Lines

texts = st.text(alphabet=st.sampled_from("ab é中😀\U00010348\n\r\t"), max_size=40)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\n", ["a", "b", "c", ""]),
        ("a\x0bb\x0cc\u2028d", ["a\x0bb\x0cc\u2028d"]),
    ],
)
def test_a_text_is_cut_where_language_servers_cut_it(text: str, lines: list[str]) -> None:
    cut = Lines(text)
    assert [cut[it] for it in range(len(cut))] == lines


@given(texts)
def test_a_utf16_column_becomes_the_code_point_column_of_the_same_character(text: str) -> None:
    cut = Lines(text)
    for line in range(len(cut)):
        for column in range(len(cut[line]) + 1):
            units = len(cut[line][:column].encode("utf-16-le")) // 2
            assert cut.column(line, units) == column


@given(texts)
def test_offset_and_place_are_inverse(text: str) -> None:
    cut = Lines(text)
    for offset in range(len(text) + 1):
        line, column = cut.place(offset)
        # The middle of a CR LF belongs to no column of any line.
        if column <= len(cut[line]):
            assert cut.offset(line, column) == offset


@pytest.mark.parametrize(("line", "units", "column"), [(0, 99, 2), (7, 3, 0), (0, -1, 0)])
def test_a_column_outside_the_text_is_clamped(line: int, units: int, column: int) -> None:
    assert Lines("😀b").column(line, units) == column
