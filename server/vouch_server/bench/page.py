"""The report as one HTML page that needs nothing else. Every text is escaped: it may be a model's. Pure."""

from collections.abc import Iterable
from html import escape

from vouch_server.bench.tables import Table
from vouch_server.printable import printable

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fcfcfb; --line: #d9dadd; --soft: #61656b; --row: #f1f2f3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e5e7; --paper: #17181a; --line: #36393e; --soft: #9a9ea5; --row: #1f2124; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 70rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2, summary { font-size: 1.05rem; font-weight: 600; margin: 2.5rem 0 .5rem; }
summary { cursor: pointer; }
p { color: var(--soft); margin: .35rem 0; overflow-wrap: anywhere; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; }
tbody tr:hover { background: var(--row); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
"""


def page(title: str, lines: Iterable[str], tables: Iterable[Table]) -> str:
    """A whole document: a heading, a paragraph for each line, and the tables."""
    said = "".join(f"<p>{_text(it)}</p>\n" for it in lines)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_text(title)}</h1>\n{said}{''.join(map(_section, tables))}</body>\n</html>\n"
    )


def _section(table: Table) -> str:
    note = f"<p>{_text(table.note)}</p>\n" if table.note else ""
    body = f'{note}<div class="wide">{_table(table)}</div>\n' if table.rows else note
    if table.folded:
        return f"<details>\n<summary>{_text(table.title)}</summary>\n{body}</details>\n"
    return f"<section>\n<h2>{_text(table.title)}</h2>\n{body}</section>\n"


def _table(table: Table) -> str:
    numeric = [it.startswith(">") for it in table.columns]
    head = "".join(
        _cell("th", it.removeprefix(">"), is_number)
        for it, is_number in zip(table.columns, numeric, strict=True)
    )
    rows = "".join(
        "<tr>" + "".join(_cell("td", it, number) for it, number in zip(row, numeric, strict=True)) + "</tr>\n"
        for row in table.rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"


def _cell(tag: str, text: str, is_number: bool) -> str:
    kind = ' class="number"' if is_number else ""
    return f"<{tag}{kind}>{_text(text)}</{tag}>"


def _text(text: str) -> str:
    return escape(printable(text))
