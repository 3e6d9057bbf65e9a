"""An editor with a real server process, which is spoken to over the real protocol.

Only the generator is scripted. It comes in by the same entry point as a third party's, and it waits where a
test wants it to, so that nothing here depends on how fast the machine is.
"""

import asyncio
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parents[2]
# The first verdict starts a sandbox, a worker and a type checker, on a machine that may be busy.
DEADLINE_S = 60.0

SERVE = (
    "from vouch_server.lsp.server import serve_stdio\n"
    "from vouch_server.settings import Settings\n"
    "raise SystemExit(serve_stdio(Settings()))\n"
)

GENERATOR = """
import asyncio, json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from vouch_server.model import Candidate, GeneratorKind
from vouch_verifiers.settings import Setting

@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    script: Annotated[str, Setting(doc="A folder.")] = ""

class Scripted:
    def __init__(self, settings):
        self.folder = Path(settings.script)

    async def generate(self, context, wanted):
        with (self.folder / "calls").open("a") as calls:
            calls.write(json.dumps(context.prefix.splitlines()[-1:]) + "\\n")
        for step in json.loads((self.folder / "script.json").read_text()):
            if "wait" in step:
                while not (self.folder / step["wait"]).exists():
                    await asyncio.sleep(0.01)
            else:
                yield Candidate(text=step["text"], generator="scripted", score=step.get("score", 0.0))

    async def aclose(self):
        pass

SCRIPTED = GeneratorKind(name="scripted", doc="Says what a test wants.", settings=Settings, make=Scripted)
"""

MODULE = '''\
def double(number: int) -> int:
    """Twice the number.

    >>> double(2)
    4
    """
    |
'''
SECRET = "sk-of-the-test"
RIGHT = "return number * 2"
ALSO_RIGHT = "return number + number"
WRONG = "return number + 1"
BROKEN = "return numbr * 2"


@pytest.fixture(scope="session")
def plugin(tmp_path_factory):
    """A folder with a distribution that offers the scripted generator."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "vouch_scripted.py").write_text(GENERATOR)
    info = folder / "vouch_scripted-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vouch-scripted\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[vouch.generators]\nscripted = vouch_scripted:SCRIPTED\n")
    return folder


class Editor:
    """An editor with one server: what it sends is what VS Code, Neovim and the others send."""

    def __init__(self, client, workspace, script):
        self.client = client
        self.workspace = workspace
        self.script_folder = script
        self.statuses = []
        self.readies = []
        self.messages = []
        self.news = asyncio.Event()
        self.version = 0
        self.text = ""
        self.uri = (workspace / "module.py").as_uri()
        client.feature("vouch/status")(self._take(self.statuses))
        client.feature("vouch/ready")(self._take(self.readies))
        client.feature("window/showMessage")(self._take(self.messages))

    def _take(self, into):
        def take(params):
            into.append(params)
            self.news.set()

        return take

    def script(self, *steps):
        """Texts to propose, or `{"text": …, "score": …}`; `{"wait": name}` stops until `let(name)`."""
        found = [it if isinstance(it, dict) else {"text": it} for it in steps]
        # Put in place whole: the generator may be reading at this very moment.
        draft = self.script_folder / "draft.json"
        draft.write_text(json.dumps(found))
        draft.replace(self.script_folder / "script.json")

    def let(self, name):
        (self.script_folder / name).touch()

    @property
    def calls(self):
        path = self.script_folder / "calls"
        return len(path.read_text().splitlines()) if path.exists() else 0

    async def until(self, condition):
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                self.news.clear()
                await self.news.wait()

    async def initialize(self, *, inline=True, trusted=True, encodings=None, watches=False, **settings):
        options = {
            "trusted": trusted,
            "settings": {
                "generator": "scripted",
                "debounce_ms": 0,
                "hold_ms": 10_000,
                "generators": {"scripted": {"script": str(self.script_folder)}},
                **settings,
            },
        }
        if trusted is None:
            del options["trusted"]
        text_document = types.TextDocumentClientCapabilities(
            inline_completion=types.InlineCompletionClientCapabilities() if inline else None
        )
        result = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    general=types.GeneralClientCapabilities(position_encodings=encodings),
                    text_document=text_document,
                    workspace=types.WorkspaceClientCapabilities(
                        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
                            dynamic_registration=watches
                        )
                    ),
                ),
                workspace_folders=[types.WorkspaceFolder(uri=self.workspace.as_uri(), name="project")],
                initialization_options=options,
            )
        )
        self.client.initialized(types.InitializedParams())
        return result

    def open(self, marked=MODULE, language="python", name="module.py"):
        """`|` is the cursor."""
        self.uri = (self.workspace / name).as_uri()
        self.version = 1
        self.text = marked.replace("|", "")
        item = types.TextDocumentItem(
            uri=self.uri, language_id=language, version=self.version, text=self.text
        )
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        self.at = place(marked)

    def type(self, text):
        """At the cursor, which moves along."""
        offset = self._offset()
        self.text = self.text[:offset] + text + self.text[offset:]
        self._send(types.Range(start=self.at, end=self.at), text)
        self.at = place(self.text[: offset + len(text)] + "|")

    def delete_before(self, count):
        start = types.Position(line=self.at.line, character=self.at.character - count)
        offset = self._offset()
        self.text = self.text[: offset - count] + self.text[offset:]
        self._send(types.Range(start=start, end=self.at), "")
        self.at = start

    def _offset(self):
        return sum(len(it) + 1 for it in self.text.split("\n")[: self.at.line]) + self.at.character

    def _send(self, range, text):
        self.version += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                text_document=types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version),
                content_changes=[types.TextDocumentContentChangePartial(range=range, text=text)],
            )
        )

    def ask(self, kind=types.InlineCompletionTriggerKind.Automatic, at=None, selected=None, id=None):
        params = types.InlineCompletionParams(
            text_document=types.TextDocumentIdentifier(uri=self.uri),
            position=at or self.at,
            context=types.InlineCompletionContext(trigger_kind=kind, selected_completion_info=selected),
        )
        sent = self.client.protocol.send_request_async("textDocument/inlineCompletion", params, msg_id=id)
        return asyncio.ensure_future(asyncio.wait_for(sent, DEADLINE_S))

    def ask_explicitly(self, **facts):
        return self.ask(types.InlineCompletionTriggerKind.Invoked, **facts)

    async def run(self, command, *arguments):
        params = types.ExecuteCommandParams(command=command, arguments=list(arguments))
        return await asyncio.wait_for(self.client.workspace_execute_command_async(params), DEADLINE_S)

    def where(self):
        return {"uri": self.uri, "position": {"line": self.at.line, "character": self.at.character}}


def place(marked):
    before = marked.split("|")[0]
    return types.Position(line=before.count("\n"), character=len(before) - before.rfind("\n") - 1)


@contextmanager
def in_one_piece(editor):
    """What is sent meanwhile arrives as one piece, as it does where an editor is quick."""
    writer, pieces = editor.client.protocol.writer, []
    editor.client.protocol.writer = SimpleNamespace(write=pieces.append)
    yield
    editor.client.protocol.writer = writer
    writer.write(b"".join(pieces))


def texts(answer):
    return [it.insert_text for it in answer.items]


def process_of(editor):
    return psutil.Process(editor.client._server.pid)


def alive(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def configure(editor, **settings):
    own = {"scripted": {"script": str(editor.script_folder)}}
    said = {"generator": "scripted", "debounce_ms": 0, "hold_ms": 10_000, "generators": own, **settings}
    params = types.DidChangeConfigurationParams(settings={"vouch": said})
    editor.client.workspace_did_change_configuration(params)


@pytest.fixture
async def editor(plugin, tmp_path):
    workspace, script = tmp_path / "project", tmp_path / "script"
    workspace.mkdir()
    script.mkdir()
    client = LanguageClient("test-editor", "1")
    path = os.pathsep.join([str(ROOT / "server"), str(ROOT / "verifiers"), str(plugin)])
    environment = {**os.environ, "PYTHONPATH": path, "OPENAI_API_KEY": SECRET}
    await client.start_io(sys.executable, "-c", SERVE, env=environment, cwd=tmp_path)
    editor = Editor(client, workspace, script)
    yield editor
    process = psutil.Process(client._server.pid) if client._server.returncode is None else None
    children = process.children(recursive=True) if process is not None else []
    if process is not None:
        async with asyncio.timeout(DEADLINE_S):
            await client.shutdown_async(None)
            client.exit(None)
            await client._server.wait()
    await client.stop()
    assert [it for it in children if alive(it)] == []
