"""A real server process, spoken to as an editor does: real protocol, sandbox, compiler and type checker."""

import asyncio
import json
import os
import sys

import psutil
import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

from tests.e2e.conftest import (
    ALSO_RIGHT,
    BROKEN,
    DEADLINE_S,
    MODULE,
    RIGHT,
    ROOT,
    WRONG,
    Editor,
    alive,
    configure,
    in_one_piece,
    place,
    process_of,
    texts,
)


async def test_it_says_what_it_can_do(editor):
    result = await editor.initialize()
    able = result.capabilities
    assert able.inline_completion_provider is not None
    assert able.completion_provider is None
    assert able.hover_provider
    assert able.text_document_sync.change is types.TextDocumentSyncKind.Incremental
    assert set(able.execute_command_provider.commands) == {
        "vouch.accepted",
        "vouch.evidence",
        "vouch.nextCandidate",
        "vouch.snooze",
        "vouch.toggle",
        "vouch.verifySelection",
        "vouch.why",
    }


async def test_what_passes_is_shown_as_it_was_judged(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    (item,) = (await editor.ask()).items
    assert item.insert_text == item.filter_text == RIGHT
    assert item.range == types.Range(start=editor.at, end=editor.at)
    assert item.command.command == "vouch.accepted"
    told = await editor.run("vouch.evidence", *item.command.arguments)
    assert told["accepted"]
    assert told["text"] == RIGHT
    assert "1/1 example" in told["summary"]


async def test_what_fails_is_not_shown_and_the_status_says_why(editor):
    editor.script(WRONG, BROKEN)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == []
    await editor.until(
        lambda: editor.statuses and editor.statuses[-1].state == "idle" and editor.statuses[-1].why
    )
    status = editor.statuses[-1]
    assert (status.passed, status.judged, status.of, status.version) == (0, 2, 2, 1)
    assert status.why.startswith("2 candidates rejected: ")
    assert "fails an example" in status.why
    told = await editor.run("vouch.why", editor.uri)
    assert told["why"] == status.why
    assert sorted(it["text"] for it in told["candidates"]) == sorted([WRONG, BROKEN])


async def test_an_answer_is_given_as_soon_as_something_passed(editor):
    editor.script(RIGHT, {"wait": "never"}, ALSO_RIGHT)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]


async def test_after_the_deadline_it_answers_empty_goes_on_and_says_when_ready(editor):
    editor.script({"wait": "gate"}, RIGHT)
    await editor.initialize(hold_ms=50)
    editor.open()
    assert texts(await editor.ask()) == []
    assert editor.readies == []
    assert editor.statuses[-1].state == "generating"
    assert "nothing has passed within 50 ms" in editor.statuses[-1].why
    editor.let("gate")
    await editor.until(lambda: editor.readies)
    (ready,) = editor.readies
    assert (ready.uri, ready.version) == (editor.uri, editor.version)
    assert (ready.position.line, ready.position.character) == (editor.at.line, editor.at.character)
    assert texts(await editor.ask_explicitly()) == [RIGHT]
    assert editor.calls == 1


async def test_nothing_is_announced_for_a_text_that_has_moved_on(editor):
    editor.script({"wait": "gate"}, RIGHT)
    await editor.initialize(hold_ms=50)
    editor.open()
    assert texts(await editor.ask()) == []
    editor.type("x")
    editor.let("gate")
    assert texts(await editor.ask_explicitly()) == []
    assert editor.readies == []


async def test_the_same_question_again_is_answered_from_what_is_known(editor):
    editor.script(WRONG)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == []
    editor.script(RIGHT)
    assert texts(await editor.ask()) == []
    assert editor.calls == 1
    assert texts(await editor.ask_explicitly()) == [RIGHT]
    assert editor.calls == 2


async def test_a_newer_request_answers_the_older_one_with_null(editor):
    editor.script({"wait": "gate"}, RIGHT)
    await editor.initialize()
    editor.open()
    first, second, third = editor.ask(), editor.ask(), editor.ask()
    assert await first is None
    assert await second is None
    editor.let("gate")
    assert texts(await third) == [RIGHT]
    assert editor.calls == 1


async def test_a_change_answers_the_pending_request_with_null(editor):
    editor.script({"wait": "gate"}, RIGHT)
    await editor.initialize()
    editor.open()
    pending = editor.ask()
    editor.type("r")
    assert await pending is None


async def test_a_request_means_the_text_it_was_sent_for_even_where_a_change_follows_at_once(editor):
    """They arrive in one piece: the request must not be read against the newer text."""
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    with in_one_piece(editor):
        pending = editor.ask()
        editor.type("x")
    assert await pending is None
    assert editor.calls == 1


async def test_a_cancelled_request_is_answered_as_cancelled_and_its_work_is_stopped(editor):
    editor.script({"wait": "never"}, RIGHT)
    await editor.initialize()
    editor.open()
    pending = editor.ask(id="to-cancel")
    await editor.until(lambda: editor.statuses and editor.statuses[-1].state == "generating")
    editor.client.cancel_request(types.CancelParams(id="to-cancel"))
    with pytest.raises(JsonRpcException) as refused:
        await pending
    assert refused.value.code == -32800
    await editor.until(lambda: editor.statuses[-1].state == "idle")
    assert editor.statuses[-1].why == ""


async def test_typing_along_a_suggestion_goes_on_at_once_without_asking_the_generator_again(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    (whole,) = (await editor.ask()).items
    for letter in "return ":
        editor.type(letter)
        (item,) = (await editor.ask()).items
        assert item.range.start == editor.at
        assert item.command == whole.command
    assert item.insert_text == "number * 2"
    assert editor.calls == 1
    editor.script(WRONG.removeprefix("return "))
    editor.type("x")
    assert texts(await editor.ask()) == []
    assert editor.calls == 2


async def test_what_is_looked_at_stays_first_though_something_else_passes_that_is_as_good(editor):
    editor.script({"text": RIGHT, "score": 0.1}, {"wait": "gate"}, {"text": ALSO_RIGHT, "score": 0.9})
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    editor.let("gate")
    await editor.until(lambda: editor.statuses[-1].judged == 2)
    editor.type("return num")
    assert texts(await editor.ask()) == ["ber * 2", "ber + number"]


async def test_line_ends_go_out_as_every_editor_reads_them(editor):
    """Neovim takes a carriage return for a character, and puts the document's own line ends in itself."""
    editor.script("twice = number * 2\r\n    return twice")
    await editor.initialize()
    editor.open(MODULE.replace("\n", "\r\n"))
    (item,) = (await editor.ask()).items
    assert item.insert_text == item.filter_text == "twice = number * 2\n    return twice"
    at = editor.at
    editor.type("twice = number * 2\r\n    return twice")
    assert "1/1 example" in (await hover(editor, at)).contents.value


async def test_a_text_that_is_gone_back_to_is_answered_from_what_is_known(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    editor.type("value = ")
    assert texts(await editor.ask()) == []
    editor.delete_before(len("value = "))
    assert texts(await editor.ask()) == [RIGHT]
    assert editor.calls == 2


async def test_typing_along_while_it_is_still_generated_does_not_start_anew(editor):
    editor.script({"wait": "gate"}, RIGHT)
    await editor.initialize()
    editor.open()
    pending = editor.ask()
    await editor.until(lambda: editor.statuses and editor.statuses[-1].state == "generating")
    editor.type("ret")
    assert await pending is None
    again = editor.ask()
    editor.let("gate")
    assert texts(await again) == [RIGHT.removeprefix("ret")]
    assert editor.calls == 1


async def test_typing_something_else_while_it_is_generated_starts_anew(editor):
    editor.script({"wait": "gate"}, ALSO_RIGHT)
    await editor.initialize()
    editor.open()
    pending = editor.ask()
    await editor.until(lambda: editor.statuses and editor.statuses[-1].state == "generating")
    editor.type("value = ")
    assert await pending is None
    again = editor.ask()
    editor.script("number * 2\n    return value")
    editor.let("gate")
    assert texts(await again) == ["number * 2\n    return value"]
    assert editor.calls == 2


async def test_a_change_that_leaves_what_is_generated_stops_it_at_once(editor):
    editor.script({"wait": "never"}, RIGHT)
    await editor.initialize()
    editor.open()
    pending = editor.ask()
    await editor.until(lambda: editor.statuses and editor.statuses[-1].state == "generating")
    editor.delete_before(1)
    assert await pending is None
    await editor.until(lambda: editor.statuses[-1].state == "idle")
    assert editor.statuses[-1].why == ""


async def test_another_dirty_document_changes_what_is_judged(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open("VALUE = 1\n|", name="other.py")
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    module = (editor.uri, editor.version, editor.text, editor.at)
    editor.uri, editor.version, editor.text, editor.at = (
        (editor.workspace / "other.py").as_uri(),
        1,
        "VALUE = 1\n",
        types.Position(line=1, character=0),
    )
    editor.type("OTHER = 2\n")
    editor.uri, editor.version, editor.text, editor.at = module
    assert texts(await editor.ask()) == [RIGHT]
    assert editor.calls == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_positions_are_counted_as_agreed(editor, encoding):
    editor.script("'😀' + name")
    result = await editor.initialize(encodings=["utf-7", encoding, "utf-16"])
    assert result.capabilities.position_encoding == encoding
    line = "def hail(name: str, é='😀') -> str: return "
    editor.open(line + "|\n")
    units = {"utf-8": len(line.encode()), "utf-16": len(line.encode("utf-16-le")) // 2, "utf-32": len(line)}
    editor.at = types.Position(line=0, character=units[encoding])
    (item,) = (await editor.ask()).items
    assert item.insert_text == "'😀' + name"
    assert item.range.start == item.range.end == editor.at


async def test_a_form_feed_does_not_shift_the_lines_below_it(editor):
    editor.script("number * 2")
    await editor.initialize()
    editor.open("# one\x0c\n# two\u2028\ndef double(number: int) -> int:\n    return|\n")
    editor.type(" ")
    assert texts(await editor.ask()) == ["number * 2"]


@pytest.mark.parametrize(
    ("line", "character"),
    [(99, 0), (0, 9_999), (99, 9_999), (2, 1)],
)
async def test_a_wrong_position_is_answered(editor, line, character):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open("x = 1\n# 😀\n😀|")
    answer = await editor.ask_explicitly(at=types.Position(line=line, character=character))
    assert isinstance(answer, types.InlineCompletionList)


async def test_a_negative_position_is_answered(editor):
    await editor.initialize()
    editor.open()
    params = {
        "textDocument": {"uri": editor.uri},
        "position": {"line": -1, "character": -7},
        "context": {"triggerKind": 2},
    }
    answered = await asyncio.wait_for(
        raw_request(editor, "textDocument/inlineCompletion", params), DEADLINE_S
    )
    assert "result" in answered or "error" in answered


async def test_a_trigger_kind_of_the_old_clients_is_understood(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    params = {
        "textDocument": {"uri": editor.uri},
        "position": {"line": editor.at.line, "character": editor.at.character},
        "context": {"triggerKind": 0},
    }
    answered = await asyncio.wait_for(
        raw_request(editor, "textDocument/inlineCompletion", params), DEADLINE_S
    )
    assert [it["insertText"] for it in answered["result"]["items"]] == [RIGHT]


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("textDocument/inlineCompletion", {"textDocument": 7}, -32602),
        ("textDocument/inlineCompletion", None, -32602),
        ("textDocument/hover", {}, -32602),
        ("vouch/unheardOf", {}, -32601),
        ("workspace/executeCommand", {"command": "vouch.unheardOf"}, -32601),
    ],
)
async def test_a_request_that_cannot_be_read_is_answered_with_an_error(editor, method, params, code):
    await editor.initialize()
    answered = await asyncio.wait_for(raw_request(editor, method, params), DEADLINE_S)
    assert answered["error"]["code"] == code


async def test_a_request_before_initialize_is_refused(editor):
    answered = await asyncio.wait_for(raw_request(editor, "textDocument/hover", {}), DEADLINE_S)
    assert answered["error"]["code"] in (-32002, -32602)
    await editor.initialize()


@pytest.mark.parametrize(
    ("body", "id", "code"),
    [
        (b"{", None, -32700),
        (b"\xff", None, -32700),
        (b"[" * 100_000, None, -32700),
        (b"[]", None, -32600),
        (b"null", None, -32600),
        (b'[{"jsonrpc": "2.0", "id": "raw", "method": "vouch/unheardOf"}]', None, -32600),
        (b'{"id": "raw", "method": "vouch/unheardOf"}', "raw", -32600),
        (b'{"jsonrpc": "1.0", "id": "raw", "method": "vouch/unheardOf"}', "raw", -32600),
        (b'{"jsonrpc": "2.0", "id": "raw", "method": 7}', "raw", -32600),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "vouch/unheardOf"}', None, -32600),
    ],
)
async def test_what_is_no_message_is_refused_and_the_next_one_is_heard(editor, body, id, code):
    await editor.initialize()
    refused = await asyncio.wait_for(raw_answer(editor, body, id), DEADLINE_S)
    assert refused["error"]["code"] == code
    answered = await asyncio.wait_for(raw_request(editor, "vouch/unheardOf", None), DEADLINE_S)
    assert answered["error"]["code"] == -32601
    assert editor.messages == []


async def raw_request(editor, method, params):
    """Send what no well-behaved client library would; the answer as it came, whatever it is."""
    message = {"jsonrpc": "2.0", "id": "raw", "method": method, "params": params}
    return await raw_answer(editor, json.dumps(message).encode(), "raw")


async def raw_answer(editor, body, id):
    """What the server answers to a message that is sent as it is, under that id."""
    answered = asyncio.get_running_loop().create_future()
    protocol = editor.client.protocol
    inner = protocol.structure_message

    def listen(data):
        if data.get("id", "") == id and "method" not in data and "jsonrpc" in data:
            protocol.structure_message = inner
            answered.set_result(data)
            # Something harmless in its place: the library knows nothing of this request.
            return types.CancelNotification(params=types.CancelParams(id="nothing"))
        return inner(data)

    protocol.structure_message = listen
    # Its header is not as pygls writes it, but as the specification allows.
    protocol.writer.write(b"content-type:x\r\ncontent-length:%d\r\n\r\n" % len(body) + body)
    return await answered


# What a person set, and whether anything may run at all.


async def test_in_a_workspace_that_is_not_trusted_nothing_is_started(editor):
    editor.script(RIGHT)
    await editor.initialize(trusted=False)
    editor.open()
    assert texts(await editor.ask()) == []
    assert texts(await editor.ask_explicitly()) == []
    with pytest.raises(JsonRpcException, match="not trusted"):
        await editor.run("vouch.verifySelection", {"uri": editor.uri, "range": whole(editor)})
    assert editor.calls == 0
    assert process_of(editor).children(recursive=True) == []
    assert editor.statuses[-1].state == "off"
    assert "not trusted" in editor.statuses[-1].why


async def test_a_client_that_says_nothing_of_trust_is_told_once_what_is_missing(editor):
    editor.script(RIGHT)
    await editor.initialize(trusted=None)
    editor.open()
    assert texts(await editor.ask()) == []
    await editor.until(lambda: editor.messages)
    assert "trusted" in editor.messages[0].message
    assert editor.calls == 0


async def test_trust_can_be_given_and_taken_back(editor):
    editor.script(RIGHT)
    await editor.initialize(trusted=False)
    await editor.until(lambda: editor.statuses)
    editor.open()
    editor.client.protocol.notify("vouch/trust", {"trusted": True})
    assert texts(await editor.ask()) == [RIGHT]
    editor.client.protocol.notify("vouch/trust", {"trusted": False})
    assert texts(await editor.ask()) == []
    await editor.until(lambda: [it.state for it in editor.statuses if it.uri == ""] == ["off", "idle", "off"])
    assert process_of(editor).children(recursive=True) == []


async def test_settings_take_effect_while_it_runs(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    configure(editor, enabled=False)
    assert texts(await editor.ask()) == []
    assert editor.statuses[-1].state == "off"
    configure(editor, trigger="explicit")
    assert texts(await editor.ask()) == []
    assert texts(await editor.ask_explicitly()) == [RIGHT]
    configure(editor, disabled_languages=["python"])
    assert texts(await editor.ask_explicitly()) == []
    configure(editor, require="examples", candidates="many", colour="blue")
    assert texts(await editor.ask()) == [RIGHT]
    (message,) = editor.messages
    assert "candidates" in message.message
    assert "colour" in message.message


async def test_only_a_change_of_what_verifies_restarts_the_warm_tools(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    warm = {it.pid for it in process_of(editor).children(recursive=True)}
    assert warm
    configure(editor, candidates=2)
    editor.script(ALSO_RIGHT)
    assert texts(await editor.ask_explicitly()) == [ALSO_RIGHT]
    assert warm <= {it.pid for it in process_of(editor).children(recursive=True)}
    configure(editor, check_timeout_ms=2_900)
    assert texts(await editor.ask_explicitly()) == [ALSO_RIGHT]
    assert not warm & {it.pid for it in process_of(editor).children(recursive=True)}


@pytest.mark.parametrize(
    ("marked", "language", "name", "why"),
    [
        ("x = 1  # a no|te\n", "python", "module.py", "in a comment"),
        ('def f():\n    """Do| it."""\n', "python", "module.py", "in a string"),
        ("# title|\n", "markdown", "notes.md", "no checks for markdown"),
        ("x = 1\n" * 200_000 + "|", "python", "module.py", "larger than"),
    ],
)
async def test_left_alone_with_a_reason(editor, marked, language, name, why):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open(marked, language, name)
    assert texts(await editor.ask()) == []
    assert editor.calls == 0
    assert (editor.statuses[-1].state, editor.statuses[-1].language) == ("idle", language)
    assert why in editor.statuses[-1].why


async def test_asked_for_explicitly_it_helps_in_a_comment_too(editor):
    editor.script("te")
    await editor.initialize()
    editor.open("x = 1  # a no|\n")
    await editor.ask_explicitly()
    assert editor.calls == 1


def whole(editor):
    lines = editor.text.split("\n")
    end = {"line": len(lines) - 1, "character": len(lines[-1])}
    return {"start": {"line": 0, "character": 0}, "end": end}


# Commands, evidence and acceptance.


async def test_the_evidence_of_an_accepted_insertion_stays_until_its_text_is_changed(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    (item,) = (await editor.ask()).items
    at = editor.at
    editor.type(item.insert_text)
    await editor.run(item.command.command, *item.command.arguments)
    shown = await hover(editor, at)
    assert "1/1 example" in shown.contents.value
    assert (shown.range.start, shown.range.end) == (at, editor.at)
    editor.at = types.Position(line=0, character=0)
    editor.type("import os\n\n")
    below = types.Position(line=at.line + 2, character=at.character + 3)
    assert (await hover(editor, below)).range.start.line == at.line + 2
    editor.at = below
    editor.type("_")
    assert await hover(editor, below) is None


async def test_an_editor_that_ignores_commands_is_understood_from_its_edits(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    await editor.ask()
    at = editor.at
    editor.type(RIGHT[:7])
    assert await hover(editor, at) is None
    editor.type(RIGHT[7:])
    assert "Vouched for" in (await hover(editor, at)).contents.value
    told = await editor.run("vouch.evidence", {"uri": editor.uri, "position": position(at)})
    assert told["text"] == RIGHT


@pytest.mark.parametrize(
    ("marked", "accepted"),
    [
        (MODULE.replace("|", "[" + RIGHT + "]"), True),
        (MODULE.replace("|", "[" + WRONG + "]"), False),
        (MODULE.replace("|", "[]" + RIGHT), True),
        (MODULE.replace("|", "[]" + WRONG), False),
    ],
)
async def test_code_as_it_stands_is_judged(editor, marked, accepted):
    await editor.initialize()
    start, end = place(marked.replace("[", "|", 1)), place(marked.replace("[", "").replace("]", "|", 1))
    editor.open(marked.replace("[", "").replace("]", ""))
    span = {"start": position(start), "end": position(end)}
    told = await editor.run("vouch.verifySelection", {"uri": editor.uri, "range": span})
    assert told["accepted"] is accepted
    assert told["text"] == (RIGHT if accepted else WRONG)
    assert told["range"]["start"] == position(start)
    assert "examples" in {it["check"] for it in told["evidence"]}


async def test_the_next_candidate_comes_first_when_asked_for(editor):
    editor.script(RIGHT, {"wait": "gate"}, ALSO_RIGHT)
    await editor.initialize()
    editor.open()
    await editor.ask()
    editor.let("gate")
    await editor.until(lambda: editor.statuses[-1].judged == 2)
    assert texts(await editor.ask()) == [RIGHT, ALSO_RIGHT]
    told = await editor.run("vouch.nextCandidate", editor.where())
    assert (told["text"], told["index"], told["of"]) == (ALSO_RIGHT, 1, 2)
    assert [it.version for it in editor.readies] == [editor.version]
    assert texts(await editor.ask()) == [ALSO_RIGHT, RIGHT]
    assert (await editor.run("vouch.nextCandidate", editor.where()))["text"] == RIGHT
    assert editor.calls == 1


async def test_it_can_be_switched_off_and_snoozed(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    assert await editor.run("vouch.toggle") == {"enabled": False}
    assert texts(await editor.ask_explicitly()) == []
    assert await editor.run("vouch.toggle", True) == {"enabled": True}
    assert await editor.run("vouch.snooze", 5) == {"minutes": 5}
    assert texts(await editor.ask_explicitly()) == []
    assert "snoozed for another 5 min" in editor.statuses[-1].why
    assert await editor.run("vouch.snooze", 0) == {"minutes": 0}
    assert texts(await editor.ask_explicitly()) == [RIGHT]


@pytest.mark.parametrize(
    ("command", "arguments", "complaint"),
    [
        ("vouch.accepted", [], "the id of a suggestion"),
        ("vouch.accepted", [{"id": 1}], "the id of a suggestion"),
        ("vouch.evidence", [3], "an object with a uri"),
        ("vouch.evidence", ["a", "b"], "one argument at most, not 2"),
        ("vouch.verifySelection", [], "an object with a uri"),
        ("vouch.verifySelection", [{"uri": "file:///nowhere.py"}], "not open"),
        ("vouch.nextCandidate", [{}], "a uri, a string"),
        ("vouch.toggle", ["on"], "true or false"),
        ("vouch.snooze", [-1], "a number from 0"),
        ("vouch.snooze", [True], "a number from 0"),
        ("vouch.why", [7], "a uri, a string"),
    ],
)
async def test_wrong_arguments_get_an_error_that_says_what_is_needed(editor, command, arguments, complaint):
    await editor.initialize()
    with pytest.raises(JsonRpcException, match=complaint) as refused:
        await editor.run(command, *arguments)
    assert refused.value.code == -32602


async def test_a_selection_in_the_open_completion_list_must_be_gone_on_from(editor):
    editor.script("number * 2")
    await editor.initialize()
    editor.open("def double(number: int) -> int:\n    return |\n")
    here = types.Range(start=editor.at, end=editor.at)
    fits = types.SelectedCompletionInfo(range=here, text="number")
    differs = types.SelectedCompletionInfo(range=here, text="numeric")
    assert texts(await editor.ask(selected=fits)) == ["number * 2"]
    assert texts(await editor.ask(selected=differs)) == []


async def test_clients_without_inline_completion_get_it_in_their_completion_list(editor):
    editor.script("mber * 2")
    result = await editor.initialize(inline=False)
    assert result.capabilities.completion_provider is not None
    editor.open("def double(number: int) -> int:\n    return nu|\n")
    params = types.CompletionParams(
        text_document=types.TextDocumentIdentifier(uri=editor.uri), position=editor.at
    )
    answer = await asyncio.wait_for(editor.client.text_document_completion_async(params), DEADLINE_S)
    assert answer.is_incomplete
    (item,) = answer.items
    assert item.text_edit.new_text == item.filter_text == item.label == "number * 2"
    assert item.text_edit.range.start == types.Position(line=1, character=11)
    assert item.text_edit.range.end == editor.at
    assert "compiles" in item.label_details.description
    assert "```python\nnumber * 2\n```" in item.documentation.value
    assert item.insert_text_format is types.InsertTextFormat.PlainText


# The end.


@pytest.mark.parametrize("ending", ["shutdown and exit", "exit alone", "end of input", "SIGTERM"])
async def test_however_it_ends_no_process_is_left(editor, ending):
    editor.script(RIGHT, {"wait": "never"})
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    server = editor.client._server
    children = process_of(editor).children(recursive=True)
    assert children
    match ending:
        case "shutdown and exit":
            await asyncio.wait_for(editor.client.shutdown_async(None), DEADLINE_S)
            # The kernel takes a moment to clear away what was killed.
            async with asyncio.timeout(1):
                while any(alive(it) for it in children):
                    await asyncio.sleep(0)
            editor.client.exit(None)
        case "exit alone":
            editor.client.exit(None)
        case "end of input":
            server.stdin.close()
        case "SIGTERM":
            server.terminate()
    code = await asyncio.wait_for(server.wait(), DEADLINE_S)
    assert code == (0 if ending == "shutdown and exit" else 1)
    assert [it for it in children if alive(it)] == []


async def test_over_tcp_it_serves_one_client_and_ends_with_it(plugin, tmp_path):
    path = os.pathsep.join([str(ROOT / "server"), str(ROOT / "verifiers"), str(plugin)])
    command = "from vouch_server.lsp.server import serve_tcp; raise SystemExit(serve_tcp('127.0.0.1', 0))"
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        command,
        env={**os.environ, "PYTHONPATH": path},
        stderr=asyncio.subprocess.PIPE,
    )
    line = (await asyncio.wait_for(server.stderr.readline(), DEADLINE_S)).decode()
    port = int(line.rpartition(":")[2])
    script, workspace = tmp_path / "script", tmp_path / "project"
    script.mkdir()
    workspace.mkdir()
    client = LanguageClient("test-editor", "1")
    await client.start_tcp("127.0.0.1", port)
    editor = Editor(client, workspace, script)
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    children = psutil.Process(server.pid).children(recursive=True)
    assert children
    client.protocol.writer.close()
    assert await asyncio.wait_for(server.wait(), DEADLINE_S) == 1
    await client.stop()
    assert [it for it in children if alive(it)] == []
    server._transport.close()


async def test_after_shutdown_requests_are_still_answered(editor):
    await editor.initialize()
    await asyncio.wait_for(editor.client.shutdown_async(None), DEADLINE_S)
    answered = await asyncio.wait_for(raw_request(editor, "textDocument/hover", {}), DEADLINE_S)
    assert answered["error"]["code"] in (-32600, -32602)
    editor.client.exit(None)
    assert await asyncio.wait_for(editor.client._server.wait(), DEADLINE_S) == 0


def position(at):
    return {"line": at.line, "character": at.character}


async def hover(editor, at):
    params = types.HoverParams(text_document=types.TextDocumentIdentifier(uri=editor.uri), position=at)
    return await asyncio.wait_for(editor.client.text_document_hover_async(params), DEADLINE_S)
