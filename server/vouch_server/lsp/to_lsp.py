"""From our values to LSP's types and units. Takes suggestions, so nothing that was not vouched for can pass.

Texts go out as they were judged, as plain strings: a snippet would be changed on its way in. Only line ends are
always \\n: every editor puts its document's own in their place, and Neovim would show a \\r as a character.
"""

import re
from collections.abc import Sequence

from lsprotocol import types

from vouch_server import evidence
from vouch_server.lsp.documents import Document
from vouch_server.model import Suggestion

ACCEPTED = "vouch.accepted"
WORD_BEFORE = re.compile(r"\w*\Z")
LONGEST_LABEL = 80


def position(document: Document, offset: int, encoding: str) -> types.Position:
    line, character = document.lines.position(offset, encoding)
    return types.Position(line=line, character=character)


def span(document: Document, start: int, end: int, encoding: str) -> types.Range:
    return types.Range(
        start=position(document, start, encoding),
        end=position(document, end, encoding),
    )


def inline_list(
    document: Document, suggestions: Sequence[Suggestion], encoding: str
) -> types.InlineCompletionList:
    return types.InlineCompletionList(items=[_inline_item(document, it, encoding) for it in suggestions])


def completion_list(
    document: Document, suggestions: Sequence[Suggestion], encoding: str
) -> types.CompletionList:
    """Always incomplete: the client must ask again as the person types, not filter by its own rules."""
    items = [_completion_item(document, it, rank, encoding) for rank, it in enumerate(suggestions)]
    return types.CompletionList(is_incomplete=True, items=items)


def hover(document: Document, suggestion: Suggestion, start: int, end: int, encoding: str) -> types.Hover:
    return types.Hover(contents=_markdown(suggestion), range=span(document, start, end, encoding))


def _inline_item(document: Document, suggestion: Suggestion, encoding: str) -> types.InlineCompletionItem:
    start = len(suggestion.judged.trial.prefix)
    text = _with_plain_line_ends(suggestion.text)
    return types.InlineCompletionItem(
        insert_text=text,
        filter_text=text,
        range=span(document, start, start + suggestion.judged.candidate.replaced, encoding),
        command=_accepted(suggestion),
    )


def _completion_item(
    document: Document, suggestion: Suggestion, rank: int, encoding: str
) -> types.CompletionItem:
    end = len(suggestion.judged.trial.prefix)
    # Clients filter by the word before the cursor, so the edit takes it in and puts the same word back.
    found = WORD_BEFORE.search(document.text, document.text.rfind("\n", 0, end) + 1, end)
    word = found.group() if found is not None else ""
    text = word + _with_plain_line_ends(suggestion.text)
    label = next((it.strip() for it in text.splitlines() if it.strip()), "…")
    if len(label) > LONGEST_LABEL:
        label = label[: LONGEST_LABEL - 1] + "…"
    return types.CompletionItem(
        label=label,
        label_details=types.CompletionItemLabelDetails(description=suggestion.judged.verdict.summary),
        kind=types.CompletionItemKind.Text,
        documentation=_documentation(suggestion, text),
        sort_text=f"{rank:04d}",
        filter_text=text,
        insert_text_format=types.InsertTextFormat.PlainText,
        # AsIs, because the client would otherwise adjust the indentation of what was judged.
        insert_text_mode=types.InsertTextMode.AsIs,
        text_edit=types.TextEdit(
            range=span(document, end - len(word), end + suggestion.judged.candidate.replaced, encoding),
            new_text=text,
        ),
        command=_accepted(suggestion),
    )


def _with_plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")


def _accepted(suggestion: Suggestion) -> types.Command:
    return types.Command(title="Vouch: accepted", command=ACCEPTED, arguments=[suggestion.id])


def _documentation(suggestion: Suggestion, text: str) -> types.MarkupContent:
    shown = _markdown(suggestion)
    code = evidence.fenced(text, suggestion.judged.trial.language)
    return types.MarkupContent(kind=shown.kind, value=f"{code}\n\n{shown.value}")


def _markdown(suggestion: Suggestion) -> types.MarkupContent:
    return types.MarkupContent(kind=types.MarkupKind.Markdown, value=evidence.as_markdown(suggestion.judged))
