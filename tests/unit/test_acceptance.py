"""An accepted insertion is followed through edits around it and dropped at the first edit inside it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_server.acceptance import Accepted, Edit, after_edit, difference, found, inserted
from vouch_server.model import Candidate, Judged, Suggestion
from vouch_verifiers.model import Evidence, Trial, Verdict, passed


def suggestion(marked, text):
    """`|` is the cursor."""
    prefix, suffix = marked.split("|")
    path = Path("/project/module.py")
    judged = Judged(
        candidate=Candidate(text=text, generator="scripted"),
        trial=Trial(language="python", path=path, prefix=prefix, completion=text, suffix=suffix),
        verdict=Verdict(evidence=(Evidence(check="compile", finding=passed(), ms=1.0),)),
    )
    return Suggestion(judged=judged, id="1")


def accepted(marked):
    """`[` and `]` enclose what was inserted."""
    before, rest = marked.split("[")
    text, after = rest.split("]")
    place = Accepted(suggestion=suggestion("x|", "y"), start=len(before), end=len(before) + len(text))
    return place, before + text + after


@pytest.mark.parametrize(
    ("marked", "edit", "stands"),
    [
        pytest.param("ab[cd]ef", Edit(start=0, end=0, text="new"), "cd", id="inserted before"),
        pytest.param("ab[cd]ef", Edit(start=0, end=2, text=""), "cd", id="deleted before"),
        pytest.param("ab[cd]ef", Edit(start=2, end=2, text="x"), "cd", id="typed right before"),
        pytest.param("ab[cd]ef", Edit(start=4, end=4, text="x"), "cd", id="typed right after"),
        pytest.param("ab[cd]ef", Edit(start=4, end=6, text=""), "cd", id="deleted after"),
        pytest.param("ab[cd]ef", Edit(start=3, end=3, text="x"), None, id="typed inside"),
        pytest.param("ab[cd]ef", Edit(start=1, end=3, text=""), None, id="deleted into it"),
        pytest.param("ab[cd]ef", Edit(start=3, end=5, text=""), None, id="deleted out of it"),
        pytest.param("ab[cd]ef", Edit(start=0, end=6, text="abcdef"), None, id="replaced around it"),
    ],
)
def test_after_an_edit_this_still_stands(marked, edit, stands):
    place, text = accepted(marked)
    moved = after_edit(place, edit)
    changed = text[: edit.start] + edit.text + text[edit.end :]
    assert (changed[moved.start : moved.end] if moved else None) == stands


@given(st.text("ab", max_size=12), st.text("ab", max_size=12))
def test_a_difference_leads_from_one_text_to_the_other(before, after):
    edit = difference(before, after)
    assert before[: edit.start] + edit.text + before[edit.end :] == after
    assert len(edit.text) <= len(after)
    if before == after:
        assert edit.start == edit.end
        assert edit.text == ""


def test_a_suggestion_counts_as_inserted_only_where_the_whole_text_is_the_judged_one():
    offered = suggestion("x = |\n", "abc")
    place = inserted(offered, "x = abc\n")
    assert (place.start, place.end) == (4, 7)
    assert inserted(offered, "x = ab\n") is None
    assert inserted(offered, "y = abc\n") is None


def test_an_editor_that_says_so_is_believed_only_where_the_text_stands():
    offered = suggestion("x = |\n", "abc")
    assert found(offered, "x = abc  # reformatted\n") is not None
    assert found(offered, "x = abd\n") is None
