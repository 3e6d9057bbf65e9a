"""What strangers put where a file is expected never makes us wait, and is never read without end."""

import os

import pytest

from vouch_verifiers.plain_files import read_plain
from vouch_verifiers.toolchains import ty


def test_a_file_is_read(tmp_path):
    (tmp_path / "file").write_bytes(b"\x00content\r\n")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_plain(tmp_path / "link", most_bytes=10) == b"\x00content\r\n"


def make_pipe(path):
    os.mkfifo(path)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "make",
    [
        make_pipe,
        lambda path: path.mkdir(),
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to(path.with_name("nowhere")),
        lambda path: path.write_bytes(b"12345678901"),
    ],
    ids=["pipe", "folder", "device", "dangling", "too large"],
)
def test_what_is_no_small_file_is_refused_at_once(tmp_path, make):
    make(tmp_path / "file")
    with pytest.raises(OSError, match="file"):
        read_plain(tmp_path / "file", most_bytes=10)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("content", [None, b"[" * 5_000, b"x = " + b"[" * 5_000, b"\xff", b"tool = 3"])
def test_the_type_checker_is_configured_beside_a_configuration_that_cannot_be_read(tmp_path, content):
    file = tmp_path / "pyproject.toml"
    if content is None:
        os.mkfifo(file)
    else:
        file.write_bytes(content)
    assert ty.search_path(tmp_path) == [tmp_path]
