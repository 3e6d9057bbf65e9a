"""What a project holds that a candidate has no business reading."""

from pathlib import Path

_FOLDERS = (
    ".git",
    ".hg",
    ".svn",
    ".ssh",
    ".aws",
    ".gnupg",
    ".config",
    ".docker",
    ".kube",
    ".azure",
    ".mozilla",
)
_PATTERNS = (
    ".env*",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "id_rsa*",
    "id_ed25519*",
    ".netrc",
    ".pypirc",
    ".npmrc",
)


def hidden_in(root: Path) -> tuple[Path, ...]:
    """Secret files and folders at the top of a project or of a home directory used as one."""
    found = [root / it for it in _FOLDERS if (root / it).exists()]
    for pattern in _PATTERNS:
        # A virtual environment may be called .env.
        found += [it for it in root.glob(pattern) if it.is_file()]
    return tuple(sorted(set(found)))
