"""How each kind of prepared file is made."""

from distribution.models import PreparedFileKind
from distribution.services.prepare_file import FileMaker
from distribution.tables.status_report import status_report

FILE_MAKERS = {
    PreparedFileKind.STATUS_REPORT: FileMaker(
        name=lambda circular: f"durum-raporu-{circular.pk}.pdf", content=status_report
    ),
}
