"""What comes of asking an endpoint, whatever it does: candidates, or one calm line for a person."""

import asyncio
import logging
from contextlib import aclosing
from pathlib import Path

import pytest

from vouch_server.generators.openai import OpenAI, Settings
from vouch_server.model import Context, GeneratorFault, Snapshot
from vouch_server.remote.endpoint import endpoint as configured
from vouch_server.remote.templates import TEMPLATES

HEAD = 'def total(xs):\n    """Sum them."""\n'
KEY = "sk-very-secret-0123456789"


def at(prefix: str = HEAD, suffix: str = "") -> Context:
    snapshot = Snapshot(
        uri="file:///home/ada/private/sums.py",
        path=Path("/home/ada/private/sums.py"),
        language="python",
        version=1,
        text=prefix + suffix,
    )
    return Context(snapshot=snapshot, offset=len(prefix))


def asking(endpoint, **more) -> Settings:
    told = {"base_url": endpoint.url, "model": "m", "mode": "completions"}
    return Settings(**(told | more))


async def proposed(settings: Settings, context: Context | None = None, wanted: int = 1) -> list[str]:
    """All candidates, and the message of the fault after them where there was one."""
    generator = OpenAI(settings)
    found = []
    try:
        async for candidate in generator.generate(context or at(), wanted):
            found.append(candidate.text)
    except GeneratorFault as fault:
        found.append(f"! {fault}")
    finally:
        await generator.aclose()
    return found


async def test_pieces_of_a_stream_become_one_candidate(endpoint, scripts) -> None:
    endpoint.script = scripts.streaming("    return", " sum(", "xs)")
    assert await proposed(asking(endpoint), at(suffix="\nx = 1\n")) == ["    return sum(xs)"]
    asked = endpoint.posts[0]
    assert asked.path == "/v1/completions"
    assert (asked.body["prompt"], asked.body["suffix"]) == (HEAD, "\nx = 1\n")
    assert asked.body["model"] == "m"
    assert "authorization" not in asked.headers
    assert "cookie" not in asked.headers


async def test_an_answer_that_is_not_streamed_is_taken_too(endpoint, scripts) -> None:
    endpoint.script = scripts.answering(200, {"choices": [{"text": "    return 1"}]})
    assert await proposed(asking(endpoint)) == ["    return 1"]


@pytest.mark.parametrize(
    ("model", "prompt"),
    [
        ("qwen2.5-coder:7b", "<|fim_prefix|>A{x}<|fim_suffix|>B<|fim_middle|>"),
        ("Qwen/Qwen2.5-Coder-1.5B", "<|fim_prefix|>A{x}<|fim_suffix|>B<|fim_middle|>"),
        ("qwen3-coder", "<|fim_prefix|>A{x}<|fim_suffix|>B<|fim_middle|>"),
        ("bigcode/starcoder2-3b", "<fim_prefix>A{x}<fim_suffix>B<fim_middle>"),
        ("codellama:7b-code", "<PRE> A{x} <SUF>B <MID>"),
        ("deepseek-coder-v2:lite", "<｜fim▁begin｜>A{x}<｜fim▁hole｜>B<｜fim▁end｜>"),
        ("codestral:22b", "[SUFFIX]B[PREFIX]A{x}"),
        ("codegemma:2b", "<|fim_prefix|>A{x}<|fim_suffix|>B<|fim_middle|>"),
        ("granite-code:8b", "<fim_prefix>A{x}<fim_suffix>B<fim_middle>"),
        ("granite4:micro", "<|fim_prefix|>A{x}<|fim_suffix|>B<|fim_middle|>"),
    ],
)
async def test_a_model_is_asked_as_it_was_trained(endpoint, scripts, model: str, prompt: str) -> None:
    await proposed(asking(endpoint, mode="fim", model=model), at("A{x}", "B"))
    assert endpoint.posts[0].body["prompt"] == prompt
    assert "suffix" not in endpoint.posts[0].body
    assert 1 <= len(endpoint.posts[0].body["stop"]) <= 4


async def test_a_template_of_ones_own_is_used(endpoint, scripts) -> None:
    await proposed(asking(endpoint, mode="fim", template="{suffix}|{prefix}|{other}"), at("{suffix}", "b"))
    assert endpoint.posts[0].body["prompt"] == "b|{suffix}|{other}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda it: it.name)
def test_every_template_holds_both_texts_once(template) -> None:
    assert template.form.count("{prefix}") == template.form.count("{suffix}") == 1
    assert template.stops


@pytest.mark.parametrize(
    ("said", "answer", "candidate"),
    [
        ("a fenced answer", "```python\n    return 1\n```", "    return 1"),
        ("with prose around", "Sure:\n\n```python\n    return 1\n```\nThat is all.", "    return 1"),
        ("without a fence", "    return 1", "    return 1"),
        ("with thoughts", "<think>\n```\nx\n```\n</think>\n```\n    return 1\n```", "    return 1"),
        ("with the mark of the cursor", "```\n<CURSOR/>    return 1\n```", "    return 1"),
    ],
)
async def test_a_chat_model_is_asked_in_words(
    endpoint, scripts, said: str, answer: str, candidate: str
) -> None:
    endpoint.script = scripts.streaming(*answer, chat=True)
    assert await proposed(asking(endpoint, mode="chat"), at(suffix="\nx = 1\n")) == [candidate], said
    asked = endpoint.posts[0]
    assert asked.path == "/v1/chat/completions"
    conversation = str(asked.body["messages"])
    assert "<CURSOR/>" in conversation
    assert "sums.py" in conversation
    assert "ada" not in conversation


OLLAMA = [{"id": "codellama:7b", "owned_by": "library"}, {"id": "llama3:8b", "owned_by": "library"}]
VLLM = [{"id": "Qwen/Qwen2.5-Coder-7B", "owned_by": "vllm"}]


@pytest.mark.parametrize(
    ("said", "models", "settings", "path", "has_suffix", "model"),
    [
        ("Ollama fills in by itself", OLLAMA, {"model": "codellama:7b"}, "completions", True, "codellama:7b"),
        ("unless the model cannot", OLLAMA, {"model": "llama3:8b"}, "chat/completions", False, "llama3:8b"),
        ("others get the prompt", VLLM, {"model": VLLM[0]["id"]}, "completions", False, VLLM[0]["id"]),
        ("the only model need not be named", VLLM, {"model": ""}, "completions", False, VLLM[0]["id"]),
        (
            "without a list the name decides",
            None,
            {"model": "starcoder2"},
            "completions",
            False,
            "starcoder2",
        ),
        ("else it is talked to", None, {"model": "gpt-x"}, "chat/completions", False, "gpt-x"),
        ("one's own template wins", None, {"template": "{prefix}{suffix}"}, "completions", False, "m"),
    ],
)
async def test_the_way_of_asking_is_found(
    endpoint, scripts, said: str, models, settings, path: str, has_suffix: bool, model: str
) -> None:
    endpoint.models = models
    await proposed(asking(endpoint, mode="auto", **settings), wanted=2)
    for asked in endpoint.posts:
        assert asked.path == f"/v1/{path}", said
        assert ("suffix" in asked.body) is has_suffix, said
        assert asked.body["model"] == model, said
    assert len(endpoint.asked) <= 3, "the list is asked for once"


async def test_a_model_that_cannot_fill_in_is_talked_to_from_then_on(endpoint, scripts) -> None:
    refusal = scripts.answering(400, {"error": {"message": "m does not support insert"}})
    good = scripts.streaming("```\n    return 1\n```", chat=True)
    endpoint.script = scripts.by_turns(refusal, good, good)
    generator = OpenAI(asking(endpoint, mode="auto", model="codellama"))
    for _ in range(2):
        assert [it.text async for it in generator.generate(at(), 1)] == ["    return 1"]
    await generator.aclose()
    assert [it.path.removeprefix("/v1/") for it in endpoint.posts] == [
        "completions",
        "chat/completions",
        "chat/completions",
    ]


async def test_the_first_sample_is_careful_and_the_others_differ(endpoint, scripts) -> None:
    settings = asking(endpoint, temperature=0.2, more_temperature=0.9)
    assert len(await proposed(settings, wanted=3)) == 3
    assert sorted(it.body["temperature"] for it in endpoint.posts) == [0.2, 0.9, 0.9]


async def test_no_more_requests_at_once_than_allowed(endpoint, scripts) -> None:
    endpoint.script = scripts.silence()
    generator = OpenAI(asking(endpoint, parallel=2))
    stream = generator.generate(at(), 5)
    first = asyncio.ensure_future(anext(stream))
    await endpoint.posted(2)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(endpoint.posts) == 2
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await generator.aclose()


async def test_probabilities_order_the_candidates(endpoint, scripts) -> None:
    endpoint.script = scripts.saying(
        scripts.event("a", logprobs={"token_logprobs": [-1.0]}),
        scripts.event("b", "stop", logprobs={"token_logprobs": [-2.0, None]}),
    )
    generator = OpenAI(asking(endpoint, logprobs=True))
    assert [it.score async for it in generator.generate(at(), 1)] == [-1.5]
    await generator.aclose()
    assert endpoint.posts[0].body["logprobs"] == 1


async def test_fields_of_the_request_can_be_set_and_taken_out(endpoint, scripts) -> None:
    await proposed(asking(endpoint, body={"temperature": None, "top_k": 5}))
    assert endpoint.posts[0].body["top_k"] == 5
    assert "temperature" not in endpoint.posts[0].body


async def test_a_line_cut_by_the_token_limit_is_left_out(endpoint, scripts) -> None:
    endpoint.script = scripts.streaming("    a = 1\n    retu", end="length")
    assert await proposed(asking(endpoint)) == ["    a = 1"]


@pytest.mark.parametrize(
    ("said", "settings", "suffix", "pieces", "candidate"),
    [
        ("the block is over", {}, "", ["    return 1\n", "\n\nd", "ef other"], "    return 1\n\n\n"),
        ("what follows begins", {}, "\nlast()\n", ["    x = 1\n", "last()\n"], "    x = 1\n"),
        ("a stop mark comes", {"mode": "fim", "model": "codellama"}, "", ["    x ", "<EO", "T>"], "    x "),
        ("a text of one's own comes", {"stop": ("STOP",)}, "", ["    x = ", "1 STOP"], "    x = 1 "),
        ("it is long enough", {"max_bytes": 64}, "", ["    x = 1\n", "    y" * 20], "    x = 1"),
        (
            "the fence is closed",
            {"mode": "chat"},
            "",
            ["```\n    return 1\n", "```\n", "This"],
            "    return 1",
        ),
    ],
)
async def test_reading_stops_and_the_connection_closes_when(
    endpoint, scripts, said: str, settings, suffix: str, pieces: list[str], candidate: str
) -> None:
    chat = settings.get("mode") == "chat"
    endpoint.script = scripts.streaming(*pieces, then="wait", chat=chat)
    assert await proposed(asking(endpoint, **settings), at(suffix=suffix)) == [candidate], said
    await endpoint.posts[0].left()


async def test_closing_the_stream_closes_every_connection(endpoint, scripts) -> None:
    endpoint.script = scripts.by_turns(
        scripts.streaming("    return 1"), *[scripts.streaming("    x", then="wait")] * 2
    )
    generator = OpenAI(asking(endpoint))
    async with aclosing(generator.generate(at(), 3)) as stream:
        async for _ in stream:
            await endpoint.posted(3)
            break
    for asked in endpoint.posts:
        await asked.left()
    assert [it.gone.is_set() for it in endpoint.posts] == [True] * 3
    await generator.aclose()


async def test_cancelling_closes_every_connection(endpoint, scripts) -> None:
    endpoint.script = scripts.streaming("    x", then="wait")
    work = asyncio.create_task(proposed(asking(endpoint), wanted=2))
    asked = await endpoint.posted(2)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    for it in asked:
        await it.left()


async def test_nothing_is_proposed_after_the_budget(endpoint, scripts) -> None:
    endpoint.script = scripts.by_turns(
        scripts.streaming("    return 1"), scripts.streaming("    return 2", then="wait")
    )
    found = await proposed(asking(endpoint, timeout_ms=400), wanted=2)
    assert found[0] == "    return 1"
    assert found[1:] == [f"! http://127.0.0.1:{endpoint.port} was not done within 400 ms"]
    await endpoint.posts[1].left()


async def test_an_endpoint_that_is_silent_is_given_up(endpoint, scripts) -> None:
    endpoint.script = scripts.silence()
    found = await proposed(asking(endpoint, first_token_timeout_ms=150))
    assert found == [f"! http://127.0.0.1:{endpoint.port} did not begin to answer within 150 ms"]
    await endpoint.posts[0].left()


async def test_an_answer_that_has_begun_may_take_its_time(endpoint, scripts) -> None:
    endpoint.script = scripts.pausing(scripts.event("    return"), 0.3, scripts.event(" 1", "stop"))
    assert await proposed(asking(endpoint, first_token_timeout_ms=150)) == ["    return 1"]


async def test_reading_stops_when_the_rest_of_the_function_is_repeated(endpoint, scripts) -> None:
    endpoint.script = scripts.streaming("x = 1\n    log(x)\n", "    return x\n", "    more", then="wait")
    found = await proposed(asking(endpoint), at("def f():\n    ", "\n    log(x)\n    return x\n"))
    assert found == ["x = 1\n    log(x)\n    return x\n"]
    await endpoint.posts[0].left()


async def test_a_fault_of_one_sample_costs_no_other(endpoint, scripts) -> None:
    endpoint.script = scripts.by_turns(
        scripts.answering(500, {"error": {"message": "out of memory"}}), scripts.streaming("    return 2")
    )
    found = await proposed(asking(endpoint, parallel=1), wanted=2)
    assert found == ["    return 2", f"! http://127.0.0.1:{endpoint.port} failed (500): out of memory"]


def faults(scripts) -> list[tuple[str, object, str]]:
    event, saying, answering = scripts.event, scripts.saying, scripts.answering
    return [
        (
            "a wrong key",
            answering(401, {"error": {"message": f"Incorrect key {KEY}"}}),
            "refused the key (401)",
        ),
        ("no rights", answering(403, {}), "refused the key (403)"),
        ("an unknown model", answering(404, {"error": "pull it\n\x1b[31mfirst"}), "(404): pull it [31mfirst"),
        ("too many requests", answering(429, {"detail": "slow down"}), "fewer requests (429)"),
        ("a bad request", answering(422, {"error": {"message": f"no {KEY} here"}}), "(422): no … here"),
        ("a breakdown", answering(503, b"<html>", "text/html"), "failed (503)"),
        ("a web page", answering(200, b"<html></html>", "text/html"), "a web page"),
        ("another format", answering(200, b"\x00\x01\x02", "application/octet-stream"), "an event stream"),
        ("no JSON", answering(200, b"{nope", "application/json"), "other than JSON"),
        ("no JSON in a stream", saying(b"data: {nope\n\n"), "other than JSON"),
        ("deep JSON", answering(200, b"[" * 100_000, "application/json"), "other than JSON"),
        ("another shape", answering(200, {"answer": 42}), "shape of a completion"),
        ("a list", answering(200, [1]), "shape of a completion"),
        ("another shape of text", saying(event(7)), "shape of a completion"),
        ("an error in a stream", saying(b'data: {"error": {"message": "overloaded"}}\n\n'), "overloaded"),
        ("a stream cut short", saying(event("    ret")), "broke off"),
        ("a stream cut in an event", saying(event("    ret"), b'data: {"choi'), "other than JSON"),
        ("an empty stream", saying(), "broke off"),
        ("a body cut short", answering(200, b"{", more="Content-Length: 99\r\n"), "broke off"),
        ("a line without end", scripts.flooding(b"data: " + b"x" * 65536), "a line without end"),
        ("a stream without end", scripts.flooding(b": awake\n" * 8192), "does not end"),
        ("a redirect", answering(307, {}, more="Location: /v2/completions\r\n"), "points elsewhere (307)"),
    ]


async def test_whatever_goes_wrong_is_one_calm_line(endpoint, scripts, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for said, script, words in faults(scripts):
        endpoint.script = script
        found = await proposed(asking(endpoint))
        assert len(found) == 1, said
        assert found[0].startswith("! "), said
        assert words in found[0], said
        assert found[0].isprintable(), said
        assert len(found[0]) < 300, said
        assert KEY not in found[0], said
        assert "Traceback" not in found[0], said


async def test_an_endpoint_that_is_down_is_told_apart(endpoint) -> None:
    settings = asking(endpoint)
    await endpoint.stop()
    assert await proposed(settings, wanted=3) == [
        f"! nothing answers at {settings.base_url.removesuffix('/v1')}; is the server running?"
    ]


async def test_a_redirect_carries_nothing_to_another_host(endpoint, elsewhere, scripts, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for status in (301, 302, 307, 308):
        endpoint.script = scripts.answering(status, {}, more=f"Location: {elsewhere.url}/completions\r\n")
        found = await proposed(asking(endpoint))
        assert "points elsewhere" in found[0]
    assert elsewhere.connections == 0


async def test_no_proxy_of_the_environment_gets_to_see_code(
    endpoint, elsewhere, scripts, monkeypatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere.port}")
    assert await proposed(asking(endpoint)) == ["pass"]
    assert elsewhere.connections == 0


async def test_the_key_is_sent_and_appears_nowhere_else(endpoint, scripts, monkeypatch, caplog) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    settings = asking(endpoint, api_key_env="MY_KEY", mode="auto", model="codellama")
    endpoint.script = scripts.answering(400, {"error": {"message": f"bad {KEY}"}})
    found = await proposed(settings)
    assert {it.headers["authorization"] for it in endpoint.asked} == {f"Bearer {KEY}"}
    where = configured(settings.base_url, api_key_env="MY_KEY")
    assert where.key == KEY
    assert KEY not in repr(found) + repr(settings) + repr(where) + caplog.text


@pytest.mark.parametrize(
    ("said", "settings", "environment", "words"),
    [
        ("nothing configured", {"base_url": ""}, {}, "set vouch.generators.openai.base_url"),
        ("no URL", {"base_url": "http://[::1"}, {}, "is not a URL"),
        ("another scheme", {"base_url": "ftp://127.0.0.1/v1"}, {}, "must begin with http"),
        ("no scheme", {"base_url": "localhost:11434/v1"}, {}, "must begin with http"),
        ("a password", {"base_url": "http://me:hunter2@127.0.0.1/v1"}, {}, "may hold no user"),
        ("a key in the clear", {"base_url": "http://192.0.2.1/v1"}, {"OPENAI_API_KEY": KEY}, "in the clear"),
        (
            "another one in the clear",
            {"base_url": "http://api.example.com/v1", "api_key_env": "K"},
            {"K": KEY},
            "in the clear",
        ),
        ("a key that is missing", {"api_key_env": "K"}, {}, "variable K is not set"),
        ("a key instead of a name", {"api_key_env": KEY}, {}, "must be the name of"),
        ("a key with a line end", {"api_key_env": "K"}, {"K": "a\r\nX-Other: b"}, "other than a key"),
        ("a template missing", {"mode": "fim", "model": "gpt-x"}, {}, "set vouch.generators.openai.template"),
        ("a model missing", {"model": ""}, {}, "set vouch.generators.openai.model"),
        ("a body that is no JSON", {"body": {"x": {1, 2}}}, {}, "what JSON cannot say"),
    ],
)
async def test_what_has_to_be_set_is_said_before_anything_is_sent(
    endpoint, monkeypatch, said: str, settings, environment, words: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (found,) = await proposed(asking(endpoint, **settings))
    assert found.startswith("! "), said
    assert words in found, said
    assert KEY not in found, said
    assert "hunter2" not in found, said
    assert endpoint.posts == [], said


async def test_a_list_of_models_asks_for_a_choice(endpoint) -> None:
    endpoint.models = OLLAMA
    (found,) = await proposed(asking(endpoint, model=""))
    assert "one of those served: codellama:7b, llama3:8b" in found


async def test_odd_characters_reach_the_endpoint_unharmed(endpoint) -> None:
    await proposed(asking(endpoint), at("s = '🙂\ud83d\x00é'\n"))
    assert endpoint.posts[0].body["prompt"] == "s = '🙂\ud83d\x00é'\n"
