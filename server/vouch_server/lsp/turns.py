"""Whose turn it is to be answered: per document, the newest request, and none once the text has moved on."""

import asyncio


class Turn:
    """One request's claim to be answered with what it asked for."""

    def __init__(self) -> None:
        self._over = asyncio.Event()

    @property
    def superseded(self) -> bool:
        return self._over.is_set()

    def supersede(self) -> None:
        self._over.set()

    async def until_superseded(self) -> None:
        await self._over.wait()


class Turns:
    """Gives each document's newest request the turn and takes it from the one before."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}

    def take(self, uri: str) -> Turn:
        self.end(uri)
        turn = self._turns[uri] = Turn()
        return turn

    def end(self, uri: str) -> None:
        """Nobody's turn: the request that still waits is superseded."""
        turn = self._turns.pop(uri, None)
        if turn is not None:
            turn.supersede()

    def is_newest(self, uri: str, turn: Turn) -> bool:
        return self._turns.get(uri) is turn
