"""The seam between judging and the operating system: what a sandbox is asked for and what it answers with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from vouch_verifiers.settings import Limits


class SandboxFault(Exception):
    """Something of ours went wrong: the sandbox, not the code inside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a sandboxed command may see.

    `read` are absolute paths readable inside at the same place; whatever lies under one of `hidden` is not.
    `project`, where given, is readable and is the working directory. Nothing but a scratch tmpfs at /tmp is
    writable. `env` is the whole environment. `nested` keeps what a worker needs to make namespaces of its own.
    """

    read: tuple[Path, ...]
    project: Path | None = None
    hidden: tuple[Path, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    nested: bool = False


class Process(Protocol):
    """A running sandboxed command, spoken to over its standard input and output."""

    @property
    def alive(self) -> bool: ...

    @property
    def pid(self) -> int: ...

    @property
    def stderr_tail(self) -> str:
        """The end of what it wrote on standard error, for messages."""
        ...

    async def write(self, data: bytes) -> None:
        """Raises SandboxFault when the other side is gone."""
        ...

    async def read_exactly(self, size: int) -> bytes:
        """Raises SandboxFault when the other side is gone."""
        ...

    async def read_line(self) -> bytes:
        """One line with its newline. Raises SandboxFault when the other side is gone."""
        ...

    async def aclose(self) -> None:
        """Kill it and all it started, and wait until it is gone."""
        ...


class Sandbox(Protocol):
    """Starts commands that can read what the policy says and write nothing but scratch."""

    name: str

    async def start(self, command: Sequence[str], policy: Policy) -> Process:
        """Raises SandboxFault when the command cannot be confined."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxKind:
    """`unavailable` answers why this sandbox cannot start on this machine, or None; it tries it for real."""

    name: str
    doc: str
    rank: int
    unavailable: Callable[[], Awaitable[str | None]]
    make: Callable[[], Sandbox]
