"""A suggestion goes on to be offered while the person types along it, and only then."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_server.model import Candidate, Context, Judged, Snapshot, Suggestion
from vouch_server.typing_through import carried_to, typed_since, worth_waiting
from vouch_verifiers.model import Evidence, Trial, Verdict, passed

PATH = Path("/project/module.py")


def context(marked, **facts):
    """`|` is the cursor."""
    prefix, suffix = marked.split("|")
    snapshot = Snapshot(
        uri="file:///project/module.py",
        path=PATH,
        language="python",
        version=1,
        text=prefix + suffix,
        **facts,
    )
    return Context(snapshot=snapshot, offset=len(prefix))


def suggestion(marked, text, replaced=0):
    at = context(marked)
    trial = Trial(
        language="python", path=PATH, prefix=at.prefix, completion=text, suffix=at.suffix[replaced:]
    )
    judged = Judged(
        candidate=Candidate(text=text, generator="scripted", replaced=replaced),
        trial=trial,
        verdict=Verdict(evidence=(Evidence(check="compile", finding=passed(), ms=1.0),)),
    )
    return Suggestion(judged=judged, id=trial.key())


@pytest.mark.parametrize(
    ("offered", "text", "replaced", "now", "left"),
    [
        pytest.param("x = |\n", "abc", 0, "x = |\n", "abc", id="nothing typed"),
        pytest.param("x = |\n", "abc", 0, "x = ab|\n", "c", id="a prefix typed"),
        pytest.param("x = |\n", "abc", 0, "x = abc|\n", None, id="all typed"),
        pytest.param("x = |\n", "abc", 0, "x = ac|\n", None, id="typing has left it"),
        pytest.param("x = |\n", "abc", 0, "x = abcd|\n", None, id="typed past its end"),
        pytest.param("x = |\n", "abc", 0, "x =|\n", None, id="something deleted"),
        pytest.param("x = |\n", "abc", 0, "x = a|\ny\n", None, id="changed below"),
        pytest.param("x = |\nend\n", "abc", 0, "x = a|\nEND\n", None, id="changed below, as long"),
        pytest.param("x = |\n", "abc", 0, "z = a|\n", None, id="changed above"),
        pytest.param("f|\n", "(1)", 0, "f(|)\n", "1", id="the editor closed the bracket"),
        pytest.param("f(|)\n", "1)", 1, "f(1|)\n", ")", id="it replaces what follows"),
        pytest.param(
            "def f():|\n", "\n    return 1", 0, "def f():\n    |\n", "return 1", id="a line break typed"
        ),
        pytest.param("a|a\n", "a", 0, "aa|a\n", None, id="repeated letters"),
    ],
)
def test_this_is_left_to_insert(offered, text, replaced, now, left):
    carried = carried_to(suggestion(offered, text, replaced), context(now))
    assert (carried.text if carried else None) == left


@given(
    st.text("ab(\n", max_size=6),
    st.text("ab)\n", min_size=1, max_size=6),
    st.text("ab)\n", max_size=6),
    st.data(),
)
def test_what_is_carried_always_gives_the_judged_text(prefix, text, suffix, data):
    offered = suggestion(f"{prefix}|{suffix}", text)
    typed = data.draw(st.text("ab()\n", max_size=4))
    now = context(f"{prefix}{typed}|{suffix}")
    carried = carried_to(offered, now)
    if carried is not None:
        assert now.prefix + carried.text + now.suffix == offered.judged.trial.after
        assert carried.judged.trial.after == offered.judged.trial.after
        assert carried.id == offered.id
    else:
        assert not text.startswith(typed) or text == typed


def test_a_suggestion_is_not_carried_over_a_change_in_another_buffer():
    offered = suggestion("x = |\n", "abc")
    assert carried_to(offered, context("x = a|\n", others={Path("/project/other.py"): "changed"})) is None


@pytest.mark.parametrize(
    ("before", "after", "typed", "waits"),
    [
        ("x = |\n", "x = ab|\n", "ab", True),
        ("x = |\n", "x = |\n", "", True),
        ("x = |\n", "x = |\ny", None, False),
        ("x = |\n", "x =|\n", None, False),
        ("x = |\n", "x = 1\n|\n", "1\n", False),
        ("x = |\n", "x = " + "a" * 99 + "|\n", "a" * 99, False),
    ],
)
def test_an_unanswered_question_is_worth_waiting_for(before, after, typed, waits):
    assert typed_since(context(before), context(after)) == typed
    assert worth_waiting(context(before), context(after)) is waits
