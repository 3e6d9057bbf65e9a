"""What a person may set about judging. Frozen; read from an editor or a command line elsewhere."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from vouch_verifiers.model import Require

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a field says of itself: its meaning for a person, and the least and most it may be."""

    doc: str
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one run of a candidate. Times in milliseconds of wall clock unless said, sizes in bytes."""

    wall_ms: Annotated[int, Setting(doc="Wall-clock time for one run, in ms.", least=50, most=60_000)] = 2_000
    cpu_s: Annotated[int, Setting(doc="Processor time for one run, in s.", least=1, most=60)] = 5
    memory_bytes: Annotated[int, Setting(doc="Memory of one run, in bytes.", least=64 * MIB)] = 1024 * MIB
    processes: Annotated[int, Setting(doc="Processes and threads of one run.", least=1, most=1024)] = 32
    file_bytes: Annotated[int, Setting(doc="Largest file that may be written, in bytes.", least=0)] = 16 * MIB
    output_bytes: Annotated[int, Setting(doc="Most output kept, in bytes.", least=1024)] = 64 * 1024
    scratch_bytes: Annotated[int, Setting(doc="Size of the scratch folder, in bytes.", least=MIB)] = 64 * MIB
    open_files: Annotated[int, Setting(doc="Files open at once.", least=32, most=65_536)] = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierSettings:
    """`sandbox` is "auto" or the name of one; `python` an interpreter, None to find the project's own."""

    sandbox: Annotated[str, Setting(doc='The sandbox to run code in; "auto" takes the first that works.')] = (
        "auto"
    )
    require: Annotated[
        Require,
        Setting(doc="The least evidence that a suggestion needs to be shown, where it can be had at all."),
    ] = Require.RUN
    python: Annotated[
        Path | None, Setting(doc="The Python interpreter to run code with; empty to find the project's own.")
    ] = None
    limits: Annotated[Limits, Setting(doc="Bounds on one run of a candidate.")] = field(
        default_factory=Limits
    )
    check_timeout_ms: Annotated[
        int, Setting(doc="Time for one type check, in ms.", least=100, most=60_000)
    ] = 3_000
    idle_s: Annotated[
        int, Setting(doc="Time without use after which a warm tool is stopped, in s.", least=10, most=86_400)
    ] = 900
    tool_memory_bytes: Annotated[
        int, Setting(doc="Memory over which a warm tool is restarted, in bytes.", least=128 * MIB)
    ] = 2048 * MIB
    tests: Annotated[bool, Setting(doc="Whether tests near the code are run too.")] = True
