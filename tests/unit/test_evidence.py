"""How evidence is told: exactly what was seen, and never as anything that an editor would act on."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_server.evidence import as_data, as_markdown, fenced, rejections
from vouch_server.model import Candidate, Judged
from vouch_verifiers.model import Evidence, Finding, Outcome, Position, Trial, Verdict, failed, passed


def judged(*findings, **facts):
    return Judged(
        candidate=Candidate(text="1", generator="scripted"),
        trial=Trial(language="python", path=Path("/m.py"), prefix="x = ", completion="1", suffix=""),
        verdict=Verdict(
            evidence=tuple(Evidence(check=check, finding=it, ms=1.26) for check, it in findings),
            required=frozenset({"compile"}),
        ),
        **facts,
    )


def test_as_data_it_is_json_with_every_check_and_its_time():
    it = judged(("compile", passed("compiles")), ("check", failed("bad", Position(line=1, column=2))))
    data = as_data(it.verdict)
    assert json.loads(json.dumps(data)) == data
    assert data == {
        "accepted": False,
        "summary": "check: bad",
        "evidence": [
            {"check": "compile", "outcome": "passed", "message": "compiles", "ms": 1.3, "position": None},
            {
                "check": "check",
                "outcome": "failed",
                "message": "bad",
                "ms": 1.3,
                "position": {"line": 1, "column": 2},
            },
        ],
        "ms": 2.5,
    }


@pytest.mark.parametrize(
    ("it", "said"),
    [
        (judged(("compile", passed("compiles"))), "**Vouched for**"),
        (judged(("compile", failed("no"))), "**Not vouched for**"),
        (judged(("compile", passed()), agreeing=4, sampled=5), "4 of 5 agree"),
        (judged(("compile", passed()), ("tests", Finding(outcome=Outcome.NOT_APPLICABLE))), "not applicable"),
        (judged(("compile", Finding(outcome=Outcome.INCONCLUSIVE, message="time-out"))), "time-out"),
        (judged(("compile", passed()), suspects=("f(1) should give 3",)), "f(1) should give 3"),
    ],
)
def test_as_markdown_it_says(it, said):
    assert said in as_markdown(it)


HOSTILE = st.lists(st.sampled_from(["`", "```", "````", "\n", " ", "~~~", "[a](command:x)", "<b>"])).map(
    "".join
)


@given(HOSTILE, HOSTILE)
def test_nothing_in_a_message_gets_out_of_its_code_block(message, suspect):
    told = as_markdown(judged(("compile", failed(message)), suspects=(suspect,)))
    outside, fence = [], ""
    for line in told.split("\n"):
        marks = line[: len(line) - len(line.lstrip("`"))]
        if not fence and len(marks) >= 3:
            fence = marks
        elif fence and line.rstrip() == marks and len(marks) >= len(fence):
            fence = ""
        elif not fence:
            outside.append(line)
    assert fence == ""
    assert "".join(outside) in (
        "**Not vouched for**Examples that no candidate passes, though they agree with each other:",
    )


def test_a_fence_is_longer_than_any_in_the_text():
    assert fenced("a ```` b", "text").startswith("`````text\n")


def test_rejections_leave_out_what_was_accepted():
    both = [judged(("compile", passed())), judged(("compile", failed("no")))]
    assert [it["summary"] for it in rejections(both)] == ["compile: no"]
