"""Reads the answer of an OpenAI-compatible endpoint piece by piece, streamed or not. Trusts nothing in it."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from vouch_server.model import GeneratorFault

LONGEST_LINE = 1024 * 1024
MOST_BYTES = 8 * 1024 * 1024
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some more text. `end` says why no more comes, e.g. "stop" or "length"; "" while more may."""

    text: str
    logprobs: tuple[float, ...] = ()
    end: str = ""


async def pieces(
    chunks: AsyncIterator[bytes], *, content_type: str, secret: str = ""
) -> AsyncGenerator[Piece, None]:
    """The pieces of an answer, read to its end or until closed.

    Raises GeneratorFault, which never shows `secret`, where it is no answer, breaks off or does not end.
    """
    if "html" in content_type:
        raise GeneratorFault("the endpoint answered with a web page; base_url usually ends in /v1")
    if "json" in content_type and "stream" not in content_type:
        body = b"\n".join([it async for it in lines(chunks)])
        piece = _piece(_parsed(body, secret))
        yield Piece(text=piece.text, logprobs=piece.logprobs, end=piece.end or "stop")
        return
    async for line in lines(chunks):
        if not line.startswith(b"data:"):
            # Comments keep a connection awake; names and numbers of events say nothing that we need.
            if line and not line.startswith((b":", b"event:", b"id:", b"retry:")):
                raise GeneratorFault("the endpoint answered with something other than an event stream")
            continue
        data = line[len(b"data:") :].strip()
        if data == b"[DONE]":
            yield Piece(text="", end="stop")
            return
        piece = _piece(_parsed(data, secret))
        yield piece
        if piece.end:
            return
    raise GeneratorFault("the endpoint broke off in the middle of its answer")


async def lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines of a body without their ends. Raises GeneratorFault where a line or the whole is too long."""
    rest, total = b"", 0
    async for chunk in chunks:
        total += len(chunk)
        if total > MOST_BYTES:
            raise GeneratorFault("the endpoint's answer does not end")
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r")
        if len(rest) > LONGEST_LINE:
            raise GeneratorFault("the endpoint's answer has a line without end")
    if rest:
        yield rest.rstrip(b"\r")


def words(body: bytes, *, secret: str = "") -> str:
    """What an error's body says, as one short line without control characters and `secret`; "" if nothing."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    said = parsed
    for key in ("error", "message"):
        said = said.get(key, said.get("detail", "")) if isinstance(said, dict) else said
    if not isinstance(said, str):
        return ""
    line = " ".join("".join(it if it.isprintable() else " " for it in said).split())
    if secret:
        line = line.replace(secret, "…")
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _parsed(data: bytes, secret: str) -> dict[str, Any]:
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise GeneratorFault("the endpoint answered with something other than JSON") from error
    if not isinstance(parsed, dict):
        raise GeneratorFault("the endpoint's answer does not have the shape of a completion")
    if parsed.get("error"):
        raise GeneratorFault(
            f"the endpoint failed while answering: {words(data, secret=secret) or 'it does not say why'}"
        )
    return parsed


def _piece(parsed: dict[str, Any]) -> Piece:
    match parsed.get("choices"):
        case []:
            # The last event may hold nothing but the count of tokens.
            return Piece(text="")
        case [{**choice}, *_]:
            end = choice.get("finish_reason")
            return Piece(
                text=_text(choice),
                logprobs=_logprobs(choice.get("logprobs")),
                end=end if isinstance(end, str) else "",
            )
        case _:
            raise GeneratorFault("the endpoint's answer does not have the shape of a completion")


def _text(choice: Mapping[object, object]) -> str:
    match choice:
        case {"text": str(text)}:
            return text
        case {"delta": {"content": str(text)}} | {"message": {"content": str(text)}}:
            return text
        case {"delta": {"content": [*parts]}} | {"message": {"content": [*parts]}}:
            return "".join(
                it["text"] for it in parts if isinstance(it, dict) and isinstance(it.get("text"), str)
            )
        case {"text": None} | {"delta": {}} | {"message": {}}:
            return ""
        case _:
            raise GeneratorFault("the endpoint's answer does not have the shape of a completion")


def _logprobs(said: object) -> tuple[float, ...]:
    match said:
        case {"token_logprobs": [*values]}:
            found = values
        case {"content": [*tokens]}:
            found = [it.get("logprob") for it in tokens if isinstance(it, dict)]
        case _:
            return ()
    return tuple(float(it) for it in found if isinstance(it, int | float) and not isinstance(it, bool))
