"""The arithmetic of the limits, and the counters in memory, as properties."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.limits import addresses
from gateway.limits.rules import Quota, has_room, wait
from gateway.limits.windows import Windows

QUOTAS = st.builds(Quota, st.just("reads"), st.integers(1, 50), st.integers(1, 100))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@given(QUOTAS, st.lists(st.tuples(st.floats(0, 300), st.integers(1, 60)), max_size=12))
def test_no_window_gets_more_than_the_quota_by_its_own_count(
    quota: Quota, bursts: list[tuple[float, int]]
) -> None:
    clock = Clock()
    windows = Windows(clock=clock)
    given_at: list[float] = []
    for pause, requests in bursts:
        clock.now += pause
        given_at += [clock.now for _ in range(requests) if windows.hit("a", quota).allowed]
    # The estimate takes the window before as evenly spread; two aligned windows together bound what that may hide.
    for number in {int(moment // quota.window) for moment in given_at}:
        assert sum(int(moment // quota.window) == number for moment in given_at) <= quota.amount


@given(QUOTAS, st.floats(0, 50), st.integers(1, 200))
def test_a_full_quota_gives_nothing_in_a_burst_over_the_border_of_two_windows(
    quota: Quota, offset: float, requests: int
) -> None:
    clock = Clock()
    windows = Windows(clock=clock)
    border = (clock.now // quota.window + 1) * quota.window
    clock.now = border - 0.001
    before = sum(windows.hit("a", quota).allowed for _ in range(requests))
    clock.now = border + 0.001
    after = sum(windows.hit("a", quota).allowed for _ in range(requests))
    assert before == min(requests, quota.amount)
    assert before + after <= quota.amount + 1


@given(QUOTAS, st.integers(0, 50), st.integers(0, 50), st.floats(0.001, 1))
@example(Quota("reads", 1, 60), 0, 1, 1.0)
@example(Quota("reads", 10, 60), 10, 0, 1.0)
def test_after_the_wait_that_is_told_one_more_fits_and_a_second_before_the_last_of_it_none(
    quota: Quota, previous: int, current: int, share: float
) -> None:
    previous, current = min(previous, quota.amount), min(current, quota.amount)
    left = share * quota.window
    if has_room(quota, previous, current, left):
        return

    def room_after(seconds: float) -> bool:
        if seconds < left:
            return has_room(quota, previous, current, left - seconds)
        if seconds < left + quota.window:
            return has_room(quota, current, 0, left + quota.window - seconds)
        return True

    told = wait(quota, previous, current, left)
    assert room_after(told)
    assert told == 1 or not room_after(told - 1 - 1e-6)


@given(QUOTAS, st.integers(1, 120))
def test_what_remains_is_what_is_given(quota: Quota, requests: int) -> None:
    windows = Windows(clock=Clock())
    for number in range(1, requests + 1):
        looked = windows.look("a", quota)
        reading = windows.hit("a", quota)
        assert looked.allowed == reading.allowed == (number <= quota.amount)
        assert reading.remaining == max(0, quota.amount - number)
        assert 1 <= reading.reset <= 2 * quota.window


def test_a_refused_request_takes_nothing_from_later_ones() -> None:
    clock, quota = Clock(), Quota("reads", 2, 10)
    clock.now = 1_000_000.0
    windows = Windows(clock=clock)
    for _ in range(100):
        windows.hit("a", quota)
    clock.now += 20
    assert windows.hit("a", quota).remaining == 1


def test_the_keys_used_longest_ago_are_forgotten_first_and_never_more_are_kept_than_told() -> None:
    quota = Quota("reads", 1, 60)
    windows = Windows(max_keys=3, clock=Clock())
    assert windows.hit("kept", quota).allowed
    for number in range(10):
        windows.hit(str(number), quota)
        assert not windows.hit("kept", quota).allowed
        assert len(windows) <= 3
    assert windows.hit("0", quota).allowed


def test_addresses_of_one_customer_are_one() -> None:
    assert addresses.group("203.0.113.7") == "203.0.113.7"
    assert addresses.group("::ffff:203.0.113.7") == "203.0.113.7"
    assert (
        addresses.group("2001:db8:1:2:3:4:5:6") == addresses.group("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    )
    assert addresses.group("2001:db8:1:3::1") != addresses.group("2001:db8:1:2::1")
    assert addresses.group("fe80::1%eth0") == "fe80::/64"
    assert addresses.group("not an address") == "unknown"


@given(st.ip_addresses(v=6))
def test_a_whole_64_is_one_client(address: object) -> None:
    text = str(address)
    sibling = text.rsplit(":", 1)[0] + ":1" if not text.endswith("::") else text + "1"
    assert addresses.group(text) == addresses.group(sibling) or "." in addresses.group(text)
