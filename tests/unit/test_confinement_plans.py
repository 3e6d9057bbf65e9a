"""The boundary is a command line and a filter: both are written down here and checked as what they are."""

import errno
import struct
from pathlib import Path

import pytest

from vouch_verifiers.sandbox import Policy
from vouch_verifiers.sandboxes import bubblewrap, landlock
from vouch_verifiers.sandboxes.inside import seccomp_filter
from vouch_verifiers.sandboxes.launcher import SYSTEM

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
X86_64, AARCH64 = 0xC000003E, 0xC00000B7


def test_the_bubblewrap_command_line_for_a_worker() -> None:
    policy = Policy(
        read=(Path("/opt/py"), Path("/opt/py/lib")),
        project=Path("/home/me/p"),
        env={"B": "2", "A": "1"},
        nested=True,
    )
    assert bubblewrap.argv("/usr/bin/bwrap", ["/opt/py/bin/python", "w.py"], policy, as_root=False) == [
        "/usr/bin/bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try",
        "--die-with-parent", "--new-session", "--as-pid-1", "--hostname", "sandbox", "--cap-drop", "ALL",
        "--unshare-user", "--clearenv", "--setenv", "A", "1", "--setenv", "B", "2", "--proc", "/proc", "--dev", "/dev",
        "--perms", "1777", "--size", "67108864", "--tmpfs", "/tmp",
        *(it for path in SYSTEM for it in ("--ro-bind-try", path, path)),
        "--ro-bind-try", "/opt/py", "/opt/py", "--ro-bind-try", "/home/me/p", "/home/me/p",
        "--remount-ro", "/", "--chdir", "/home/me/p", "--", "/opt/py/bin/python", "w.py",
    ]  # fmt: skip


def test_nothing_of_the_host_is_writable_or_shared_whoever_starts_it() -> None:
    for as_root in (False, True):
        words = bubblewrap.argv("bwrap", ["true"], Policy(read=()), as_root=as_root)
        assert not {"--bind", "--bind-try", "--dev-bind", "--share-net"} & set(words)
        assert ("--cap-add" in words) is as_root
        assert ("--unshare-user" in words) is not as_root
        assert any("inside.launch" in it for it in words), (
            "a command that is no worker confines itself further"
        )


def test_hidden_paths_are_masked_after_what_they_lie_in(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".env").write_text("SECRET=1")
    policy = Policy(read=(), project=tmp_path, hidden=(tmp_path / ".env", tmp_path / ".git"), nested=True)
    words = bubblewrap.argv("bwrap", ["true"], policy, as_root=False)
    shown = words.index(str(tmp_path))
    mask = words.index("/dev/null")
    assert words[mask - 1 : mask + 2] == ["--ro-bind", "/dev/null", str(tmp_path / ".env")]
    folder = len(words) - 1 - words[::-1].index(str(tmp_path / ".git"))
    assert words[folder - 1] == "--tmpfs"
    assert shown < min(mask, folder)


def test_landlock_reads_around_what_is_hidden(tmp_path: Path) -> None:
    for name in (".env", "a.py", "b.py"):
        (tmp_path / name).write_text("")
    policy = Policy(read=(), project=tmp_path, hidden=(tmp_path / ".env",))
    told = landlock.orders(policy, scratch=Path("/scratch"), as_root=False)
    readable = told["landlock"]["read"]
    assert str(tmp_path / "a.py") in readable
    assert str(tmp_path / "b.py") in readable
    assert str(tmp_path) not in readable
    assert str(tmp_path / ".env") not in readable
    assert told["landlock"]["write"][0] == "/scratch"
    assert not told["network"]


def decide(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Run a filter as the kernel would (classic BPF over struct seccomp_data)."""
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("=iIQ6Q", number, architecture, 0, *(it & (1 << 64) - 1 for it in padded))
    steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    accumulator, at = 0, 0
    while True:
        code, yes, no, value = steps[at]
        at += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
            continue
        held = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
        at += yes if held else no


@pytest.mark.parametrize(
    ("machine", "architecture", "numbers"),
    [
        (
            "x86_64",
            X86_64,
            {"read": 0, "ptrace": 101, "socket": 41, "clone": 56, "kill": 62, "ioctl": 16, "chmod": 90},
        ),
        (
            "aarch64",
            AARCH64,
            {"read": 63, "ptrace": 117, "socket": 198, "clone": 220, "kill": 129, "ioctl": 29, "fchmod": 52},
        ),
    ],
)
def test_the_filter_refuses_what_it_names_and_nothing_else(
    machine: str, architecture: int, numbers: dict[str, int]
) -> None:
    program = seccomp_filter.assemble(seccomp_filter.refusals(shared=True, own_pid=77, network=True), machine)

    def answer(name: str, *arguments: int) -> int:
        return decide(program, architecture, numbers[name], *arguments)

    assert answer("read") == ALLOW
    assert answer("ptrace") == ERRNO | errno.EPERM
    assert answer("socket", 2, 1) == ALLOW
    assert answer("socket", 1, 1) == ALLOW
    assert answer("socket", 40, 1) == ERRNO | errno.EAFNOSUPPORT
    assert answer("clone", 0x11) == ALLOW
    assert answer("clone", 0x10000011) == ERRNO | errno.EPERM
    assert answer("kill", 77, 9) == ALLOW
    assert answer("kill", 78, 9) == ERRNO | errno.EPERM
    assert answer("kill", -1, 9) == ERRNO | errno.EPERM
    assert answer("ioctl", 1, 0x5412) == ERRNO | errno.EPERM
    # The kernel looks at the low word only (CVE-2019-10063).
    assert answer("ioctl", 1, 0x1_0000_5412) == ERRNO | errno.EPERM
    assert answer("ioctl", 1, 0x5413) == ALLOW
    pretended = "chmod" if "chmod" in numbers else "fchmod"
    assert answer(pretended) == ERRNO
    assert decide(program, architecture, 435) == ERRNO | errno.ENOSYS
    assert decide(program, 0x40000003, numbers["read"]) == KILL
    if machine == "x86_64":
        assert decide(program, architecture, 0x40000000) == KILL


def test_without_a_network_namespace_no_socket_is_made() -> None:
    program = seccomp_filter.assemble(seccomp_filter.refusals(shared=False, network=False), "x86_64")
    assert decide(program, X86_64, 41, 2) == ERRNO | errno.EACCES
    assert decide(program, X86_64, 53, 1) == ALLOW, "socketpair is what asyncio needs"
