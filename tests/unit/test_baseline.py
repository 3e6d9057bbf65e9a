"""New errors only: which placeholder stands in the hole, and which diagnostics count as new."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouch_verifiers.baseline import frame_of, in_hole, new_diagnostics, placeholder_text
from vouch_verifiers.diagnostics import Diagnostic
from vouch_verifiers.model import Trial
from vouch_verifiers.text_lines import Lines
from vouch_verifiers.toolchains.python_check import PLACEHOLDERS
from vouch_verifiers.toolchains.python_syntax import parse_errors

SYNTAX = frozenset({"parse-error"})


def trial_of(marked: str) -> Trial:
    """`«` and `»` stand around the candidate."""
    prefix, _, rest = marked.partition("«")
    completion, _, suffix = rest.partition("»")
    return Trial(language="python", path=Path("/p/m.py"), prefix=prefix, completion=completion, suffix=suffix)


def said(text: str, what: str, *, rule: str = "unknown-name", message: str = "", nth: int = 0) -> Diagnostic:
    """A diagnostic on the nth occurrence of `what` in the text."""
    offset = -1
    for _ in range(nth + 1):
        offset = text.index(what, offset + 1)
    lines = Lines(text)
    (start_line, start_column), (end_line, end_column) = lines.place(offset), lines.place(offset + len(what))
    return Diagnostic(
        rule=rule,
        message=message or f"no {what}",
        start_line=start_line,
        start_column=start_column,
        end_line=end_line,
        end_column=end_column,
    )


@pytest.mark.parametrize(
    ("marked", "baseline"),
    [
        pytest.param(
            "def f():\n«    return 1\n»", "def f():\n    ...\n", id="the candidate brings its indentation"
        ),
        pytest.param(
            "def f():\n    «return 1»\n", "def f():\n    ...\n", id="the prefix holds the indentation"
        ),
        pytest.param(
            "def f():«\n    return 1\n»\nx = 1\n", "def f():\n    ...\n\nx = 1\n", id="line break first"
        ),
        pytest.param("x = «1 + 2»\n", "x = ...\n", id="an expression"),
        pytest.param("x = f(«1, 2)»\n", "x = f(...)\n", id="it closes a bracket that was open"),
        pytest.param("x = f([«1, 2])»\n", "x = f([...])\n", id="it closes two brackets"),
        pytest.param("x = f(«g(1)»)\n", "x = f(...)\n", id="its own brackets are its own"),
        pytest.param("if «x > 3:\n    y = 1»\n", "if ...: ...\n", id="it ends a condition"),
        pytest.param("def «f(a):\n    return a»\n", "def _(): ...\n", id="it ends a function's head"),
        pytest.param("class «A:\n    b = 1»\n", "class _: ...\n", id="it ends a class's head"),
        pytest.param("for «x in y:\n    print(x)»\n", "for _ in ...: ...\n", id="it ends a loop's head"),
        pytest.param("import «os»\n", "import _\n", id="it names a module"),
        pytest.param("x.«append(1)»\n", "x._\n", id="it names a member"),
        pytest.param("def f():\n«»", "def f():\n...", id="nothing at all"),
        pytest.param("def f():\r\n«    return 1\r\n»", "def f():\r\n    ...\r\n", id="CR LF"),
    ],
)
def test_the_placeholder_is_set_like_the_candidate(marked: str, baseline: str) -> None:
    trial = trial_of(marked)
    filler = placeholder_text(trial, PLACEHOLDERS, parse_errors=parse_errors)
    assert trial.prefix + filler + trial.suffix == baseline


def test_the_placeholder_of_a_broken_file_is_sought_once_for_candidates_of_one_shape() -> None:
    asked: list[str] = []

    def count(text: str) -> int:
        asked.append(text)
        return parse_errors(text)

    first = placeholder_text(trial_of("x = (\n«y»\n"), PLACEHOLDERS, parse_errors=count)
    sought = len(asked)
    assert sought > 1
    assert placeholder_text(trial_of("x = (\n«z»\n"), PLACEHOLDERS, parse_errors=count) == first
    assert len(asked) == sought
    placeholder_text(trial_of("x = (\n«z»\n\n"), PLACEHOLDERS, parse_errors=count)
    assert len(asked) > sought


def test_a_file_that_nothing_mends_gets_the_filler_with_the_fewest_errors() -> None:
    trial = trial_of("x = (\nif «a»\n")
    counted: list[int] = []

    def count(text: str) -> int:
        counted.append(parse_errors(text))
        return counted[-1]

    filler = placeholder_text(trial, PLACEHOLDERS, parse_errors=count)
    assert parse_errors(trial.prefix + filler + trial.suffix) == min(counted) > 0


def test_candidates_with_the_same_frame_share_a_baseline() -> None:
    assert frame_of("    return 1\n") == frame_of("    raise ValueError(2)\n")
    assert frame_of("    return 1\n") != frame_of("  return 1\n")
    assert frame_of("1)") != frame_of("1")


MARKED = "bad\ndef f():\n«    return 1\n    # and more\n»other\nf(1)\n"
FILLER = "    ...\n"
BEFORE, AFTER = trial_of(MARKED).prefix + FILLER + trial_of(MARKED).suffix, trial_of(MARKED).after


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        pytest.param([], [said(AFTER, "return")], ["no return"], id="in the candidate"),
        pytest.param([], [said(AFTER, "(1)", rule="count")], ["no (1)"], id="elsewhere in the file"),
        pytest.param([said(BEFORE, "bad")], [said(AFTER, "bad")], [], id="above the hole before"),
        pytest.param([said(BEFORE, "other")], [said(AFTER, "other")], [], id="below the hole before"),
        pytest.param(
            [said(BEFORE, "other", message="no int")],
            [said(AFTER, "other", message="no str")],
            [],
            id="same place and rule, other words",
        ),
        pytest.param(
            [said(BEFORE, "other", rule="x")],
            [said(AFTER, "other", rule="y")],
            ["no other"],
            id="same place, other rule",
        ),
        pytest.param(
            [said(BEFORE, "other", message="no a\nlooked in 1")],
            [said(AFTER, "bad", message="no a\nlooked in 2")],
            [],
            id="only the first line counts",
        ),
        pytest.param(
            [said(BEFORE, "other", message="m")],
            [said(AFTER, "other", message="m"), said(AFTER, "bad", message="m")],
            ["m"],
            id="one before does not pay for two",
        ),
        pytest.param(
            [said(BEFORE, "other", message="m")],
            [said(AFTER, "return", message="m"), said(AFTER, "other", message="m")],
            ["m"],
            id="the one at the same place is the old one",
        ),
        pytest.param([said(BEFORE, "other", message="m")], [said(AFTER, "bad", message="m")], [], id="moved"),
        pytest.param(
            [said(BEFORE, "...", message="m")],
            [said(AFTER, "return", message="m")],
            ["m"],
            id="what was said of the placeholder pays for nothing",
        ),
        pytest.param([said(BEFORE, "bad")], [], [], id="mended"),
        pytest.param(
            [said(BEFORE, "bad", rule="parse-error")],
            [said(AFTER, "return", rule="parse-error")],
            [],
            id="a parser lost its way elsewhere",
        ),
        pytest.param(
            [said(BEFORE, "bad", rule="parse-error")],
            [said(AFTER, "return", rule="parse-error"), said(AFTER, "f(1)", rule="parse-error")],
            ["no f(1)"],
            id="a second parse error is new",
        ),
    ],
)
def test_only_what_has_no_counterpart_is_new(
    before: list[Diagnostic], after: list[Diagnostic], new: list[str]
) -> None:
    found = new_diagnostics(before, after, trial_of(MARKED), FILLER, syntax_rules=SYNTAX)
    assert [it.message for it in found] == new


def test_an_error_around_a_hole_in_the_middle_of_a_line_is_the_candidates_own() -> None:
    trial = trial_of("f(«1»)\n")
    before, after = (
        said("f(...)\n", "(...)", message="missing b"),
        said(trial.after, "(1)", message="missing b"),
    )
    assert new_diagnostics([before], [after], trial, "...") == (after,)
    assert in_hole(after, trial)


def test_an_error_around_a_hole_on_lines_of_its_own_was_there_before() -> None:
    trial = trial_of("f(a, lambda: (\n«    g()\n»))\n")
    filler = "    ...\n"
    baseline = trial.prefix + filler + trial.suffix
    before = said(baseline, baseline.strip(), message="missing b")
    after = said(trial.after, trial.after.strip(), message="missing b")
    assert new_diagnostics([before], [after], trial, filler) == ()


pieces = st.text(alphabet=st.sampled_from("ab 😀\n\r("), max_size=12)


@given(pieces, pieces, pieces, pieces, st.data())
def test_an_error_outside_the_hole_is_never_new_when_it_was_there_before(
    prefix: str, completion: str, suffix: str, filler: str, data: st.DataObject
) -> None:
    # A CR and an LF that meet at the edge of the hole make one line end of two.
    prefix, suffix = f"{prefix}a", f"b{suffix}"
    trial = Trial(
        language="python", path=Path("/p/m.py"), prefix=prefix, completion=completion, suffix=suffix
    )
    inside_prefix = data.draw(st.booleans())
    text = prefix if inside_prefix else suffix
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, len(text) - start))

    def at(filling: str) -> Diagnostic:
        whole = prefix + filling + suffix
        offset = start if inside_prefix else len(prefix) + len(filling) + start
        lines = Lines(whole)
        (line, column), (end_line, end_column) = lines.place(offset), lines.place(offset + length)
        return Diagnostic(
            rule="r",
            message="m",
            start_line=line,
            start_column=column,
            end_line=end_line,
            end_column=end_column,
        )

    assert new_diagnostics([at(filler)], [at(completion)], trial, filler) == ()
    elsewhere = Diagnostic(
        rule="other",
        message="m",
        start_line=at(filler).start_line,
        start_column=at(filler).start_column,
        end_line=at(filler).end_line,
        end_column=at(filler).end_column,
    )
    assert new_diagnostics([elsewhere], [at(completion)], trial, filler) == (at(completion),)
