"""Everyday Python in everyday projects: a right body is accepted with the evidence it deserves, a wrong one is not."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import WorkbenchAt, python_trial
from vouch_verifiers.engine import verify
from vouch_verifiers.model import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`text` with the cursor at `|`. The right body says `says` in its summary; the wrong one fails at `stops`."""

    text: str
    right: str
    wrong: str
    says: str
    stops: str
    path: str = "subject.py"
    files: Mapping[str, str] = field(default_factory=dict)


CASES = {
    "package relative import, src layout, pytest": Case(
        text='''\
from __future__ import annotations

from .model import Item, Money


def total(items: list[Item]) -> Money:
    """Sum of prices."""
|''',
        right="""\
    return Money(sum(it.price.cents * it.count for it in items))
""",
        wrong="""\
    return Money(sum(it.price.cents for it in items))
""",
        says="1 test",
        stops="tests",
        path="src/shop/cart.py",
        files={
            "src/shop/__init__.py": """\
from .cart import total
from .model import Item, Money
__all__ = ['total', 'Item', 'Money']
""",
            "src/shop/model.py": """\
from dataclasses import dataclass


@dataclass(frozen=True)
class Money:
    cents: int


@dataclass(frozen=True)
class Item:
    name: str
    price: Money
    count: int = 1
""",
            "tests/test_cart.py": """\
from shop import Item, Money, total


def test_total():
    assert total([Item('a', Money(100), 2), Item('b', Money(5))]) == Money(205)
""",
            "pyproject.toml": """\
[project]
name='shop'
version='1'
""",
        },
    ),
    "generic stack": Case(
        text='''\
from typing import Generic, TypeVar

T = TypeVar("T")


class Stack(Generic[T]):
    """A stack.

    >>> s = Stack[int]()
    >>> s.push(1)
    >>> s.push(2)
    >>> s.pop()
    2
    >>> len(s)
    1
    """

    def __init__(self) -> None:
        self._items: list[T] = []

    def push(self, item: T) -> None:
        self._items.append(item)

    def pop(self) -> T:
|
    def __len__(self) -> int:
        return len(self._items)
''',
        right="""\
        return self._items.pop()

""",
        wrong="""\
        return self._items.pop(0)

""",
        says="1/1 example",
        stops="examples",
    ),
    "dataclass post init": Case(
        text='''\
from dataclasses import dataclass, field


@dataclass
class Basket:
    """
    >>> Basket(["b", "a"]).names
    ['a', 'b']
    """

    items: list[str]
    names: list[str] = field(init=False)

    def __post_init__(self) -> None:
|''',
        right="""\
        self.names = sorted(self.items)
""",
        wrong="""\
        self.names = list(self.items)
""",
        says="1/1 example",
        stops="examples",
    ),
    "context manager": Case(
        text='''\
import contextlib
import os


@contextlib.contextmanager
def environment(**values: str):
    """Set variables for a while.

    >>> with environment(VOUCH_X="1"):
    ...     print(os.environ["VOUCH_X"])
    1
    >>> "VOUCH_X" in os.environ
    False
    """
|''',
        right="""\
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
""",
        wrong="""\
    os.environ.update(values)
    yield
""",
        says="2/2 examples",
        stops="examples",
    ),
    "really circular": Case(
        text='''\
from pkg import b

FACTOR = 2


def double(n: int) -> int:
    """
    >>> double(4)
    8
    """
|''',
        right="""\
    return n * FACTOR
""",
        wrong="""\
    return n + FACTOR
""",
        says="1/1 example",
        stops="examples",
        path="pkg/a.py",
        files={
            "pkg/__init__.py": "",
            "pkg/b.py": """\
from pkg import a


def quad(n):
    return a.double(a.double(n))
""",
        },
    ),
    "package init imports us": Case(
        text='''\
from pkg.base import BASE


def double(n: int) -> int:
    """
    >>> double(4)
    8
    """
|''',
        right="""\
    return n * BASE
""",
        wrong="""\
    return n + BASE
""",
        says="1/1 example",
        stops="examples",
        path="pkg/a.py",
        files={
            "pkg/__init__.py": """\
from pkg.a import double
""",
            "pkg/base.py": """\
BASE = 2
""",
        },
    ),
    "optional dependency": Case(
        text='''\
try:
    import ujson as json
except ImportError:
    import json


def dump(value) -> str:
    """
    >>> dump({"b": 1, "a": 2})
    '{"a": 2, "b": 1}'
    """
|''',
        right="""\
    return json.dumps(value, sort_keys=True)
""",
        wrong="""\
    return json.dumps(value)
""",
        says="1/1 example",
        stops="examples",
    ),
    "argparse at import": Case(
        text='''\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("path")
args = parser.parse_args()


def longest(lines: list[str]) -> str:
    """
    >>> longest(["a", "ccc", "bb"])
    'ccc'
    """
|
''',
        right="""\
    return max(lines, key=len)
""",
        wrong="""\
    return min(lines)
""",
        says="1/1 example",
        stops="examples",
    ),
    "django like settings": Case(
        text='''\
from conf import settings

DATABASE = settings.DATABASE


def full_name(first: str, last: str) -> str:
    """
    >>> full_name("Ada", "Lovelace")
    'Ada Lovelace'
    """
|''',
        right="""\
    return f"{first} {last}"
""",
        wrong="""\
    return f"{last} {first}"
""",
        says="1/1 example",
        stops="examples",
        path="app/names.py",
        files={
            "app/__init__.py": "",
            "conf.py": """\
import os


class _Settings:
    def __getattr__(self, name):
        return os.environ['DJANGO_' + name]


settings = _Settings()
""",
        },
    ),
    "write protected cwd": Case(
        text='''\
import logging
import os

logging.basicConfig(filename=os.path.join(os.path.dirname(__file__), "app.log"))


def half(n: int) -> int:
    """
    >>> half(9)
    4
    """
|''',
        right="""\
    return n // 2
""",
        wrong="""\
    return n / 2
""",
        says="1/1 example",
        stops="examples",
    ),
    "mock patch": Case(
        text='''\
import json
import urllib.request


def fetch_name(user_id: int) -> str:
    """Name of a user of the service."""
|''',
        right="""\
    with urllib.request.urlopen(f'https://api.example.org/users/{user_id}') as response:
        return json.load(response)['name']
""",
        wrong="""\
    with urllib.request.urlopen(f'https://api.example.org/users/{user_id}') as response:
        return json.load(response)['id']
""",
        says="1 test",
        stops="tests",
        files={
            "tests/__init__.py": "",
            "tests/test_subject.py": """\
import io
from unittest import mock

from subject import fetch_name


@mock.patch('subject.urllib.request.urlopen')
def test_fetch(urlopen):
    urlopen.return_value.__enter__.return_value = io.StringIO('{"name": "Ada", "id": 3}')
    assert fetch_name(3) == 'Ada'
    urlopen.assert_called_once_with('https://api.example.org/users/3')
""",
        },
    ),
    "conftest fixture and parametrize": Case(
        text="""\
def discount(price: float, tier: str, table: dict[str, float]) -> float:
|""",
        right="""\
    return round(price * (1 - table.get(tier, 0.0)), 2)
""",
        wrong="""\
    return round(price * table.get(tier, 0.0), 2)
""",
        says="1 test",
        stops="tests",
        path="pkg/pricing.py",
        files={
            "pkg/__init__.py": "",
            "tests/conftest.py": """\
import pytest


@pytest.fixture(scope='session')
def table():
    return {'gold': 0.2, 'silver': 0.1}
""",
            "tests/test_pricing.py": """\
import pytest
from pkg.pricing import discount


@pytest.mark.parametrize(('tier', 'want'), [('gold', 80.0), ('silver', 90.0), ('none', 100.0)])
def test_discount(tier, want, table):
    assert discount(100.0, tier, table) == pytest.approx(want)
""",
        },
    ),
    "asyncio unittest": Case(
        text="""\
import asyncio


async def later(value: int) -> int:
|""",
        right="""\
    await asyncio.sleep(0)
    return value
""",
        wrong="""\
    await asyncio.sleep(0)
    return value + 1
""",
        says="1 test",
        stops="tests",
        files={
            "test_later.py": """\
import unittest
from subject import later


class LaterTest(unittest.IsolatedAsyncioTestCase):
    async def test_it(self):
        self.assertEqual(await later(3), 3)
""",
        },
    ),
    "module with same name as stdlib": Case(
        text='''\
def choose(items):
    """
    >>> choose([3, 1])
    1
    """
|''',
        right="""\
    return min(items)
""",
        wrong="""\
    return max(items)
""",
        says="1/1 example",
        stops="examples",
        path="random.py",
    ),
    "sys.path hack in tests": Case(
        text="""\
def area(w, h):
|""",
        right="""\
    return w * h
""",
        wrong="""\
    return w + h
""",
        says="1 test",
        stops="tests",
        path="lib/geometry.py",
        files={
            "tests/test_geometry.py": """\
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))
import geometry


def test_area():
    assert geometry.area(2, 3) == 6
""",
        },
    ),
    "needs network in tests": Case(
        text='''\
def shout(text: str) -> str:
    """
    >>> shout("a")
    'A!'
    """
|''',
        right="""\
    return text.upper() + '!'
""",
        wrong="""\
    return text.upper()
""",
        says="1/1 example",
        stops="examples",
        files={
            "test_subject.py": """\
import urllib.request
from subject import shout


def test_online():
    shout('x')
    urllib.request.urlopen('http://192.0.2.1/', timeout=1)
""",
        },
    ),
    "a method that changes its object": Case(
        text='''\
class Stack:
    """
    >>> s = Stack()
    >>> s.push(1)
    >>> s.items
    [1]
    """

    def __init__(self):
        self.items = []

    def push(self, item):
|''',
        right="""\
        self.items.append(item)
""",
        wrong="""\
        self.items = [item, item]
""",
        says="1/1 example",
        stops="examples",
    ),
    "a busy example before": Case(
        text='''\
def work(n):
    """
    >>> work(100000)
    100000
    >>> work(3)
    3
    """
|''',
        right="""\
    total = 0
    for _ in range(n):
        total += 1
    return total
""",
        wrong="""\
    total = 0
    for _ in range(n):
        total += 1
    return total + (n == 3)
""",
        says="2/2 examples",
        stops="examples",
    ),
    "a busy function beside": Case(
        text='''\
def spin(n):
    total = 0
    for _ in range(n):
        total += 1
    return total


def work(n):
    """
    >>> work(spin(100000))
    200000
    """
|''',
        right="""\
    return n * 2
""",
        wrong="""\
    return n + 2
""",
        says="1/1 example",
        stops="examples",
    ),
    "a value expected and a generator given": Case(
        text='''\
def answer(n: int):
    """
    >>> answer(1)
    42
    """
|''',
        right="""\
    return 42
""",
        wrong="""\
    yield 42
""",
        says="1/1 example",
        stops="examples",
    ),
    "a parameter named like a table": Case(
        text='''\
import sys

lines = open(sys.argv[1]).read()


def longest(lines: list[str]) -> str:
    """
    >>> longest(["a", "ccc", "bb"])
    'ccc'
    """
|''',
        right="""\
    return max(lines, key=len)
""",
        wrong="""\
    return min(lines)
""",
        says="1/1 example",
        stops="examples",
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_right_is_shown_and_wrong_is_not(name: str, tmp_path: Path, workbench_at: WorkbenchAt) -> None:
    case = CASES[name]
    for place, content in case.files.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(content)
    async with workbench_at(tmp_path, python=Path(sys.prefix) / "bin" / "python") as workbench:
        right = await verify(python_trial(tmp_path, case.text, case.right, path=case.path), workbench)
        wrong = await verify(python_trial(tmp_path, case.text, case.wrong, path=case.path), workbench)
    assert right.accepted, right.summary
    assert case.says in right.summary
    finding = wrong.of(case.stops)
    assert finding is not None, wrong.summary
    assert finding.outcome is Outcome.FAILED, wrong.summary


async def test_what_stops_at_unwritten_code_is_not_held_against_the_caller(
    tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    text = (
        "def base(n):\n    raise NotImplementedError\n\n\n"
        'def twice(n):\n    """\n    >>> twice(3)\n    6\n    """\n|'
    )
    async with workbench_at(tmp_path) as workbench:
        verdict = await verify(python_trial(tmp_path, text, "    return base(n) * 2\n"), workbench)
    examples = verdict.of("examples")
    assert examples is not None
    assert examples.outcome is Outcome.INCONCLUSIVE
    assert "not written yet" in examples.message
