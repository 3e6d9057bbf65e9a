"""Landlock and seccomp, no program and no namespace needed: for where bubblewrap cannot start.

Weaker than namespaces: processes outside are visible by number though not touchable, and scratch has a limit per
file but none in all.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vouch_verifiers.sandbox import Policy, Process, SandboxFault, SandboxKind
from vouch_verifiers.sandboxes.inside import landlock_rules
from vouch_verifiers.sandboxes.inside.privileges import NOBODY
from vouch_verifiers.sandboxes.launcher import SYSTEM, launched, needed_by_launcher, resource_limits
from vouch_verifiers.sandboxes.process import SandboxedProcess, said_ready

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def orders(policy: Policy, *, scratch: Path, as_root: bool) -> dict[str, Any]:
    """What the launcher is told. Pure: this is the boundary.

    A hidden path cannot be carved out of a readable tree, so the tree is split into its other children.
    """
    readable = [*SYSTEM, "/dev/urandom", "/dev/random"]
    trees = [*policy.read, *([policy.project] if policy.project else []), *needed_by_launcher()]
    for tree in trees:
        readable += map(str, _without(tree, policy.hidden))
    return {
        "drop_root": as_root,
        "keep_reading": as_root,
        "limits": resource_limits(policy.limits),
        "network": False,
        "landlock": {"read": readable, "write": [str(scratch), *_DEVICES]},
    }


def _without(tree: Path, hidden: Sequence[Path]) -> list[Path]:
    if tree in hidden:
        return []
    below = [it for it in hidden if tree in it.parents and it.exists()]
    if not below or not tree.is_dir():
        return [tree]
    return [it for child in sorted(tree.iterdir()) for it in _without(child, below)]


class Landlock:
    """Starts commands that confine themselves before they become what they are."""

    name = "landlock"

    async def start(self, command: Sequence[str], policy: Policy) -> Process:
        as_root = os.getuid() == 0
        scratch = Path(tempfile.mkdtemp(prefix="vouch-scratch-"))
        if as_root:
            os.chown(scratch, NOBODY, NOBODY)
        told = orders(policy, scratch=scratch, as_root=as_root)
        env = {**policy.env, "TMPDIR": str(scratch), "HOME": str(scratch)}
        cwd = policy.project if policy.project is not None and policy.project.is_dir() else scratch
        return await SandboxedProcess.start(launched(command, told), env=env, cwd=cwd, scratch=scratch)


async def unavailable() -> str | None:
    """Why Landlock cannot confine here, found by confining a shell."""
    version = landlock_rules.abi()
    if version == 0:
        return "the kernel has no Landlock (Linux 5.13 or later, enabled at boot)"
    try:
        process = await Landlock().start(["/bin/sh", "-c", "echo ready; cat"], Policy(read=()))
    except SandboxFault as error:
        return str(error)
    return await said_ready(process)


LANDLOCK = SandboxKind(
    name="landlock",
    doc="Landlock and seccomp only: no dependency, weaker than namespaces.",
    rank=20,
    unavailable=unavailable,
    make=Landlock,
)
