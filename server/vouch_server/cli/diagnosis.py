"""Shows what the doctor finds, as it finds it or as one JSON object."""

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path

from rich.text import Text

from vouch_server.cli import terminal
from vouch_server.doctor.probe import Probe, State
from vouch_server.doctor.probing import examine
from vouch_server.settings import Settings

HEALTHY, ILL = 0, 1
_MARKS = {State.WORKS: "✓", State.ABSENT: "-", State.BROKEN: "✗", State.OFF: "·"}
_STYLES = {State.WORKS: "green", State.ABSENT: "yellow", State.BROKEN: "red", State.OFF: "dim"}


async def tell(settings: Settings) -> int:
    """For a person, a line for each thing as it is found; the exit code."""
    out = terminal.console()
    healthy, kind = False, ""
    async for probe in _probes(settings):
        if probe.kind != kind:
            kind = probe.kind
            out.print(Text(f"\n{kind}", style="bold"))
        for line in _lines(probe):
            out.print(line)
        healthy = _main_job_works(probe)
    out.print()
    verdict = "The main job works here." if healthy else "The main job does not work here: see above."
    out.print(Text(verdict, style="bold green" if healthy else "bold red"))
    return HEALTHY if healthy else ILL


async def tell_as_json(settings: Settings) -> int:
    """For a program, everything at once; the exit code."""
    probes = [it async for it in _probes(settings)]
    healthy = any(_main_job_works(it) for it in probes)
    data = {
        "ok": healthy,
        "project": str(Path.cwd()),
        "probes": [{**asdict(it), "state": it.state.value, "ms": round(it.ms, 1)} for it in probes],
    }
    print(json.dumps(data, indent=2))
    return HEALTHY if healthy else ILL


async def _probes(settings: Settings) -> AsyncIterator[Probe]:
    with tempfile.TemporaryDirectory(prefix="vouch-doctor-") as folder:
        async with aclosing(examine(settings, Path.cwd(), Path(folder))) as probes:
            async for probe in probes:
                yield probe


def _main_job_works(probe: Probe) -> bool:
    return probe.kind == "main job" and probe.works


def _lines(probe: Probe) -> list[Text]:
    first = Text(f"  {_MARKS[probe.state]} {probe.name}", style=_STYLES[probe.state])
    if not probe.works:
        first.append(f"  {probe.state.value}")
    first.append(f"  {probe.ms:,.0f} ms", style="dim")
    lines = [first]
    if probe.detail:
        lines.append(terminal.said(f"      {probe.detail}", "dim"))
    if probe.remedy:
        lines.append(terminal.said(f"      how to get it: {probe.remedy}", "yellow"))
    return lines
