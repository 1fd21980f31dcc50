"""A letter's whole state as a workbook: the letter, its recipients, what was passed on, and the events."""

import pytest
from django.utils import timezone

from distribution.models import FileFormat, PreparedFile
from distribution.services.receiving.acknowledge import acknowledge
from distribution.tables.files.status_report import status_report
from tests.distribution.files.reading import rows_of
from tests.factories import AgencyFactory, copy_below, dispatched_to, recipient_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_letter_is_exported_with_all_that_happened(form: str) -> None:
    letter = dispatched_to(*AgencyFactory.create_batch(3), subject="=Genelge")
    first = letter.deliveries.order_by("pk")[0]
    copy_below(first, AgencyFactory(name="Ilgaz Şubesi"))
    acknowledge(delivery=first.public_id, by=recipient_of(first.agency), at=timezone.now())

    prepared = PreparedFile(circular=letter, file_format=FileFormat(form))
    told: list[int] = []
    with status_report(prepared, at=timezone.now(), progress=told.append) as file:
        content = file.read()

    fields, recipients, below, events = (rows_of(content, form, sheet) for sheet in range(4))
    assert ["=Genelge"] in [row[1:] for row in fields]
    assert ["3"] in [row[1:] for row in fields]
    assert len(recipients) == 4
    assert first.agency.name in [row[1] for row in recipients]
    assert below[1][:3] == ["1", first.agency.name, "Ilgaz Şubesi"]
    assert len(events) == 1 + letter.deliveries.first().events.model.objects.count()
    assert told == sorted(told)
