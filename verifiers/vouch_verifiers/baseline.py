"""New errors only: what was wrong before the candidate is not held against it. Pure; knows no checker."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vouch_verifiers.diagnostics import Diagnostic
from vouch_verifiers.model import Trial
from vouch_verifiers.text_lines import Lines

_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The white space and the closing brackets of a candidate, which its placeholder has to bring as well."""

    before: str
    closers: str
    after: str


def frame_of(completion: str) -> Frame:
    """What of a completion its placeholder must keep. Equal frames lead to the same baseline."""
    body = completion.strip()
    if not body:
        return Frame(before="", closers="", after="")
    start = completion.index(body)
    return Frame(
        before=completion[:start], closers=_unopened_closers(body), after=completion[start + len(body) :]
    )


def placeholder_text(trial: Trial, placeholders: Sequence[str], *, parse_errors: Callable[[str], int]) -> str:
    """What stands in the hole of the baseline file, `prefix + placeholder + suffix`.

    It is the first of the placeholders, set like the candidate (its indentation, the brackets it closes),
    with which the file has the fewest parse errors. `parse_errors` counts them for a whole file. In a broken
    file every variant has to be tried, so the answer is remembered for the hole and the shape of the candidate.
    """
    return _best(trial.prefix, trial.suffix, frame_of(trial.completion), tuple(placeholders), parse_errors)


@lru_cache(maxsize=16)
def _best(
    prefix: str, suffix: str, frame: Frame, placeholders: tuple[str, ...], parse_errors: Callable[[str], int]
) -> str:
    best, fewest = "", -1
    for filler in _variants(frame, placeholders):
        errors = parse_errors(prefix + filler + suffix)
        if errors == 0:
            return filler
        if fewest < 0 or errors < fewest:
            best, fewest = filler, errors
    return best


def new_diagnostics(
    before: Sequence[Diagnostic],
    after: Sequence[Diagnostic],
    trial: Trial,
    placeholder: str,
    *,
    syntax_rules: frozenset[str] = frozenset(),
) -> tuple[Diagnostic, ...]:
    """Those of `after` that have no counterpart in `before`, in order; each counterpart counts once.

    `before` belongs to `prefix + placeholder + suffix`, `after` to the trial's resulting text. A counterpart
    has the same rule and stands at the same place once the hole is accounted for, with the same message if
    possible: what it names may have changed. Failing that, the same rule and message elsewhere outside the
    hole will do. What was said of the placeholder itself, or of what it completes, is nobody's fault and a
    counterpart of nothing; but parsers report an error wherever they lost the thread, so any error of
    `syntax_rules` is a counterpart of any other.
    """
    old_lines, lines = Lines(trial.prefix + placeholder + trial.suffix), Lines(trial.after)
    old = [_place(it, old_lines, trial.prefix, placeholder) for it in before]
    new = [_place(it, lines, trial.prefix, trial.completion) for it in after]
    old_outside, new_outside = [it for it in old if it.outside], [it for it in new if it.outside]
    keys: tuple[Callable[[_Placed], Hashable], ...] = (
        lambda it: (it.said.rule, it.where, headline(it.said)),
        lambda it: (it.said.rule, it.where),
        lambda it: (it.said.rule, headline(it.said)),
    )
    for key in keys:
        old_outside, new_outside = _unmatched(old_outside, new_outside, key)
    old_left = [*old_outside, *(it for it in old if not it.outside)]
    spare = Counter[Hashable](it.said.rule in syntax_rules for it in old_left)
    left = {id(it) for it in new_outside}
    unpaired = [it for it in new if not it.outside or id(it) in left]
    return tuple(it.said for it in unpaired if not (it.said.rule in syntax_rules and _spend(spare, True)))


def in_hole(said: Diagnostic, trial: Trial) -> bool:
    """Whether a diagnostic of the resulting text is about inserted text, or about what it completes."""
    return not _place(said, Lines(trial.after), trial.prefix, trial.completion).outside


def headline(said: Diagnostic) -> str:
    """The first line of a message; below it checkers add where they looked, which changes with the text."""
    return said.message.partition("\n")[0].strip()


@dataclass(frozen=True, slots=True)
class _Placed:
    """`where` counts from the start of the file before the hole, and from its end (negative) behind it."""

    said: Diagnostic
    where: int
    outside: bool


def _place(said: Diagnostic, lines: Lines, prefix: str, filling: str) -> _Placed:
    start = lines.offset(said.start_line, said.start_column)
    end = lines.offset(said.end_line, said.end_column)
    hole_start, hole_end = len(prefix), len(prefix) + len(filling)
    if start < hole_start:
        # Around a hole on lines of its own is all that a call or a block encloses; in the middle of a line, it
        # is what the candidate completes.
        own_lines = not prefix[max(prefix.rfind("\n"), prefix.rfind("\r")) + 1 :].strip()
        return _Placed(said, start, outside=own_lines or end <= hole_start)
    # One more than the distance, so that the very end of the file is not taken for its start.
    return _Placed(said, -(lines.end - start) - 1, outside=start >= hole_end)


def _unmatched(
    old: list[_Placed], new: list[_Placed], key: Callable[[_Placed], Hashable]
) -> tuple[list[_Placed], list[_Placed]]:
    """What is left of both after pairing those with the same key."""
    available = Counter[Hashable](key(it) for it in old)
    left_new, used = [], Counter[Hashable]()
    for it in new:
        if _spend(available, key(it)):
            used[key(it)] += 1
        else:
            left_new.append(it)
    return [it for it in old if not _spend(used, key(it))], left_new


def _spend(budget: Counter[Hashable], key: Hashable) -> bool:
    if budget[key] <= 0:
        return False
    budget[key] -= 1
    return True


def _variants(frame: Frame, placeholders: Sequence[str]) -> Iterator[str]:
    fillings = [frame.before + it + frame.after for it in placeholders]
    closed = [frame.before + it + frame.closers + frame.after for it in placeholders] if frame.closers else []
    # The shapes that differ most from the candidate come last.
    yield from dict.fromkeys([*closed, *fillings, *placeholders, *(f"{it}\n" for it in placeholders), ""])


def _unopened_closers(body: str) -> str:
    """The brackets that a text closes without having opened them. Those in strings are counted too; a variant
    without them is tried as well."""
    open_brackets: list[str] = []
    closers: list[str] = []
    for char in body:
        if char in _PAIRS.values():
            open_brackets.append(char)
        elif char in _PAIRS:
            if open_brackets and open_brackets[-1] == _PAIRS[char]:
                open_brackets.pop()
            elif not open_brackets:
                closers.append(char)
    return "".join(closers)
