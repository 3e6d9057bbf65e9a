"""How to get what is missing. Wording only."""

_SANDBOXES = {
    "bubblewrap": "apt install bubblewrap, dnf install bubblewrap or pacman -S bubblewrap; in a container it "
    "also needs leave to make namespaces, e.g. docker run --security-opt seccomp=unconfined",
    "landlock": "Linux 5.13 or later with landlock among the boot parameter lsm=...",
    "docker": "apt install docker.io, and membership in the group docker or a rootless daemon",
}
_PROGRAMS = {
    "ty": "pip install ty, in the environment that Vouch is installed in",
    "bwrap": _SANDBOXES["bubblewrap"],
    "node": "apt install nodejs",
    "java": "apt install default-jdk-headless",
    "go": "apt install golang-go",
    "rustc": "apt install rustc, or https://rustup.rs",
    "python": "apt install python3, or set vouch.python to an interpreter",
}
NO_SANDBOX = "get one of the sandboxes above to work; nothing is ever run without one"
PYTHON = "apt install python3 python3-venv, or set vouch.python (--python) to the interpreter of the project"
# How checks and sandboxes say that something is not there, as against that it fails.
_ABSENCE = ("not installed", "there is no", "has no landlock", "cannot find", "no such file")


def of_sandbox(name: str) -> str:
    """How to get a sandbox."""
    return _SANDBOXES.get(name, f"see the documentation of the sandbox {name}")


def of_message(message: str) -> str:
    """How to get what a message complains of; "" where that is not known."""
    words = message.replace("`", " ").replace(":", " ").replace(";", " ").split()
    return next((remedy for program, remedy in _PROGRAMS.items() if program in words), "")


def tells_absence(message: str) -> bool:
    """Whether a message says that something is not there."""
    return any(it in message.lower() for it in _ABSENCE)
