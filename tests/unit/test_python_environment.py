"""An interpreter's packages, read from files alone."""

import os
import sys
from pathlib import Path

import pytest

from vouch_verifiers.toolchains.python_environment import read_environment


def base(root: Path, version: str = "3.12") -> Path:
    library = root / "lib" / f"python{version}"
    (library / "site-packages").mkdir(parents=True)
    (library / "os.py").touch()
    (root / "bin").mkdir(exist_ok=True)
    interpreter = root / "bin" / f"python{version}"
    interpreter.touch()
    return interpreter


def venv(root: Path, interpreter: Path, *, system: str = "false") -> Path:
    (root / "bin").mkdir(parents=True)
    (root / "lib" / interpreter.name / "site-packages").mkdir(parents=True)
    (root / "pyvenv.cfg").write_text(
        f"home = {interpreter.parent}\ninclude-system-site-packages = {system}\n"
    )
    (root / "bin" / "python").symlink_to(interpreter)
    return root / "bin" / "python"


def test_a_base_interpreter_has_its_own_packages(tmp_path: Path) -> None:
    environment = read_environment(base(tmp_path))
    assert environment is not None
    assert environment.version == (3, 12)
    assert environment.packages == (tmp_path / "lib/python3.12/site-packages",)
    assert environment.stdlib == tmp_path / "lib/python3.12"


def test_the_interpreters_own_version_counts_where_there_are_several(tmp_path: Path) -> None:
    for version in ("3.9", "3.10", "3.13"):
        base(tmp_path, version)
    for name, minor in (("python3.9", 9), ("python3.10", 10), ("python3.13", 13), ("python", 13)):
        environment = read_environment(tmp_path / "bin" / name)
        assert environment is not None
        assert environment.version == (3, minor)


@pytest.mark.parametrize(("system", "places"), [("false", ["venv"]), ("true", ["venv", "base"])])
def test_a_virtual_environment_hides_the_base_packages_unless_told_otherwise(
    tmp_path: Path, system: str, places: list[str]
) -> None:
    environment = read_environment(venv(tmp_path / "venv", base(tmp_path / "base"), system=system))
    assert environment is not None
    assert environment.packages == tuple(tmp_path / it / "lib/python3.12/site-packages" for it in places)
    assert environment.stdlib == tmp_path / "base/lib/python3.12"


def test_a_virtual_environment_that_copies_its_interpreter_is_read_by_its_settings(tmp_path: Path) -> None:
    copied = venv(tmp_path / "venv", base(tmp_path / "base"))
    copied.unlink()
    copied.touch()
    environment = read_environment(copied)
    assert environment is not None
    assert (environment.prefix, environment.base) == (tmp_path / "venv", tmp_path / "base")


def test_path_files_add_directories_and_their_code_is_not_run(tmp_path: Path) -> None:
    interpreter = base(tmp_path)
    packages = tmp_path / "lib/python3.12/site-packages"
    (tmp_path / "editable").mkdir()
    ran = tmp_path / "ran"
    (packages / "a.pth").write_text(
        f"# note\nimport os; open({str(ran)!r}, 'w')\n{tmp_path / 'editable'}\nmissing\n"
    )
    environment = read_environment(interpreter)
    assert environment is not None
    assert environment.packages == (packages, tmp_path / "editable")
    assert not ran.exists()


def test_the_stamp_changes_when_a_package_is_installed(tmp_path: Path) -> None:
    interpreter = base(tmp_path)
    environment = read_environment(interpreter)
    assert environment is not None
    before = environment.stamp
    packages = environment.packages[0]
    (packages / "new").mkdir()
    os.utime(packages, ns=(1, 1))
    assert environment.stamp != before


def test_something_that_is_no_interpreter_has_no_environment(tmp_path: Path) -> None:
    assert read_environment(tmp_path / "bin" / "python") is None


def test_the_interpreter_that_runs_this_is_read_as_it_sees_itself() -> None:
    environment = read_environment(Path(sys.executable))
    assert environment is not None
    assert environment.version == sys.version_info[:2]
    assert {str(it.resolve()) for it in environment.packages} >= {
        str(Path(it).resolve()) for it in sys.path if it.endswith("site-packages") and Path(it).is_dir()
    }
