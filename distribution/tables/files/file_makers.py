"""How each kind of prepared file is made."""

from distribution.models import PreparedFileKind
from distribution.services.prepare_file import FileMaker
from distribution.tables.files.exported_lists import EXPORTED_LISTS, exported_name
from distribution.tables.files.list_files import list_file
from distribution.tables.files.month_review_file import month_review_file
from distribution.tables.files.status_report import status_report

FILE_MAKERS = {
    PreparedFileKind.STATUS_REPORT: FileMaker(
        name=lambda prepared: f"durum-raporu-{prepared.circular_id}.{prepared.file_format}",
        content=status_report,
    ),
    **{
        kind: FileMaker(
            name=lambda prepared: f"{exported_name(prepared)}.{prepared.file_format}", content=list_file
        )
        for kind in EXPORTED_LISTS
    },
    PreparedFileKind.MONTH_REVIEW: FileMaker(
        name=lambda prepared: f"{exported_name(prepared)}.{prepared.file_format}", content=month_review_file
    ),
}
