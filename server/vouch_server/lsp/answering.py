"""Answers one request for suggestions: from what is known, else by holding it until something passed.

A request is held for a while only. After that it is answered empty and the work goes on; once something
passed, the editor is told and asks again. While the person types along what was proposed, nothing is generated
or judged anew. Knows no protocol types.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from vouch_server.lsp.session import Session
from vouch_server.lsp.status import State
from vouch_server.lsp.turns import Turn
from vouch_server.model import Context, GeneratorFault, Suggestion
from vouch_server.pipeline import Inquiry
from vouch_verifiers.workbench import Workbench

# After a client took its question back, work goes on this long in case the next key stroke asks again.
GRACE_S = 1.0

Suggestions = tuple[Suggestion, ...]


async def answer(
    session: Session, context: Context, turn: Turn, *, when_ready: Callable[[], None]
) -> Suggestions | None:
    """Suggestions for a hole, empty where there are none yet or at all; None for a superseded request.

    `when_ready` is called later, at most once, when something passed after an empty answer and the document
    and the question are still the same.
    """
    if turn.superseded:
        return None
    silence = session.silence()
    if silence:
        session.tell(context.snapshot, State.OFF, silence)
        return ()
    dialogue = session.dialogue(context.snapshot.uri)
    known = dialogue.known(context)
    if known:
        session.tell_served(context.snapshot, len(known))
    else:
        known = await _worked_out(session, context, turn, when_ready)
    if turn.superseded:
        return None
    dialogue.show(known)
    return known


async def _worked_out(
    session: Session, context: Context, turn: Turn, when_ready: Callable[[], None]
) -> Suggestions:
    """Hold the request until something passed or the time is up."""
    snapshot = context.snapshot
    reluctance = await session.reluctance(context)
    if reluctance:
        session.tell(snapshot, State.IDLE, reluctance)
        return ()
    workbench = await session.workshop.workbench(snapshot.root)
    hold_ms = session.settings.explicit_hold_ms if context.explicit else session.settings.hold_ms
    try:
        async with asyncio.timeout(hold_ms / 1000):
            return await _first_passed(session, context, turn, workbench)
    except TimeoutError:
        session.tell_unfinished(snapshot, f"nothing has passed within {hold_ms} ms; the work goes on")
        session.background(_watch(session, context, turn, workbench, when_ready))
    except GeneratorFault as fault:
        session.tell(snapshot, State.ERROR, str(fault))
    except asyncio.CancelledError:
        session.background(_abandon(session, snapshot.uri, turn))
        raise
    return ()


async def _first_passed(session: Session, context: Context, turn: Turn, workbench: Workbench) -> Suggestions:
    """Wait until something passed for this hole, all was judged in vain, or the turn is over.

    Whatever makes the workbench a wrong one ends the turn as well.
    """
    dialogue = session.dialogue(context.snapshot.uri)
    if not _may_serve(dialogue.inquiry, context) and not context.explicit:
        # The next key stroke often follows at once; what it makes useless is better not begun.
        await _unless_superseded(turn, asyncio.sleep(session.settings.debounce_ms / 1000))
    asked_anew = False
    while not turn.superseded:
        inquiry = dialogue.inquiry
        if inquiry is not None and (passed := inquiry.suggestions_for(context)):
            return passed
        in_vain = inquiry is not None and inquiry.offer.finished and context.explicit and not asked_anew
        if inquiry is None or in_vain or not inquiry.serves(context):
            session.inquire(context, workbench)
            asked_anew = True
            continue
        if inquiry.offer.finished:
            session.tell_progress(context.snapshot, inquiry, inquiry.progress)
            break
        await _unless_superseded(turn, inquiry.news())
    return ()


def _may_serve(inquiry: Inquiry | None, context: Context) -> bool:
    return inquiry is not None and inquiry.serves(context)


async def _watch(
    session: Session, context: Context, turn: Turn, workbench: Workbench, when_ready: Callable[[], None]
) -> None:
    """Go on waiting on behalf of a request that was answered empty."""
    uri = context.snapshot.uri
    try:
        passed = await _first_passed(session, context, turn, workbench)
    except GeneratorFault as fault:
        session.tell(context.snapshot, State.ERROR, str(fault))
        return
    if passed and session.turns.is_newest(uri, turn):
        when_ready()


async def _abandon(session: Session, uri: str, turn: Turn) -> None:
    """Stop the work for a question that was taken back, unless another one came."""
    await _unless_superseded(turn, asyncio.sleep(GRACE_S))
    if session.turns.is_newest(uri, turn):
        session.turns.end(uri)
        session.leave(uri)


async def _unless_superseded(turn: Turn, work: Coroutine[Any, Any, object]) -> None:
    """Wait for work or for the end of the turn, whichever comes first."""
    tasks = [asyncio.create_task(work), asyncio.create_task(turn.until_superseded())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
