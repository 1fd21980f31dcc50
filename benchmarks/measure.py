"""Measure ours and its limit alternately in one run; report the median of several rounds of each."""

import time
from collections.abc import Callable, Sequence
from statistics import median

ROUNDS = 9
WARM_UP = 2


def compare(
    name: str,
    ours: Callable[[], object],
    limit: Callable[[], object],
    *,
    rounds: int = ROUNDS,
    warm_up: int = WARM_UP,
    after_each: Callable[[], object] = lambda: None,
) -> None:
    """Print one line: `bench NAME ours SECONDS limit SECONDS ratio R`. `after_each` isn't timed."""
    ours_took: list[float] = []
    limit_took: list[float] = []
    for number in range(warm_up + rounds):
        for action, took in ((ours, ours_took), (limit, limit_took)):
            seconds = timed(action)
            after_each()
            if number >= warm_up:
                took.append(seconds)
    say(name, ours_took, limit_took)


def say(name: str, ours_took: Sequence[float], limit_took: Sequence[float]) -> None:
    """Print the line of a measure, with the medians."""
    our_middle, limit_middle = median(ours_took), median(limit_took)
    print(
        f"bench {name} ours {our_middle:.4f} limit {limit_middle:.4f} ratio {our_middle / limit_middle:.2f}",
        flush=True,
    )


def timed(action: Callable[[], object]) -> float:
    """Duration of the action in seconds."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin
