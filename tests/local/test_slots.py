"""The queue before the engine."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lib.local.engine import WireError
from lib.local.invoke import SILENCE_S
from lib.local.llama import LONGEST_WAIT_S
from lib.local.slots import Slots


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 10))  # type: ignore[arg-type]


def test_a_caller_who_has_waited_too_long_gets_a_429_and_leaves_the_queue() -> None:
    async def scene() -> None:
        slots = Slots(1, 5, 0.05)
        await slots.take()
        with pytest.raises(WireError) as caught:
            await slots.take()
        assert (caught.value.status, caught.value.code) == (429, "ThrottlingException")
        assert slots.waiting == 0

    run(scene)


def test_a_full_queue_refuses_at_once() -> None:
    async def scene() -> None:
        slots = Slots(1, 1, 60)
        await slots.take()
        queued = asyncio.create_task(slots.take())
        await asyncio.sleep(0)
        with pytest.raises(WireError):
            await slots.take()
        slots.release()
        await queued

    run(scene)


def test_a_caller_who_left_the_queue_takes_no_place() -> None:
    async def scene() -> None:
        slots = Slots(1, 2, 60)
        await slots.take()
        left, stays = asyncio.create_task(slots.take()), asyncio.create_task(slots.take())
        await asyncio.sleep(0)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        assert slots.waiting == 1
        slots.release()
        await stays
        assert slots.waiting == 0

    run(scene)


def test_a_caller_is_refused_or_gets_an_event_before_the_java_sdk_gives_up() -> None:
    """It gives up after 30 s without a byte, and an empty piece must not precede a refusal."""
    assert LONGEST_WAIT_S < SILENCE_S < 30
