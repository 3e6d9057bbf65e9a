"""Language server messages over a sandboxed process's pipes: framing and JSON only. Knows no method."""

import json
from collections.abc import Mapping
from typing import TypeAlias

from vouch_verifiers.sandbox import Process, SandboxFault

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Message: TypeAlias = dict[str, Json]

LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024
MOST_HEADERS = 16


def encode(message: Mapping[str, Json]) -> bytes:
    """The message as it goes over the wire, header included."""
    # A surrogate that stands alone is no text in UTF-8; "?" in its place keeps all columns as they were.
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def read_message(process: Process) -> Message:
    """The next message. Raises SandboxFault when the other side is gone or does not speak the protocol."""
    size = await _content_length(process)
    body = await process.read_exactly(size)
    try:
        message = json.loads(body)
    except ValueError as error:
        raise SandboxFault(f"not a protocol message: {error}") from error
    if not isinstance(message, dict):
        raise SandboxFault("not a protocol message: no object")
    return message


async def _content_length(process: Process) -> int:
    size: int | None = None
    for _ in range(MOST_HEADERS):
        line = (await process.read_line()).strip()
        if not line:
            break
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            size = int(value)
    if size is None or size > LARGEST_MESSAGE_BYTES:
        raise SandboxFault(f"not a protocol message: content length {size}")
    return size


def as_object(value: Json) -> Message:
    """The value where it is an object, else an empty one: a server's odd answer is not worth a crash."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def as_int(value: Json, default: int = 0) -> int:
    """The value where it is a whole number, else the default."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def as_text(value: Json) -> str:
    """The value as text; "" for null."""
    return "" if value is None else str(value)
