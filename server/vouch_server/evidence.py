"""Says what was seen of a judged text: as plain data for programs, as Markdown for people. Pure wording.

Messages are program and model output, hence hostile: in Markdown they only ever stand inside code fences.
"""

from collections.abc import Sequence
from typing import Any

from vouch_server.model import Judged
from vouch_verifiers.model import Evidence, Outcome, Verdict

MARKS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.INCONCLUSIVE: "?",
    Outcome.NOT_APPLICABLE: "-",
}
LONGEST_MESSAGE = 2_000


def as_data(verdict: Verdict) -> dict[str, Any]:
    """The verdict as JSON values. Positions are 0-based lines and code points in the resulting text."""
    return {
        "accepted": verdict.accepted,
        "summary": verdict.summary,
        "evidence": [_evidence_data(it) for it in verdict.evidence],
        "ms": round(verdict.ms, 1),
    }


def as_markdown(judged: Judged) -> str:
    """The evidence for a person: a headline, then every check with what it found, in one fence."""
    verdict = judged.verdict
    headline = "Vouched for" if verdict.accepted else "Not vouched for"
    if judged.sampled > 1:
        headline += f" · {judged.agreeing} of {judged.sampled} agree"
    blocks = [f"**{headline}**", fenced("\n".join(_line(it) for it in verdict.evidence), "text")]
    if judged.suspects:
        blocks.append("Examples that no candidate passes, though they agree with each other:")
        blocks.append(fenced("\n".join(judged.suspects), "text"))
    return "\n\n".join(blocks)


def fenced(text: str, info: str) -> str:
    """A Markdown code block that its own content cannot close."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def rejections(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """For every candidate that was not accepted: its text and the verdict on it."""
    return [
        {"text": it.candidate.text, "generator": it.candidate.generator, **as_data(it.verdict)}
        for it in judged
        if not it.verdict.accepted
    ]


def _evidence_data(evidence: Evidence) -> dict[str, Any]:
    finding = evidence.finding
    position = finding.position
    return {
        "check": evidence.check,
        "outcome": finding.outcome.value,
        "message": finding.message,
        "ms": round(evidence.ms, 1),
        "position": None if position is None else {"line": position.line, "column": position.column},
    }


def _line(evidence: Evidence) -> str:
    finding = evidence.finding
    message = finding.message[:LONGEST_MESSAGE]
    said = f"{MARKS[finding.outcome]} {evidence.check}"
    if finding.outcome is not Outcome.PASSED:
        said += f" ({finding.outcome.value})"
    lines = [f"{said}: {message}" if message else said]
    lines[0] += f"  [{evidence.ms:.0f} ms]"
    lines += [f"    {note[:LONGEST_MESSAGE]}" for note in finding.notes]
    lines += [
        f"    {MARKS[it.outcome]} {it.example.code}" + (f" -> {it.observed}" if it.observed else "")
        for it in finding.examples
    ]
    return "\n".join(lines)
