"""How code, verdicts and tables look in a terminal. What others wrote is made printable and never read as markup."""

import sys
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table as RichTable
from rich.text import Text

from vouch_server.bench.tables import Table
from vouch_server.evidence import MARKS
from vouch_server.model import Judged
from vouch_server.printable import printable
from vouch_verifiers.model import Evidence, ExampleOutcome, Outcome, Verdict

STYLES = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.INCONCLUSIVE: "yellow",
    Outcome.NOT_APPLICABLE: "dim",
}
# Wide enough for a table of evidence where output goes to a file or another program.
WIDTH_ELSEWHERE = 120
MOST_EXAMPLES = 8


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr; plain text where that is no terminal."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_ELSEWHERE
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def said(text: str, style: str = "") -> Text:
    """Text from anywhere, safe to print."""
    return Text(printable(text), style=style)


def code(text: str, language: str) -> Syntax:
    """Code with its colours."""
    return Syntax(printable(text).expandtabs(4), language, theme="ansi_dark", background_color="default")


def evidence(verdict: Verdict) -> Iterator[Text]:
    """One line for each check, and one for each example it ran."""
    for it in verdict.evidence:
        yield _evidence_line(it)
        compared = [found for found in it.finding.examples if found.outcome is not Outcome.NOT_APPLICABLE]
        for found in compared[:MOST_EXAMPLES]:
            yield _example_line(found)
        if len(compared) > MOST_EXAMPLES:
            yield Text(f"      and {len(compared) - MOST_EXAMPLES} more", style="dim")


def rejection(judged: Judged) -> Text:
    """Why a candidate was not vouched for, in one line."""
    return said(f"✗ {headline(judged.candidate.text)}", "red") + said(
        f"\n    {judged.verdict.summary}", "dim"
    )


def headline(text: str) -> str:
    """The beginning of a candidate, on one line."""
    flat = " ⏎ ".join(" ".join(it.split()) for it in text.splitlines() if it.strip())
    return flat if len(flat) <= 90 else flat[:89] + "…"


def rich_tables(tables: Iterable[Table], width: int) -> Iterator[RichTable | Text]:
    """Tables as they are printed in so many columns; the folded ones only by their title."""
    for table in tables:
        yield Text()
        yield said(table.title, "bold")
        if table.folded:
            yield Text("listed in --json and --html", style="dim")
            continue
        if table.rows:
            yield _rich_table(table, wide=width >= WIDTH_ELSEWHERE)
        if table.note:
            yield said(table.note, "dim")


def _rich_table(table: Table, *, wide: bool) -> RichTable:
    shown = RichTable(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    last = len(table.columns) - 1
    for index, column in enumerate(table.columns):
        numeric = column.startswith(">")
        shown.add_column(
            column.removeprefix(">"),
            justify="right" if numeric else "left",
            overflow="fold",
            # Where there is room, only what comes last is long enough to be broken.
            no_wrap=wide and (numeric or index < last),
        )
    for row in table.rows:
        shown.add_row(*(said(it) for it in row))
    return shown


def _evidence_line(it: Evidence) -> Text:
    outcome = it.finding.outcome
    style = STYLES[outcome]
    line = Text(f"  {MARKS[outcome]} {it.check:<9}", style=style)
    line.append_text(said(it.finding.message or outcome.value, "" if outcome is Outcome.PASSED else style))
    return line.append(f"  {it.ms:,.0f} ms", style="dim")


def _example_line(it: ExampleOutcome) -> Text:
    line = Text(f"      {MARKS[it.outcome]} ", style=STYLES[it.outcome])
    line.append_text(said(" ".join(it.example.code.split())[:80], "dim"))
    return line.append_text(said(f" → {it.observed}"[:120], "dim")) if it.observed else line
