"""Which suggestion comes first, and that nothing rejected comes at all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_server.model import Candidate, Judged, Suggestion
from vouch_server.ranking import rank
from vouch_server.reasons import why_nothing
from vouch_verifiers.model import (
    Evidence,
    Finding,
    Outcome,
    Position,
    Trial,
    Verdict,
    failed,
    inconclusive,
    not_applicable,
    passed,
)

PATH = Path("/project/module.py")


def judged(text, *findings, score=0.0, agreeing=1, required=("compile",)):
    evidence = tuple(Evidence(check=check, finding=finding, ms=1.0) for check, finding in findings)
    return Judged(
        candidate=Candidate(text=text, generator="scripted", score=score),
        trial=Trial(language="python", path=PATH, prefix="x = ", completion=text, suffix="\n"),
        verdict=Verdict(evidence=evidence, required=frozenset(required)),
        agreeing=agreeing,
    )


def good(text, *findings, **facts):
    return judged(text, ("compile", passed("compiles")), *findings, **facts)


EXAMPLES_PASSED = ("examples", passed("1/1 example"))
NO_EXAMPLE = ("examples", not_applicable("no example"))


def ran(executed, inserted):
    return ("run", passed("runs", executed_lines=executed, inserted_lines=inserted))


@pytest.mark.parametrize(
    ("proposed", "shown"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([good("a"), good("b")], "ab", id="order of arrival"),
        pytest.param([good("a", score=0.1), good("b", score=0.9)], "ba", id="score before arrival"),
        pytest.param([good("a", score=9.0), good("b", agreeing=3)], "ba", id="agreement before score"),
        pytest.param(
            [good("a", NO_EXAMPLE, agreeing=3), good("b", EXAMPLES_PASSED)], "ba", id="examples first of all"
        ),
        pytest.param(
            [good("a", agreeing=3), good("b", ("tests", passed("1 test")))], "ba", id="tests as examples"
        ),
        pytest.param(
            [good("a", EXAMPLES_PASSED), good("b", EXAMPLES_PASSED, ("tests", passed("1 test")))],
            "ab",
            id="examples and tests are no more than one of them",
        ),
        pytest.param(
            [good("a", ran(1, 4), score=9.0), good("b", ran(3, 4))],
            "ba",
            id="share of lines run before score",
        ),
        pytest.param([good("a", ran(5, 10)), good("b", ran(1, 1))], "ba", id="a share, not a number"),
        pytest.param(
            [good("a", ran(4, 4)), good("b", ran(1, 4), agreeing=2)], "ba", id="agreement before lines run"
        ),
        pytest.param(
            [judged("a", ("compile", failed("no"))), good("b")], "b", id="rejected ones are left out"
        ),
        pytest.param(
            [judged("a"), judged("b", ("compile", inconclusive("?")))], "", id="undecided is no pass"
        ),
    ],
)
def test_suggestions_come_in_this_order(proposed, shown):
    assert "".join(it.text for it in rank(proposed)) == shown


OUTCOMES = st.lists(st.sampled_from(list(Outcome)), max_size=4)


@given(st.lists(st.tuples(OUTCOMES, st.integers(1, 4), st.floats(-5, 5)), max_size=8))
def test_only_accepted_ones_are_ever_shown_and_each_of_them_once(drawn):
    proposed = [
        judged(
            str(number),
            *((f"check{place}", Finding(outcome=it)) for place, it in enumerate(outcomes)),
            agreeing=agreeing,
            score=score,
            required=[f"check{place}" for place, _ in enumerate(outcomes)],
        )
        for number, (outcomes, agreeing, score) in enumerate(drawn)
    ]
    all_passed = {
        str(number)
        for number, (outcomes, *_) in enumerate(drawn)
        if outcomes and set(outcomes) == {Outcome.PASSED}
    }
    shown = [it.text for it in rank(proposed)]
    assert sorted(shown) == sorted(all_passed)


def test_a_suggestion_cannot_be_made_of_a_rejected_candidate():
    with pytest.raises(ValueError, match="accepted"):
        Suggestion(judged=judged("a", ("compile", failed("no"))), id="1")


EXAMPLE = ("examples", failed("f(1) gave 2, not 3"))
SYNTAX = ("compile", failed("name 'y' is not defined", Position(line=3, column=0)))


@pytest.mark.parametrize(
    ("proposed", "facts", "sentence"),
    [
        ([], {}, "the generator proposed nothing here"),
        ([], {"fault": "the endpoint is down"}, "the endpoint is down"),
        ([], {"unusable": 2}, "2 candidates came back empty or unfit to be judged"),
        ([good("a")], {}, ""),
        ([good("a"), judged("b", EXAMPLE)], {}, ""),
        (
            [judged("a", SYNTAX)],
            {},
            "1 candidate rejected: it does not compile (line 4: name 'y' is not defined)",
        ),
        (
            [judged("a", EXAMPLE), judged("b", SYNTAX), judged("c", EXAMPLE)],
            {},
            "3 candidates rejected: 2 fail an example, 1 does not compile",
        ),
        (
            [judged("a", ("run", inconclusive("no sandbox works here")))],
            {},
            "1 candidate rejected: it could not be judged (run) (no sandbox works here)",
        ),
        (
            [judged("a", ("style", failed("ugly"))), judged("b", ("style", failed("ugly")))],
            {"fault": "the model stopped early"},
            "2 candidates rejected: 2 fail style; the model stopped early",
        ),
    ],
)
def test_the_reason_is_this_sentence(proposed, facts, sentence):
    assert why_nothing(proposed, **facts) == sentence
