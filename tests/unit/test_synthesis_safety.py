"""Synthesis computes only what is bounded, lets the event loop run, and stops when told to."""

import ast
import asyncio
import gc
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from vouch_server.generators.synthesis import Synthesis, SynthesisSettings
from vouch_server.model import Context, Snapshot
from vouch_server.synthesis.goal import goal_at
from vouch_server.synthesis.grammar.imported import FUNCTIONS, imported
from vouch_server.synthesis.grammar.numbers import NUMBERS
from vouch_server.synthesis.grammar.sequences import SEQUENCES
from vouch_server.synthesis.grammar.texts import TEXTS
from vouch_server.synthesis.interpret import follow
from vouch_server.synthesis.translate import Foreign, Reader
from vouch_server.synthesis.values import MAX_LENGTH, REFUSED, Unfit, fits_bounds

OPERATIONS = (*NUMBERS, *TEXTS, *SEQUENCES, *imported({it: it for it in (*FUNCTIONS, "re")}))
BY_NAME = {it.name: it for it in OPERATIONS}

HUGE = 10**70
LONG = "x" * MAX_LENGTH


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("power", (10, 10**10)),
        ("power", (HUGE, 200)),
        ("power", (-1, 10**30)),
        ("multiply", (HUGE, HUGE)),
        ("repeat", ("ab", 10**12)),
        ("repeat_list", ([1, 2], 10**12)),
        ("range", (10**12,)),
        ("naturals", (10**12,)),
        ("concat", (LONG, "y")),
        ("extend", ([0] * MAX_LENGTH, [1])),
        ("zfill", ("1", 10**12)),
        ("center", ("1", 10**12)),
        ("replace", ("x" * 500, "x", "yyy")),
        ("join", (LONG, ["a", "b", "c"])),
        ("shift_left", (1, 10**12)),
        ("math.factorial", (10**6,)),
        ("math.comb", (10**6, 10**5)),
        ("int", ("9" * 5000,)),
    ],
)
def test_a_step_that_would_be_huge_is_refused_before_it_is_taken(name, args):
    started = time.perf_counter()
    with pytest.raises(Unfit):
        BY_NAME[name].run(*args)
    assert time.perf_counter() - started < 0.5


def test_no_operation_makes_anything_beyond_the_bounds():
    """Every operation on values at the edge of the bounds: refused, or within them again."""
    edges = [
        0,
        -1,
        2,
        255,
        HUGE,
        -HUGE,
        1.5,
        1e300,
        LONG,
        "7",
        [0] * MAX_LENGTH,
        ["ab"] * 600,
        {1: 2},
        {1, 2},
        (1, 2),
    ]
    edges += [True, None, [[1, 2], [3]], [(1, 2)]]
    for operation in OPERATIONS:
        for args in arguments(edges, len(operation.takes)):
            try:
                value = operation.run(*args)
            except REFUSED:
                continue
            assert fits_bounds(value), (operation.name, args)


def arguments(edges, count):
    if count == 1:
        yield from ((it,) for it in edges)
    elif count == 2:
        yield from ((a, b) for a in edges for b in edges)
    else:
        yield from ((a, b, c) for a in edges[::2] for b in edges[::3] for c in edges[::4])


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').system('true')",
        "open('/etc/passwd').read()",
        "().__class__.__bases__",
        "eval('1')",
        "(lambda: 1)()",
        "[x for x in xs]",
        "10**10**10",
        "'a' * 10**12",
        "f(1)",
    ],
)
def test_a_persons_expressions_are_worked_out_only_where_they_are_plain(code):
    reader = Reader(OPERATIONS)
    with pytest.raises((Foreign, *REFUSED)):
        reader.value(ast.parse(code, mode="eval").body, {"xs": [1]})


def test_loops_of_a_person_are_not_followed():
    with pytest.raises(Foreign):
        follow(ast.parse("while True:\n    pass\n").body, {}, Reader(OPERATIONS))


HARD = (
    "def mystery(rows, k, text):\n"
    '    """Something about words, sums, digits and sorted pairs of numbers.\n\n'
    "    >>> mystery([[1, 2, 3], [4, 5, 6]], 2, 'a b c d e')\n    'q'\n"
    "    >>> mystery([[9, 8], [7], [6, 5]], 3, 'hello big world')\n    'zebra!'\n"
    "    >>> mystery([[0]], 1, '')\n    '??'\n"
    '    """\n    '
)
HUGE_NUMBERS = (
    "def grow(a, b):\n"
    '    """To the power of the power.\n\n'
    "    >>> grow(999999999999, 888888888888)\n    17\n"
    "    >>> grow(123456789012345678901234567890, 98765432109876543210)\n    19\n"
    '    """\n    '
)


def context(text: str, **more) -> Context:
    snapshot = Snapshot(
        uri="file:///w/a.py", path=Path("/w/a.py"), language="python", version=1, text=text, **more
    )
    return Context(snapshot=snapshot, offset=len(text))


@pytest.fixture
def little_garbage():
    """Keeps what the test run itself has loaded out of the collections that fall into the measurement."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("little_garbage")
@pytest.mark.parametrize("text", [HARD, HUGE_NUMBERS], ids=["hard", "huge numbers"])
async def test_the_event_loop_is_never_kept_for_long(text):
    assert goal_at(context(text)).rows
    longest = 0.0
    done = asyncio.Event()

    async def watch():
        nonlocal longest
        while not done.is_set():
            # The loop's own processor time: what other programs do on this machine is not counted.
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    watcher = asyncio.create_task(watch())
    async for _ in Synthesis(SynthesisSettings(budget_ms=1500)).generate(context(text), 3):
        pass
    done.set()
    await watcher
    assert longest < 0.05


async def test_a_request_ends_with_its_budget():
    started = time.perf_counter()
    async for _ in Synthesis(SynthesisSettings(budget_ms=150)).generate(context(HARD), 3):
        pass
    assert time.perf_counter() - started < 1.0


async def test_closing_the_stream_stops_the_work():
    generator = Synthesis(SynthesisSettings(budget_ms=60_000))
    text = 'def twice(x):\n    """\n    >>> twice(2)\n    4\n    >>> twice(5)\n    10\n    """\n    '
    started = time.perf_counter()
    async with aclosing(generator.generate(context(text), 16)) as stream:
        async for candidate in stream:
            assert candidate.text
            break
    assert time.perf_counter() - started < 10


async def test_a_cancelled_request_is_cancelled_at_once():
    async def drain():
        async for _ in Synthesis(SynthesisSettings(budget_ms=60_000)).generate(context(HARD), 3):
            pass

    task = asyncio.create_task(drain())
    for _ in range(50):
        await asyncio.sleep(0)
    task.cancel()
    started = time.perf_counter()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.perf_counter() - started < 1.0
