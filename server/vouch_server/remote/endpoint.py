"""Where a model is asked and with which key, and what to tell a person when that does not work.

The key comes from the environment only. It is part of no message and no representation.
"""

import os
import re
import ssl
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

import httpx

from vouch_server.model import GeneratorFault
from vouch_server.remote.answers import words

USUAL_KEY = "OPENAI_API_KEY"
KEEP_ALIVE_S = 60.0
WRITE_TIMEOUT_S = 10.0
LARGEST_ERROR = 64 * 1024

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Refused(GeneratorFault):
    """The endpoint answered, with a status that is no success."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`base` ends without a slash; `origin` is all of it that a message may show."""

    base: str
    origin: str
    key: str = field(repr=False)
    key_name: str

    @property
    def headers(self) -> dict[str, str]:
        # Nothing compressed: an answer of a few bytes must not become one of gigabytes.
        plain = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        return plain | ({"Authorization": f"Bearer {self.key}"} if self.key else {})


def endpoint(base_url: str, *, api_key_env: str) -> Endpoint:
    """The configured endpoint with its key. Raises GeneratorFault that says what to set."""
    if not base_url.strip():
        raise GeneratorFault(
            "no endpoint is configured: set vouch.generators.openai.base_url, "
            "for example to http://127.0.0.1:11434/v1 for Ollama"
        )
    try:
        url = httpx.URL(base_url.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise GeneratorFault("vouch.generators.openai.base_url is not a URL") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise GeneratorFault(
            "vouch.generators.openai.base_url must begin with http:// or https:// and name a host"
        )
    if url.userinfo or url.query or url.fragment:
        raise GeneratorFault(
            "vouch.generators.openai.base_url may hold no user, password or query; "
            "put the key into an environment variable and name it in api_key_env"
        )
    key = _key(api_key_env)
    if key and url.scheme == "http" and not _is_loopback(url.host):
        raise GeneratorFault(
            f"the key in {api_key_env} would be sent to {url.host} in the clear; "
            'use https, or set vouch.generators.openai.api_key_env to "" to send none'
        )
    origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
    return Endpoint(base=origin + url.path.rstrip("/"), origin=origin, key=key, key_name=api_key_env)


async def client(endpoint: Endpoint, *, connect_timeout_ms: int) -> httpx.AsyncClient:
    """A client that speaks with that endpoint and no other host: no proxy, no redirect, no cookie, no .netrc.

    Waiting for an answer is bounded by the caller.
    """
    # Loading certificates takes tens of milliseconds; without TLS an empty store does, and is never asked.
    if endpoint.base.startswith("https:"):
        verify = await to_thread(httpx.create_ssl_context)
    else:
        verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    timeout = httpx.Timeout(None, connect=connect_timeout_ms / 1000, write=WRITE_TIMEOUT_S)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=KEEP_ALIVE_S)
    return httpx.AsyncClient(
        verify=verify, timeout=timeout, limits=limits, trust_env=False, follow_redirects=False, cookies=None
    )


@asynccontextmanager
async def explained(endpoint: Endpoint) -> AsyncIterator[None]:
    """Turns what the network does to us into a GeneratorFault for a person."""
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise GeneratorFault(f"{endpoint.origin} did not accept a connection in time") from error
    except httpx.ConnectError as error:
        raise GeneratorFault(f"nothing answers at {endpoint.origin}; is the server running?") from error
    except httpx.LocalProtocolError:
        # The library's own message would show the header, and with it the key.
        raise GeneratorFault(
            f"the request cannot be written; is the key in {endpoint.key_name} sound?"
        ) from None
    except (httpx.RequestError, httpx.StreamError) as error:
        raise GeneratorFault(f"{endpoint.origin} broke off in the middle of its answer") from error


async def require_success(response: httpx.Response, endpoint: Endpoint) -> None:
    """Raises Refused, with a line for a person, unless the endpoint agreed."""
    status = response.status_code
    if status == httpx.codes.OK:
        return
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST_ERROR:
            break
    raise Refused(_refusal(status, response, body, endpoint), status)


def _refusal(status: int, response: httpx.Response, body: bytes, endpoint: Endpoint) -> str:
    said = words(body[:LARGEST_ERROR], secret=endpoint.key)
    because = f": {said}" if said else ""
    if status in (401, 403):
        # Endpoints repeat parts of the key here, so what they say is not passed on.
        return f"{endpoint.origin} refused the key ({status}); check the environment variable " + (
            endpoint.key_name or "that vouch.generators.openai.api_key_env should name"
        )
    if status == 404:
        return f"{endpoint.origin} does not know the path or the model (404){because}"
    if status == 429:
        return f"{endpoint.origin} asks for fewer requests (429){because}"
    if response.is_redirect:
        return f"{endpoint.origin} points elsewhere ({status}), which is not followed; correct base_url"
    if status >= 500:
        return f"{endpoint.origin} failed ({status}){because}"
    return f"{endpoint.origin} did not accept the request ({status}){because}"


def _key(variable: str) -> str:
    if not variable:
        return ""
    if not _VARIABLE.fullmatch(variable):
        # It may be the key itself, so it is not shown.
        raise GeneratorFault(
            "vouch.generators.openai.api_key_env must be the name of an environment variable"
        )
    key = os.environ.get(variable, "").strip()
    if not key and variable != USUAL_KEY:
        raise GeneratorFault(f"the environment variable {variable} is not set or empty")
    if not key.isascii() or not key.isprintable():
        raise GeneratorFault(f"the environment variable {variable} holds something other than a key")
    return key


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
