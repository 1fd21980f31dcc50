"""The month in review as a file: as PDF to be laid before a minister, or its rows as a spreadsheet."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO

from django.http import QueryDict
from django.template.loader import get_template, render_to_string

from distribution.models import FileFormat, PreparedFile
from distribution.queries.month_review.groups import By, Group
from distribution.queries.month_review.medians import LEAST
from distribution.queries.month_review.period import NotUnderstood
from distribution.queries.month_review.review import Review
from distribution.services.prepare_file import Progress
from distribution.tables.charts.movements import movements_chart
from distribution.tables.charts.shares import shares_chart
from distribution.tables.charts.waiting import waiting_chart
from distribution.tables.files.exported_lists import exported_title
from distribution.tables.files.list_files import list_file
from distribution.tables.files.pdf_parts import Section, pdf_in_parts
from distribution.tables.month_review.rows import Asked, asked_for
from distribution.tables.month_review.words import how_it_is_counted, not_counted_words, summary

COLUMNS = 6


def month_review_file(prepared: PreparedFile, *, at: datetime, progress: Progress) -> IO[bytes]:
    """The file in the format that was asked for, in the active language."""
    if prepared.file_format != FileFormat.PDF:
        return list_file(prepared, at=at, progress=progress)
    assert prepared.unit is not None
    try:
        asked = asked_for(QueryDict(prepared.query), at)
    except NotUnderstood:
        return list_file(prepared, at=at, progress=progress)
    review = asked.review(prepared.created_by, prepared.unit, at, with_kinds=True)
    title = exported_title(prepared)
    return pdf_in_parts(
        _sections(prepared, asked, review, title),
        title=f"{title}: {prepared.about}",
        footing=f"{title} · {prepared.about}",
        stylesheet="css/month.css",
        columns=COLUMNS,
        count=len(review.groups) + len(review.kinds),
        progress=progress,
    )


def _sections(prepared: PreparedFile, asked: Asked, review: Review, title: str) -> Iterator[Section]:
    """The figures of all letters with their charts, then by kind of unit, then as the page groups them.

    Units of which neither a share nor a median is told are only counted: there may be a thousand of them.
    """
    context = {
        "prepared": prepared,
        "title": title,
        "review": review,
        "summary": list(summary(review)),
        "not_counted": not_counted_words(review.not_counted) if review.not_counted.copies else "",
        "shares": shares_chart(review.months),
        "waiting": waiting_chart(review.waiting),
        "moved": movements_chart(review.movements),
        "in_print": True,
    }
    above: str = render_to_string("distribution/files/month_heading.html", context)
    if review.groups:
        yield Section(above + _heading(By.KIND), _head(By.KIND), _rows(review.kinds))
        above = ""
        if asked.by != By.KIND:
            rows = asked.rows(review)
            told = [each for each in rows if asked.by != By.UNIT or each.figures.now.sent >= LEAST]
            yield Section(_heading(asked.by, len(rows) - len(told)), _head(asked.by), _rows(told))
    notes = render_to_string("distribution/files/month_notes.html", {"how_counted": how_it_is_counted()})
    yield Section(above + notes, "", ())


def _heading(by: By, omitted: int = 0) -> str:
    return render_to_string("distribution/files/month_group.html", {"by": by, "omitted": omitted})


def _head(by: By) -> str:
    return render_to_string("distribution/files/month_head.html", {"by": by})


def _rows(groups: Sequence[Group]) -> Iterator[str]:
    row = get_template("distribution/files/month_row.html")
    for each in groups:
        yield row.render({"group": each, "figures": each.figures})
