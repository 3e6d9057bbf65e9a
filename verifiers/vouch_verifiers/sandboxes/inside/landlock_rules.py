"""Landlock: from lists of readable and writable paths to a domain that the process cannot leave.

Facts: the kernel's userspace-api/landlock documentation, ABI 1 to 7.
"""

import ctypes
import os
import stat
import struct
from typing import Iterable, Tuple

from vouch_verifiers.sandboxes.inside import kernel

_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
_TRUNCATE = 1 << 14
_IOCTL_DEV = 1 << 15
_READ = EXECUTE | READ_FILE | READ_DIR
# Rights that exist only for directories must not stand in a rule for a file (EINVAL).
_FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEV

_NET_BIND_CONNECT = 0b11
SCOPE_ABSTRACT_UNIX = 1
SCOPE_SIGNAL = 2


def abi() -> int:
    """The kernel's Landlock ABI; 0 where there is none. Asked of the kernel: securityfs is often not mounted."""
    try:
        return kernel.syscall(
            kernel.NR_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG)
        )
    except OSError:
        return 0


def _handled(version: int) -> int:
    rights = (1 << 13) - 1
    if version >= 2:
        rights |= 1 << 13  # REFER
    if version >= 3:
        rights |= _TRUNCATE
    if version >= 5:
        rights |= _IOCTL_DEV
    return rights


def _scopes(version: int) -> int:
    return SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL if version >= 6 else 0


def restrict(read: Iterable[str], write: Iterable[str], *, network: bool) -> int:
    """Confine this process and its future children for good; the answer is the ABI that did it.

    `read` and `write` are absolute paths; a missing one is passed over. TCP is denied unless `network` (from
    ABI 4). Signals and abstract sockets are scoped to the domain from ABI 6. Raises OSError where the kernel
    has no Landlock or refuses. No-new-privileges must be set before.
    """
    version = abi()
    if version == 0:
        raise OSError(38, "the kernel has no Landlock")
    net = 0 if network or version < 4 else _NET_BIND_CONNECT
    attributes = struct.pack("=QQQ", _handled(version), net, _scopes(version))
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = kernel.syscall(
        kernel.NR_LANDLOCK_CREATE, ctypes.c_char_p(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    try:
        for path, rights in _rules(read, write, _handled(version)):
            _allow(ruleset, path, rights)
        kernel.syscall(kernel.NR_LANDLOCK_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return version


def _rules(read: Iterable[str], write: Iterable[str], handled: int) -> "Iterable[Tuple[str, int]]":
    for path in read:
        yield path, _READ
    for path in write:
        yield path, handled


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(target).st_mode):
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, target)
        kernel.syscall(
            kernel.NR_LANDLOCK_ADD,
            ctypes.c_int(ruleset),
            ctypes.c_int(_RULE_PATH_BENEATH),
            ctypes.c_char_p(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(target)
