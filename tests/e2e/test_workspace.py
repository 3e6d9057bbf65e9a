"""What a workspace brings with it: tools that are warm before they are needed, files that change, its own settings."""

import os
import time

import pytest
from lsprotocol import types

from tests.e2e.conftest import MODULE, RIGHT, WRONG, configure, process_of, texts

USES_SIBLING = "from factors import TWO\n\n\n" + MODULE
RIGHT_WITH_SIBLING = "return number * TWO"
WITHOUT_EXAMPLE = "def double(number: int) -> int:\n    |\n"
FOR_EVER = "while True:\n        pass"


async def until_warm(editor):
    await editor.until(lambda: starts(editor) == 1)
    await editor.until(lambda: editor.statuses[-1].state != "checking")


def starts(editor):
    return sum("starting what" in it.why for it in editor.statuses)


async def milliseconds(request):
    """How long an answer took that is not empty."""
    started = time.perf_counter()
    assert texts(await request)
    return (time.perf_counter() - started) * 1000


async def test_what_was_warmed_when_a_document_was_opened_serves_the_first_request_faster(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    await until_warm(editor)
    started = set(process_of(editor).children(recursive=True))
    warm = await milliseconds(editor.ask())
    assert started <= set(process_of(editor).children(recursive=True))
    # Other settings for what verifies: all tools are started anew, and this request does not wait until they are.
    configure(editor, check_timeout_ms=2_900)
    cold = await milliseconds(editor.ask_explicitly())
    assert warm * 1.5 < cold


async def test_trust_that_is_given_later_warms_what_is_open_already(editor):
    await editor.initialize(trusted=False)
    editor.open()
    assert texts(await editor.ask()) == []
    assert process_of(editor).children(recursive=True) == []
    editor.client.protocol.notify("vouch/trust", {"trusted": True})
    await until_warm(editor)
    assert process_of(editor).children(recursive=True) != []


async def test_a_second_document_of_the_same_folder_starts_nothing_more(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    await until_warm(editor)
    editor.open(name="another.py")
    assert texts(await editor.ask()) == [RIGHT]
    assert starts(editor) == 1


async def test_what_cannot_be_started_is_said_before_anything_was_asked(editor):
    await editor.initialize(sandbox="nowhere")
    editor.open()
    await editor.until(lambda: editor.statuses and editor.statuses[-1].state == "error")
    assert editor.statuses[-1].why.startswith("there is no sandbox 'nowhere'")


def saved(editor, path):
    identifier = types.TextDocumentIdentifier(uri=path.as_uri())
    editor.client.text_document_did_save(types.DidSaveTextDocumentParams(text_document=identifier))


def watched(editor, path):
    event = types.FileEvent(uri=path.as_uri(), type=types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes=[event]))


@pytest.mark.parametrize("tell", [saved, watched])
async def test_a_sibling_that_changed_on_disk_leads_to_a_new_verdict(editor, tell):
    sibling = editor.workspace / "factors.py"
    sibling.write_text("TWO = 2\n")
    editor.script(RIGHT_WITH_SIBLING)
    await editor.initialize()
    editor.open(USES_SIBLING)
    assert texts(await editor.ask()) == [RIGHT_WITH_SIBLING]
    sibling.write_text("TWO = 3\n")
    assert texts(await editor.ask()) == [RIGHT_WITH_SIBLING]
    tell(editor, sibling)
    assert texts(await editor.ask()) == []
    assert "fails an example" in editor.statuses[-1].why


async def test_saving_a_document_costs_none_of_its_own_suggestions(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    saved(editor, editor.workspace / "module.py")
    assert texts(await editor.ask()) == [RIGHT]
    assert editor.calls == 1


async def test_a_client_that_can_watch_files_is_asked_to(editor):
    asked = []

    def register(params):
        asked.extend(params.registrations)
        editor.news.set()

    editor.client.feature("client/registerCapability")(register)
    await editor.initialize(watches=True)
    await editor.until(lambda: asked)
    (registration,) = asked
    assert registration.method == "workspace/didChangeWatchedFiles"
    globs = [it["globPattern"] for it in registration.register_options["watchers"]]
    assert {"**/*.py", "**/pyproject.toml"} <= set(globs)


def own_settings(editor, text):
    path = editor.workspace / "pyproject.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("table", "marked", "proposed", "why"),
    [
        ('disabled_languages = ["python"]', MODULE, RIGHT, "switched off for python"),
        ("enabled = false", MODULE, RIGHT, "pyproject.toml"),
        ('require = "examples"', WITHOUT_EXAMPLE, RIGHT, "evidence that is required"),
        ("limits.wall_ms = 100", MODULE, FOR_EVER, "fails when it runs"),
    ],
)
async def test_a_workspace_can_make_it_stricter(editor, table, marked, proposed, why):
    own_settings(editor, f"[tool.vouch]\n{table}\n")
    editor.script(proposed)
    await editor.initialize(limits={"wall_ms": 60_000, "cpu_s": 60})
    editor.open(marked)
    assert texts(await editor.ask_explicitly()) == []
    await editor.until(lambda: why in editor.statuses[-1].why)


async def test_a_workspace_can_loosen_nothing(editor):
    own_settings(
        editor,
        '[tool.vouch]\nsandbox = "nowhere"\npython = "/bin/false"\ngenerator = "openai"\ncandidates = 9\n'
        'require = "compile"\nlimits = { wall_ms = 60000, cpu_s = 60 }\ncheck_timeout_ms = 60000\n'
        "[tool.vouch.generators.openai]\nbase_url = 'http://127.0.0.1:9/v1'\n",
    )
    editor.script(FOR_EVER, RIGHT)
    await editor.initialize(candidates=2, limits={"wall_ms": 200})
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
    await editor.until(lambda: editor.statuses[-1].judged == 2)
    told = await editor.run("vouch.why", editor.uri)
    (rejected,) = told["candidates"]
    assert rejected["summary"].startswith("run: it did not end in time")
    (complaint,) = {it.why for it in editor.statuses if it.uri.endswith("pyproject.toml")}
    for name in ("sandbox", "python", "generator", "candidates", "generators"):
        assert f"vouch.{name} may be set by you, not by a workspace" in complaint


async def test_settings_of_a_workspace_hold_as_soon_as_their_file_is_saved(editor):
    editor.script(RIGHT)
    await editor.initialize()
    editor.open(WITHOUT_EXAMPLE)
    assert texts(await editor.ask()) == [RIGHT]
    warm = set(process_of(editor).children(recursive=True))
    path = own_settings(editor, '[tool.vouch]\nrequire = "examples"\n')
    watched(editor, path)
    await editor.until(lambda: starts(editor) == 2)
    assert not warm & set(process_of(editor).children(recursive=True))
    assert texts(await editor.ask_explicitly()) == []
    path.write_text("[tool.vouch\n")
    watched(editor, path)
    await editor.until(lambda: "is not TOML" in editor.statuses[-1].why)
    # Half a file takes nothing back.
    assert texts(await editor.ask_explicitly()) == []
    path.unlink()
    watched(editor, path)
    await editor.until(lambda: starts(editor) == 3)
    assert texts(await editor.ask_explicitly()) == [RIGHT]


@pytest.mark.parametrize("content", ["tool = 3\n", "[tool]\nvouch = 3\n", "\x00", None])
async def test_a_strange_file_of_settings_costs_no_suggestion(editor, content):
    if content is None:
        os.mkfifo(editor.workspace / "pyproject.toml")
    else:
        own_settings(editor, content)
    editor.script(RIGHT, WRONG)
    await editor.initialize()
    editor.open()
    assert texts(await editor.ask()) == [RIGHT]
