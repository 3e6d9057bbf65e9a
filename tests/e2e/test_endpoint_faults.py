"""A model's endpoint that misbehaves, seen from an editor: nothing is shown, one calm sentence says why, typing goes
on, and as soon as the endpoint is well again so is everything else."""

import socket

import pytest

from tests.conformance.generators.conftest import Endpoint, Scripts
from tests.e2e.conftest import RIGHT, SECRET, texts

LONGEST_SENTENCE = 300


@pytest.fixture
async def endpoint():
    served = Endpoint()
    await served.start()
    yield served
    await served.stop()


def settings(url):
    own = {
        "base_url": url,
        "model": "m",
        "mode": "completions",
        "first_token_timeout_ms": 300,
        "timeout_ms": 2_000,
    }
    return {"generator": "openai", "candidates": 1, "generators": {"openai": own}}


HTML = Scripts.answering(200, b"<!doctype html><title>Sign in</title>" + b"<p>x</p>" * 10_000, "text/html")
FAULTS = {
    "401": (Scripts.answering(401, {"error": {"message": "bad key"}}), "401"),
    "404": (Scripts.answering(404, {"error": {"message": "no such model"}}), "404"),
    "429": (Scripts.answering(429, {"error": {"message": "slow down"}}), "429"),
    "500": (Scripts.answering(500, b"Traceback (most recent call last):\n" * 500, "text/plain"), "500"),
    "a page in HTML": (HTML, ""),
    "an answer that is no JSON": (Scripts.answering(200, b"\x00\xff" * 1_000), ""),
    "a stream of rubbish": (Scripts.saying(b"data: {not json\n\n" * 50), ""),
    "an error in the stream": (
        Scripts.saying(b'data: {"error": {"message": "out of memory"}}\n\n'),
        "out of memory",
    ),
    "silence": (Scripts.silence(), "300 ms"),
    "a stream that never ends and says nothing": (Scripts.flooding(b": keep-alive\n\n"), ""),
    "a stream that never ends": (Scripts.flooding(Scripts.event("x = 1\n    ")), None),
    "a line that never ends": (Scripts.flooding(b"x" * 4096), ""),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_of_the_endpoint_is_said_in_one_sentence_and_is_over_when_it_is_over(
    editor, endpoint, fault
):
    endpoint.script, words = FAULTS[fault]
    await editor.initialize(**settings(endpoint.url))
    editor.open()
    assert texts(await editor.ask_explicitly()) == []
    await editor.until(lambda: editor.statuses[-1].state in ("idle", "error") and editor.statuses[-1].why)
    status = editor.statuses[-1]
    assert words is None or words in status.why
    assert len(status.why) < LONGEST_SENTENCE
    assert "\n" not in status.why
    assert "Traceback" not in status.why
    assert editor.messages == []
    # Typing goes on: the very next key is heard and answered.
    editor.type("r")
    assert texts(await editor.ask()) == []
    endpoint.script = Scripts.streaming(RIGHT.removeprefix("r"))
    assert texts(await editor.ask_explicitly()) == [RIGHT.removeprefix("r")]


async def test_an_endpoint_that_is_not_there_yet_is_asked_again_at_the_next_request(editor, endpoint):
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        port = placeholder.getsockname()[1]
    await editor.initialize(**settings(f"http://127.0.0.1:{port}/v1"))
    editor.open()
    assert texts(await editor.ask()) == []
    await editor.until(lambda: f"127.0.0.1:{port}" in editor.statuses[-1].why)
    assert editor.messages == []
    endpoint.script = Scripts.streaming(RIGHT)
    await endpoint.stop()
    await endpoint.start(port)
    assert texts(await editor.ask_explicitly()) == [RIGHT]


async def test_nothing_is_sent_anywhere_before_an_endpoint_is_set(editor):
    await editor.initialize(generator="openai")
    editor.open()
    assert texts(await editor.ask()) == []
    assert "vouch.generators.openai.base_url" in editor.statuses[-1].why


async def test_a_question_that_was_taken_back_closes_its_connection(editor, endpoint):
    endpoint.script = Scripts.silence()
    await editor.initialize(**settings(endpoint.url) | {"hold_ms": 10_000})
    editor.open()
    pending = editor.ask()
    (asked,) = await endpoint.posted(1)
    editor.delete_before(1)
    assert await pending is None
    await asked.left()


async def test_a_secret_of_the_environment_reaches_the_endpoint_and_nobody_else(editor, endpoint):
    """The key is in the header of the question, and in nothing that the editor is told."""
    endpoint.script = Scripts.answering(401, {"error": {"message": f"the key {SECRET} is not known"}})
    await editor.initialize(**settings(endpoint.url))
    editor.open()
    assert texts(await editor.ask()) == []
    await editor.until(lambda: "401" in editor.statuses[-1].why)
    (asked,) = endpoint.posts
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    told = str([*editor.statuses, *editor.messages])
    assert SECRET not in told
