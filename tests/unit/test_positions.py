"""Positions in all three encodings, and texts that splitlines() would split where LSP does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_server.lsp.positions import UNITS, UTF8, UTF16, UTF32, Lines

# Every way in which a naive conversion goes wrong: astral and combining characters, tabs, lone surrogates,
# and characters at which str.splitlines() breaks but LSP does not.
ALPHABET = "ab\t é漢😀👩\u200d\u0301\x0b\x0c\x1c\x85\u2028\u2029\ud800\n\r"
TEXTS = st.text(alphabet=ALPHABET, max_size=60) | st.text(max_size=60)
ENCODINGS = st.sampled_from(sorted(UNITS))


@given(text=TEXTS, data=st.data(), encoding=ENCODINGS)
def test_an_offset_survives_the_way_to_the_editor_and_back(text, data, encoding):
    offset = data.draw(st.integers(0, len(text)))
    lines = Lines(text)
    line, character = lines.position(offset, encoding)
    back = lines.offset(line, character, encoding)
    between_cr_and_lf = text[offset - 1 : offset + 1] == "\r\n"
    assert back == (offset - 1 if between_cr_and_lf else offset)


@given(text=TEXTS, line=st.integers(-5, 99), character=st.integers(-5, 99), encoding=ENCODINGS)
def test_any_position_at_all_gives_an_offset_within_the_text(text, line, character, encoding):
    offset = Lines(text).offset(line, character, encoding)
    assert 0 <= offset <= len(text)
    assert text[offset - 1 : offset + 1] != "\r\n"


@given(text=TEXTS, encoding=ENCODINGS)
def test_every_position_within_a_line_is_in_order_and_stays_in_its_line(text, encoding):
    lines = Lines(text)
    last = lines.position(len(text), encoding)[0]
    previous = 0
    for line in range(last + 1):
        for character in range(12):
            offset = lines.offset(line, character, encoding)
            assert offset >= previous
            assert lines.position(offset, encoding)[0] == line
            previous = offset


@given(text=st.text(alphabet="ab\n", max_size=40), data=st.data())
def test_the_encodings_agree_on_ascii(text, data):
    offset = data.draw(st.integers(0, len(text)))
    assert len({Lines(text).position(offset, it) for it in UNITS}) == 1


@pytest.mark.parametrize(
    ("text", "position", "encoding", "offset"),
    [
        ("x = 1\ny", (1, 1), UTF16, 7),
        ("a😀b", (0, 3), UTF16, 2),
        ("a😀b", (0, 5), UTF8, 2),
        ("a😀b", (0, 2), UTF32, 2),
        ("é=1", (0, 2), UTF8, 1),
        ("\tx", (0, 1), UTF16, 1),
        ("a\r\nb\rc\nd", (3, 0), UTF16, 7),
        ("a\x0cb\u2028c\nd", (1, 0), UTF16, 6),
        pytest.param("a😀b", (0, 2), UTF16, 1, id="inside a surrogate pair"),
        pytest.param("a😀b", (0, 3), UTF8, 1, id="inside a UTF-8 sequence"),
        pytest.param("ab\ncd", (0, 99), UTF16, 2, id="past the end of a line"),
        pytest.param("ab\r\ncd", (0, 99), UTF16, 2, id="past the end of a CRLF line"),
        pytest.param("ab\ncd", (99, 0), UTF16, 5, id="past the last line"),
        pytest.param("ab\ncd", (1, 99), UTF16, 5, id="past the end of the last line"),
        pytest.param("ab\ncd", (1, -3), UTF16, 3, id="negative character"),
        pytest.param("ab\ncd", (-1, 2), UTF16, 0, id="negative line"),
        pytest.param("", (0, 0), UTF16, 0, id="an empty text"),
    ],
)
def test_a_position_is_this_offset(text, position, encoding, offset):
    assert Lines(text).offset(*position, encoding) == offset
