"""What a forked candidate does to itself before it runs: namespaces where they can be had, then limits, Landlock
and seccomp."""

import errno
import os
import resource
import shutil
import signal
from typing import Any, Dict, List

from vouch_verifiers.sandboxes.inside import kernel, landlock_rules, privileges, seccomp_filter

NESTED = "nested"
FLAT = "flat"

_NAMESPACES = (
    kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
)
# Root inside is an id outside that owns nothing; ordinary ids follow it, so that reading them can be granted.
_ROOT_MAP = "0 100000 1\n1 0 65000\n"
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a tmpfs of the candidate's own
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def write_root_maps(pid: int) -> None:
    """Called by a root parent for a child that has unshared; only the parent may map more than itself."""
    for name in ("uid_map", "gid_map"):
        _write("/proc/%d/%s" % (pid, name), _ROOT_MAP)


def enter_namespaces(as_root: bool) -> None:
    """In the child: new user, pid, mount, IPC and UTS namespaces. As root the parent maps ids afterwards."""
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(_NAMESPACES)
    if not as_root:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", "%d %d 1" % (uid, uid))
        _write("/proc/self/gid_map", "%d %d 1" % (gid, gid))


def take_mapped_identity() -> None:
    """In a child whose parent is root and has mapped it: become the id that owns nothing."""
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)


def make_private_view(plan: Dict[str, Any]) -> None:
    """In the first process of new namespaces: own scratch, own /proc where allowed, edited files over disk's."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    scratch = plan["scratch"]
    below = [(it, os.open(it, os.O_PATH)) for it in plan["under_scratch"] if os.path.exists(it)]
    cwd = os.getcwd()
    options = "size=%d,mode=1777,nr_inodes=20000" % plan["limits"]["scratch_bytes"]
    kernel.mount("tmpfs", scratch, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    if os.path.isdir(_SHARED_MEMORY):
        kernel.mount("tmpfs", _SHARED_MEMORY, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    for path, fd in below:
        if os.path.isdir("/proc/self/fd/%d" % fd):
            os.makedirs(path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _write(path, "")
        kernel.mount("/proc/self/fd/%d" % fd, path, "", kernel.MS_BIND | kernel.MS_REC)
        os.close(fd)
    os.chdir(cwd)
    _shadow(plan["overlay"], scratch)
    try:
        kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV)
    except OSError:
        # Refused where the outer /proc is partly covered (bubblewrap run by root, containers). The outer one
        # shows only the worker, which is not dumpable.
        pass


def _shadow(texts: Dict[str, str], scratch: str) -> None:
    staged = os.path.join(scratch, ".shadow")
    for path, text in texts.items():
        if not os.path.isfile(path):
            continue
        with open(staged, "wb") as file:
            file.write(text.encode("utf-8", "surrogatepass"))
        try:
            kernel.mount(staged, path, "", kernel.MS_BIND)
            kernel.mount("none", path, "", kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_RDONLY)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EACCES, errno.EINVAL):
                raise
        finally:
            os.unlink(staged)


def harden(plan: Dict[str, Any], isolation: str, *, as_root: bool) -> None:
    """The last step, in the process that will run the candidate: nothing given up here comes back."""
    limits = plan["limits"]
    if isolation == NESTED:
        kept = 1 << kernel.CAP_DAC_READ_SEARCH if as_root else 0
        kernel.drop_bounding_set(kept)
        kernel.set_capabilities(kept)
    elif os.getuid() == 0:
        privileges.drop_root(keep_reading=True)
    privileges.limit_resources(
        {
            "AS": limits["memory_bytes"] + _address_space(),
            "CPU": limits["cpu_s"],
            "NPROC": limits["processes"],
            "FSIZE": limits["file_bytes"],
            "NOFILE": limits["open_files"],
            "CORE": 0,
        }
    )
    kernel.no_new_privileges()
    scoped = 0
    if landlock_rules.abi() > 0:
        # Reading is bounded already, by the mounts or by the worker's own domain; this one forbids writing.
        writable = [plan["scratch"], _SHARED_MEMORY, *_DEVICES]
        scoped = landlock_rules.restrict(["/"], writable, network=plan["network"])
    elif plan["network"] is False:
        raise OSError(errno.ENOSYS, "no namespaces and no Landlock")
    own_pid = os.getpid() if not plan["namespaces"] and scoped < 6 else None
    denied = seccomp_filter.refusals(shared=isolation == FLAT, own_pid=own_pid, network=plan["network"])
    seccomp_filter.install(seccomp_filter.assemble(denied, kernel.MACHINE))
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


def _address_space() -> int:
    """Bytes of address space in use: what the warm worker holds is not the candidate's. 0 where /proc is closed."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def empty_scratch(plan: Dict[str, Any]) -> None:
    """Remove what a flat candidate left in the shared scratch directories, the mount points in them excepted."""
    for folder in (plan["scratch"], _SHARED_MEMORY):
        _empty(folder, plan["under_scratch"])


def _empty(folder: str, keep: List[str]) -> None:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        if any(it == path or it.startswith(path + "/") for it in keep):
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            try:
                os.unlink(path)
            except OSError:
                pass


def _write(path: str, text: str) -> None:
    # os.write and not a file object: an error at close would be swallowed (seen as EOVERFLOW much later).
    fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
