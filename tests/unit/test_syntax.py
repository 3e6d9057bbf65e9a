"""Where the cursor stands, so that nothing is offered uninvited in a comment or a string."""

import pytest

from vouch_server.syntax import enclosing_body, place


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("x = |1\n", "code"),
        ("|", "code"),
        ("x = 1|  # note\n", "code"),
        ("x = 1  # no|te\n", "comment"),
        ("x = 1  # note|\n", "comment"),
        ("x = 1  # note\n|", "code"),
        ("x = 'a|b'\n", "string"),
        ("x = |'ab'\n", "code"),
        ("x = 'ab'|\n", "code"),
        ('def f():\n    """Do| it."""\n', "string"),
        ('def f():\n    """Do it."""\n    |\n', "code"),
        ("x = f'{a|b}'\n", "code"),
        ("x = f'a|{b}'\n", "string"),
        ("# é漢😀\nx = 'a|'\n", "string"),
    ],
)
def test_the_cursor_is_in(marked, expected):
    before, after = marked.split("|")
    assert place("python", before + after, len(before)) == expected


def test_a_language_without_a_grammar_is_all_code():
    assert place("cobol", "* comment", 5) == "code"


@pytest.mark.parametrize(
    ("marked", "body"),
    [
        ("def f(x):\n    |return x\n", "return x"),
        ('def f(x):\n    """Doc."""\n    y = x|\n    return y\n', "y = x\n    return y"),
        ("def é():\n    a = '😀'|\n", "a = '😀'"),
        ("x = 1|\n", None),
        ('def f(x):\n    """Only a doc.|"""\n', None),
        ("def f():\n    def g():\n        return 1|\n    return g\n", "return 1"),
    ],
)
def test_the_body_around_the_cursor_is(marked, body):
    before, after = marked.split("|")
    text = before + after
    span = enclosing_body("python", text, len(before))
    assert (text[slice(*span)] if span else None) == body
