"""The short report that a weekly digest takes along, as PDF in Turkish."""

from collections.abc import Iterator

from django.template.loader import get_template, render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from distribution.models import WeeklyDigest
from distribution.queries.managing.weekly import WeeklyFigures
from distribution.tables.files.pdf_parts import Section, pdf_in_parts

COLUMNS = 4


def digest_pdf(digest: WeeklyDigest, figures: WeeklyFigures) -> bytes:
    """The figures and the units most behind."""
    with override("tr"):
        context = {"digest": digest, "figures": figures}
        content = pdf_in_parts(
            [
                Section(
                    render_to_string("distribution/files/digest_heading.html", context),
                    render_to_string("distribution/files/digest_head.html", context),
                    _rows(figures),
                )
            ],
            title=f"{_('Weekly report')}: {digest.unit.name}",
            footing=digest.unit.name,
            stylesheet="css/report.css",
            columns=COLUMNS,
            count=len(figures.units),
            progress=_unseen,
        )
    with content:
        content.seek(0)
        return content.read()


def _rows(figures: WeeklyFigures) -> Iterator[str]:
    row = get_template("distribution/files/digest_row.html")
    for each in figures.units:
        yield row.render({"each": each})


def _unseen(percent: int) -> None:
    """Nobody watches the progress of a page or two."""
