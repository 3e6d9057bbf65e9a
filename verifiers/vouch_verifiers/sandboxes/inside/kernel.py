"""Thin ctypes doors to the Linux system calls that confinement needs. Knows no policy."""

import ctypes
import os
import platform

_libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_CAPBSET_DROP = 24
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_MODE_FILTER = 2

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MS_REMOUNT = 32

CAP_DAC_READ_SEARCH = 2
CAP_LAST = 63
_CAP_VERSION_3 = 0x20080522

# Numbers above 423 are the same on every architecture (asm-generic unified table).
NR_LANDLOCK_CREATE = 444
NR_LANDLOCK_ADD = 445
NR_LANDLOCK_RESTRICT = 446

MACHINE = platform.machine()


def syscall(number: int, *args: object) -> int:
    """Raises OSError with the kernel's errno."""
    result: int = _libc.syscall(ctypes.c_long(number), *args)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def _checked(result: int) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def prctl(option: int, arg2: int = 0, arg3: int = 0) -> None:
    """Raises OSError."""
    unsigned = ctypes.c_ulong
    if _libc.prctl(ctypes.c_int(option), unsigned(arg2), unsigned(arg3), unsigned(0), unsigned(0)) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def prctl_pointer(option: int, arg2: int, pointer: object) -> None:
    """As `prctl`, for options that take a pointer. Raises OSError."""
    unsigned = ctypes.c_ulong
    _checked(_libc.prctl(ctypes.c_int(option), unsigned(arg2), pointer, unsigned(0), unsigned(0)))


def unshare(flags: int) -> None:
    """Raises OSError."""
    _checked(_libc.unshare(ctypes.c_int(flags)))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Raises OSError."""
    _checked(
        _libc.mount(
            os.fsencode(source),
            os.fsencode(target),
            kind.encode() or None,
            ctypes.c_ulong(flags),
            data.encode() or None,
        )
    )


def set_capabilities(kept: int) -> None:
    """Make the permitted, effective and inheritable sets the bit mask `kept`. Raises OSError."""
    header = (ctypes.c_uint32 * 2)(_CAP_VERSION_3, 0)
    low, high = kept & 0xFFFFFFFF, kept >> 32
    data = (ctypes.c_uint32 * 6)(low, low, low, high, high, high)
    _checked(_libc.capset(header, data))


def drop_bounding_set(kept: int) -> None:
    """Remove from the bounding set all that `kept` does not name. Needs CAP_SETPCAP; quiet where it lacks."""
    for capability in range(CAP_LAST + 1):
        if kept >> capability & 1:
            continue
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            return


def no_new_privileges() -> None:
    prctl(PR_SET_NO_NEW_PRIVS, 1)
