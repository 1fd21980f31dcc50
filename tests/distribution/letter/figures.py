"""The figures of a letter's pages and the rows behind their links, for the tests."""

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict
from django.urls import resolve

from agencies.models import Agency, User
from circulars.models import Circular
from distribution.queries.letter.confirmations import LetterPlace, by_day, by_province
from distribution.queries.letter.due_reckoning import reckoning_of_letter
from distribution.queries.letter.listed import Listed, Lists
from distribution.queries.letter.standing import where_it_stands
from distribution.tables.files.exported_lists import filtered_rows, outstanding_filter
from distribution.tables.letter_recipients import letter_recipients_filter


def figures_of(circular: Circular, lists: Lists, at: datetime) -> Iterator[Listed]:
    """Every figure of the letter's pages that leads to a list."""
    stands = where_it_stands(circular, lists, at=at)
    yield from (each.figure for each in stands.left)
    for row in stands.funnel:
        yield from (row.count, row.recorded)
    for place in by_province(circular, lists, at=at).rows:
        assert isinstance(place, LetterPlace)
        assert isinstance(place.to_confirm, Listed) and isinstance(place.owed, Listed)
        yield from (place.confirmed, place.recorded, place.to_confirm, place.owed, place.overdue)
    confirmations = by_day(circular, lists, at=at)
    yield from (day.confirmed for day in confirmations.days)
    yield from (figure for _due, figure in confirmations.dues)
    yield from (group.recipients for group in reckoning_of_letter(circular, lists).groups)


def rows_behind(figure: Listed, circular: Circular, manager: User, unit: Agency, at: datetime) -> int:
    """How many rows the list shows to which the figure leads."""
    query, page = QueryDict(figure.query), resolve(figure.address).url_name
    if page == "letter":
        assert figure.query == "show=outstanding"
        return circular.deliveries.direct().outstanding().count()
    if page == "outstanding":
        found = outstanding_filter(manager, unit, query)
    else:
        assert page == "letter_recipients"
        found = letter_recipients_filter(circular, query, at)
    assert found.is_valid(), (figure.query, found.errors)
    return filtered_rows(found).count()


def wrong_figures(circular: Circular, manager: User, unit: Agency, at: datetime) -> list[tuple[Listed, int]]:
    """The figures that differ from the number of rows behind their link, for a sender and for a manager."""
    wrong = []
    for managed in (False, True):
        for figure in figures_of(circular, Lists(circular, managed), at):
            rows = rows_behind(figure, circular, manager, unit, at)
            if rows != figure.count:
                wrong.append((figure, rows))
    return wrong
