"""When an answer that is still growing is long enough. Pure; judging would see none of the rest anyway."""

from dataclasses import dataclass

from vouch_server import blocks
from vouch_server.blocks import Hole

# So many repeated lines of what follows are no accident.
REPEATED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What ends an answer: its block, given by `hole`; a stop mark; the lines in `following`; its size."""

    hole: Hole
    following: tuple[str, ...]
    stops: tuple[str, ...] = ()
    most_bytes: int = 16 * 1024

    def marked(self, text: str) -> bool:
        """Whether a growing text needs a look in the middle of a line: a stop mark, or more than enough."""
        return any(it and it in text for it in self.stops) or len(text) > self.most_bytes


def following(suffix: str) -> tuple[str, ...]:
    """The first visible lines after the cursor's own."""
    visible = (it.rstrip() for it in suffix.split("\n")[1:] if it.strip())
    return tuple(line for line, _ in zip(visible, range(REPEATED), strict=False))


def cut(text: str, bounds: Bounds) -> int | None:
    """Where to cut `text` because it is over, or None while it may go on."""
    marks = [at for at in (text.find(it) for it in bounds.stops if it) if at >= 0]
    if marks:
        return min(marks)
    end = blocks.end_of_block(bounds.hole, text)
    if end < len(text):
        return end
    if _repeats(text, bounds.following):
        return len(text)
    if len(text.encode("utf-8", "surrogatepass")) > bounds.most_bytes:
        return whole_lines(text)
    return None


def whole_lines(text: str) -> int:
    """Where the last unfinished line of a text begins; its length where there is but one line."""
    return text.rfind("\n") if "\n" in text.strip("\n") else len(text)


def _repeats(text: str, following: tuple[str, ...]) -> bool:
    if not following or "\n" not in text:
        return False
    visible = [it.rstrip() for it in text.split("\n")[:-1] if it.strip()]
    # A line such as `return None` may stand in several branches: one alone has to be all that follows.
    return tuple(visible[-len(following) :]) == following
