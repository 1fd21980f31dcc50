"""Helpers of the tests of letters that are read in the background."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from circulars.models import Circular, LetterReading, ReadingFailure, ReadingState
from circulars.services.reading.background import read_in_background
from tests.conftest import OWN_SAMPLE

LETTER = OWN_SAMPLE.read_text(encoding="utf-8")
MEGABYTE = 1024 * 1024


def a_file(content: bytes = LETTER.encode(), name: str = "genelge.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def uploaded(client: Client, **files: SimpleUploadedFile) -> LetterReading:
    response = client.post(reverse("record"), files or {"file": a_file()})
    reading = LetterReading.objects.latest("pk")
    assert response.url == page(reading)  # type: ignore[attr-defined]
    return reading


def page(reading: LetterReading) -> str:
    return reverse("letter_reading", args=[reading.public_id])


def read(reading: LetterReading) -> LetterReading:
    assert read_in_background(reading_id=reading.pk, at=timezone.now())
    reading.refresh_from_db()
    return reading


def failed(reading: LetterReading, failure: str = ReadingFailure.TIME) -> LetterReading:
    """The reading after it has failed, with its file."""
    LetterReading.objects.filter(pk=reading.pk).update(
        state=ReadingState.FAILED, failure=failure, finished_at=timezone.now()
    )
    reading.refresh_from_db()
    return reading


def content_of(circular: Circular) -> bytes:
    with circular.source_file.open("rb") as file:
        return bytes(file.read())


def said(response: HttpResponse) -> str:
    return " ".join(str(message) for message in response.context["messages"])  # type: ignore[attr-defined]
