"""Letters in changed forms and blocks in many layouts: how much is read right, and how much of the rest is doubted.

The shares are measured on a quick part of what the generators make; `measure` prints all of it:
`.venv/bin/python -m tests.circulars.reading.generated.measure`.
"""

import itertools
import random

import pytest

from circulars.reading import read_letter
from tests.circulars.reading.generated.blocks import AMBIGUOUS, LAYOUTS, Block, blocks, letter_of
from tests.circulars.reading.generated.changes import CHANGES
from tests.circulars.reading.generated.comparing import FIELDS, norm, wrong_fields
from tests.circulars.reading.generated.known import known_letters

STEP = 6
"""Each letter in every sixth change, another sixth for the next letter."""

ENOUGH = 4 * len(FIELDS)
LEAST_RIGHT = {"breaks_lost": 0.75}
"""The share of right fields; text without any line end is doubted rather than read."""


@pytest.mark.parametrize("start", range(STEP))
def test_a_changed_letter_is_read_as_its_original(start: int) -> None:
    right: dict[str, int] = {}
    asked: dict[str, int] = {}
    silent = wrong = 0
    for (number, (name, lines, truth)), (place, change) in itertools.product(
        enumerate(known_letters()), enumerate(CHANGES)
    ):
        if (number + place) % (STEP * STEP) != start * STEP:
            continue
        changed = CHANGES[change](lines, random.Random(name + change))
        if changed is None:
            continue
        letter = read_letter("\n".join(changed).encode())
        assert letter.readable, (name, change)
        wrongs = wrong_fields(truth, letter.as_truth())
        asked[change] = asked.get(change, 0) + len(FIELDS)
        right[change] = right.get(change, 0) + len(FIELDS) - len(wrongs)
        if change not in LEAST_RIGHT:
            wrong += len(wrongs)
            silent += sum(letter.found[field].sure for field in wrongs)
    assert sum(asked.values()) > 200
    for change, count in asked.items():
        least = 0.9 if count >= ENOUGH else 0.8
        assert right[change] >= LEAST_RIGHT.get(change, least) * count, change
    assert wrong <= 0.03 * sum(asked.values())
    assert silent <= max(2, 0.25 * wrong)


def is_right(block: Block) -> tuple[bool, bool]:
    """Whether both groups are right, and whether one of them is doubted."""
    letter = read_letter(letter_of(block))
    same = [
        {norm(name) for name in want} == {norm(name) for name in got}
        for want, got in ((block.action, letter.action_recipients), (block.info, letter.info_recipients))
    ]
    doubted = not (letter.found["action_recipients"].sure and letter.found["info_recipients"].sure)
    return all(same), doubted


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_printed_distribution_is_read_or_doubted(layout: str) -> None:
    printed = [block for block in blocks(13 * 12, seed=20) if block.layout.startswith(f"{layout}+")]
    results = [is_right(block) for block in printed]
    silent = [
        block for block, (right, doubted) in zip(printed, results, strict=True) if not right and not doubted
    ]
    assert len(printed) == 12
    assert not silent[1:], silent[0].lines
    if layout not in AMBIGUOUS:
        assert sum(right for right, _ in results) >= 11
        assert sum(doubted for _, doubted in results) <= 1


def test_what_the_generators_make_depends_on_their_seed_only() -> None:
    assert blocks(40, seed=3) == blocks(40, seed=3)
    assert blocks(40, seed=3) != blocks(40, seed=4)
