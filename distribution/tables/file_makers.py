"""How each kind of prepared file is made."""

from distribution.models import PreparedFile, PreparedFileKind
from distribution.services.prepare_file import FileMaker
from distribution.tables.exported_lists import EXPORTED_LISTS, exported_name, list_as_xlsx
from distribution.tables.status_report import status_report


def _workbook_name(prepared: PreparedFile) -> str:
    return f"{exported_name(PreparedFileKind(prepared.kind), prepared.circular)}.xlsx"


FILE_MAKERS = {
    PreparedFileKind.STATUS_REPORT: FileMaker(
        name=lambda prepared: f"durum-raporu-{prepared.circular_id}.pdf", content=status_report
    ),
    **{kind: FileMaker(name=_workbook_name, content=list_as_xlsx) for kind in EXPORTED_LISTS},
}
