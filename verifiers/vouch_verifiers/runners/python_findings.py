"""What examples and tests say of a trial, from what was observed. Runs nothing."""

from typing import TYPE_CHECKING

from vouch_verifiers.model import (
    Example,
    ExampleOutcome,
    Finding,
    Outcome,
    Position,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from vouch_verifiers.oracles.expressions import BUILTINS, free_names, parse_module
from vouch_verifiers.oracles.nearby_tests import NearbyTest
from vouch_verifiers.runners import values
from vouch_verifiers.runners.python_failures import environment_reason
from vouch_verifiers.runners.python_worker import Event

if TYPE_CHECKING:
    from vouch_verifiers.runners.python_trial import Performance


def of_examples(told: "Performance", distrusted: frozenset[str]) -> Finding:
    """PASSED when every example that reaches the candidate holds; probes are recorded and decide nothing, nor do
    the distrusted."""
    outcomes = tuple(_example(it, told.report.steps.get(it.id), distrusted) for it in told.work.examples)
    probed = tuple(_probe(it, told.report.steps.get(it.id)) for it in told.work.probes)
    facts = {"examples": outcomes + probed, "executed_lines": told.executed_lines}
    if not told.report.loaded:
        return not_applicable("nothing was loaded")
    return _summed(outcomes, "example", facts, absent="no example")


def of_tests(told: "Performance") -> Finding:
    """PASSED when at least one test that reaches the candidate passed and none failed."""
    if told.sliced:
        return not_applicable("the file cannot be loaded as a whole")
    outcomes = tuple(_test(it, told.report.tests.get(it.id)) for it in told.work.tests)
    return _summed(outcomes, "test", {"examples": outcomes}, absent="no test")


def _summed(
    outcomes: tuple[ExampleOutcome, ...], noun: str, facts: dict[str, object], *, absent: str
) -> Finding:
    judged = [it for it in outcomes if it.outcome is not Outcome.NOT_APPLICABLE]
    good = [it for it in judged if it.outcome is Outcome.PASSED]
    bad = [it for it in judged if it.outcome is Outcome.FAILED]
    if bad:
        first = bad[0]
        # An outside place: the line where the example stands.
        position = Position(line=first.example.line, column=0)
        return failed(f"{len(good)}/{len(judged)} {noun}s: {first.message}", position, **facts)
    if good:
        return passed(_count(len(good), len(judged), noun), **facts)
    if judged:
        return inconclusive(judged[0].message, **facts)
    return not_applicable(f"{absent} reaches it" if outcomes else absent, **facts)


def _count(good: int, judged: int, noun: str) -> str:
    if noun == "example":
        return f"{good}/{judged} {noun}{'s' if judged > 1 else ''}"
    return f"{good} {noun}{'s' if good > 1 else ''}"


def _example(example: Example, event: Event | None, distrusted: frozenset[str]) -> ExampleOutcome:
    if event is None or example.mode == "exec":
        return ExampleOutcome(example=example, outcome=Outcome.NOT_APPLICABLE)
    observed = values.shown(event, example)
    # `stack.items` after `stack.push(1)` says as much of `push` as a call would.
    reached = bool(event["reached"]) or (bool(event["follows"]) and _names_something(example.code))
    if example.id in distrusted:
        message, outcome = "a suspect example", Outcome.NOT_APPLICABLE
    elif not reached:
        message = "it does not reach the candidate"
        outcome = Outcome.NOT_APPLICABLE
    elif values.meets(example, event):
        message, outcome = "", Outcome.PASSED
    elif reason := environment_reason(event["raised"]) if "raised" in event else "":
        message, outcome = reason, Outcome.INCONCLUSIVE
    else:
        message, outcome = _mismatch(example, event, observed), Outcome.FAILED
    return ExampleOutcome(
        example=example, outcome=outcome, observed=observed, reached=reached, message=message
    )


def _names_something(code: str) -> bool:
    tree = parse_module(code)
    return tree is not None and bool(free_names(tree.body) - BUILTINS)


def _probe(example: Example, event: Event | None) -> ExampleOutcome:
    observed = values.shown(event, example) if event is not None else ""
    return ExampleOutcome(
        example=example, outcome=Outcome.NOT_APPLICABLE, observed=observed, reached=event is not None
    )


def _mismatch(example: Example, event: Event, observed: str) -> str:
    code = " ".join(example.code.split())[:80]
    if "raised" in event:
        line = event["raised"]["candidate_line"]
        return f"`{code}` raised {observed}" + (f" (line {line})" if line else "")
    if example.mode == "truth":
        return f"`{code}` is not true"
    if example.mode == "raises":
        return f"`{code}` did not raise {example.expected}"
    return f"`{code}` gave {observed}, expected {example.expected.strip()[:80]}"


def _test(test: NearbyTest, event: Event | None) -> ExampleOutcome:
    example = Example(id=test.id, code=test.id, mode="test", line=0, origin="test")
    if event is None or event["outcome"] == "skipped" or not event["reached"]:
        said = event.get("message", "") if event is not None else "it was not run"
        return ExampleOutcome(example=example, outcome=Outcome.NOT_APPLICABLE, message=said or "not reached")
    if event["outcome"] == "passed":
        return ExampleOutcome(example=example, outcome=Outcome.PASSED, observed="passed", reached=True)
    raised = event["raised"]
    observed = f"{raised['type']}: {raised['message']}".rstrip(": ")[:200]
    reason = environment_reason(raised)
    outcome = Outcome.INCONCLUSIVE if reason else Outcome.FAILED
    message = reason or f"{test.name}: {observed.partition(chr(10))[0]}"
    return ExampleOutcome(example=example, outcome=outcome, observed=observed, reached=True, message=message)
