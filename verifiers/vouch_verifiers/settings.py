"""What a person may set about judging. Frozen; read from an editor's or a command line's settings elsewhere."""

from dataclasses import dataclass, field
from pathlib import Path

from vouch_verifiers.model import Require

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one run of a candidate. Times in milliseconds of wall clock unless said, sizes in bytes."""

    wall_ms: int = 2_000
    cpu_s: int = 5
    memory_bytes: int = 1024 * MIB
    processes: int = 32
    file_bytes: int = 16 * MIB
    output_bytes: int = 64 * 1024
    scratch_bytes: int = 64 * MIB
    open_files: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierSettings:
    """`sandbox` is "auto" or the name of one; `python` an interpreter, None to find the project's own."""

    sandbox: str = "auto"
    require: Require = Require.RUN
    python: Path | None = None
    limits: Limits = field(default_factory=Limits)
    check_timeout_ms: int = 3_000
    tests: bool = True
