"""The product in one function: from a hole to the suggestions that were vouched for. Knows no editor."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from vouch_server import reasons
from vouch_server.model import Candidate, Context, Generator, GeneratorFault, Judged, Suggestion
from vouch_server.postprocess import finish
from vouch_server.ranking import rank
from vouch_server.typing_through import carried_to, rest, same_surroundings, worth_waiting
from vouch_verifiers import agreement, engine
from vouch_verifiers.model import Trial, Verdict
from vouch_verifiers.workbench import Workbench

log = logging.getLogger(__name__)

# Two at a time keeps two cores busy without starving the editor's own language servers.
JUDGED_AT_ONCE = 2
PROPOSE_TIMEOUT_S = 30.0


class Verify(Protocol):
    """The seam to judging: `engine.verify`, or a script in its place."""

    def __call__(
        self, trial: Trial, workbench: Workbench, *, distrusted: frozenset[str] = frozenset()
    ) -> Awaitable[Verdict]: ...


class Stage(StrEnum):
    """How far an inquiry has come."""

    GENERATING = "generating"
    CHECKING = "checking"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`judged` of `of` candidates have a verdict so far, and `passed` of them were accepted."""

    stage: Stage
    passed: int
    judged: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is known of a hole: suggestions best first, all verdicts as proposed, and why nothing is shown.

    `why` is "" while there are suggestions or while work goes on.
    """

    context: Context
    suggestions: tuple[Suggestion, ...] = ()
    judged: tuple[Judged, ...] = ()
    why: str = ""
    finished: bool = False


def ignore(_: Progress) -> None:
    """Nobody watches."""


async def complete(
    context: Context,
    *,
    generator: Generator,
    workbench: Workbench,
    wanted: int,
    verify: Verify = engine.verify,
    report: Callable[[Progress], None] = ignore,
) -> Offer:
    """Propose, judge and rank. Cancelling it stops the generator and all checks of this hole."""
    inquiry = Inquiry(
        context, generator=generator, workbench=workbench, wanted=wanted, verify=verify, report=report
    )
    await inquiry.run()
    return inquiry.offer


class Inquiry:
    """One hole being worked on. What has passed so far can be taken at any time, while the rest goes on."""

    def __init__(
        self,
        context: Context,
        *,
        generator: Generator,
        workbench: Workbench,
        wanted: int,
        verify: Verify = engine.verify,
        report: Callable[[Progress], None] = ignore,
    ) -> None:
        self.context = context
        self._generator = generator
        self._workbench = workbench
        self._wanted = wanted
        self._verify = verify
        self._report = report
        self._trials: list[tuple[Candidate, Trial]] = []
        self._verdicts: dict[int, Verdict] = {}
        self._judged: tuple[Judged, ...] = ()
        self._suspects: tuple[str, ...] = ()
        self._unusable = 0
        self._fault = ""
        self._generated = False
        self._finished = False
        self._slots = asyncio.Semaphore(JUDGED_AT_ONCE)
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def offer(self) -> Offer:
        """What is known so far; final once `finished`."""
        suggestions = rank(self._judged)
        why = ""
        if self._finished and not suggestions:
            why = reasons.why_nothing(self._judged, fault=self._fault, unusable=self._unusable)
        return Offer(
            context=self.context,
            suggestions=suggestions,
            judged=self._judged,
            why=why,
            finished=self._finished,
        )

    @property
    def progress(self) -> Progress:
        stage = Stage.GENERATING
        if self._finished:
            stage = Stage.DONE
        elif self._trials:
            stage = Stage.CHECKING
        passed = sum(it.accepted for it in self._verdicts.values())
        return Progress(stage=stage, passed=passed, judged=len(self._verdicts), of=len(self._trials))

    def suggestions_for(self, context: Context) -> tuple[Suggestion, ...]:
        """What has passed and leads on from that hole, which may lie further along the same text."""
        carried = (carried_to(it, context) for it in rank(self._judged))
        return tuple(it for it in carried if it is not None)

    def serves(self, context: Context) -> bool:
        """Whether what this inquiry proposes, or may still propose, can answer that hole."""
        snapshot = context.snapshot
        probe = _trial(self.context, Candidate(text="", generator=""))
        if not same_surroundings(probe, context) or self._has_more_for(context):
            return False
        if snapshot.text == self.context.snapshot.text and context.offset == self.context.offset:
            return True
        if not self._trials and not self._generated:
            return worth_waiting(self.context, context)
        return any(self._leads_to(index, context) for index in range(len(self._trials)))

    def _has_more_for(self, context: Context) -> bool:
        """Whether a person who asks should see what was withheld while they did not."""
        asked_now = context.explicit and not self.context.explicit
        return asked_now and bool(self._suspects) and not rank(self._judged)

    def start(self) -> None:
        """Work in the background until finished or closed."""
        self._task = asyncio.create_task(self.run())
        self._task.add_done_callback(self._ended)

    def news(self) -> Coroutine[Any, Any, object]:
        """To await: ends when more is known than at this call, at once when nothing more will be."""
        return self._news.wait()

    async def aclose(self) -> None:
        """Stop the generator and all checks, and wait until they have stopped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def run(self) -> None:
        """Do the whole work here; see `start` for the background."""
        self._announce()
        try:
            async with asyncio.TaskGroup() as group:
                await self._propose(group)
                self._generated = True
                self._announce()
            await self._consider_suspects()
        finally:
            self._generated = self._finished = True
            self._announce()

    async def _propose(self, group: asyncio.TaskGroup) -> None:
        stream = self._generator.generate(self.context, self._wanted)
        try:
            async with asyncio.timeout(PROPOSE_TIMEOUT_S):
                async for candidate in stream:
                    self._take(candidate, group)
                    if len(self._trials) >= self._wanted:
                        break
        except GeneratorFault as fault:
            self._fault = str(fault)
        except TimeoutError:
            self._fault = f"the generator was not done within {PROPOSE_TIMEOUT_S:.0f} s"
        # The one broad except of this package: a generator is a plug-in, and its mistake is its fault.
        except Exception as error:
            log.exception("the generator failed")
            self._fault = f"the generator failed: {type(error).__name__}: {error}"
        finally:
            await _close(stream)

    def _take(self, candidate: Candidate, group: asyncio.TaskGroup) -> None:
        replaced = self.context.suffix[: candidate.replaced]
        # Editors can only replace text within one line.
        one_line = "\n" not in replaced and "\r" not in replaced
        finished = finish(self.context, candidate.text, replaced=len(replaced)) if one_line else None
        if finished is None:
            self._unusable += 1
            return
        candidate = replace(candidate, text=finished, replaced=len(replaced))
        trial = _trial(self.context, candidate)
        if any(it.after == trial.after for _, it in self._trials):
            return
        self._trials.append((candidate, trial))
        group.create_task(self._judge(len(self._trials) - 1, trial))
        self._announce()

    async def _judge(self, index: int, trial: Trial) -> None:
        async with self._slots:
            self._verdicts[index] = await self._verify(trial, self._workbench)
        self._tally()
        self._announce()

    async def _consider_suspects(self) -> None:
        """Say which examples no candidate believes in, and on request show what fails only those.

        Not unasked: on recorded outputs of real models none of the candidates that this let through was right.
        """
        suspects = agreement.suspects([it.verdict for it in self._judged])
        if not suspects:
            return
        distrusted = frozenset(it.example_id for it in suspects)
        for index in sorted(self._verdicts) if self.context.explicit else ():
            if agreement.could_be_relieved(self._verdicts[index], distrusted):
                trial = self._trials[index][1]
                self._verdicts[index] = await self._verify(trial, self._workbench, distrusted=distrusted)
        self._suspects = tuple(it.sentence for it in suspects)
        self._tally()

    def _tally(self) -> None:
        """What the verdicts so far say together."""
        indices = sorted(self._verdicts)
        verdicts = [self._verdicts[it] for it in indices]
        self._judged = tuple(
            Judged(
                candidate=self._trials[index][0],
                trial=self._trials[index][1],
                verdict=verdict,
                agreeing=agreeing,
                sampled=len(verdicts),
                suspects=self._suspects,
            )
            for index, verdict, agreeing in zip(indices, verdicts, agreement.agreeing(verdicts), strict=True)
        )

    def _leads_to(self, index: int, context: Context) -> bool:
        verdict = self._verdicts.get(index)
        if verdict is not None and not verdict.accepted:
            return False
        candidate, trial = self._trials[index]
        return bool(rest(trial, candidate.replaced, context))

    def _announce(self) -> None:
        self._news.set()
        if not self._finished:
            self._news = asyncio.Event()
        self._report(self.progress)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            # Cancelled before its first step, it could not say itself that it is over.
            self._generated = self._finished = True
            self._news.set()
            return
        if task.exception() is None:
            return
        log.error("an inquiry failed", exc_info=task.exception())
        self._fault = "something went wrong inside Vouch; its log says what"
        self._announce()


def _trial(context: Context, candidate: Candidate) -> Trial:
    snapshot = context.snapshot
    return Trial(
        language=snapshot.language,
        path=snapshot.path,
        prefix=context.prefix,
        completion=candidate.text,
        suffix=context.suffix[candidate.replaced :],
        workspace=snapshot.workspace,
        buffers=snapshot.others,
    )


async def _close(stream: AsyncIterator[Candidate]) -> None:
    # Only asynchronous generators have aclose(); the protocol asks for no more than an iterator.
    close = getattr(stream, "aclose", None)
    if close is not None:
        await close()
