"""Which languages and sandboxes there are, and which sandbox is to be used here."""

from functools import cache
from pathlib import Path

from vouch_verifiers.model import Language
from vouch_verifiers.plugins import discover
from vouch_verifiers.sandbox import Sandbox, SandboxFault, SandboxKind


@cache
def languages() -> dict[str, Language]:
    """Every known language by its LSP languageId."""
    return discover("vouch_verifiers.languages", Language, "vouch.languages")


@cache
def sandboxes() -> dict[str, SandboxKind]:
    """Every known sandbox by name."""
    return discover("vouch_verifiers.sandboxes", SandboxKind, "vouch.sandboxes")


def language_of(path: Path, language_id: str | None = None) -> Language | None:
    """The language of a document: its languageId where known, else its extension; None when it is neither."""
    known = languages()
    if language_id is not None and language_id in known:
        return known[language_id]
    return next((it for it in known.values() if path.suffix in it.extensions), None)


async def choose_sandbox(name: str) -> Sandbox:
    """The named sandbox, or for "auto" the first that starts here. Raises SandboxFault with every reason."""
    if name == "auto":
        kinds = sorted(sandboxes().values(), key=lambda it: it.rank)
    elif name in sandboxes():
        kinds = [sandboxes()[name]]
    else:
        raise SandboxFault(f"there is no sandbox {name!r}; known: {', '.join(sorted(sandboxes()))}")
    reasons = []
    for kind in kinds:
        reason = await kind.unavailable()
        if reason is None:
            return kind.make()
        reasons.append(f"{kind.name}: {reason}")
    raise SandboxFault("no sandbox works here (" + "; ".join(reasons) + ")")
