"""Tells programs that the examples determine from programs that were merely bent until the last example fitted."""

from typing import Final

from vouch_server.synthesis.grammar.terms import Term
from vouch_server.synthesis.values import Row

FEWEST_ROWS: Final = 3
LIGHTER: Final = 3.0  # by how much a rival must be the simpler one to count


class Rivals:
    """For each example, the simplest program seen that is right on all the others and wrong on it.

    Where that one is much simpler than what fits all, leaving the example out would have led elsewhere: the examples
    do not bear each other out. Of two examples nothing can be left out.
    """

    def __init__(self, target: Row) -> None:
        self._target = target
        self._lightest: dict[int, int] = {}

    def see(self, term: Term) -> None:
        """Takes note of a program that is wrong on exactly one example."""
        if len(self._target) < FEWEST_ROWS:
            return
        wrong = [place for place, it in enumerate(term.values) if it != self._target[place]]
        if len(wrong) == 1 and term.cost < self._lightest.get(wrong[0], term.cost + 1):
            self._lightest[wrong[0]] = term.cost

    def doubt(self, weight: float) -> float:
        """The share of the examples, 0 to 1, without which something much simpler would have been found."""
        if not self._lightest:
            return 0.0
        lighter = sum(1 for it in self._lightest.values() if it < weight - LIGHTER)
        return lighter / len(self._target)
