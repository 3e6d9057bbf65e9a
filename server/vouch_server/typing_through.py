"""What is left of a judged text while the person types along it. Pure; a verdict is about the resulting text."""

from dataclasses import replace

from vouch_server.model import Context, Suggestion
from vouch_verifiers.model import Trial

# How much may be typed while nothing was proposed yet before the answer is not worth waiting for.
LONGEST_BLIND_TYPING = 32


def rest(trial: Trial, replaced: int, context: Context) -> str | None:
    """What must be inserted at the hole, in place of `replaced` code points, to get the trial's text.

    None where that text can no longer be reached from there. "" where it stands there already.
    """
    prefix, suffix = context.prefix, context.suffix[replaced:]
    after = trial.after
    # A shorter prefix means that something was deleted: offering it again would undo the person's own edit.
    if len(prefix) < len(trial.prefix) or len(prefix) + len(suffix) > len(after):
        return None
    if not (after.startswith(prefix) and after.endswith(suffix)):
        return None
    return after[len(prefix) : len(after) - len(suffix)]


def same_surroundings(trial: Trial, context: Context) -> bool:
    """Whether all that a verdict depends on besides the resulting text is as it was."""
    snapshot = context.snapshot
    return (
        trial.path == snapshot.path
        and trial.language == snapshot.language
        and trial.workspace == snapshot.workspace
        and trial.buffers == snapshot.others
    )


def carried_to(suggestion: Suggestion, context: Context) -> Suggestion | None:
    """The same suggestion seen from another hole; None where it does not lead there or nothing is left.

    It keeps its id: the resulting text, and so the verdict, is the same.
    """
    judged = suggestion.judged
    left = rest(judged.trial, judged.candidate.replaced, context)
    if not left or not same_surroundings(judged.trial, context):
        return None
    if left == judged.candidate.text:
        return suggestion
    suffix = context.suffix[judged.candidate.replaced :]
    return replace(
        suggestion,
        judged=replace(
            judged,
            candidate=replace(judged.candidate, text=left),
            trial=replace(judged.trial, prefix=context.prefix, completion=left, suffix=suffix),
        ),
    )


def typed_since(earlier: Context, later: Context) -> str | None:
    """What was typed at the earlier hole; None where anything else changed."""
    before, after = earlier.prefix, later.prefix
    if earlier.suffix != later.suffix or not after.startswith(before):
        return None
    return after[len(before) :]


def worth_waiting(earlier: Context, later: Context) -> bool:
    """Whether an answer to the earlier hole, of which nothing is known yet, may still fit the later one."""
    typed = typed_since(earlier, later)
    return typed is not None and len(typed) <= LONGEST_BLIND_TYPING and "\n" not in typed
