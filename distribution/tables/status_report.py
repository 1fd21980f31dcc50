"""Status report of a letter as PDF: every printed line and unit with its progress."""

import logging
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import get_language
from weasyprint import CSS, HTML
from weasyprint.logger import PROGRESS_LOGGER
from weasyprint.text.fonts import FontConfiguration

from distribution.models import Delivery, PreparedFile
from distribution.queries.sending.board import added_to, by_purpose, letter_figures, line_figures
from distribution.queries.sending.returns import with_return_decisions
from distribution.services.prepare_file import Progress

STEP = re.compile(r"Step (\d)")
STEPS = 7
"""WeasyPrint names each of its steps in its log, and each page in the step of the layout."""


def status_report(prepared: PreparedFile, *, at: datetime, progress: Progress) -> bytes:
    """The report as a tagged PDF in the active language; `progress` is called at each step and page."""
    circular = prepared.circular
    assert circular is not None
    by_line: dict[int, list[Delivery]] = defaultdict(list)
    deliveries = (
        circular.deliveries.direct()
        .select_related("agency", "acknowledged_by", "acknowledged_for")
        .order_by("agency__protocol_order", "agency__sort_key")
    )
    for delivery in with_return_decisions(deliveries):
        if delivery.line_id is not None:
            by_line[delivery.line_id].append(delivery)
    context = {
        "circular": circular,
        "figures": letter_figures(circular),
        "heads": [
            (purpose, [(each, by_line[each.line.pk]) for each in lines])
            for purpose, lines in by_purpose(line_figures(circular))
        ],
        "added": with_return_decisions(added_to(circular)),
        "at": at,
        "language": get_language(),
        "site": settings.SITE_URL,
    }
    html = render_to_string("distribution/report.html", context)
    fonts = FontConfiguration()
    stylesheets = [
        CSS(string=_font_faces(), font_config=fonts),
        CSS(filename=_static("css/report.css"), font_config=fonts),
    ]
    with _telling(progress):
        pdf: bytes = HTML(string=html).write_pdf(stylesheets=stylesheets, font_config=fonts, pdf_tags=True)
    return pdf


@contextmanager
def _telling(progress: Progress) -> Iterator[None]:
    """Call `progress` whenever WeasyPrint logs a step in this thread. What it raises ends the rendering."""
    handler, level = _Steps(progress), PROGRESS_LOGGER.level
    PROGRESS_LOGGER.addHandler(handler)
    PROGRESS_LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        PROGRESS_LOGGER.removeHandler(handler)
        PROGRESS_LOGGER.setLevel(level)


class _Steps(logging.Handler):
    """Takes the lines of WeasyPrint's log of progress."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self._progress, self._thread = progress, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the step on as per cent."""
        step = STEP.match(record.getMessage())
        if step and record.thread == self._thread:
            self._progress(100 * int(step[1]) // (STEPS + 1))


def _font_faces() -> str:
    """Font faces embedded from files, so that the report doesn't depend on installed fonts."""
    return "\n".join(
        f'@font-face {{ font-family: "Report {script}"; font-weight: {weight};'
        f' src: url("{Path(_static(f"inter/inter-{script}-{weight}-normal.woff2")).as_uri()}"); }}'
        for script in ("latin", "latin-ext")
        for weight in (400, 600)
    )


def _static(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"the static file {name} is missing")
    return path
