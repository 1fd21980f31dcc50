"""The table of use cases. A module of this package adds its own with `@use_case`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

Action = Callable[[], object]
Prepare = Callable[[], Action]

SENT = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/Istanbul"))
"""The Monday morning on which letters of the table leave."""

NOW = SENT + timedelta(days=1, hours=1)
"""The moment of each use case: Tuesday, in working hours."""


@dataclass(frozen=True)
class UseCase:
    """`prepare` writes the rows and returns the action, which may be called again after it was undone.

    `wakes`: a worker is woken once it is committed. `drops_file`: a stored file is deleted once it is committed.
    `one_transaction`: all or nothing; False for a task that may stop between its transactions and go on later.
    `locked_by_caller`: the caller holds the locks, or wrote the rows in the same transaction.
    """

    name: str
    prepare: Prepare
    wakes: bool = False
    drops_file: bool = False
    one_transaction: bool = True
    locked_by_caller: bool = False


USE_CASES: dict[str, UseCase] = {}


def use_case(
    *,
    wakes: bool = False,
    drops_file: bool = False,
    one_transaction: bool = True,
    locked_by_caller: bool = False,
) -> Callable[[Prepare], Prepare]:
    """Add the use case to the table under the name of its function."""

    def add(prepare: Prepare) -> Prepare:
        name = prepare.__name__
        assert name not in USE_CASES, name
        USE_CASES[name] = UseCase(name, prepare, wakes, drops_file, one_transaction, locked_by_caller)
        return prepare

    return add
