"""A recording is played back for the holes it was made for, and for nothing else."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from vouch_server.generators.replay import KIND, Replay, Settings
from vouch_server.model import Context, GeneratorFault, Snapshot

PREFIX = "def total(xs):\n    '''Add them up, however many there are of them.'''\n"
BODIES = ("    return sum(xs)\n", "    return 0\n", "    s = 0\n    return s\n")


def record(completion: str, sample: int, **more: object) -> dict[str, object]:
    told = {"prefix": PREFIX, "completion": completion, "suffix": "", "sample": sample, "origin": "real:one"}
    return told | more


def written(path: Path, records: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(it) + "\n" for it in records))
    return path


def context(prefix: str, suffix: str = "") -> Context:
    snapshot = Snapshot(uri="", path=Path("/w/a.py"), language="python", version=1, text=prefix + suffix)
    return Context(snapshot=snapshot, offset=len(prefix))


async def played(replay: Replay, context: Context, wanted: int = 9) -> list[str]:
    return [it.text async for it in replay.generate(context, wanted)]


RECORDS = [
    record(BODIES[1], 1, origin="real:two"),
    record(BODIES[0], 0),
    record(BODIES[2], 2, origin="reference"),
    record("2\n", 0, prefix="x = ", suffix="\ny = 1\n"),
    record("no", 0, prefix=""),
]


@pytest.mark.parametrize(
    ("said", "prefix", "suffix", "expected"),
    [
        ("the samples come in their order", PREFIX, "", list(BODIES)),
        ("more before it does not matter", "import os\n\n\n" + PREFIX, "", list(BODIES)),
        ("the rest is offered while typing along", PREFIX + "    return ", "", ["sum(xs)\n", "0\n"]),
        ("a letter decides between them", PREFIX + "    return s", "", ["um(xs)\n"]),
        ("leaving all of them ends it", PREFIX + "    return q", "", []),
        ("all typed leaves nothing", PREFIX + BODIES[0], "", []),
        ("another end of the prefix is another hole", PREFIX[:-5], "", []),
        ("another suffix is another hole", PREFIX, "\nx = 1\n", []),
        ("a short prefix is found too", "x = ", "\ny = 1\n", ["2\n"]),
        ("a record without a prefix is for an empty file", "", "", ["no"]),
        ("and for no other", "y = ", "", []),
    ],
)
async def test_a_hole_gets_what_was_recorded_for_it(
    tmp_path: Path, said: str, prefix: str, suffix: str, expected: list[str]
) -> None:
    replay = Replay(Settings(path=written(tmp_path / "r.jsonl", RECORDS)))
    assert await played(replay, context(prefix, suffix)) == expected, said


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("real", [BODIES[0], BODIES[1]]),
        ("real:two", [BODIES[1]]),
        ("reference", [BODIES[2]]),
        ("rea", []),
    ],
)
async def test_an_origin_selects_records(tmp_path: Path, origin: str, expected: list[str]) -> None:
    replay = Replay(Settings(path=written(tmp_path / "r.jsonl", RECORDS), origin=origin))
    assert await played(replay, context(PREFIX)) == expected


async def test_no_more_than_wanted_and_best_first(tmp_path: Path) -> None:
    replay = Replay(Settings(path=written(tmp_path / "r.jsonl", RECORDS)))
    found = [it async for it in replay.generate(context(PREFIX), 2)]
    assert [it.text for it in found] == [BODIES[0], BODIES[1]]
    assert found[0].score > found[1].score
    assert {it.generator for it in found} == {KIND.name}


async def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", [record("    a\n", 0)])
    replay = Replay(Settings(path=path))
    assert await played(replay, context(PREFIX)) == ["    a\n"]
    written(path, [record("    b\n", 0)])
    os.utime(path, ns=(1, 1))
    assert await played(replay, context(PREFIX)) == ["    b\n"]


@pytest.mark.parametrize(
    ("said", "line", "words"),
    [
        ("a line that is not JSON", "{", "line 2: not JSON"),
        ("a line without a completion", '{"prefix": "", "suffix": ""}', "line 2: a record needs"),
        (
            "a completion that is no text",
            '{"prefix": "", "completion": 3, "suffix": ""}',
            "line 2: a record needs",
        ),
        ("a list", "[]", "line 2: a record needs"),
    ],
)
async def test_a_bad_line_is_named(tmp_path: Path, said: str, line: str, words: str) -> None:
    path = written(tmp_path / "r.jsonl", [record("    a\n", 0)])
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(GeneratorFault, match=words):
        await played(Replay(Settings(path=path)), context(PREFIX))


@pytest.mark.parametrize(
    ("path", "words"),
    [(None, "set vouch.generators.replay.path"), (Path("/no/such.jsonl"), "cannot be read")],
)
async def test_a_missing_recording_is_a_fault(path: Path | None, words: str) -> None:
    with pytest.raises(GeneratorFault, match=words):
        await played(Replay(Settings(path=path)), context(PREFIX))
