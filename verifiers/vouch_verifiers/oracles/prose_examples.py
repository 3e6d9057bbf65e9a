"""All examples in a text that are no doctests, whatever their notation, in the order in which they stand."""

from vouch_verifiers.oracles.prose_bindings import block_claims, given_claims
from vouch_verifiers.oracles.prose_calls import assertions, call_claims
from vouch_verifiers.oracles.subjects import Claim, Subject


def claims(text: str, subject: Subject) -> tuple[Claim, ...]:
    """What a text claims of the subject, in the order in which it stands there."""
    asserted = list(assertions(text, subject))
    found = [
        *asserted,
        *call_claims(text, subject),
        *given_claims(text, subject),
        *block_claims(text, subject),
    ]
    unique: dict[tuple[int, str], Claim] = {}
    for it in found:
        unique.setdefault((it.line, it.call), it)
    return tuple(sorted(unique.values(), key=lambda it: it.line))
