"""The mutations of `benchmarks.mutation.mutants`: each is valid Python that differs at the line it names."""

import pytest

from benchmarks.mutation.mutations import Mutation, mutations_of
from tests.conftest import ROOT

SOURCE = '''
@transaction.atomic
def close(rows: list[int | str] = [1]) -> bool:
    """Docstring with 1 number."""
    kept: int | None = None
    found = Row.objects.select_for_update().filter(state="İ", open=True)
    if not rows and kept is None:
        logger.warning("quiet")
        raise Refused
    transaction.on_commit(wake)
    return len(found) > 2
'''


def found(kind: str) -> list[tuple[int, str]]:
    return [(each.line, each.text) for each in mutations_of(SOURCE) if each.kind == kind]


@pytest.mark.parametrize(
    ("kind", "mutations"),
    [
        ("atomic", [(5, "(lambda function: function)")]),
        ("lock", [(6, "Row.objects")]),
        ("on_commit", [(10, "(wake)()"), (10, "None")]),
        (
            "query",
            [
                (6, "Row.objects.select_for_update().filter(open=True)"),
                (6, 'Row.objects.select_for_update().filter(state="İ")'),
            ],
        ),
        ("comparison", [(7, "(kept is not None)"), (11, "(len(found) >= 2)")]),
        ("constant", [(6, "False"), (11, "3")]),
        ("condition", [(7, "(not (not rows and kept is None))")]),
        ("boolean", [(7, "((not rows) or (kept is None))"), (7, "(rows)")]),
        ("return", [(11, "None")]),
        ("statement", [(9, "pass")]),
        ("operator", []),
    ],
)
def test_each_kind_is_found_at_its_line_and_nothing_in_annotations_and_logs(
    kind: str, mutations: list[tuple[int, str]]
) -> None:
    assert sorted(found(kind)) == sorted(mutations)


def test_every_mutation_of_a_module_of_ours_changes_it_at_its_place() -> None:
    source = (ROOT / "distribution" / "outbox" / "record.py").read_text()

    def untouched(each: Mutation) -> bool:
        return source[each.begin : each.end] == each.text or each.applied_to(source) == source

    mutations = mutations_of(source)
    assert len(mutations) > 50
    assert not [each for each in mutations if untouched(each)]
