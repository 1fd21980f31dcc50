"""Letters to be searched for, and what a person finds."""

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from circulars.models import Attachment, Circular
from circulars.services.index_attachments import index_attachments
from distribution.models import Delivery
from distribution.services.sending.dispatch import dispatch
from tests.factories import MOMENT, AgencyFactory, LineFactory, draft_to

NUMBER = "E-98167286-556.99-586791"
BODY = "Kışlık lastik <b>denetimleri</b> sıklaştırılacaktır.\nKatılım gösterilmesini rica ederim."
FIELDS = {
    "number": NUMBER,
    "subject": "Taşıtların Muayenesi",
    "body": BODY,
    "verification_code": "9C2B-4F1A-77KI",
}


def with_attachment(unit: Agency, text: str, *, note: str = "", **fields: object) -> Circular:
    """A letter to the unit and to another one, with one printed attachment whose file has the text."""
    draft = draft_to(AgencyFactory(), **FIELDS | fields)
    LineFactory(circular=draft, position=1, agency=unit, text=f"{unit.name}ne{note}")
    attachment = Attachment(circular=draft, title="Çizelge", file_name="liste.txt", printed=True)
    attachment.file.save("liste.txt", ContentFile(text.encode()))
    letter: Circular = dispatch(circular=draft, by=draft.recorded_by, at=MOMENT).circular
    index_attachments()
    return letter


def found(client: Client, text: str, **query: object) -> dict[str, list[str]]:
    """The first line of each row by group, and beside it what the page says how many there are."""
    response = client.get(reverse("search"), {"q": text, **query})
    assert response.status_code == 200
    return {
        group.name: [first_line(row) for row, _passages in group.hits] for group in response.context["groups"]
    }


def first_line(row: object) -> str:
    if isinstance(row, Delivery):
        return f"{row.agency.name}: {row.circular.subject}"
    return str(getattr(row, "subject", None) or getattr(row, "name", None))
