"""Any endpoint that speaks as OpenAI's does: Ollama, vLLM, llama.cpp's server, hosted ones.

Nothing is sent anywhere until a base_url is set, and then only there. Knows nothing of judging.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import httpx

from vouch_server.context.window import window
from vouch_server.model import Candidate, Context, GeneratorFault, GeneratorKind
from vouch_server.postprocess import hole_of
from vouch_server.remote import stopping
from vouch_server.remote.asking import Question, ask, listed
from vouch_server.remote.endpoint import Endpoint, Refused, client, endpoint, explained
from vouch_server.remote.plans import Plan, Served, planned, prompt
from vouch_server.remote.templates import own_template
from vouch_verifiers.settings import Setting

log = logging.getLogger(__name__)

NAME = "openai"
# Statuses by which servers say that they lack a path or that a model cannot fill in the middle.
UNABLE = frozenset({400, 404, 405, 501})
# Hosted endpoints refuse longer lists; all the marks are looked for here as well.
MOST_STOPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to ask an endpoint."""

    base_url: Annotated[
        str,
        Setting(
            doc="Where the endpoint is, e.g. http://127.0.0.1:11434/v1. Code is sent there and nowhere else."
        ),
    ] = ""
    model: Annotated[str, Setting(doc="The model to ask; empty takes the only one that is served.")] = ""
    mode: Annotated[
        Literal["auto", "completions", "fim", "chat"],
        Setting(doc="How to ask: with a suffix, with a fill-in-the-middle prompt, or in words."),
    ] = "auto"
    template: Annotated[
        str,
        Setting(
            doc="A fill-in-the-middle prompt with {prefix} and {suffix}; empty goes by the model's name."
        ),
    ] = ""
    api_key_env: Annotated[
        str, Setting(doc="The environment variable that holds the key; empty sends none.")
    ] = "OPENAI_API_KEY"
    temperature: Annotated[float, Setting(doc="Temperature of the first candidate.", least=0, most=2)] = 0.1
    more_temperature: Annotated[
        float, Setting(doc="Temperature of the other candidates, which should differ.", least=0, most=2)
    ] = 0.8
    max_tokens: Annotated[int, Setting(doc="Longest answer, in tokens.", least=1, most=8_192)] = 256
    max_bytes: Annotated[int, Setting(doc="Longest answer, in bytes.", least=64, most=262_144)] = 16_384
    prefix_characters: Annotated[
        int, Setting(doc="Most text before the cursor that is sent.", least=100, most=1_000_000)
    ] = 6_000
    suffix_characters: Annotated[
        int, Setting(doc="Most text after the cursor that is sent.", least=0, most=1_000_000)
    ] = 2_000
    stop: Annotated[tuple[str, ...], Setting(doc="Texts that end an answer, besides the model's own.")] = ()
    logprobs: Annotated[bool, Setting(doc="Whether to ask for probabilities, to order candidates by.")] = (
        False
    )
    parallel: Annotated[int, Setting(doc="Most requests at once.", least=1, most=16)] = 4
    connect_timeout_ms: Annotated[
        int, Setting(doc="Time for a connection, in ms.", least=50, most=60_000)
    ] = 2_000
    first_token_timeout_ms: Annotated[
        int,
        Setting(doc="Time until an answer begins, in ms; loading a model counts.", least=100, most=300_000),
    ] = 15_000
    timeout_ms: Annotated[
        int, Setting(doc="Time for all candidates together, in ms.", least=100, most=600_000)
    ] = 25_000
    body: Annotated[
        Mapping[str, Any],
        Setting(doc="More fields of the request, over Vouch's own; null takes one out."),
    ] = field(default_factory=dict)


class OpenAI:
    """Owns the connections to one endpoint, and what was learned about it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.parallel)
        self._starting = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None
        self._plan: Plan | None = None

    async def generate(self, context: Context, wanted: int) -> AsyncGenerator[Candidate, None]:
        """Candidates as their requests end. A fault of one is raised after the others have been proposed."""
        deadline = asyncio.get_running_loop().time() + self._settings.timeout_ms / 1000
        there = endpoint(self._settings.base_url, api_key_env=self._settings.api_key_env)
        http, plan = await self._prepared(there, deadline)
        samples = [
            asyncio.create_task(self._sample(http, there, plan, context, number), name=f"sample {number}")
            for number in range(wanted)
        ]
        fault: GeneratorFault | None = None
        try:
            waiting = set(samples)
            while waiting:
                left = deadline - asyncio.get_running_loop().time()
                done, waiting = await asyncio.wait(
                    waiting, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    raise self._late(there)
                for sample in sorted(done, key=samples.index):
                    try:
                        candidate = sample.result()
                    except GeneratorFault as error:
                        fault = fault or error
                        continue
                    if candidate is not None:
                        yield candidate
        finally:
            for sample in samples:
                sample.cancel()
            await asyncio.gather(*samples, return_exceptions=True)
        if fault is not None:
            raise fault

    async def aclose(self) -> None:
        """Close the connections."""
        open_client, self._client, self._plan = self._client, None, None
        if open_client is not None:
            await open_client.aclose()

    def _late(self, there: Endpoint) -> GeneratorFault:
        return GeneratorFault(f"{there.origin} was not done within {self._settings.timeout_ms:,} ms")

    async def _prepared(self, there: Endpoint, deadline: float) -> tuple[httpx.AsyncClient, Plan]:
        """The connections and the plan. Raises GeneratorFault."""
        try:
            async with asyncio.timeout_at(deadline), explained(there), self._starting:
                if self._client is None:
                    self._client = await client(there, connect_timeout_ms=self._settings.connect_timeout_ms)
                if self._plan is None:
                    self._plan = await self._made_plan(there, self._client)
                return self._client, self._plan
        except TimeoutError as error:
            raise self._late(there) from error

    async def _made_plan(self, there: Endpoint, http: httpx.AsyncClient) -> Plan:
        settings = self._settings
        own = own_template(settings.template) if settings.template else None
        # What is served matters only where something was left open.
        known = Served()
        if not settings.model or (settings.mode == "auto" and own is None):
            known = await listed(http, there, timeout_ms=settings.first_token_timeout_ms)
        return planned(mode=settings.mode, model=settings.model, own=own, known=known)

    async def _sample(
        self, http: httpx.AsyncClient, there: Endpoint, plan: Plan, context: Context, number: int
    ) -> Candidate | None:
        async with self._slots, explained(there):
            plan = self._plan or plan
            try:
                return await self._asked(http, there, plan, context, number)
            except Refused as refusal:
                if self._settings.mode != "auto" or plan.mode == "chat" or refusal.status not in UNABLE:
                    raise
                log.info("%s cannot be asked for %s: %s", there.origin, plan.mode, refusal)
            self._plan = replace(plan, mode="chat")
            return await self._asked(http, there, self._plan, context, number)

    async def _asked(
        self, http: httpx.AsyncClient, there: Endpoint, plan: Plan, context: Context, number: int
    ) -> Candidate | None:
        answer = await ask(
            http,
            there,
            question(self._settings, plan, context, number),
            first_token_timeout_ms=self._settings.first_token_timeout_ms,
        )
        if not answer.text.strip():
            return None
        score = -float(number) if answer.logprob is None else answer.logprob
        return Candidate(text=answer.text, generator=NAME, score=score)


def question(settings: Settings, plan: Plan, context: Context, number: int) -> Question:
    """The request for candidate `number`: the first one careful, the others free to differ."""
    shown = window(
        context, prefix_characters=settings.prefix_characters, suffix_characters=settings.suffix_characters
    )
    stops = plan.stops + settings.stop
    body: dict[str, Any] = {
        "model": plan.model,
        **prompt(plan, shown, context),
        "max_tokens": settings.max_tokens,
        "temperature": settings.more_temperature if number else settings.temperature,
        "stream": True,
        "stop": list(stops[:MOST_STOPS]) or None,
        "logprobs": (True if plan.mode == "chat" else 1) if settings.logprobs else None,
    }
    return Question(
        path=plan.path,
        body={name: value for name, value in (body | dict(settings.body)).items() if value is not None},
        bounds=stopping.Bounds(
            hole=hole_of(context),
            following=stopping.following(shown.suffix),
            stops=stops,
            most_bytes=settings.max_bytes,
        ),
        is_chat=plan.mode == "chat",
    )


KIND = GeneratorKind(
    name=NAME,
    doc="A model behind an OpenAI-compatible endpoint: Ollama, vLLM, llama.cpp or a hosted one.",
    settings=Settings,
    make=OpenAI,
)
