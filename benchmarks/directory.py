"""Import of a directory file of 100,000 rows, against one raw COPY of the same rows."""

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from agencies.directory.columns import COLUMNS
from agencies.directory.run import begin_import, confirm_import, run_import
from agencies.models import Province
from agencies.models.maintenance import DirectoryImport, ImportState
from benchmarks.measure import compare
from benchmarks.workload import prepare_workload

ROWS = 100_000
ROUNDS = 3
PREFIX = "olcum-"
CHILDREN = 10
CLEAN = (
    "SET session_replication_role = replica",
    "DELETE FROM agencies_directorychange WHERE data ->> 'file' = 'olcum.csv'",
    "SET session_replication_role = origin",
    "DELETE FROM agencies_importrow",
    "DELETE FROM agencies_directoryimport",
    "UPDATE agencies_agency SET parent_id = NULL WHERE code LIKE 'olcum-%'",
    "DELETE FROM agencies_agency WHERE code LIKE 'olcum-%'",
    "VACUUM ANALYZE agencies_agency, agencies_importrow, agencies_directorychange",
)


def made_up_rows(count: int) -> Iterator[list[object]]:
    """The heading, then rows of a tree with ten children per body."""
    provinces = list(Province.objects.values_list("name", flat=True))
    yield [column.heading for column in COLUMNS]
    for number in range(count):
        province = provinces[number % len(provinces)]
        parent = f"{PREFIX}{number // CHILDREN}" if number else ""
        yield [
            f"{PREFIX}{number}", f"{province} {number} Numaralı Çevre ve Şehircilik Şube Müdürlüğü", "central_unit",
            parent, province, 9000, f"9{number:07}", f"b{number}@hs01.kep.example", f"b{number}@ornek.example",
            "0312 000 00 00", "01.01.2020", "", "", "evet", "",
        ]  # fmt: skip


def import_100k() -> None:
    """Ours: upload, check, confirm and write. Limit: COPY of the same rows, commit included."""
    administrator, _issuer = prepare_workload()
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(made_up_rows(ROWS))
    content = text.getvalue().encode()

    def ours() -> None:
        begun = begin_import(
            file=SimpleUploadedFile("olcum.csv", content), by=administrator, at=timezone.now()
        )
        run_import(import_id=begun.pk, at=timezone.now())
        checked = DirectoryImport.objects.get(pk=begun.pk)
        confirm_import(
            directory_import=checked,
            skip_bad_rows=False,
            by=administrator,
            at=timezone.now(),
            count_typed=checked.count_to_type,
        )
        run_import(import_id=begun.pk, at=timezone.now())
        done = DirectoryImport.objects.get(pk=begun.pk)
        assert (done.state, done.added) == (ImportState.DONE, ROWS)
        done.file.delete(save=False)

    def clean() -> None:
        with connection.cursor() as cursor:
            for statement in CLEAN:
                cursor.execute(statement)

    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "rows"
        clean()
        ours()
        with (
            connection.cursor() as cursor,
            copied.open("wb") as file,
            cursor.copy("COPY (SELECT * FROM agencies_agency WHERE code LIKE 'olcum-%') TO STDOUT") as copy,
        ):
            for piece in copy:
                file.write(piece)
        clean()

        def limit() -> None:
            with (
                transaction.atomic(),
                connection.cursor() as cursor,
                copied.open("rb") as file,
                cursor.copy("COPY agencies_agency FROM STDIN") as copy,
            ):
                while piece := file.read(1 << 20):
                    copy.write(piece)

        compare("import_100k", ours, limit, rounds=ROUNDS, warm_up=0, after_each=clean)
