"""Use cases of evidence."""

from distribution.services.evidence.write_checkpoint import write_checkpoint
from tests.use_cases.of_sending import letter
from tests.use_cases.table import NOW, Action, use_case


@use_case()
def write_a_checkpoint() -> Action:
    letter()
    return lambda: write_checkpoint(at=NOW)
