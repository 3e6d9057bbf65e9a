"""What a person set is read; what cannot be used is said, and costs nothing else."""

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_server import settings as settings_module
from vouch_server.generators import openai, replay
from vouch_server.registry import generators
from vouch_server.settings import Settings, SettingsFault, catalogue, read_file, tighten
from vouch_verifiers.model import Require
from vouch_verifiers.settings import Limits, VerifierSettings


def read(raw: object) -> Settings:
    """The settings of something without a problem."""
    reading = settings_module.read(raw)
    assert reading.problems == ()
    return reading.settings


def test_nothing_set_is_the_default() -> None:
    for nothing in (None, {}, {"vouch": {}}):
        settings = read(nothing)
        assert settings == dataclasses.replace(Settings(), generators=settings.generators)
    assert read({}).generators == {name: kind.settings() for name, kind in generators().items()}


def test_everything_set_is_read() -> None:
    settings = read(
        {
            "enabled": False,
            "generator": "openai",
            "candidates": 5,
            "trigger": "explicit",
            "hold_ms": 800.0,
            "disabled_languages": ["rust"],
            "require": "examples",
            "sandbox": "bubblewrap",
            "python": "~/env/bin/python",
            "limits": {"cpu_s": 2},
            "generators": {
                "openai": {"base_url": "http://127.0.0.1:1/v1", "stop": ["x"], "body": {"top_k": 3}},
                "replay": {"path": "/r.jsonl", "delay_ms": 5},
            },
        }
    )
    assert not settings.enabled
    assert (settings.generator, settings.candidates, settings.trigger, settings.hold_ms) == (
        "openai",
        5,
        "explicit",
        800,
    )
    assert type(settings.hold_ms) is int
    assert settings.disabled_languages == ("rust",)
    assert settings.verifiers == VerifierSettings(
        require=Require.EXAMPLES,
        sandbox="bubblewrap",
        python=Path.home() / "env/bin/python",
        limits=Limits(cpu_s=2),
    )
    assert settings.generators["openai"] == openai.Settings(
        base_url="http://127.0.0.1:1/v1", stop=("x",), body={"top_k": 3}
    )
    assert settings.generators["replay"] == replay.Settings(path=Path("/r.jsonl"), delay_ms=5)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"candidtes": 2}, "vouch.candidtes is not a setting; did you mean 'candidates'?"),
        ({"holdMs": 2}, "vouch.holdMs is not a setting; did you mean 'hold_ms'?"),
        ({"hold-ms": 2}, "vouch.hold-ms is not a setting; did you mean 'hold_ms'?"),
        ({"sandbx": "x"}, "vouch.sandbx is not a setting; did you mean 'sandbox'?"),
        ({"verifiers": {}}, "vouch.verifiers is not a setting"),
        ({"limits": {"cpus": 2}}, "vouch.limits.cpus is not a setting; did you mean 'cpu_s'?"),
        ({"limits": 3}, "vouch.limits must be a table of settings, not 3"),
        ({"candidates": "2"}, "vouch.candidates must be a whole number, not '2'"),
        ({"candidates": True}, "vouch.candidates must be a whole number, not True"),
        ({"candidates": 1.5}, "vouch.candidates must be a whole number, not 1.5"),
        ({"candidates": float("nan")}, "vouch.candidates must be a whole number, not nan"),
        ({"candidates": 10**400}, "vouch.candidates must be a whole number, not 1000"),
        ({"candidates": 0}, "vouch.candidates must be at least 1, not 0"),
        ({"hold_ms": 99_000}, "vouch.hold_ms must be at most 10,000, not 99000"),
        ({"enabled": "no"}, "vouch.enabled must be true or false, not 'no'"),
        ({"enabled": 0}, "vouch.enabled must be true or false, not 0"),
        (
            {"require": "example"},
            "vouch.require must be one of compile, run, examples, not 'example'; did you",
        ),
        ({"require": ["run"]}, "vouch.require must be one of"),
        ({"trigger": "always"}, "vouch.trigger must be one of automatic, explicit, not 'always'"),
        ({"disabled_languages": "rust"}, "vouch.disabled_languages must be a list, each text, not 'rust'"),
        ({"disabled_languages": [1]}, "vouch.disabled_languages must be a list, each text"),
        ({"python": 3}, "vouch.python must be a path, or nothing, not 3"),
        ({"generator": "opnai"}, "there is no generator 'opnai'; known: "),
        ({"generators": []}, "vouch.generators must be a table"),
        ({"generators": {"openia": {}}}, "vouch.generators.openia is not a setting; did you mean 'openai'?"),
        ({"generators": {"openai": 1}}, "vouch.generators.openai must be a table"),
        (
            {"generators": {"openai": {"baseUrl": "x"}}},
            "vouch.generators.openai.baseUrl is not a setting; did you mean 'base_url'?",
        ),
        (
            {"generators": {"openai": {"temperature": 3}}},
            "vouch.generators.openai.temperature must be at most 2, not 3",
        ),
    ],
)
def test_what_cannot_be_used_is_named_and_costs_nothing_else(raw: dict, words: str) -> None:
    good = {"debounce_ms": 11, "check_timeout_ms": 222}
    reading = settings_module.read({"vouch": raw | good})
    assert len(reading.problems) == 1
    assert words in reading.problems[0]
    assert len(reading.problems[0]) < 300
    (name,) = raw
    expected = read(good)
    assert reading.settings == expected, f"{name} keeps its default, the others are read"


def test_a_good_neighbour_in_the_same_table_is_kept() -> None:
    reading = settings_module.read({"limits": {"cpu_s": 0, "processes": 3}})
    assert reading.settings.verifiers.limits == Limits(processes=3)
    assert reading.problems == ("vouch.limits.cpu_s must be at least 1, not 0",)


def test_an_empty_text_and_null_unset_what_may_be_unset() -> None:
    assert read({"python": ""}).verifiers.python is None
    assert read({"python": None, "candidates": None, "generators": None, "limits": None}) == read({})


def test_a_secret_in_the_wrong_place_is_not_repeated() -> None:
    reading = settings_module.read({"generators": {"openai": {"api_key": "sk-secret"}}})
    assert "sk-secret" not in str(reading.problems)
    assert "did you mean 'api_key_env'?" in reading.problems[0]


@pytest.mark.parametrize("raw", ["text", 3, ["x"], True])
def test_something_else_than_a_table_is_refused(raw: object) -> None:
    assert settings_module.read(raw).problems == ("vouch must be a table of settings",)


def test_one_generator_is_read_by_its_kind() -> None:
    settings, problems = settings_module.read_generator(replay.KIND, {"delay_ms": 7, "pth": "x"})
    assert settings == replay.Settings(delay_ms=7)
    assert problems == ("vouch.generators.replay.pth is not a setting; did you mean 'path'?",)


def limits(**changes: int) -> Limits:
    return dataclasses.replace(Limits(), **changes)


@pytest.mark.parametrize(
    ("said", "user", "workspace", "result"),
    [
        (
            "more evidence may be asked for",
            {"require": Require.COMPILE},
            {"require": Require.EXAMPLES},
            {"require": Require.EXAMPLES},
        ),
        (
            "less may not",
            {"require": Require.EXAMPLES},
            {"require": Require.COMPILE},
            {"require": Require.EXAMPLES},
        ),
        ("the sandbox stays", {"sandbox": "bubblewrap"}, {"sandbox": "landlock"}, {"sandbox": "bubblewrap"}),
        ("also where it is left open", {}, {"sandbox": "landlock"}, {}),
        ("the interpreter stays", {}, {"python": Path("/w/evil")}, {}),
        ("tests stay off", {"tests": False}, {"tests": True}, {"tests": False}),
        ("tests stay on", {"tests": True}, {"tests": False}, {"tests": True}),
        ("time may shrink", {}, {"check_timeout_ms": 500}, {"check_timeout_ms": 500}),
        ("but not grow", {"check_timeout_ms": 500}, {"check_timeout_ms": 900}, {"check_timeout_ms": 500}),
        (
            "each limit by itself",
            {"limits": limits(cpu_s=2, processes=9)},
            {"limits": limits(cpu_s=3, processes=8)},
            {"limits": limits(cpu_s=2, processes=8)},
        ),
    ],
)
def test_a_workspace_tightens_and_never_loosens(said: str, user: dict, workspace: dict, result: dict) -> None:
    tightened = tighten(VerifierSettings(**user), VerifierSettings(**workspace))
    assert tightened == VerifierSettings(**result), said


@given(
    user=st.builds(VerifierSettings, sandbox=st.text(), limits=st.builds(Limits), tests=st.booleans()),
    workspace=st.builds(VerifierSettings, sandbox=st.text(), limits=st.builds(Limits), tests=st.booleans()),
)
def test_tightening_never_loosens_anything(user: VerifierSettings, workspace: VerifierSettings) -> None:
    tightened = tighten(user, workspace)
    for it in dataclasses.fields(Limits):
        assert getattr(tightened.limits, it.name) <= getattr(user.limits, it.name)
    order = list(Require)
    assert order.index(tightened.require) >= order.index(user.require)
    untouched = {it.name for it in dataclasses.fields(VerifierSettings)} - {
        "limits",
        "require",
        "check_timeout_ms",
    }
    for name in untouched:
        assert getattr(tightened, name) == getattr(user, name)
    assert tighten(tightened, workspace) == tightened


def test_a_workspace_cannot_say_where_code_is_sent_or_what_is_started() -> None:
    user = read({"require": "compile", "disabled_languages": ["go"]})
    raw = {
        "generator": "openai",
        "generators": {"openai": {"base_url": "https://evil.example/v1"}},
        "sandbox": "none",
        "python": "/w/evil",
        "disabled_languages": ["rust"],
        "limits": {"cpu_s": 1},
    }
    reading = settings_module.read_workspace(user, raw)
    assert reading.settings == dataclasses.replace(
        user,
        disabled_languages=("go", "rust"),
        verifiers=dataclasses.replace(user.verifiers, limits=Limits(cpu_s=1)),
    )
    assert [it.split(" ")[0] for it in reading.problems] == [
        "vouch.generator",
        "vouch.generators",
        "vouch.sandbox",
        "vouch.python",
    ]


def test_a_workspace_may_switch_off_but_not_on() -> None:
    on, off = read({}), read({"enabled": False})
    assert not settings_module.read_workspace(on, {"enabled": False}).settings.enabled
    assert not settings_module.read_workspace(off, {"enabled": True}).settings.enabled


def test_files_of_settings_are_read(tmp_path: Path) -> None:
    toml, plain = tmp_path / "vouch.toml", tmp_path / "vouch.json"
    toml.write_text('[vouch]\ncandidates = 4\n[vouch.generators.openai]\nmodel = "m"\n')
    plain.write_text(json.dumps({"candidates": 4, "generators": {"openai": {"model": "m"}}}))
    assert read(read_file(toml)) == read(read_file(plain))
    assert read(read_file(toml)).candidates == 4


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.toml", b"x = ", "is not TOML"),
        ("a.json", b"{", "is not JSON"),
        ("a.json", b"[]", "holds no table"),
        ("a.json", b"\xff\xfe", "is not JSON"),
        ("a.json", b"[" * 200_000, "is not JSON"),
        ("a.json", b" " * 2_000_000, "too large"),
        ("a.json", None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsFault, match=words) as fault:
        read_file(path)
    assert str(path) in str(fault.value)


def test_every_setting_says_what_it_is_for() -> None:
    entries = list(catalogue())
    assert len({it.key for it in entries}) == len(entries)
    for it in entries:
        assert it.doc.endswith("."), f"{it.key} has no sentence"
        assert it.form != "a table of settings" or it.key.endswith(".body")
    keys = {it.key for it in entries}
    assert {"vouch.require", "vouch.limits.cpu_s", "vouch.generators.openai.base_url"} <= keys


def test_every_default_is_within_its_own_bounds() -> None:
    raw: dict = {}
    for it in catalogue():
        *path, name = it.key.split(".")
        table = raw
        for step in path:
            table = table.setdefault(step, {})
        table[name] = json.loads(json.dumps(it.default, default=str))
    assert settings_module.read(raw).problems == ()
