"""Says in one sentence why nothing is shown. Pure wording; decides nothing."""

from collections import Counter
from collections.abc import Sequence

from vouch_server.model import Judged
from vouch_verifiers.model import Outcome

# What a check's failure means, for one candidate and for several.
FAILURES = {
    "parse": ("does not parse", "do not parse"),
    "compile": ("does not compile", "do not compile"),
    "check": ("brings new errors", "bring new errors"),
    "run": ("fails when it runs", "fail when they run"),
    "examples": ("fails an example", "fail an example"),
    "tests": ("fails a test", "fail a test"),
}
LONGEST_MESSAGE = 200


def why_nothing(judged: Sequence[Judged], *, fault: str = "", unusable: int = 0) -> str:
    """One sentence from the decisive findings; `unusable` counts proposals that were empty or unfit to judge.

    "" where something was accepted.
    """
    rejected = [it for it in judged if not it.verdict.accepted]
    if len(rejected) < len(judged):
        return ""
    parts = [_rejections(rejected)] if rejected else []
    if unusable and not rejected:
        parts.append(f"{_count(unusable)} came back empty or unfit to be judged")
    # A person's own example that nothing can meet is what they need to know most.
    parts += dict.fromkeys(it for judged_one in rejected for it in judged_one.suspects)
    if fault:
        parts.append(fault)
    return "; ".join(parts) or "the generator proposed nothing here"


def _rejections(rejected: Sequence[Judged]) -> str:
    kinds = Counter(_kind(it) for it in rejected)
    if len(rejected) == 1:
        detail = _detail(rejected[0])
        return f"1 candidate rejected: it {_phrase(next(iter(kinds)), 1)}" + (
            f" ({detail})" if detail else ""
        )
    said = ", ".join(f"{number} {_phrase(kind, number)}" for kind, number in kinds.most_common())
    return f"{_count(len(rejected))} rejected: {said}"


def _kind(judged: Judged) -> tuple[str, Outcome]:
    blame = judged.verdict.decisive
    if blame is None:
        return "", Outcome.INCONCLUSIVE
    return blame.check, blame.finding.outcome


def _phrase(kind: tuple[str, Outcome], number: int) -> str:
    check, outcome = kind
    several = number > 1
    match outcome:
        case Outcome.FAILED:
            fallback = (f"fails {check}", f"fail {check}")
            return FAILURES.get(check, fallback)[several]
        case Outcome.NOT_APPLICABLE:
            return f"{'lack' if several else 'lacks'} the evidence that is required ({check})"
        case Outcome.PASSED | Outcome.INCONCLUSIVE:
            return "could not be judged" + (f" ({check})" if check else "")


def _detail(judged: Judged) -> str:
    blame = judged.verdict.decisive
    if blame is None:
        return ""
    message = " ".join(blame.finding.message.split())
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 1] + "…"
    where = blame.finding.position
    return f"line {where.line + 1}: {message}" if where is not None and message else message


def _count(number: int) -> str:
    return f"{number} candidate{'' if number == 1 else 's'}"
