"""One question to an endpoint and its answer, read no further than needed."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx

from vouch_server.model import GeneratorFault
from vouch_server.remote import chat, stopping
from vouch_server.remote.answers import MOST_BYTES, Piece, pieces
from vouch_server.remote.endpoint import Endpoint, require_success
from vouch_server.remote.plans import Served, served
from vouch_server.remote.stopping import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`body` is the whole request; `bounds` say when its answer is long enough."""

    path: str
    body: Mapping[str, Any]
    bounds: Bounds
    is_chat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The code in an answer, and the mean log-probability of its tokens where the endpoint told it."""

    text: str
    logprob: float | None = None


async def listed(http: httpx.AsyncClient, there: Endpoint, *, timeout_ms: int) -> Served:
    """What the endpoint serves; nothing where it does not say. Raises GeneratorFault when it is silent."""
    body = b""
    try:
        async with (
            asyncio.timeout(timeout_ms / 1000),
            http.stream("GET", f"{there.base}/models", headers=there.headers) as response,
        ):
            if response.status_code in (401, 403):
                await require_success(response, there)
            if response.status_code != httpx.codes.OK:
                return Served()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MOST_BYTES:
                    return Served()
        return served(json.loads(body))
    except TimeoutError as error:
        raise GeneratorFault(f"{there.origin} did not answer within {timeout_ms:,} ms") from error
    except (ValueError, RecursionError):
        return Served()


async def ask(
    http: httpx.AsyncClient, there: Endpoint, question: Question, *, first_token_timeout_ms: int
) -> Answer:
    """The answer, cut where it is over; the connection is closed by then. Raises GeneratorFault."""
    text = ""
    logprobs: list[float] = []
    try:
        async with (
            asyncio.timeout(first_token_timeout_ms / 1000) as patience,
            aclosing(_stream(http, there, question)) as stream,
        ):
            async for piece in stream:
                if piece.text:
                    patience.reschedule(None)
                judged, text = _last_line_is_new(text, piece.text), text + piece.text
                logprobs += piece.logprobs
                end = _end(text, question, piece, judge=judged)
                if end is not None:
                    text = text[:end]
                    break
    except TimeoutError as error:
        raise GeneratorFault(
            f"{there.origin} did not begin to answer within {first_token_timeout_ms:,} ms"
        ) from error
    return Answer(
        text=chat.answer(text) if question.is_chat else text,
        logprob=sum(logprobs) / len(logprobs) if logprobs else None,
    )


async def _stream(
    http: httpx.AsyncClient, there: Endpoint, question: Question
) -> AsyncGenerator[Piece, None]:
    try:
        content = json.dumps(question.body).encode("ascii")
    except (TypeError, ValueError) as error:
        raise GeneratorFault("vouch.generators.openai.body holds what JSON cannot say") from error
    url = f"{there.base}/{question.path}"
    async with http.stream("POST", url, content=content, headers=there.headers) as response:
        await require_success(response, there)
        content_type = response.headers.get("content-type", "")
        async with aclosing(
            pieces(response.aiter_raw(), content_type=content_type, secret=there.key)
        ) as stream:
            async for piece in stream:
                yield piece


def _last_line_is_new(text: str, more: str) -> bool:
    """Whether `more` begins a line or shows the first of one: only then can a block turn out to be over."""
    return "\n" in more or not text.rpartition("\n")[2].strip()


def _end(text: str, question: Question, piece: Piece, *, judge: bool) -> int | None:
    """Where the answer is to be cut, or None while it may go on."""
    bounds = question.bounds
    if question.is_chat:
        over = piece.end or chat.is_over(text) or len(text) > bounds.most_bytes
        return len(text) if over else None
    end = stopping.cut(text, bounds) if judge or bounds.marked(text) or piece.end else None
    if end is None and piece.end == "length":
        # What was cut in the middle of a line is seldom whole; the lines before it may be.
        return stopping.whole_lines(text)
    return len(text) if end is None and piece.end else end
