"""Tries, as a candidate would, what a sandbox must refuse; every success is a reason not to trust it."""

import errno
import mmap
import os
import signal
import socket
from typing import Any, Callable, Dict, List, Tuple

_CHUNK = 64 * 1024 * 1024


def attempt(job: Dict[str, Any], report: Callable[[Dict[str, Any]], None]) -> None:
    """Report the names of the attempts that succeeded, then try to exceed the memory limit."""
    targets = job["canary"]
    escaped = []
    for name, attack in _ATTACKS:
        try:
            if attack(targets):
                escaped.append(name)
        except (OSError, ValueError):
            continue
    if _exceeds_memory(job["limits"]["memory_bytes"]):
        escaped.append("exceed its memory")
    report({"e": "canary", "escaped": escaped})


def _network(targets: Dict[str, Any]) -> bool:
    """Reach a listener of the host on the loopback interface; then send a datagram off the machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream:
        stream.settimeout(0.2)
        if stream.connect_ex(("127.0.0.1", targets["port"])) == 0:
            return True
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        # Only a route is needed for this to succeed; nothing is sent to the test network (RFC 5737).
        datagram.connect(("192.0.2.1", 9))
    return True


def _secret(targets: Dict[str, Any]) -> bool:
    with open(targets["secret"], "rb") as file:
        return bool(file.read(1))


def _write_outside(targets: Dict[str, Any]) -> bool:
    for folder in targets["folders"]:
        path = os.path.join(folder, ".vouch-canary")
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            if error.errno == errno.EEXIST:
                return True
            continue
        os.close(fd)
        os.unlink(path)
        return True
    return False


def _signal_others(targets: Dict[str, Any]) -> bool:
    for pid in targets["pids"]:
        try:
            os.kill(pid, 0)
        except OSError:
            continue
        # A process of that number exists in here; it is the same one only if its name is.
        if pid != os.getpid() and _command_of(pid) == targets["command"]:
            return True
    return False


def _see_others(targets: Dict[str, Any]) -> bool:
    return any(_command_of(it) == targets["command"] for it in targets["pids"])


def _command_of(pid: int) -> str:
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _signal_worker(targets: Dict[str, Any]) -> bool:
    parent = os.getppid()
    if parent <= 1:
        # The worker is the first process of its namespace or not in ours at all: it cannot be signalled to death.
        return False
    os.kill(parent, signal.SIGCONT)
    return True


def _environment(targets: Dict[str, Any]) -> bool:
    return any(it in os.environ for it in ("SSH_AUTH_SOCK", "AWS_SECRET_ACCESS_KEY", "VOUCH_CANARY"))


def _capabilities(targets: Dict[str, Any]) -> bool:
    """Hold any privilege beyond reading what is shown anyway."""
    with open("/proc/self/status") as file:
        lines = dict(it.split(":\t", 1) for it in file.read().splitlines() if ":\t" in it)
    reading = 1 << 2
    return bool(int(lines["CapEff"], 16) & ~reading) or lines["NoNewPrivs"].strip() != "1"


def _exceeds_memory(limit: int) -> bool:
    held: List[mmap.mmap] = []
    try:
        # Not touched: address space is what is limited, and filling it would take a second.
        held.extend(mmap.mmap(-1, _CHUNK) for _ in range(limit // _CHUNK + 2))
    except (MemoryError, OSError):
        return False
    return True


_ATTACKS: List[Tuple[str, Callable[[Dict[str, Any]], bool]]] = [
    ("reach the network", _network),
    ("read a secret in the home directory", _secret),
    ("write outside its scratch directory", _write_outside),
    ("signal a process outside", _signal_others),
    ("signal its worker", _signal_worker),
    ("see a process outside", _see_others),
    ("see secrets of the environment", _environment),
    ("keep privileges", _capabilities),
]
