"""Which generators there are."""

from functools import cache

from vouch_server.model import GeneratorKind
from vouch_verifiers.plugins import discover


@cache
def generators() -> dict[str, GeneratorKind]:
    """Every known generator by name."""
    return discover("vouch_server.generators", GeneratorKind, "vouch.generators")
