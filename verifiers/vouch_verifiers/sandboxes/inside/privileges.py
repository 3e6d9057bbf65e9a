"""Giving up what a process was born with: user id, capabilities, resource limits."""

import ctypes
import os
import resource
from typing import Dict

from vouch_verifiers.sandboxes.inside import kernel

NOBODY = 65534


def drop_root(*, keep_reading: bool) -> None:
    """From root to nobody, for good. Root has no process limit that holds (RLIMIT_NPROC exempts it).

    With `keep_reading` the capability to read what nobody may not read stays, across exec: for projects in a
    folder that only root can enter. What there is to read is bounded by the mounts or by Landlock.
    """
    if keep_reading:
        kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if keep_reading:
        kernel.set_capabilities(1 << kernel.CAP_DAC_READ_SEARCH)
        kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_RAISE, kernel.CAP_DAC_READ_SEARCH)


def limit_resources(limits: Dict[str, int]) -> None:
    """Set hard and soft limits by the names of `resource` without their prefix, e.g. {"AS": bytes, "NOFILE": n}."""
    for name, value in limits.items():
        kind = getattr(resource, "RLIMIT_" + name)
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def effective_capabilities() -> int:
    """The bit mask of the effective set."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    ctypes.CDLL(None).capget(header, data)
    return int(data[0]) | int(data[3]) << 32
