"""Status reports as the worker makes them."""

from django.utils import timezone

from circulars.models import Circular
from distribution.models import FileFormat, PreparedFile
from distribution.tables.files.status_report import status_report


def report_of(circular: Circular) -> bytes:
    """The status report of the letter as it stands now."""
    prepared = PreparedFile(circular=circular, file_format=FileFormat.PDF)
    with status_report(prepared, at=timezone.now(), progress=lambda percent: None) as report:
        return report.read()
