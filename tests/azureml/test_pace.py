"""The pace of writes, on a clock that only waiting moves."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from runner.azureml.pace import BURST, RATE, Pace


class Time:
    """What the clock shows, and what was waited."""

    def __init__(self) -> None:
        self.now = 50.0
        self.waited: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def pace(self, burst: float, rate: float) -> Pace:
        return Pace(burst, rate, clock=lambda: self.now, sleep=self.sleep)


def test_a_burst_is_free() -> None:
    time = Time()
    pace = time.pace(5, 10)
    for _ in range(5):
        pace.take()
    assert time.waited == []


def test_what_is_over_it_waits() -> None:
    time = Time()
    pace = time.pace(5, 10)
    for _ in range(8):
        pace.take()
    assert [round(each, 6) for each in time.waited] == [0.1, 0.1, 0.1]


def test_time_brings_it_back_up_to_the_burst_and_no_further() -> None:
    time = Time()
    pace = time.pace(2, 1)
    for _ in range(2):
        pace.take()
    time.now += 3600
    for _ in range(2):
        pace.take()
    assert time.waited == []
    pace.take()
    assert time.waited == [1.0]


def test_several_who_wait_wait_one_after_the_other() -> None:
    asked: list[float] = []
    pace = Pace(1, 10, clock=lambda: 0.0, sleep=asked.append)  # nobody gets on in time
    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(pace.take) for _ in range(4)]:
            each.result()
    assert sorted(round(each, 6) for each in asked) == [0.1, 0.2, 0.3]


@given(
    st.integers(1, 20),
    st.floats(0.5, 50, allow_nan=False),
    st.lists(st.floats(0, 5, allow_nan=False), min_size=1, max_size=60),
)
def test_never_more_than_the_service_takes(burst: int, rate: float, pauses: list[float]) -> None:
    time, sent = Time(), list[float]()
    pace = time.pace(burst, rate)
    for pause in pauses:
        time.now += pause
        pace.take()
        sent.append(time.now)
    for first, start in enumerate(sent):
        for last in range(first, len(sent)):
            assert last - first + 1 <= burst + (sent[last] - start) * rate + 1e-6


def test_the_services_own() -> None:
    assert (BURST, RATE) == (200, 10)
