"""Takes a measurement with its progress on stderr, prints the tables and writes them where asked."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vouch_server.bench.data import as_data
from vouch_server.bench.measuring import Plan, Recording, load, measure
from vouch_server.bench.page import page
from vouch_server.bench.report import Report
from vouch_server.bench.tables import tables
from vouch_server.cli import running, terminal
from vouch_server.settings import Settings
from vouch_verifiers.sandbox import SandboxFault

MEASURED, NOTHING_TO_JUDGE = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where the report is written besides the terminal."""

    json: Path | None
    html: Path | None


def measure_and_show(
    files: Sequence[Path],
    settings: Settings,
    *,
    outputs: Outputs,
    origin: str,
    limit: int | None,
    naive: int,
) -> int:
    """The exit code. Raises typer.BadParameter where a file cannot be used."""
    try:
        recording = load(files, origin=origin, limit=limit)
        for it in (outputs.json, outputs.html):
            if it is not None:
                # Better now than after minutes of judging.
                it.touch()
    except OSError as error:
        raise typer.BadParameter(f"{error.filename}: {error.strerror}") from error
    if not recording.records:
        _complain(f"nothing to judge: {_why_empty(recording)}")
        return NOTHING_TO_JUDGE
    plan = Plan(settings=settings.verifiers, taken=settings.candidates, naive=naive)
    return running.run(_measure_and_show(recording, plan, outputs))


async def _measure_and_show(recording: Recording, plan: Plan, outputs: Outputs) -> int:
    with tempfile.TemporaryDirectory(prefix="vouch-bench-") as folder:
        root = Path(folder)
        try:
            with _progress(len(recording.records)) as tell:
                report = await measure(recording, plan, root=root, tell=tell)
        except SandboxFault as fault:
            _complain(f"nothing can be run here, so nothing can be measured: {fault}")
            return NOTHING_TO_JUDGE
    _show(report)
    _write(report, outputs)
    return MEASURED


def _show(report: Report) -> None:
    out = terminal.console()
    for it in terminal.rich_tables(tables(report), out.width):
        out.print(it)
    out.print()
    for line in _about(report):
        out.print(terminal.said(line, "dim"))


def _write(report: Report, outputs: Outputs) -> None:
    if outputs.json is not None:
        outputs.json.write_text(json.dumps(as_data(report), indent=1) + "\n", encoding="utf-8")
    if outputs.html is not None:
        document = page("Vouch: what judging is worth", _about(report), tables(report))
        outputs.html.write_text(document, encoding="utf-8")


def _about(report: Report) -> list[str]:
    return [
        f"{report.read:,} records from {', '.join(report.files)}, judged in {report.seconds:,.1f} s",
        f"{report.machine} · sandbox {report.sandbox}",
    ]


def _why_empty(recording: Recording) -> str:
    reasons = [f"{count} in {name}, which Vouch does not know" for name, count in recording.skipped.items()]
    reasons += recording.unreadable[:3]
    return "; ".join(reasons) or "no record matches"


def _complain(text: str) -> None:
    terminal.console(stderr=True).print(terminal.said(f"vouch: {text}"))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal.console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging", total=total)
        yield lambda done: bar.update(task, completed=done)
