"""What goes on between one document and us: the inquiry under way, what was shown, and what was accepted."""

from collections import OrderedDict, deque
from collections.abc import Iterator

from vouch_server.acceptance import Accepted, Edit, after_edit, found, inserted
from vouch_server.model import Context, Suggestion
from vouch_server.pipeline import Inquiry
from vouch_server.ranking import strength

INQUIRIES_KEPT = 8
SHOWN_KEPT = 32
ACCEPTED_KEPT = 64


class Dialogue:
    """Owns the memory of one document. Inquiries are closed by whoever takes them out."""

    def __init__(self) -> None:
        self.inquiry: Inquiry | None = None
        self._chosen = ""
        self._leading = ""
        self._past: deque[Inquiry] = deque(maxlen=INQUIRIES_KEPT)
        self._shown: OrderedDict[str, Suggestion] = OrderedDict()
        self._accepted: deque[Accepted] = deque(maxlen=ACCEPTED_KEPT)

    def turn_to(self, inquiry: Inquiry | None) -> Inquiry | None:
        """Make an inquiry the current one, or none; the former, to be closed.

        It is remembered where it found anything.
        """
        former, self.inquiry = self.inquiry, inquiry
        if former is not None and former.offer.suggestions:
            self._past.append(former)
        return former

    def forget_offers(self) -> None:
        self._past.clear()

    def known(self, context: Context) -> tuple[Suggestion, ...]:
        """What was vouched for already and leads on from this hole, each text once.

        What the person chose comes first, else what they are looking at, else the best.
        """
        merit = self._by_merit(context)
        first = self._first(merit)
        return tuple(sorted(merit, key=lambda it: it is not first))

    def next(self, context: Context) -> tuple[Suggestion, int, int] | None:
        """Prefer the suggestion after the first; it, its 0-based place by merit, and how many there are."""
        merit = self._by_merit(context)
        if not merit:
            return None
        first = self._first(merit)
        place = (merit.index(first) + 1) % len(merit) if first is not None else 0
        self._chosen = merit[place].id
        return merit[place], place, len(merit)

    def show(self, suggestions: tuple[Suggestion, ...]) -> None:
        """Remember what the editor was given, to know it again when it is accepted."""
        if suggestions:
            self._leading = suggestions[0].id
        for suggestion in suggestions:
            self._shown[suggestion.id] = suggestion
            self._shown.move_to_end(suggestion.id)
        while len(self._shown) > SHOWN_KEPT:
            self._shown.popitem(last=False)

    def shown(self, id: str) -> Suggestion | None:
        return self._shown.get(id)

    def accept(self, id: str, text: str) -> Accepted | None:
        """The editor says that a suggestion was inserted; where it stands, None where it does not."""
        known = next((it for it in self._accepted if it.suggestion.id == id), None)
        if known is not None:
            return known
        suggestion = self._shown.get(id)
        accepted = found(suggestion, text) if suggestion is not None else None
        if accepted is not None:
            self._accepted.append(accepted)
        return accepted

    def edited(self, edit: Edit, text: str) -> Accepted | None:
        """Follow an edit that led to `text`; the suggestion it completed, where it did.

        Some editors ignore an item's command, so that the text itself has to tell.
        """
        moved = (after_edit(it, edit) for it in self._accepted)
        self._accepted = deque((it for it in moved if it is not None), maxlen=ACCEPTED_KEPT)
        for suggestion in self._shown.values():
            accepted = inserted(suggestion, text)
            if accepted is not None:
                self._accepted.append(accepted)
                return accepted
        return None

    def accepted_at(self, offset: int) -> Accepted | None:
        """The newest accepted insertion that an offset lies in."""
        return next((it for it in reversed(self._accepted) if it.start <= offset <= it.end), None)

    def _first(self, merit: tuple[Suggestion, ...]) -> Suggestion | None:
        by_id = {it.id: it for it in merit}
        chosen, leading = by_id.get(self._chosen), by_id.get(self._leading)
        if chosen is not None:
            return chosen
        # A text that changes under the reader's eyes is a nuisance, unless more speaks for another one.
        if leading is not None and strength(leading.judged) >= strength(merit[0].judged):
            return leading
        return merit[0] if merit else None

    def _by_merit(self, context: Context) -> tuple[Suggestion, ...]:
        """From the newest inquiry that has something for this hole; its resulting texts all differ."""
        found = (it.suggestions_for(context) for it in self._inquiries())
        return next((it for it in found if it), ())

    def _inquiries(self) -> Iterator[Inquiry]:
        if self.inquiry is not None:
            yield self.inquiry
        yield from reversed(self._past)
