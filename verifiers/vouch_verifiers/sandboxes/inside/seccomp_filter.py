"""A seccomp filter as a list of refusals, assembled here to BPF. Denies what namespaces and Landlock leave open.

System call numbers: arch/x86/entry/syscalls/syscall_64.tbl and asm-generic/unistd.h of Linux.
"""

import ctypes
import errno
import struct
from typing import Dict, List, NamedTuple, Optional, Tuple

from vouch_verifiers.sandboxes.inside import kernel

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL = 0x80000000
_LOAD, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NR_OFFSET, _ARCH_OFFSET, _ARGS_OFFSET = 0, 4, 16
_X32_BIT = 0x40000000

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_X86_64 = {
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "mount": 165, "umount2": 166,
    "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308, "clone": 56, "add_key": 248,
    "request_key": 249, "keyctl": 250, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "kexec_load": 246,
    "kexec_file_load": 320, "init_module": 175, "finit_module": 313, "delete_module": 176,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "quotactl": 179, "swapon": 167, "swapoff": 168,
    "reboot": 169, "sethostname": 170, "setdomainname": 171, "settimeofday": 164, "clock_settime": 227,
    "acct": 163, "personality": 135, "syslog": 103, "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240,
    "socket": 41, "ioctl": 16, "kill": 62, "tkill": 200, "tgkill": 234, "rt_sigqueueinfo": 129,
    "rt_tgsigqueueinfo": 297, "chmod": 90, "fchmod": 91, "fchmodat": 268, "chown": 92, "fchown": 93, "lchown": 94,
    "fchownat": 260, "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280, "setxattr": 188,
    "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199,
    "truncate": 76, "iopl": 172, "ioperm": 173, "modify_ldt": 154, "sched_setscheduler": 144, "setpriority": 141,
    "ioprio_set": 251, "prlimit64": 302,
    "setsid": 112, "setpgid": 109,
}  # fmt: skip
_AARCH64 = {
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "mount": 40, "umount2": 39,
    "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268, "clone": 220, "add_key": 217, "request_key": 218,
    "keyctl": 219, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "kexec_load": 104,
    "kexec_file_load": 294, "init_module": 105, "finit_module": 273, "delete_module": 106,
    "name_to_handle_at": 264, "open_by_handle_at": 265, "quotactl": 60, "swapon": 224, "swapoff": 225,
    "reboot": 142, "sethostname": 161, "setdomainname": 162, "settimeofday": 170, "clock_settime": 112,
    "acct": 89, "personality": 92, "syslog": 116, "shmget": 194, "msgget": 186, "semget": 190, "mq_open": 180,
    "socket": 198, "ioctl": 29, "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138,
    "rt_tgsigqueueinfo": 240, "fchmod": 52, "fchmodat": 53, "fchown": 55, "fchownat": 54, "utimensat": 88,
    "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16,
    "truncate": 45, "sched_setscheduler": 119, "setpriority": 140, "ioprio_set": 30, "prlimit64": 261,
    "setsid": 157, "setpgid": 154,
}  # fmt: skip
# From 424 on the numbers are the same everywhere.
_UNIFIED = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "clone3": 435, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "fchmodat2": 452,
}  # fmt: skip

_ALWAYS_DENIED = (
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "mount", "umount2", "pivot_root", "chroot",
    "unshare", "setns", "add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd", "kexec_load",
    "kexec_file_load", "init_module", "finit_module", "delete_module", "name_to_handle_at", "open_by_handle_at",
    "quotactl", "swapon", "swapoff", "reboot", "sethostname", "setdomainname", "settimeofday", "clock_settime",
    "acct", "personality", "syslog", "iopl", "ioperm", "modify_ldt", "pidfd_getfd", "process_madvise",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "open_tree", "move_mount", "fsopen", "fsconfig",
    "fsmount", "fspick", "mount_setattr", "sched_setscheduler", "ioprio_set",
)  # fmt: skip
_SHARED_IPC = ("shmget", "msgget", "semget", "mq_open")
# Landlock does not cover metadata. Success is pretended, since copying libraries treat a refusal as fatal.
_METADATA = (
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes",
    "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
)  # fmt: skip

_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_NAMESPACE_FLAGS = 0x7E020000  # every CLONE_NEW* flag that clone takes


class Refusal(NamedTuple):
    """Answer `error` (0 pretends success) to one system call, always or by its argument number `argument`.

    `equals` refuses when the low 32 bits equal it, `outside` when they equal none of it, `has` when a bit is set.
    """

    call: str
    error: int = errno.EPERM
    argument: int = 0
    equals: Optional[int] = None
    outside: Tuple[int, ...] = ()
    has: Optional[int] = None


def refusals(*, shared: bool, own_pid: Optional[int] = None, network: bool = True) -> List[Refusal]:
    """What a candidate may not call.

    `shared` says that it lives in namespaces that outlive it or are the host's, so that metadata and System V
    objects must be protected too. `own_pid` limits signals to that process, for kernels whose Landlock cannot.
    """
    denied = [Refusal(it) for it in _ALWAYS_DENIED]
    # Its flags are behind a pointer, out of a filter's sight; C libraries fall back to clone on ENOSYS.
    denied.append(Refusal("clone3", errno.ENOSYS))
    denied.append(Refusal("clone", has=_NAMESPACE_FLAGS))
    denied += [Refusal("ioctl", argument=1, equals=it) for it in (_TIOCSTI, _TIOCLINUX)]
    if shared:
        denied += [Refusal(it) for it in _SHARED_IPC]
        denied += [Refusal(it, 0) for it in _METADATA]
        denied.append(Refusal("truncate"))
    denied += _socket_refusals(network)
    if own_pid is not None:
        denied += [Refusal(it, outside=(0, own_pid)) for it in ("kill", "tgkill", "prlimit64")]
        denied += [
            Refusal(it) for it in ("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")
        ]
        # Without a sweep of all processes, the process group is what ends a candidate: nobody may leave it.
        denied += [Refusal(it) for it in ("setsid", "setpgid")]
    return denied


def _socket_refusals(network: bool) -> List[Refusal]:
    if not network:
        return [Refusal("socket", errno.EACCES)]
    # Where the network namespace is empty, internet sockets may exist: they reach nothing.
    return [Refusal("socket", errno.EAFNOSUPPORT, outside=(_AF_UNIX, _AF_INET, _AF_INET6))]


def assemble(denied: List[Refusal], machine: str) -> bytes:
    """The BPF program, in `struct sock_filter` form. Raises KeyError for a machine it has no table for."""
    numbers = _numbers(machine)
    program = [
        (_LOAD, 0, 0, _ARCH_OFFSET),
        (_JUMP_EQ, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NR_OFFSET),
    ]
    if machine == "x86_64":
        program += [(_JUMP_GE, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    for refusal in denied:
        if refusal.call in numbers:
            program += _refuse(refusal, numbers[refusal.call])
    program.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", code, yes, no, value) for code, yes, no, value in program)


def _numbers(machine: str) -> Dict[str, int]:
    table = {"x86_64": _X86_64, "aarch64": _AARCH64}[machine]
    return dict(table, **_UNIFIED)


def _refuse(refusal: Refusal, number: int) -> "List[tuple[int, int, int, int]]":
    answer = (_RETURN, 0, 0, _ERRNO | refusal.error)
    low_word = (_LOAD, 0, 0, _ARGS_OFFSET + 8 * refusal.argument)
    reload = (_LOAD, 0, 0, _NR_OFFSET)
    if refusal.equals is not None:
        return [(_JUMP_EQ, 0, 4, number), low_word, (_JUMP_EQ, 0, 1, refusal.equals), answer, reload]
    if refusal.outside:
        count = len(refusal.outside)
        tests = [(_JUMP_EQ, count - at, 0, it) for at, it in enumerate(refusal.outside)]
        return [(_JUMP_EQ, 0, count + 3, number), low_word, *tests, answer, reload]
    if refusal.has is not None:
        return [(_JUMP_EQ, 0, 4, number), low_word, (_JUMP_SET, 0, 1, refusal.has), answer, reload]
    return [(_JUMP_EQ, 0, 1, number), answer]


def install(program: bytes) -> None:
    """Load a filter for this process and its children. No-new-privileges must be set. Raises OSError."""

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]

    # Eight bytes an instruction.
    whole = Program(len(program) // 8, program)
    kernel.prctl_pointer(kernel.PR_SET_SECCOMP, kernel.SECCOMP_MODE_FILTER, ctypes.byref(whole))
