"""Which of several suggestions a person goes on seeing first."""

from pathlib import Path

import pytest

from vouch_server.lsp.dialogue import Dialogue
from vouch_server.model import Candidate, Context, Judged, Snapshot
from vouch_server.ranking import rank
from vouch_verifiers.model import Evidence, Trial, Verdict, passed

PATH = Path("/project/module.py")
CONTEXT = Context(
    snapshot=Snapshot(uri=PATH.as_uri(), path=PATH, language="python", version=1, text="x = \n"), offset=4
)


def judged(text, *, score=0.0, agreeing=1, checks=("compile",)):
    evidence = tuple(Evidence(check=it, finding=passed(), ms=1.0) for it in checks)
    return Judged(
        candidate=Candidate(text=text, generator="scripted", score=score),
        trial=Trial(language="python", path=PATH, prefix="x = ", completion=text, suffix="\n"),
        verdict=Verdict(evidence=evidence, required=frozenset({"compile"})),
        agreeing=agreeing,
    )


class Found:
    """An inquiry that has found so much up to now."""

    def __init__(self):
        self.judged = ()

    def suggestions_for(self, context):
        return rank(self.judged)


def seen(dialogue):
    known = dialogue.known(CONTEXT)
    dialogue.show(known)
    return "".join(it.text for it in known)


@pytest.mark.parametrize(
    ("later", "shown"),
    [
        pytest.param([judged("a"), judged("b", score=9.0)], "ab", id="a better score is no reason to change"),
        pytest.param([judged("a"), judged("b", agreeing=2)], "ba", id="more agree"),
        pytest.param([judged("a"), judged("b", checks=("compile", "tests"))], "ba", id="a test passed"),
        pytest.param([judged("b"), judged("c")], "bc", id="it does not lead on from here"),
    ],
)
def test_what_was_first_stays_first_unless_more_speaks_for_another(later, shown):
    dialogue, inquiry = Dialogue(), Found()
    dialogue.inquiry = inquiry
    inquiry.judged = [judged("a")]
    assert seen(dialogue) == "a"
    inquiry.judged = later
    assert seen(dialogue) == shown


def test_what_the_person_chose_stays_first_whatever_speaks_for_another():
    dialogue, inquiry = Dialogue(), Found()
    dialogue.inquiry = inquiry
    inquiry.judged = [judged("a"), judged("b"), judged("c")]
    assert seen(dialogue) == "abc"
    chosen, place, of = dialogue.next(CONTEXT)
    assert (chosen.text, place, of) == ("b", 1, 3)
    inquiry.judged = [judged("a", agreeing=2), judged("b"), judged("c", agreeing=2)]
    assert seen(dialogue) == "bac"


def test_the_next_one_is_counted_from_the_one_that_is_seen():
    dialogue, inquiry = Dialogue(), Found()
    dialogue.inquiry = inquiry
    inquiry.judged = [judged("a")]
    assert seen(dialogue) == "a"
    inquiry.judged = [judged("b", score=2.0), judged("a"), judged("c", score=-1.0)]
    assert seen(dialogue) == "abc"
    assert [dialogue.next(CONTEXT)[0].text for _ in range(3)] == ["c", "b", "a"]
