"""What every generator owes, whatever it is made of."""

import dataclasses
from contextlib import aclosing
from pathlib import Path

import pytest

from vouch_server.model import Context, GeneratorFault, GeneratorKind, Snapshot
from vouch_server.registry import generators
from vouch_server.settings import read_generator

TEXT = 'def double(x: int) -> int:\n    """Twice x.\n\n    >>> double(2)\n    4\n    >>> double(5)\n    10\n    """\n'
KINDS = sorted(generators().values(), key=lambda it: it.name)


def hole() -> Context:
    snapshot = Snapshot(uri="file:///w/a.py", path=Path("/w/a.py"), language="python", version=1, text=TEXT)
    return Context(snapshot=snapshot, offset=len(TEXT))


@pytest.fixture(params=KINDS, ids=lambda it: it.name)
def kind(request: pytest.FixtureRequest) -> GeneratorKind:
    return request.param


def test_the_settings_are_frozen_and_all_have_a_default(kind: GeneratorKind) -> None:
    settings = kind.settings()
    name = dataclasses.fields(settings)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(settings, name, None)
    assert kind.doc.endswith(".")


def test_unknown_settings_are_refused_by_name(kind: GeneratorKind) -> None:
    settings, problems = read_generator(kind, {"no_such_setting": 1})
    assert settings == kind.settings()
    assert [it.split(" ")[0] for it in problems] == [f"vouch.generators.{kind.name}.no_such_setting"]


@pytest.mark.parametrize("wanted", [1, 2])
async def test_with_nothing_set_it_proposes_or_says_what_to_set(kind: GeneratorKind, wanted: int) -> None:
    generator = kind.make(kind.settings())
    found, said = [], ""
    try:
        async for candidate in generator.generate(hole(), wanted):
            found.append(candidate)
    except GeneratorFault as fault:
        said = str(fault)
    finally:
        await generator.aclose()
    assert found or f"vouch.generators.{kind.name}." in said
    assert said.isprintable()
    assert len(found) <= wanted
    assert all(it.generator == kind.name and it.text for it in found)


async def test_it_may_be_left_early_and_closed_twice(kind: GeneratorKind) -> None:
    generator = kind.make(kind.settings())
    stream = generator.generate(hole(), 3)
    try:
        async with aclosing(stream):
            async for _ in stream:
                break
    except GeneratorFault:
        pass
    assert [it async for it in stream] == [], "nothing comes of a stream that was closed"
    await generator.aclose()
    await generator.aclose()
