"""Figures of `vouch bench` on hand-made tables small enough to be counted by hand."""

import json
from pathlib import Path

import pytest

from vouch_server.bench import bodies, metrics, rejections, surfacing
from vouch_server.bench.data import as_data
from vouch_server.bench.page import page
from vouch_server.bench.records import Record, Unreadable, read
from vouch_server.bench.rejections import Cause
from vouch_server.bench.report import Report, language_report
from vouch_server.bench.samples import Problem, Sample
from vouch_server.bench.tables import Table, tables
from vouch_server.model import Candidate, Judged
from vouch_verifiers import engine
from vouch_verifiers.model import Evidence, Example, ExampleOutcome, Finding, Outcome, Require, Trial

CHECKS = ("parse", "compile", "check", "run", "examples", "tests")
MARKS = {"+": Outcome.PASSED, "-": Outcome.FAILED, "?": Outcome.INCONCLUSIVE, "o": Outcome.NOT_APPLICABLE}


def verdict(marks, *, examples="", message="", ms=1.0):
    """`marks` has a sign for each check that was reached; `examples` one for each example, named e0, e1, ..."""
    outcomes = tuple(
        ExampleOutcome(
            example=Example(id=f"e{number}", code=f"f({number})", mode="value", expected="1"),
            outcome=MARKS[mark],
            reached=True,
        )
        for number, mark in enumerate(examples)
    )
    evidence = tuple(
        Evidence(
            check=check,
            finding=Finding(
                outcome=MARKS[mark],
                message=message if mark in "-?" else "",
                examples=outcomes if check == "examples" else (),
            ),
            ms=ms,
        )
        for check, mark in zip(CHECKS, marks, strict=False)
    )
    return engine.verdict_of(evidence, Require.RUN)


def record(origin="real:m", *, passes=True, task="t1", text="x", sample=0, language="python"):
    return Record(
        task=task,
        sample=sample,
        language=language,
        path="a.py",
        prefix="",
        completion=text,
        suffix="",
        origin=origin,
        compiles=True,
        hidden_pass=passes,
    )


def sample(marks, *, examples="", message="", ms=1.0, **more):
    return Sample(record=record(**more), verdict=verdict(marks, examples=examples, message=message), ms=ms)


def test_precision_and_recall_are_counted_after_each_check():
    samples = [
        sample("++++++", examples="+", passes=True),
        sample("++++-", examples="-", passes=True),
        sample("+-", passes=False),
        sample("-", passes=False),
        sample("+++++o", examples="+", passes=False),
    ]
    found = {
        it.name: (it.kept.hits, it.precision.hits, it.recall.hits) for it in metrics.ladder(samples, CHECKS)
    }
    assert found == {
        "no check": (5, 2, 2),
        "parse": (4, 2, 2),
        "compile": (3, 2, 2),
        "check": (3, 2, 2),
        "run": (3, 2, 2),
        "examples": (2, 1, 1),
        "tests": (2, 1, 1),
        "shown": (2, 1, 1),
    }
    assert metrics.ladder(samples, CHECKS)[-1].recall == metrics.Rate(hits=1, of=2)


def test_what_could_not_be_decided_does_not_survive_a_check_that_is_wanted():
    assert not metrics.survives(verdict("+++?"), CHECKS)
    assert metrics.survives(verdict("+++?"), CHECKS[:3])
    assert metrics.survives(verdict("+++oo?"), CHECKS)


def test_a_sample_without_a_label_counts_nowhere():
    samples = [sample("++++oo", passes=None), sample("++++oo", passes=True)]
    assert metrics.ladder(samples, CHECKS)[0].kept == metrics.Rate(hits=1, of=1)


def test_there_is_no_share_of_nothing():
    assert metrics.Rate(hits=0, of=0).value is None
    assert metrics.bootstrap([]) is None
    assert metrics.latency([]).count == 0


@pytest.mark.parametrize(
    ("times", "p50", "p95", "most"),
    [([7.0], 7, 7, 7), ([3.0, 1.0, 2.0], 2, 3, 3), ([float(it) for it in range(1, 101)], 50, 95, 100)],
)
def test_percentiles_are_values_that_were_measured(times, p50, p95, most):
    found = metrics.latency(times)
    assert (found.p50, found.p95, found.most) == (p50, p95, most)


def test_an_interval_is_wide_where_all_samples_are_of_few_tasks():
    alike = [
        sample("++++oo", task=f"t{task}", passes=task % 2 == 0, sample=number)
        for task in range(4)
        for number in range(25)
    ]
    spread = [sample("++++oo", task=f"t{task}", passes=task % 2 == 0) for task in range(100)]
    few, many = metrics.precision_interval(alike), metrics.precision_interval(spread)
    assert few.low <= 0.25
    assert few.high >= 0.75
    assert 0.3 < many.low < 0.5 < many.high < 0.7


def test_an_interval_is_the_same_every_time():
    groups = [(it % 7, 7 + it) for it in range(40)]
    assert metrics.bootstrap(groups) == metrics.bootstrap(groups)


@pytest.mark.parametrize(
    ("marks", "examples", "message", "cause"),
    [
        ("++++-", "-", "gave 2", Cause.EXAMPLE),
        ("+++-", "", "it did not end in time in `f(0)`", Cause.TIME_OUT),
        ("++-", "", "Name `x` used when not defined", Cause.CHECKER),
        ("+++?", "", "the process is gone", Cause.UNDECIDED),
        ("+-", "", "line 3", Cause.OTHER),
    ],
)
def test_a_false_reject_has_a_cause(marks, examples, message, cause):
    found = rejections.false_rejects([sample(marks, examples=examples, message=message)], [])
    assert [(it.cause, it.message) for it in found] == [(cause, message)]


def test_an_example_that_the_reference_fails_contradicts_the_hidden_tests():
    rejected = sample("++++-", examples="+-")
    reference = sample("++++-", examples="+-", origin="reference", text="y")
    assert rejections.false_rejects([rejected], [rejected, reference])[0].cause is Cause.WRONG_EXAMPLE


def test_an_example_that_the_reference_meets_does_not():
    first, second = (sample("++++-", examples="+-", text=it) for it in "xy")
    reference = sample("+++++o", examples="++", origin="reference", text="z")
    found = rejections.false_rejects([first], [first, second, reference])
    assert found[0].cause is Cause.EXAMPLE


def test_one_answer_alone_is_no_witness_against_an_example_and_two_are():
    first, second = (sample("++++-", examples="-", text=it) for it in "xy")
    wrong_answer = sample("++++-", examples="-", text="z", passes=False)
    assert rejections.false_rejects([first], [first, wrong_answer])[0].cause is Cause.EXAMPLE
    assert rejections.false_rejects([first], [first, second])[0].cause is Cause.WRONG_EXAMPLE


def test_an_example_of_another_task_says_nothing():
    rejected = sample("++++-", examples="-")
    elsewhere = sample("++++-", examples="-", origin="reference", task="t2")
    assert rejections.false_rejects([rejected], [rejected, elsewhere])[0].cause is Cause.EXAMPLE


def test_mutants_are_told_apart_by_what_their_examples_could_tell():
    samples = [
        sample("++++-", examples="-", origin="mutant:a", passes=False, task="t1"),
        sample("+++++o", examples="++", origin="mutant:a", passes=False, task="t2"),
        sample("++++oo", origin="mutant:a", passes=False, task="t3"),
        sample("++++?", examples="", origin="mutant:a", passes=False, task="t4", message="x"),
        sample("+-", origin="mutant:a", passes=True, task="t5"),
    ]
    found = bodies.mutants(samples)
    assert found.rejected == metrics.Rate(hits=2, of=4)
    assert found.detectable == metrics.Rate(hits=1, of=2)
    assert [it.record.task for it in found.undetectable] == ["t2"]
    assert [it.record.task for it in found.without_example] == ["t3"]
    assert found.by_check == {"examples": 2}


def test_only_references_that_pass_their_own_tests_are_counted():
    samples = [
        sample("++++oo", origin="reference"),
        sample("+-", origin="reference", passes=False),
        sample("++-", origin="reference", task="t2"),
    ]
    found = bodies.references(samples)
    assert found.accepted == metrics.Rate(hits=1, of=2)
    assert [it.sample.record.task for it in found.rejected] == ["t2"]


def problem(*rows, task="t1", relieved=frozenset()):
    """Each row: the marks, how many agree, and whether the hidden tests pass."""
    trial = Trial(language="python", path=Path("/w/a.py"), prefix="", completion="x", suffix="")
    judged = tuple(
        Judged(
            candidate=Candidate(text=str(number), generator="g"),
            trial=trial,
            verdict=verdict(marks),
            agreeing=agreeing,
            sampled=len(rows),
        )
        for number, (marks, agreeing, _) in enumerate(rows)
    )
    return Problem(
        language="python",
        task=task,
        origin="real:m",
        proposed=len(rows),
        judged=judged,
        labels=tuple(it[2] for it in rows),
        relieved=relieved,
    )


def test_a_person_sees_the_suggestion_that_most_agree_on():
    problems = [
        problem(("++++oo", 1, False), ("++++oo", 2, True), ("++++oo", 2, True)),
        problem(("++++oo", 1, False), ("+-", 0, True), task="t2"),
        problem(("+-", 0, True), task="t3"),
    ]
    found = [surfacing.surfaced(problems, least=it) for it in (1, 2, 3)]
    assert [(it.surfaced.hits, it.surfaced.of, it.right.hits, it.right.of) for it in found] == [
        (2, 3, 1, 2),
        (1, 3, 1, 1),
        (0, 3, 0, 0),
    ]


def test_what_fails_only_suspect_examples_is_counted_where_nothing_else_is_shown():
    problems = [
        problem(("++++-", 0, True), relieved=frozenset({0})),
        problem(("++++-", 0, False), task="t2", relieved=frozenset({0})),
        problem(("++++oo", 1, True), ("++++-", 0, True), task="t3", relieved=frozenset({1})),
    ]
    found = surfacing.surfaced(problems, least=1)
    assert found.relieved == metrics.Rate(hits=1, of=2)
    assert found.surfaced == metrics.Rate(hits=1, of=3)


def line(**changed):
    raw = {
        "task": "t1",
        "sample": 3,
        "language": "python",
        "path": "a.py",
        "prefix": "p",
        "completion": "c",
        "suffix": "",
        "hidden_test": "secret",
        "origin": "real:m",
        "label": {"compiles": None, "hidden_pass": True},
        **changed,
    }
    return json.dumps(raw).encode()


def test_a_record_is_read_without_its_hidden_test():
    (found,) = read([line()])
    assert (found.task, found.sample, found.kind, found.compiles, found.hidden_pass) == (
        "t1",
        3,
        "real",
        None,
        True,
    )
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"[]",
        b"\xff",
        line(prefix=None),
        line(label={}),
        line(label={"hidden_pass": "yes"}),
        b"[" * 9999,
    ],
    ids=["cut off", "a list", "no text", "no prefix", "no label", "a wrong label", "nested without end"],
)
def test_a_bad_line_costs_only_itself(bad):
    first, second = read([bad, b"", line()])
    assert isinstance(first, Unreadable)
    assert first.line == 1
    assert isinstance(second, Record)


@pytest.mark.parametrize(
    ("path", "name"),
    [("../../etc/x.py", "x.py"), ("/abs/y.py", "y.py"), ("..", "candidate"), ("", "candidate")],
)
def test_a_recording_does_not_choose_where_its_files_lie(path, name):
    (found,) = read([line(path=path)])
    assert found.path == name


def whole_report():
    samples = (
        sample("+++++o", examples="+", ms=10.0),
        sample("++++-", examples="-", message="<b>f(0)</b> gave \x1b[2J", task="t2", ms=20.0),
        sample("++++-", examples="-", origin="mutant:a", passes=False, ms=30.0),
    )
    language = language_report(
        "python", samples, checks=CHECKS, problems=[[problem(("+++++o", 1, True))]], naive=[], warm_up_ms=5.0
    )
    return Report(
        machine="m",
        sandbox="bubblewrap",
        files=("a.jsonl",),
        read=3,
        unreadable=(),
        skipped={"cobol": 2},
        seconds=1.0,
        languages=(language,),
        samples=samples,
    )


def test_a_report_lists_every_false_reject_and_what_was_left_out():
    found = {it.title: it for it in tables(whole_report())}
    (reject,) = found["python: false rejects, every one"].rows
    assert reject[:2] == ("t2 real:m #0", "examples")
    assert ("cobol", "2", "Vouch does not know this language") in found["Left out"].rows
    ladder = found["python, real:m: 2 candidates for 2 problems"]
    assert ladder.rows[-1] == ("shown", "1", "", "100.0 %", "50.0 %")


def test_a_page_shows_the_text_of_others_and_does_not_obey_it():
    hostile = "<script>x</script>\u202e\x1b[2J"
    table = Table(title=hostile, columns=("a", ">b"), rows=((hostile, '"1"'),), note=hostile)
    found = page("t & t", ["<i>"], [table])
    assert "<script>" not in found
    assert "<i>" not in found
    assert "\x1b" not in found
    assert "\u202e" not in found
    assert "&lt;script&gt;x&lt;/script&gt;\\u202e\\x1b[2J" in found


def test_the_data_of_a_report_is_json_and_holds_every_sample():
    data = json.loads(json.dumps(as_data(whole_report())))
    assert [it["accepted"] for it in data["samples"]] == [True, False, False]
    assert data["samples"][0]["checks"]["examples"] == "passed"
    rungs = data["languages"]["python"]["origins"]["real:m"]["ladder"]
    assert rungs[-1]["precision"] == {"hits": 1, "of": 1, "value": 1.0}
