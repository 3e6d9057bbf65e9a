"""Linux namespaces through bubblewrap. The argument list *is* the boundary: `argv` is pure and golden-tested."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from vouch_verifiers.sandbox import Policy, Process, SandboxFault, SandboxKind
from vouch_verifiers.sandboxes.launcher import SYSTEM, launched, needed_by_launcher, resource_limits
from vouch_verifiers.sandboxes.process import SandboxedProcess, said_ready

_ISOLATED = ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try")
# Root keeps what it takes to become nobody, to map ids for namespaces within, and to read the project.
_ROOT_CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_SETFCAP", "CAP_DAC_READ_SEARCH")


def argv(bwrap: str, command: Sequence[str], policy: Policy, *, as_root: bool) -> list[str]:
    """The whole command line. A `policy.nested` command confines its own children and is started as it is;
    any other is confined further by the launcher."""
    words = [bwrap, *_ISOLATED, "--die-with-parent", "--new-session", "--as-pid-1", "--hostname", "sandbox"]
    words += ["--cap-drop", "ALL"]
    if as_root:
        # Without a user namespace, so that the uid can really be dropped inside (RLIMIT_NPROC exempts root).
        words += [it for name in _ROOT_CAPABILITIES for it in ("--cap-add", name)]
    else:
        words += ["--unshare-user"]
    words += [
        "--clearenv",
        *(it for name, value in sorted(policy.env.items()) for it in ("--setenv", name, value)),
    ]
    words += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--perms",
        "1777",
        "--size",
        str(policy.limits.scratch_bytes),
    ]
    words += ["--tmpfs", "/tmp"]  # noqa: S108 - inside the sandbox
    words += [it for path in SYSTEM for it in ("--ro-bind-try", path, path)]
    words += [it for path in _readable(policy) for it in ("--ro-bind-try", str(path), str(path))]
    words += list(_masks(policy.hidden))
    words += ["--remount-ro", "/", "--chdir", str(policy.project or "/tmp"), "--"]  # noqa: S108
    if policy.nested:
        return [*words, *command]
    orders = {
        "drop_root": as_root,
        "keep_reading": as_root,
        "limits": resource_limits(policy.limits),
        "network": True,
    }
    return [*words, *launched(command, orders)]


def _readable(policy: Policy) -> list[Path]:
    paths = [*policy.read, *([policy.project] if policy.project else [])]
    if not policy.nested:
        paths += needed_by_launcher()
    # Parents first: a later mount on a parent would hide what was mounted below it.
    unique = sorted(set(paths), key=lambda it: (len(it.parts), str(it)))
    kept: list[Path] = []
    for path in unique:
        if any(it in path.parents for it in kept) or any(Path(it) in path.parents for it in SYSTEM):
            continue
        kept.append(path)
    return kept


def _masks(hidden: Sequence[Path]) -> Iterator[str]:
    for path in hidden:
        if path.is_dir():
            yield from ("--perms", "0000", "--size", "4096", "--tmpfs", str(path))
        elif path.exists():
            yield from ("--ro-bind", "/dev/null", str(path))


class Bubblewrap:
    """Starts commands under bwrap."""

    name = "bubblewrap"

    async def start(self, command: Sequence[str], policy: Policy) -> Process:
        bwrap = shutil.which("bwrap")
        if bwrap is None:
            raise SandboxFault("bwrap is not installed")
        words = argv(bwrap, command, policy, as_root=os.getuid() == 0)
        return await SandboxedProcess.start(words, env={}, cwd=Path("/"))


async def unavailable() -> str | None:
    """Why bubblewrap cannot start here, found by starting it."""
    if shutil.which("bwrap") is None:
        return "bwrap is not installed (Debian, Ubuntu: apt install bubblewrap)"
    try:
        process = await Bubblewrap().start(["/bin/sh", "-c", "echo ready; cat"], Policy(read=()))
    except SandboxFault as error:
        return str(error)
    return await said_ready(process)


BUBBLEWRAP = SandboxKind(
    name="bubblewrap",
    doc="Linux namespaces, a read-only view of the project, no network; needs the bwrap program.",
    rank=10,
    unavailable=unavailable,
    make=Bubblewrap,
)
