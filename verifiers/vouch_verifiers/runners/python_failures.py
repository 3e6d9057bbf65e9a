"""Tells a failure of the code from one of the surroundings: no network, no such package, nothing writable."""

from vouch_verifiers.runners.python_worker import Event

_NETWORK = frozenset(
    {"ConnectionError", "gaierror", "herror", "URLError", "TransportError", "NewConnectionError"}
)
_NETWORK_WORDS = (
    "Network is unreachable",
    "Name or service not known",
    "Temporary failure in name resolution",
)
_READ_ONLY_WORDS = ("Read-only file system", "[Errno 30]")


def environment_reason(raised: Event) -> str:
    """Why an exception says nothing of the code; "" where it may well be the code's fault."""
    bases = frozenset(raised["bases"])
    message = raised["message"]
    if bases & _NETWORK or any(it in message for it in _NETWORK_WORDS):
        return "it needs the network, which a candidate does not get"
    if any(it in message for it in _READ_ONLY_WORDS):
        return "it writes outside the scratch directory"
    if "ModuleNotFoundError" in bases and not raised["direct"]:
        return f"it needs a module that is not installed here ({message})"
    if "NotImplementedError" in bases and not raised["direct"]:
        return "it stops at another function that is not written yet"
    return ""
