"""Tells the story of the bundled example: every candidate as it is judged, then what was vouched for and why."""

import tempfile
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from vouch_server.cli import terminal
from vouch_server.demo.story import RECORDED, Hole, RecordedThenSynthesis, bundled, context
from vouch_server.model import Suggestion
from vouch_server.pipeline import Offer, complete
from vouch_verifiers import engine
from vouch_verifiers.model import Trial, Verdict
from vouch_verifiers.sandbox import SandboxFault
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.workbench import Workbench

DONE, NOT_DONE = 0, 1
# One of the recorded candidates never ends; this is how long it is let run, in ms.
LONGEST_RUN_MS = 1_000
FROM_SYNTHESIS = 3
_HEADLINE = 66


async def tell(settings: VerifierSettings) -> int:
    """The exit code: whether every hole was filled."""
    settings = replace(settings, limits=replace(settings.limits, wall_ms=LONGEST_RUN_MS))
    out = terminal.console()
    started = perf_counter()
    with tempfile.TemporaryDirectory(prefix="vouch-demo-") as folder:
        workbench = Workbench(root=Path(folder), settings=settings)
        try:
            sandbox = await workbench.sandbox()
            out.print(_introduction(sandbox.name))
            filled = await _fill(out, workbench)
        except SandboxFault as fault:
            out.print(
                terminal.said(f"Nothing can be run here, so nothing can be vouched for: {fault}", "red")
            )
            out.print("`vouch doctor` says how to get what is missing.")
            return NOT_DONE
        finally:
            await workbench.aclose()
    out.print(_farewell(perf_counter() - started))
    return DONE if filled else NOT_DONE


async def _fill(out: Console, workbench: Workbench) -> bool:
    """Fill the holes one after another, each in the file as the ones before have left it."""
    story = bundled()
    text = story.text
    filled = True
    for hole in story.holes:
        offer = await _ask(out, text, hole, workbench)
        if not offer.suggestions:
            filled = False
            out.print(terminal.said(f"  Nothing to vouch for: {offer.why}", "red"))
            continue
        best = offer.suggestions[0]
        for it in _vouched(best, offer):
            out.print(it)
        text = best.judged.trial.after
    return filled


async def _ask(out: Console, text: str, hole: Hole, workbench: Workbench) -> Offer:
    generator = RecordedThenSynthesis(hole)
    out.print()
    out.print(Text(f"def {hole.function}(…)", style="bold"))
    board = Board(recorded=frozenset(hole.recorded))
    screen: AbstractContextManager[object]
    if out.is_terminal:
        screen = Live(board, console=out, refresh_per_second=12)
    else:
        screen, board.plain = nullcontext(), out
    try:
        with screen:
            return await complete(
                context(text, hole.function, workbench.root),
                generator=generator,
                workbench=workbench,
                wanted=len(hole.recorded) + FROM_SYNTHESIS,
                verify=board.watch,
            )
    finally:
        await generator.aclose()


@dataclass
class Board:
    """What is being judged and what was, in the order of proposal. On a terminal it redraws itself."""

    recorded: frozenset[str]
    plain: Console | None = None
    _rows: dict[str, tuple[Trial, Verdict | None]] = field(default_factory=dict)

    async def watch(
        self, trial: Trial, workbench: Workbench, *, distrusted: frozenset[str] = frozenset()
    ) -> Verdict:
        """Judges as the engine does, and shows it."""
        self._rows[trial.completion] = (trial, None)
        verdict = await engine.verify(trial, workbench, distrusted=distrusted)
        self._rows[trial.completion] = (trial, verdict)
        if self.plain is not None:
            self.plain.print(self._row(trial, verdict))
        return verdict

    def __rich__(self) -> RenderableType:
        return Group(*(self._row(trial, verdict) for trial, verdict in self._rows.values()))

    def _row(self, trial: Trial, verdict: Verdict | None) -> RenderableType:
        by = RECORDED if trial.completion in self.recorded else "synthesis"
        code = terminal.headline(trial.completion)[:_HEADLINE]
        if verdict is None:
            return Spinner("dots", terminal.said(f"{by:<10} {code}", "dim"))
        mark, style = ("✓ vouched for", "green") if verdict.accepted else ("✗ rejected   ", "red")
        row = Text(f"  {mark} ", style=style)
        row.append_text(terminal.said(f"{by:<10} {code}"))
        row.append(f"  {verdict.ms:,.0f} ms\n", style="dim")
        return row.append_text(terminal.said(f"                  {verdict.summary}", "dim"))


def _vouched(best: Suggestion, offer: Offer) -> list[RenderableType]:
    judged = best.judged
    agreement = f" · {judged.agreeing} of {judged.sampled} agree" if judged.sampled > 1 else ""
    passed = sum(it.verdict.accepted for it in offer.judged)
    title = f"  Shown: {judged.verdict.summary}{agreement}"
    note = f"  ({passed} of {len(offer.judged)} candidates were vouched for; the others stay unseen)"
    return [
        terminal.said(title, "bold green"),
        Text(note, style="dim"),
        terminal.code("    " + best.text, "python"),
        *terminal.evidence(judged.verdict),
    ]


def _introduction(sandbox: str) -> Text:
    text = Text(
        "A small file, till.py, has three functions without a body. For each, candidates are proposed:\n"
    )
    text.append("  synthesis  the embedded generator, which needs no model\n")
    text.append(
        "  recorded   candidates written by hand for this demonstration, in the way models go wrong\n"
    )
    text.append(f"Every one is compiled, type-checked, and run against the documented examples in {sandbox}.")
    return text


def _farewell(seconds: float) -> Text:
    text = Text(f"\nThree functions in {seconds:.1f} s, everything started from nothing. ", style="bold")
    text.append("Nothing was configured and nothing left this machine.\n", style="")
    return text.append(
        "To use a model of yours, set vouch.generators.openai; `vouch doctor` tells what works here."
    )
