"""The way from a hole to suggestions, with a scripted generator and a scripted judge at our own two seams."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from vouch_server.model import Candidate, Context, GeneratorFault, Snapshot
from vouch_server.pipeline import Inquiry, Stage, complete
from vouch_verifiers.model import (
    Evidence,
    Example,
    ExampleOutcome,
    Outcome,
    Verdict,
    failed,
    inconclusive,
    passed,
)
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.workbench import Workbench

PATH = Path("/project/module.py")
DEADLINE_S = 5.0


def context(marked="x = |\n"):
    prefix, suffix = marked.split("|")
    snapshot = Snapshot(
        uri="file:///project/module.py", path=PATH, language="python", version=1, text=prefix + suffix
    )
    return Context(snapshot=snapshot, offset=len(prefix))


class Script:
    """A generator that says what it is told to: texts, faults to raise, and events to wait for."""

    def __init__(self, *steps):
        self.steps = steps
        self.closed = asyncio.Event()
        self.proposed = 0

    def generate(self, context, wanted):
        # Kept, so that only an explicit close ends it: garbage collection would otherwise hide a missing one.
        self.stream = self._generate()
        return self.stream

    async def _generate(self):
        try:
            for step in self.steps:
                match step:
                    case asyncio.Event():
                        await step.wait()
                    case Exception():
                        raise step
                    case Candidate():
                        self.proposed += 1
                        yield step
                    case _:
                        self.proposed += 1
                        yield Candidate(text=step, generator="script")
        finally:
            self.closed.set()

    async def aclose(self):
        pass


class Judge:
    """Passes what begins with "good", rejects the rest; `gates` hold a verdict back until they are set."""

    def __init__(self, **gates):
        self.gates = gates
        self.seen = []
        self.at_once = self.most_at_once = 0
        self.cancelled = []

    async def __call__(self, trial, workbench, *, distrusted=frozenset()):
        self.seen.append(trial)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            gate = self.gates.get(trial.completion)
            await (gate.wait() if gate is not None else asyncio.sleep(0))
        except asyncio.CancelledError:
            self.cancelled.append(trial.completion)
            raise
        finally:
            self.at_once -= 1
        finding = passed("compiles") if trial.completion.startswith("good") else failed("no")
        if trial.completion.startswith("unsure"):
            finding = inconclusive("time-out")
        evidence = (Evidence(check="compile", finding=finding, ms=1.0),)
        return Verdict(evidence=evidence, required=frozenset({"compile"}))


def parts(script, judge, wanted=9, report=lambda _: None):
    workbench = Workbench(root=PATH.parent, settings=VerifierSettings())
    return {
        "generator": script,
        "workbench": workbench,
        "wanted": wanted,
        "verify": judge,
        "report": report,
    }


@pytest.mark.parametrize(
    ("steps", "shown", "why"),
    [
        pytest.param(["good1"], ["good1"], "", id="one passes"),
        pytest.param(["bad", "good1", "good2"], ["good1", "good2"], "", id="rejected ones are left out"),
        pytest.param(["good1", "good1"], ["good1"], "", id="the same text once"),
        pytest.param(["bad1", "bad2"], [], "2 candidates rejected: 2 do not compile", id="all rejected"),
        pytest.param(
            ["unsure"],
            [],
            "1 candidate rejected: it could not be judged (compile) (time-out)",
            id="undecided is no pass",
        ),
        pytest.param([], [], "the generator proposed nothing here", id="nothing proposed"),
        pytest.param(["", "  "], [], "2 candidates came back empty or unfit to be judged", id="only blanks"),
        pytest.param([GeneratorFault("no endpoint")], [], "no endpoint", id="a fault"),
        pytest.param(["good1", GeneratorFault("broke off")], ["good1"], "", id="a fault after a good one"),
        pytest.param(
            [KeyError("choices")],
            [],
            "the generator failed: KeyError: 'choices'",
            id="a plug-in's own mistake",
        ),
        pytest.param(
            [Candidate(text="good", generator="script", replaced=2)],
            [],
            "1 candidate came back empty or unfit to be judged",
            id="replacing past the end of the line",
        ),
    ],
)
async def test_of_these_proposals_this_is_offered(steps, shown, why):
    script = Script(*steps)
    offer = await complete(context(), **parts(script, Judge()))
    assert [it.text for it in offer.suggestions] == shown
    assert offer.why == why
    assert offer.finished
    assert script.closed.is_set()


async def test_what_is_judged_is_the_file_as_it_would_be():
    judge = Judge()
    replacing = Candidate(text="good", generator="script", replaced=2)
    await complete(context("x = |yz\nend"), **parts(Script(replacing), judge))
    (trial,) = judge.seen
    assert (trial.path, trial.after) == (PATH, "x = good\nend")


async def test_no_more_is_judged_than_was_asked_for():
    script, judge = Script(*(f"good{it}" for it in range(9))), Judge()
    offer = await complete(context(), **parts(script, judge, wanted=3))
    assert len(offer.suggestions) == len(judge.seen) == script.proposed == 3
    assert script.closed.is_set()


async def test_two_are_judged_at_a_time_while_others_are_still_generated():
    gates = {f"good{it}": asyncio.Event() for it in range(4)}
    more = asyncio.Event()
    judge = Judge(**gates)
    inquiry = Inquiry(context(), **parts(Script("good0", "good1", "good2", more, "good3"), judge))
    inquiry.start()
    await until(lambda: judge.at_once == 2)
    assert inquiry.progress.of == 3
    more.set()
    for gate in gates.values():
        gate.set()
    await finished(inquiry)
    assert judge.most_at_once == 2
    assert len(inquiry.offer.suggestions) == 4


async def test_what_passed_can_be_taken_while_the_rest_goes_on():
    gate = asyncio.Event()
    inquiry = Inquiry(context(), **parts(Script("good1", "good2"), Judge(good2=gate)))
    inquiry.start()
    await until(lambda: inquiry.offer.suggestions)
    assert [it.text for it in inquiry.offer.suggestions] == ["good1"]
    assert not inquiry.offer.finished
    gate.set()
    await finished(inquiry)
    assert [it.text for it in inquiry.offer.suggestions] == ["good1", "good2"]


async def test_news_that_came_before_they_were_waited_for_are_not_missed():
    inquiry = Inquiry(context(), **parts(Script("good1"), Judge()))
    news = inquiry.news()
    await inquiry.run()
    async with asyncio.timeout(DEADLINE_S):
        await news
        await inquiry.news()
    assert inquiry.offer.finished


async def test_closing_stops_the_generator_and_the_checks():
    never = asyncio.Event()
    script, judge = Script("good1", never), Judge(good1=never)
    inquiry = Inquiry(context(), **parts(script, judge))
    inquiry.start()
    await until(lambda: judge.at_once == 1)
    await inquiry.aclose()
    assert judge.cancelled == ["good1"]
    assert script.closed.is_set()


async def test_progress_counts_what_was_proposed_judged_and_passed():
    said = []
    await complete(context(), **parts(Script("good1", "bad"), Judge(), report=said.append))
    assert said[0].stage is Stage.GENERATING
    assert (said[-1].stage, said[-1].passed, said[-1].judged, said[-1].of) == (Stage.DONE, 1, 2, 2)
    assert Stage.CHECKING in {it.stage for it in said}


@pytest.mark.parametrize(
    ("steps", "now", "serves"),
    [
        pytest.param(["good1"], "x = go|\n", True, id="typing along a candidate"),
        pytest.param(["good1"], "x = |\n", True, id="the same place"),
        pytest.param(["good1"], "x = ba|\n", False, id="typing has left every candidate"),
        pytest.param(["bad1"], "x = ba|\n", False, id="typing along a rejected one"),
        pytest.param(["bad1"], "x = |\n", True, id="the same place, in vain"),
        pytest.param(["good1"], "y = g|\n", False, id="another text"),
    ],
)
async def test_a_finished_inquiry_serves(steps, now, serves):
    inquiry = Inquiry(context(), **parts(Script(*steps), Judge()))
    await inquiry.run()
    assert inquiry.serves(context(now)) is serves


async def test_an_inquiry_that_knows_nothing_yet_serves_whoever_types_on():
    inquiry = Inquiry(context(), **parts(Script(asyncio.Event()), Judge()))
    inquiry.start()
    assert inquiry.serves(context("x = abc|\n"))
    assert not inquiry.serves(context("x =|\n"))
    await inquiry.aclose()


async def until(condition):
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0)


async def finished(inquiry):
    async with asyncio.timeout(DEADLINE_S):
        while not inquiry.offer.finished:
            await inquiry.news()


async def doubtful(trial, workbench, *, distrusted=frozenset()):
    """A judge of candidates that meet two examples and give 8 where the third wants 15."""
    wanted = {"e1": "1", "e2": "2", "e3": "15"}
    observed = {"e1": "1", "e2": "2", "e3": "8"}
    outcomes = tuple(
        ExampleOutcome(
            example=Example(id=name, code=f"f({name!r})", mode="value", expected=wanted[name]),
            outcome=_outcome(name, wanted, observed, distrusted),
            observed=observed[name],
            reached=True,
        )
        for name in wanted
    )
    bad = any(it.outcome is Outcome.FAILED for it in outcomes)
    finding = (failed if bad else passed)("2/3 examples", examples=outcomes)
    return Verdict(evidence=(Evidence(check="examples", finding=finding, ms=1.0),))


def _outcome(name, wanted, observed, distrusted):
    if name in distrusted:
        return Outcome.NOT_APPLICABLE
    return Outcome.PASSED if wanted[name] == observed[name] else Outcome.FAILED


async def test_what_fails_only_a_suspect_example_is_told_of_and_shown_on_request():
    automatic = context()
    told = parts(Script("a", "b", "c"), doubtful)
    inquiry = Inquiry(automatic, **told)
    await inquiry.run()
    assert inquiry.offer.suggestions == ()
    assert "suspect example" in inquiry.offer.why
    assert inquiry.serves(automatic)
    asked = replace(automatic, explicit=True)
    assert not inquiry.serves(asked), "a person who asks is to see what was withheld"
    offer = await complete(asked, **told)
    assert [it.text for it in offer.suggestions] == ["a", "b", "c"]
    assert offer.suggestions[0].judged.suspects
