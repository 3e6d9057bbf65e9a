"""All that one connection knows: documents, dialogues, settings and trust. Knows no LSP request."""

import asyncio
import logging
import time
from collections.abc import Collection, Coroutine, Mapping
from pathlib import Path
from typing import Any

from vouch_server import syntax
from vouch_server.lsp.dialogue import Dialogue
from vouch_server.lsp.documents import Document, Documents, others
from vouch_server.lsp.positions import UTF16
from vouch_server.lsp.status import State, Status, StatusLine
from vouch_server.lsp.turns import Turns
from vouch_server.lsp.warm_up import WarmUp
from vouch_server.model import Context, Snapshot
from vouch_server.pipeline import Inquiry, Progress, Stage
from vouch_server.settings import Settings
from vouch_server.workshop import Workshop
from vouch_server.workspace_table import FILE
from vouch_verifiers.registry import language_of
from vouch_verifiers.workbench import Workbench

log = logging.getLogger(__name__)

LARGEST_FILE = 1024 * 1024
CLOSE_TIMEOUT_S = 10.0

STATES = {Stage.GENERATING: State.GENERATING, Stage.CHECKING: State.CHECKING, Stage.DONE: State.IDLE}


class Session:
    """Owns all that ends with the connection. Its methods run on the event loop and do not block it."""

    def __init__(self, workshop: Workshop, status: StatusLine) -> None:
        self.workshop = workshop
        self.status = status
        self.documents = Documents()
        self.turns = Turns()
        self.folders: list[Path] = []
        self.encoding = UTF16
        self.enabled = True
        self.snoozed_until = 0.0
        self._dialogues: dict[str, Dialogue] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._warm_up = WarmUp(workshop)
        self._warming: set[asyncio.Task[Any]] = set()

    @property
    def settings(self) -> Settings:
        return self.workshop.settings

    def dialogue(self, uri: str) -> Dialogue:
        return self._dialogues.setdefault(uri, Dialogue())

    def dialogues(self) -> Mapping[str, Dialogue]:
        return self._dialogues

    def snapshot(self, document: Document, documents: Mapping[str, Document]) -> Snapshot:
        """The document and its dirty neighbours, frozen as they stood in `documents`."""
        language = language_of(document.path, document.language)
        return Snapshot(
            uri=document.uri,
            path=document.path,
            language=language.name if language is not None else document.language,
            version=document.version,
            text=document.text,
            workspace=self.folder_of(document.path),
            others=others(documents, document.uri),
        )

    def folder_of(self, path: Path) -> Path | None:
        """The innermost workspace folder that a file lies in."""
        around = [it for it in self.folders if path.is_relative_to(it)]
        return max(around, key=lambda it: len(it.parts), default=None)

    async def settings_in(self, root: Path) -> Settings:
        """The person's settings as tightened by the folder's own."""
        if not self.workshop.has_read(root):
            await self.read_again(root)
        return await self.workshop.settings_in(root)

    async def read_again(self, root: Path) -> None:
        """A folder's own settings are to be read, or may have changed."""
        known = self.workshop.has_read(root)
        former = await self.workshop.settings_in(root) if known else None
        problems = await self.workshop.read_again(root)
        settings = await self.workshop.settings_in(root)
        if former is not None and settings != former:
            self.stop_everything()
            self.forget_offers()
            if settings.verifiers != former.verifiers:
                await self.workshop.close_workbench(root)
                self.warm_up_all()
        if problems:
            file = root / FILE
            why = f"{FILE}: {'; '.join(problems)}"
            self.status.say(Status(state=State.IDLE, why=why, uri=file.as_uri()))

    def silence(self) -> str:
        """Why nothing at all is done at present; "" where something is."""
        if not self.workshop.trusted:
            return "the workspace is not trusted, so nothing is started or run in it"
        if not (self.enabled and self.settings.enabled):
            return "Vouch is switched off"
        if time.monotonic() < self.snoozed_until:
            minutes = (self.snoozed_until - time.monotonic()) / 60
            return f"Vouch is snoozed for another {max(1, round(minutes))} min"
        return ""

    async def reluctance(self, context: Context) -> str:
        """Why nothing is offered at this hole; "" where something may be."""
        snapshot = context.snapshot
        reluctance = await self._reluctance_about(snapshot)
        if reluctance or context.explicit:
            return reluctance
        if self.settings.trigger == "explicit":
            return "suggestions come only when asked for"
        # Parsing a large file takes a while; tree-sitter lets go of the interpreter meanwhile.
        place = await asyncio.to_thread(syntax.place, snapshot.language, snapshot.text, context.offset)
        return "" if place == "code" else f"the cursor is in a {place}; ask explicitly to get one there"

    async def _reluctance_about(self, snapshot: Snapshot) -> str:
        """Why nothing is offered in this document, wherever the cursor is."""
        if language_of(snapshot.path, snapshot.language) is None:
            return f"Vouch has no checks for {snapshot.language or snapshot.path.suffix or 'this file'}"
        if len(snapshot.text) > LARGEST_FILE:
            return f"the file is larger than {LARGEST_FILE // 1024} KiB"
        settings = await self.settings_in(snapshot.root)
        if not settings.enabled:
            return f"Vouch is switched off by {snapshot.root / FILE}"
        if snapshot.language in settings.disabled_languages:
            return f"Vouch is switched off for {snapshot.language}"
        return ""

    def inquire(self, context: Context, workbench: Workbench) -> Inquiry:
        """Start work on a hole and stop the work on the document's former one. Raises GeneratorFault."""
        snapshot = context.snapshot
        dialogue = self.dialogue(snapshot.uri)
        settings = self.settings

        def report(progress: Progress) -> None:
            if dialogue.inquiry is inquiry:
                self.tell_progress(snapshot, inquiry, progress)

        inquiry = Inquiry(
            context,
            generator=self.workshop.generator(),
            workbench=workbench,
            wanted=settings.candidates,
            verify=self.workshop.verify,
            report=report,
        )
        self.close(dialogue.turn_to(inquiry))
        inquiry.start()
        return inquiry

    def tell_progress(self, snapshot: Snapshot, inquiry: Inquiry, progress: Progress) -> None:
        why = inquiry.offer.why if progress.stage is Stage.DONE else ""
        self.tell(
            snapshot,
            STATES[progress.stage],
            why,
            passed=progress.passed,
            judged=progress.judged,
            of=progress.of,
        )

    def tell_served(self, snapshot: Snapshot, number: int) -> None:
        """Something known was given out; work that still goes on has a status of its own."""
        inquiry = self.dialogue(snapshot.uri).inquiry
        if inquiry is None or inquiry.offer.finished:
            self.tell(snapshot, State.IDLE, "", passed=number, judged=number, of=number)

    def tell_unfinished(self, snapshot: Snapshot, why: str) -> None:
        """Why nothing is shown yet, though work goes on."""
        inquiry = self.dialogue(snapshot.uri).inquiry
        if inquiry is not None:
            progress = inquiry.progress
            counts = {"passed": progress.passed, "judged": progress.judged, "of": progress.of}
            self.tell(snapshot, STATES[progress.stage], why, **counts)

    def tell(self, snapshot: Snapshot, state: State, why: str, **counts: int) -> None:
        self.status.say(
            Status(
                state=state,
                why=why,
                uri=snapshot.uri,
                language=snapshot.language,
                version=snapshot.version,
                **counts,
            )
        )

    def tell_standing(self) -> None:
        """The status when nothing is under way: off with its reason, or idle."""
        why = self.silence()
        self.status.say(Status(state=State.OFF if why else State.IDLE, why=why))

    def close(self, inquiry: Inquiry | None) -> None:
        """Stop an inquiry in the background."""
        if inquiry is not None and not inquiry.offer.finished:
            self.background(inquiry.aclose())

    def leave(self, uri: str) -> None:
        """Stop the work on a document's hole, because nobody wants to know any more."""
        inquiry = self.dialogue(uri).turn_to(None)
        if inquiry is not None and not inquiry.offer.finished:
            self.close(inquiry)
            self.tell(inquiry.context.snapshot, State.IDLE, "")

    def warm_up(self, document: Document) -> None:
        """Start ahead what judging a document will need, where that may be started at all."""
        if not self.silence():
            task = self.background(self._warmed(document))
            self._warming.add(task)
            task.add_done_callback(self._warming.discard)

    def warm_up_all(self) -> None:
        """As `warm_up`, for all that is open."""
        for document in self.documents.frozen().values():
            self.warm_up(document)

    async def _warmed(self, document: Document) -> None:
        snapshot = self.snapshot(document, {})
        if await self._reluctance_about(snapshot):
            return
        if not await self._warm_up.due(snapshot):
            return
        self.tell(snapshot, State.CHECKING, f"starting what checks {snapshot.language}")
        told, why = self.status.current, ""
        try:
            why = await self._warm_up.warm(snapshot)
        finally:
            # A request that came meanwhile has a status of its own.
            if why or self.status.current is told:
                self.tell(snapshot, State.ERROR if why else State.IDLE, why)

    def files_changed(self, uris: Collection[str]) -> None:
        """Files on disk changed: what was judged beside their former content is judged anew when asked for."""
        self.workshop.files_changed()
        for uri, dialogue in self._dialogues.items():
            # A document's own text is known from the editor, whatever is on disk.
            if set(uris) != {uri}:
                self.close(dialogue.turn_to(None))
                dialogue.forget_offers()

    def stop_everything(self) -> None:
        """Nobody's turn, no inquiry goes on, and nothing is warmed up."""
        for task in self._warming:
            task.cancel()
        for uri, dialogue in self._dialogues.items():
            self.turns.end(uri)
            self.close(dialogue.turn_to(None))

    def forget_offers(self) -> None:
        """What was vouched for under other settings is not offered; what was accepted keeps its evidence."""
        for dialogue in self._dialogues.values():
            dialogue.forget_offers()

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self.turns.end(uri)
        dialogue = self._dialogues.pop(uri, None)
        if dialogue is not None:
            self.close(dialogue.turn_to(None))

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do something beside the requests; it is stopped with the session."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def aclose(self) -> None:
        """Stop all work and close all tools; no process is left after this."""
        self.stop_everything()
        # Closing inquiries are waited for, not cancelled: they are stopping the generator and the checks.
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT_S)
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.workshop.aclose()
        except TimeoutError:
            log.error("something did not close within %.0f s", CLOSE_TIMEOUT_S)  # noqa: TRY400 - no news in the trace

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("work in the background failed", exc_info=task.exception())
