"""How much of a document a model is shown: what is nearest to the cursor, in whole lines. Pure."""

from dataclasses import dataclass

from vouch_server.model import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The text before and after the cursor that fits a budget; line ends are all `\\n`."""

    prefix: str
    suffix: str


def window(context: Context, *, prefix_characters: int, suffix_characters: int) -> Window:
    """The surroundings of the cursor within two budgets, in code points, cut at line starts.

    A single line that is longer than its budget is cut inside, so that something is always shown.
    """
    # Twice the budget is enough to start from: at worst every other character is half of a line end.
    before = _plain(context.prefix[-2 * prefix_characters - 1 :]) if prefix_characters else ""
    after = _plain(context.suffix[: 2 * suffix_characters + 1])
    return Window(prefix=_end_of(before, prefix_characters), suffix=_start_of(after, suffix_characters))


def _end_of(text: str, budget: int) -> str:
    if len(text) <= budget:
        return text
    kept = text[len(text) - budget :]
    if text[-budget - 1] == "\n":
        return kept
    _, newline, whole = kept.partition("\n")
    return whole if newline else kept


def _start_of(text: str, budget: int) -> str:
    if len(text) <= budget:
        return text
    whole, newline, _ = text[:budget].rpartition("\n")
    return whole + newline if newline else text[:budget]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
