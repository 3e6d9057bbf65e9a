"""workspace/executeCommand: the commands that clients bind keys and menus to.

- `vouch.accepted` [id] -> null. Sent by clients that run an item's command.
- `vouch.evidence` [id] or [{uri, position}] -> {id, text, accepted, summary, evidence, ms, markdown}.
- `vouch.verifySelection` [{uri, range}] -> {range, text, accepted, summary, evidence, ms, markdown}.
- `vouch.nextCandidate` [{uri, position}] -> {id, text, summary, index, of}, and vouch/ready.
- `vouch.why` [] or [uri] -> {why, candidates: [{text, generator, accepted, summary, evidence, ms}]}.
- `vouch.toggle` [] or [enabled] -> {enabled}.
- `vouch.snooze` [] or [minutes] -> {minutes}; 0 ends it.

`evidence`, `nextCandidate` and `why` answer null where nothing is known. Positions are LSP's; those inside
`evidence` are 0-based lines and code points in the resulting text.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from vouch_server import evidence as wording
from vouch_server import syntax
from vouch_server.lsp import arguments as read
from vouch_server.lsp import from_lsp, to_lsp
from vouch_server.lsp.connection import VouchServer
from vouch_server.lsp.documents import Document
from vouch_server.lsp.status import READY
from vouch_server.model import Candidate, Context, Judged, Suggestion
from vouch_verifiers.model import Trial

SNOOZE_MINUTES = 10.0

ACCEPTED = to_lsp.ACCEPTED
EVIDENCE = "vouch.evidence"
VERIFY_SELECTION = "vouch.verifySelection"
NEXT_CANDIDATE = "vouch.nextCandidate"
WHY = "vouch.why"
TOGGLE = "vouch.toggle"
SNOOZE = "vouch.snooze"


async def accepted(server: VouchServer, arguments: Sequence[object]) -> None:
    """Sent by clients that run an item's command once they have inserted it."""
    id = read.text(ACCEPTED, read.one_at_most(ACCEPTED, arguments), "the id of a suggestion")
    for uri, dialogue in server.session.dialogues().items():
        document = server.session.documents.get(uri)
        if document is not None and dialogue.shown(id) is not None:
            dialogue.accept(id, document.text)


async def evidence(server: VouchServer, arguments: Sequence[object]) -> dict[str, Any] | None:
    """What was seen of a suggestion that was shown, or of the accepted one at a place."""
    asked = read.one_at_most(EVIDENCE, arguments)
    if isinstance(asked, str):
        return _told_of(_shown(server, asked))
    return _told_of(_accepted_at(server, read.fields(EVIDENCE, asked)))


async def verify_selection(server: VouchServer, arguments: Sequence[object]) -> dict[str, Any]:
    """Judge code that stands in a document as if it had been proposed there.

    An empty range means the body of the function around it.
    """
    asked = read.fields(VERIFY_SELECTION, read.one_at_most(VERIFY_SELECTION, arguments))
    document = _document(server, VERIFY_SELECTION, asked)
    session = server.session
    if not session.workshop.trusted:
        raise JsonRpcInvalidParams(session.silence())
    snapshot = session.snapshot(document, session.documents.frozen())
    wanted = read.span(VERIFY_SELECTION, asked.get("range"))
    start, end = from_lsp.span(document, wanted, session.encoding)
    if start == end:
        body = await asyncio.to_thread(syntax.enclosing_body, snapshot.language, snapshot.text, start)
        if body is None:
            raise JsonRpcInvalidParams(f"{VERIFY_SELECTION}: nothing is selected and no function is around")
        start, end = body
    trial = Trial(
        language=snapshot.language,
        path=snapshot.path,
        prefix=snapshot.text[:start],
        completion=snapshot.text[start:end],
        suffix=snapshot.text[end:],
        workspace=snapshot.workspace,
        buffers=snapshot.others,
    )
    workbench = await session.workshop.workbench(trial.root)
    verdict = await session.workshop.verify(trial, workbench)
    candidate = Candidate(text=trial.completion, generator="selection")
    span = to_lsp.span(document, start, end, session.encoding)
    told = _told(Judged(candidate=candidate, trial=trial, verdict=verdict))
    return {"range": server.protocol.plain(span), **told}


async def next_candidate(server: VouchServer, arguments: Sequence[object]) -> dict[str, Any] | None:
    """Put the next of the suggestions for a place first, and have the client ask again."""
    asked = read.fields(NEXT_CANDIDATE, read.one_at_most(NEXT_CANDIDATE, arguments))
    document = _document(server, NEXT_CANDIDATE, asked)
    session = server.session
    place = read.position(NEXT_CANDIDATE, asked.get("position"))
    snapshot = session.snapshot(document, session.documents.frozen())
    offset = from_lsp.offset(document, place, session.encoding)
    chosen = session.dialogue(document.uri).next(Context(snapshot=snapshot, offset=offset))
    if chosen is None:
        return None
    suggestion, index, of = chosen
    where = {"line": place.line, "character": place.character}
    server.protocol.notify(READY, {"uri": document.uri, "version": document.version, "position": where})
    summary = suggestion.judged.verdict.summary
    return {"id": suggestion.id, "text": suggestion.text, "summary": summary, "index": index, "of": of}


async def why(server: VouchServer, arguments: Sequence[object]) -> dict[str, Any] | None:
    """Why nothing is shown: the current reason, and every rejected candidate with what rejected it."""
    asked = read.one_at_most(WHY, arguments)
    status = server.session.status.current
    uri = read.text(WHY, asked, "a uri") if asked is not None else (status.uri if status else "")
    inquiry = server.session.dialogue(uri).inquiry if uri in server.session.dialogues() else None
    offer = inquiry.offer if inquiry is not None else None
    said = status.why if status is not None and status.uri in ("", uri) else ""
    if offer is None and not said:
        return None
    judged = offer.judged if offer is not None else ()
    return {
        "why": said or (offer.why if offer is not None else ""),
        "candidates": wording.rejections(judged),
    }


async def toggle(server: VouchServer, arguments: Sequence[object]) -> dict[str, Any]:
    session = server.session
    asked = read.one_at_most(TOGGLE, arguments)
    session.enabled = not session.enabled if asked is None else read.flag(TOGGLE, asked, "a flag")
    _settle(server)
    return {"enabled": session.enabled}


async def snooze(server: VouchServer, arguments: Sequence[object]) -> dict[str, Any]:
    asked = read.one_at_most(SNOOZE, arguments)
    minutes = SNOOZE_MINUTES if asked is None else read.number(SNOOZE, asked, "minutes")
    server.session.snoozed_until = time.monotonic() + minutes * 60
    _settle(server)
    return {"minutes": minutes}


COMMANDS = {
    ACCEPTED: accepted,
    EVIDENCE: evidence,
    VERIFY_SELECTION: verify_selection,
    NEXT_CANDIDATE: next_candidate,
    WHY: why,
    TOGGLE: toggle,
    SNOOZE: snooze,
}


def _settle(server: VouchServer) -> None:
    if server.session.silence():
        server.session.stop_everything()
    else:
        server.session.warm_up_all()
    server.session.tell_standing()


def _told_of(suggestion: Suggestion | None) -> dict[str, Any] | None:
    return {"id": suggestion.id, **_told(suggestion.judged)} if suggestion is not None else None


def _told(judged: Judged) -> dict[str, Any]:
    return {
        "text": judged.candidate.text,
        **wording.as_data(judged.verdict),
        "markdown": wording.as_markdown(judged),
    }


def _document(server: VouchServer, command: str, asked: dict[str, object]) -> Document:
    document = server.documents().get(read.text(command, asked.get("uri"), "a uri"))
    if document is None:
        raise JsonRpcInvalidParams(f"{command}: that document is not open")
    return document


def _shown(server: VouchServer, id: str) -> Suggestion | None:
    shown = (it.shown(id) for it in server.session.dialogues().values())
    return next((it for it in shown if it is not None), None)


def _accepted_at(server: VouchServer, asked: dict[str, object]) -> Suggestion | None:
    document = _document(server, EVIDENCE, asked)
    place = read.position(EVIDENCE, asked.get("position"))
    offset = from_lsp.offset(document, place, server.session.encoding)
    accepted = server.session.dialogue(document.uri).accepted_at(offset)
    return accepted.suggestion if accepted is not None else None
