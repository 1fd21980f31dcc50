"""Print how the reader does on all generated letters and blocks; with a family's name, on its blocks only."""

import random
import sys
from collections import defaultdict
from collections.abc import Mapping

from circulars.reading import read_letter
from tests.circulars.reading.generated.blocks import blocks, letter_of
from tests.circulars.reading.generated.changes import CHANGES
from tests.circulars.reading.generated.comparing import FIELDS, norm, wrong_fields
from tests.circulars.reading.generated.known import known_letters

BLOCKS = 1300
SEED = 7


def _show(title: str, counts: Mapping[str, list[int]]) -> None:
    for name, (count, right, silent, alarms) in counts.items():
        print(
            f"{title} {name:22} {right:5} of {count:5} right, {silent:3} wrong and sure, {alarms:3} right and doubted"
        )
    total = [sum(values) for values in zip(*counts.values(), strict=True)]
    print(
        f"{title} all: {total[1]} of {total[0]} right, {total[2]} wrong and sure, {total[3]} right and doubted\n"
    )


def measure_letters() -> None:
    """Fields of each letter in each changed form."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for name, lines, truth in known_letters():
        for change, make in CHANGES.items():
            changed = make(lines, random.Random(name + change))
            if changed is None:
                continue
            letter = read_letter("\n".join(changed).encode())
            wrong = wrong_fields(truth, letter.as_truth()) if letter.readable else list(FIELDS)
            sure = {field for field, found in letter.found.items() if found.sure}
            count = counts[change]
            count[0] += len(FIELDS)
            count[1] += len(FIELDS) - len(wrong)
            count[2] += len(sure & set(wrong))
            count[3] += len(set(FIELDS) - set(wrong) - sure) if letter.readable else 0
    _show("fields", counts)


def measure_blocks(family: str) -> None:
    """Both groups of each block, by layout and by family."""
    layouts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    families: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for block in blocks(BLOCKS, SEED):
        if family and block.family != family:
            continue
        letter = read_letter(letter_of(block))
        right = {norm(each) for each in block.action} == {
            norm(each) for each in letter.action_recipients
        } and {norm(each) for each in block.info} == {norm(each) for each in letter.info_recipients}
        doubted = not (letter.found["action_recipients"].sure and letter.found["info_recipients"].sure)
        for count in (layouts[block.layout.partition("+")[0]], families[block.family]):
            count[0] += 1
            count[1] += right
            count[2] += not right and not doubted
            count[3] += right and doubted
    _show("layout", layouts)
    _show("family", families)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        measure_letters()
    measure_blocks(sys.argv[1] if len(sys.argv) > 1 else "")
