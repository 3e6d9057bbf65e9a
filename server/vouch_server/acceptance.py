"""Follows an accepted insertion through later edits, and drops it once its own text is changed. Pure."""

from dataclasses import dataclass, replace

from vouch_server.model import Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`text` in place of what stood between two offsets of the text before. Offsets count code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A suggestion whose text stands in the document between two offsets in code points."""

    suggestion: Suggestion
    start: int
    end: int


def difference(before: str, after: str) -> Edit:
    """The smallest single edit that leads from one text to the other."""
    start = _common_prefix(before, after)
    # The two must not overlap, or "aa" to "a" would count the same letter twice.
    most = min(len(before), len(after)) - start
    kept = min(_common_prefix(before[::-1], after[::-1]), most)
    return Edit(start=start, end=len(before) - kept, text=after[start : len(after) - kept])


def inserted(suggestion: Suggestion, text: str) -> Accepted | None:
    """Where the whole suggestion stands in a text that is exactly the judged one; None where it is not."""
    trial = suggestion.judged.trial
    if text != trial.after:
        return None
    start = len(trial.prefix)
    return Accepted(suggestion=suggestion, start=start, end=start + len(trial.completion))


def found(suggestion: Suggestion, text: str) -> Accepted | None:
    """Where a suggestion stands that the editor says it inserted, though more was changed with it."""
    trial = suggestion.judged.trial
    start = len(trial.prefix)
    end = start + len(trial.completion)
    if text[start:end] != trial.completion:
        return None
    return Accepted(suggestion=suggestion, start=start, end=end)


def after_edit(accepted: Accepted, edit: Edit) -> Accepted | None:
    """Where the insertion stands after an edit; None where the edit touched its text."""
    if edit.start >= accepted.end:
        return accepted
    if edit.end > accepted.start:
        return None
    shift = len(edit.text) - (edit.end - edit.start)
    return replace(accepted, start=accepted.start + shift, end=accepted.end + shift)


def _common_prefix(one: str, other: str) -> int:
    # Comparing slices runs at memory speed; a loop over a file's characters does not.
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
