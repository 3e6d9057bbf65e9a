"""Candidates that behave alike are counted together; an example that none meets is suspect only with witnesses."""

import pytest

from vouch_verifiers.agreement import agreeing, behaviour, could_be_relieved, distinguishing, suspects
from vouch_verifiers.engine import verdict_of
from vouch_verifiers.model import (
    Evidence,
    Example,
    ExampleOutcome,
    Finding,
    Outcome,
    Require,
    Verdict,
    passed,
)


def verdict(*observed: str, wanted: tuple[str, ...] = (), probes: tuple[str, ...] = ()) -> Verdict:
    """A verdict on candidates that gave `observed` for examples that want `wanted`."""
    outcomes = []
    for number, (seen, want) in enumerate(zip(observed, wanted, strict=True)):
        example = Example(id=f"e{number}", code=f"f({number})", mode="value", expected=want)
        good = Outcome.PASSED if seen == want else Outcome.FAILED
        outcomes.append(ExampleOutcome(example=example, outcome=good, observed=seen, reached=True))
    for number, seen in enumerate(probes):
        example = Example(id=f"p{number}", code=f"f(-{number})", mode="value", origin="probe")
        outcomes.append(
            ExampleOutcome(example=example, outcome=Outcome.NOT_APPLICABLE, observed=seen, reached=True)
        )
    bad = any(it.outcome is Outcome.FAILED for it in outcomes)
    rung = Finding(outcome=Outcome.FAILED if bad else Outcome.PASSED, examples=tuple(outcomes))
    before = [Evidence(check=it, finding=passed(), ms=0) for it in ("parse", "compile", "check", "run")]
    return verdict_of((*before, Evidence(check="examples", finding=rung, ms=0)), Require.RUN)


def test_agreement_counts_accepted_candidates_that_act_alike_on_made_up_inputs() -> None:
    a, b = (verdict("1", wanted=("1",), probes=("7",)) for _ in range(2))
    other = verdict("1", wanted=("1",), probes=("8",))
    wrong = verdict("2", wanted=("1",), probes=("7",))
    assert agreeing([a, b, other, wrong]) == (2, 2, 1, 0)
    assert distinguishing(a, other) == ("f(-0)", "7", "8")
    assert distinguishing(a, b) is None


def test_addresses_in_a_repr_do_not_tell_candidates_apart() -> None:
    a = verdict("1", wanted=("1",), probes=("<X object at 0x7f01>",))
    b = verdict("1", wanted=("1",), probes=("<X object at 0x7f02>",))
    assert behaviour(a) == behaviour(b)


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (["8", "8", "8"], True),
        (["8", "8", "8", "9"], True),
        (["8", "8"], False),
        (["8", "9", "7"], False),
        (["8", "8", "8", "15"], False),
    ],
)
def test_an_example_is_suspect_when_enough_candidates_agree_on_another_value(
    seen: list[str], found: bool
) -> None:
    told = suspects([verdict(it, wanted=("15",)) for it in seen])
    assert bool(told) is found
    if found:
        assert told[0].agreed == "8"
        assert "should give 15" in told[0].sentence


def test_only_a_candidate_that_met_several_trusted_examples_is_relieved() -> None:
    distrusted = frozenset({"e2"})
    wanted = ("1", "2", "15")
    assert could_be_relieved(verdict("1", "2", "8", wanted=wanted), distrusted)
    assert not could_be_relieved(verdict("1", "3", "8", wanted=wanted), distrusted)
    assert not could_be_relieved(verdict("1", "8", wanted=("1", "15")), frozenset({"e1"}))
    assert not could_be_relieved(verdict("8", wanted=("15",)), frozenset({"e0"}))
    assert not could_be_relieved(verdict("1", "2", "15", wanted=wanted), distrusted), "it was accepted"
