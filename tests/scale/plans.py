"""What the database reads for a page: its queries caught from the test client, their plans measured."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Node:
    """One step of a plan, over all its loops."""

    kind: str
    table: str
    rows: int
    removed: int

    @property
    def read(self) -> int:
        """Rows that it looked at in a table."""
        return self.rows + self.removed if self.table else 0


@dataclass(frozen=True)
class Statement:
    """One query of a page with the steps of its plan."""

    sql: str
    nodes: list[Node]

    @property
    def read(self) -> int:
        return sum(node.read for node in self.nodes)

    @property
    def removed(self) -> int:
        """Rows that were read and thrown away."""
        return sum(node.removed for node in self.nodes)


@dataclass
class Caught:
    """The queries of a page, with their parameters as they went to the database."""

    queries: list[tuple[str, Any]] = field(default_factory=list)

    def statements(self) -> list[Statement]:
        """Each SELECT again, measured. What a page writes is not written twice."""
        return [explain(sql, params) for sql, params in self.queries if _is_pure_select(sql)]


@contextmanager
def caught() -> Iterator[Caught]:
    """Note the queries that are sent within."""
    found = Caught()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.queries.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def explain(sql: str, params: Any) -> Statement:
    """The plan as it ran: how many rows each step gave and threw away."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        (plan,) = cursor.fetchone()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return Statement(sql, list(_nodes(top)))


def _nodes(plan: dict[str, Any]) -> Iterator[Node]:
    loops = plan["Actual Loops"]
    removed = sum(value for name, value in plan.items() if name.startswith("Rows Removed by"))
    yield Node(
        kind=plan["Node Type"],
        table=plan.get("Relation Name", ""),
        rows=round(plan["Actual Rows"] * loops),
        removed=round(removed * loops),
    )
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _is_pure_select(sql: str) -> bool:
    return (
        sql.lstrip(" \n(").upper().startswith("SELECT")
        and "FOR UPDATE" not in sql
        and "FOR NO KEY" not in sql
    )
