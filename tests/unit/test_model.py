"""A verdict accepts only what was checked; a trial is known by its content."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_server.model import Candidate, Judged, Suggestion
from vouch_verifiers.engine import verdict_of
from vouch_verifiers.model import (
    Evidence,
    Finding,
    Outcome,
    Require,
    Trial,
    Verdict,
    failed,
    inconclusive,
    passed,
)

CHECKS = ("parse", "compile", "check", "run", "examples", "tests")


def trial(prefix: str = "", completion: str = "", suffix: str = "", **more: object) -> Trial:
    facts = {"language": "python", "path": Path("/p/a.py"), **more}
    return Trial(prefix=prefix, completion=completion, suffix=suffix, **facts)  # type: ignore[arg-type]


def verdict(require: Require = Require.RUN, **outcomes: Outcome) -> Verdict:
    evidence = tuple(
        Evidence(check=name, finding=Finding(outcome=it), ms=1.0) for name, it in outcomes.items()
    )
    return verdict_of(evidence, require)


P, F, I, N = Outcome.PASSED, Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE  # noqa: E741


@pytest.mark.parametrize(
    ("require", "outcomes", "accepted"),
    [
        (Require.RUN, {}, False),
        (Require.RUN, dict.fromkeys(CHECKS, P), True),
        (Require.RUN, {**dict.fromkeys(CHECKS, P), "tests": F}, False),
        (Require.RUN, {**dict.fromkeys(CHECKS, P), "check": I}, False),
        (Require.RUN, {**dict.fromkeys(CHECKS, P), "run": I}, False),
        (Require.RUN, {**dict.fromkeys(CHECKS, P), "run": N, "examples": N, "tests": N}, True),
        (Require.RUN, {**dict.fromkeys(CHECKS, P), "compile": N}, False),
        (Require.RUN, {"parse": P, "compile": P, "check": P}, False),
        (Require.RUN, {**dict.fromkeys(CHECKS, P), "examples": I}, False),
        (Require.RUN, {**dict.fromkeys(CHECKS, P), "tests": I}, True),
        (Require.COMPILE, {"parse": P, "compile": P, "check": P, "run": I}, True),
        (Require.COMPILE, {"parse": P, "compile": P, "check": I}, False),
        (Require.EXAMPLES, {**dict.fromkeys(CHECKS, P), "examples": N, "tests": N}, False),
        (Require.EXAMPLES, {**dict.fromkeys(CHECKS, P), "examples": N}, True),
        (Require.EXAMPLES, {**dict.fromkeys(CHECKS, P), "examples": I, "tests": N}, False),
    ],
)
def test_what_a_requirement_accepts(require: Require, outcomes: dict[str, Outcome], accepted: bool) -> None:
    assert verdict(require, **outcomes).accepted is accepted


@given(
    st.dictionaries(st.sampled_from(CHECKS), st.sampled_from(Outcome)),
    st.sampled_from(Require),
)
def test_a_failure_or_an_undecided_compiler_is_never_accepted(
    outcomes: dict[str, Outcome], require: Require
) -> None:
    judged = verdict(require, **outcomes)
    if Outcome.FAILED in outcomes.values() or outcomes.get("compile") is not Outcome.PASSED:
        assert not judged.accepted
    if not judged.accepted and set(outcomes) == set(CHECKS):
        assert judged.decisive is not None


def test_inconclusive_alone_is_no_pass_even_where_nothing_is_required() -> None:
    fault = Evidence(check="run", finding=inconclusive("it rests"), ms=1)
    assert not Verdict(evidence=(fault,)).accepted


def test_a_suggestion_needs_an_accepted_verdict() -> None:
    for it, good in ((verdict(**dict.fromkeys(CHECKS, P)), True), (verdict(parse=P, compile=F), False)):
        judged = Judged(candidate=Candidate(text="x", generator="g"), trial=trial(), verdict=it)
        if good:
            assert Suggestion(judged=judged, id="1").text == "x"
        else:
            with pytest.raises(ValueError, match="accepted"):
                Suggestion(judged=judged, id="1")


def test_a_summary_says_what_was_seen_or_what_was_wrong() -> None:
    seen = (
        Evidence(check="compile", finding=passed("compiles"), ms=1),
        Evidence(check="run", finding=passed("runs"), ms=1),
    )
    parse = Evidence(check="parse", finding=passed(), ms=1)
    assert verdict_of((parse, *seen), Require.COMPILE).summary == "compiles · runs"
    wrong = Evidence(check="examples", finding=failed("1/2 examples: no"), ms=1)
    assert verdict_of((parse, *seen, wrong), Require.RUN).summary == "examples: 1/2 examples: no"
    fault = Evidence(check="check", finding=inconclusive("it rests"), ms=1)
    assert verdict_of((parse, seen[0], fault), Require.RUN).inconclusive


@pytest.mark.parametrize(
    ("prefix", "completion", "lines"),
    [
        ("def f():\n", "    return 1\n", [1]),
        ("def f():\n    ", "x = 1\n    return x\n", [1, 2]),
        ("def f():\n", "\n\n    return 1\n\n", [3]),
        ("a = ", "1", [0]),
        ("a = ", "", []),
        ("a\n", "  \n", []),
    ],
)
def test_inserted_lines_leave_white_space_at_the_ends_out(
    prefix: str, completion: str, lines: list[int]
) -> None:
    assert list(trial(prefix, completion).inserted_lines) == lines


def test_a_key_follows_content_and_surroundings() -> None:
    base = trial("a", "b", "c")
    same = trial("a", "b", "c")
    others = [
        trial("a", "bc", ""),
        trial("ab", "", "c"),
        trial("a", "b", "d"),
        trial("a", "b", "c", path=Path("/p/b.py")),
        trial("a", "b", "c", buffers={Path("/p/z.py"): "1"}),
    ]
    assert base.key() == same.key()
    assert len({it.key() for it in (base, *others)} | {base.key("salt")}) == len(others) + 2
