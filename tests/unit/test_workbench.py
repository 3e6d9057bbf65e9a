"""Warm tools: one of each, restarted with growing rests, retired when idle or too large, closed at the end."""

import asyncio
import os
from pathlib import Path

import pytest

from vouch_verifiers import workbench as module
from vouch_verifiers.sandbox import Sandbox, SandboxFault
from vouch_verifiers.settings import VerifierSettings
from vouch_verifiers.workbench import Workbench


class FakeTool:
    def __init__(self) -> None:
        self.alive = True
        self.pid = os.getpid()
        self.closed = False

    async def aclose(self) -> None:
        self.alive, self.closed = False, True


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "monotonic", clock)
    return clock


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    async def choose(name: str) -> object:
        return object()

    monkeypatch.setattr(module.registry, "choose_sandbox", choose)
    return Workbench(root=tmp_path, settings=VerifierSettings(idle_s=60))


async def start(_: Sandbox) -> FakeTool:
    return FakeTool()


async def refuse(_: Sandbox) -> FakeTool:
    raise SandboxFault("no")


async def test_a_tool_is_started_once_however_many_ask(bench: Workbench) -> None:
    started = []

    async def slowly(_: Sandbox) -> FakeTool:
        started.append(1)
        await asyncio.sleep(0)
        return FakeTool()

    first, second = await asyncio.gather(bench.tool("a", slowly), bench.tool("a", slowly))
    assert first is second
    assert started == [1]
    await bench.aclose()
    assert first.closed


async def test_the_first_death_costs_nothing_and_later_ones_rest_longer(
    bench: Workbench, clock: Clock
) -> None:
    rests = []
    for _ in range(5):
        while True:
            try:
                tool = await bench.tool("a", start)
                break
            except SandboxFault as fault:
                assert "rests" in str(fault)
                rests[-1] += 0.25
                clock.now += 0.25
        tool.alive = False
        rests.append(0.0)
    assert rests[:4] == [0.0, 0.5, 1.0, 2.0]
    clock.now += 100
    bench.worked("a")
    await bench.tool("a", start)
    await bench.aclose()


async def test_a_tool_that_does_not_start_rests_too(bench: Workbench, clock: Clock) -> None:
    for _ in range(2):
        with pytest.raises(SandboxFault, match="no"):
            await bench.tool("a", refuse)
    with pytest.raises(SandboxFault, match="rests"):
        await bench.tool("a", start)
    clock.now += 1
    await bench.tool("a", start)
    await bench.aclose()


async def test_idle_tools_are_retired_and_come_back_at_once(bench: Workbench, clock: Clock) -> None:
    idle, used = await bench.tool("idle", start), await bench.tool("used", start)
    clock.now += 59
    assert await bench.tool("used", start) is used
    await bench.tidy()
    assert not idle.closed
    clock.now += 1
    await bench.tidy()
    assert idle.closed
    assert not used.closed
    assert await bench.tool("idle", start) is not idle
    await bench.aclose()


async def test_tools_that_grew_too_large_are_retired(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = await bench.tool("a", start)
    await bench.tidy()
    assert not tool.closed, "this process is smaller than the limit"
    small = VerifierSettings(tool_memory_bytes=1024)
    bench.settings = small
    await bench.tidy()
    assert tool.closed
    await bench.aclose()


async def test_a_tool_that_starts_while_the_bench_closes_does_not_stay(bench: Workbench) -> None:
    going, tool = asyncio.Event(), FakeTool()

    async def late(_: Sandbox) -> FakeTool:
        await going.wait()
        return tool

    starting = asyncio.create_task(bench.tool("a", late))
    await asyncio.sleep(0)
    await bench.aclose()
    going.set()
    with pytest.raises(SandboxFault, match="closed"):
        await starting
    assert tool.closed


async def test_nothing_starts_in_an_untrusted_workspace(bench: Workbench) -> None:
    bench.trusted = False
    with pytest.raises(SandboxFault, match="not trusted"):
        await bench.tool("a", start)
