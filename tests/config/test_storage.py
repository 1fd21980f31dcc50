"""Uploaded files in a bucket of an S3-compatible store: the same features as with a folder."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from agencies.models import Agency, User
from circulars.models import Circular
from config import env
from tests.agencies.importing import as_xlsx, checked, counts
from tests.conftest import OWN_SAMPLE
from tests.factories import AgencyFactory, draft_to, sender_of

BUCKET = "yazilar"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The endpoint of an S3 store on loopback, with the bucket created."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    key = {"aws_access_key_id": "anahtar", "aws_secret_access_key": "gizli/söz"}
    client = boto3.client("s3", endpoint_url=address, region_name="tr-1", **key)
    # The library asks again when a slow machine answers late; the bucket is there by then.
    with suppress(client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "tr-1"})
    yield address
    server.stop()


@pytest.fixture
def in_bucket(store: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Store uploaded files in that bucket; call the result to list the object names."""
    monkeypatch.setenv(
        "STORAGE_URL", f"s3://anahtar:gizli%2Fs%C3%B6z@{BUCKET}/dagitim?endpoint={store}&region=tr-1"
    )
    settings.STORAGES = {**settings.STORAGES, "default": env.storage("STORAGE_URL")}
    yield lambda: sorted(each.key for each in default_storage.bucket.objects.all())  # type: ignore[attr-defined]
    default_storage.bucket.objects.all().delete()  # type: ignore[attr-defined]


def content_of(response: object) -> bytes:
    assert isinstance(response, FileResponse)
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


def test_a_letter_is_uploaded_shown_and_downloaded(
    in_bucket: Callable[[], list[str]],
    directory: Callable[[str], Agency],
    signed_in: Callable[[User], Client],
) -> None:
    issuer = Agency.objects.get(name="Uluslararası İşgücü Genel Müdürlüğü")
    client = signed_in(sender_of(issuer))
    upload = SimpleUploadedFile("Genelge İlk.txt", OWN_SAMPLE.read_bytes())

    client.post(reverse("record"), {"file": upload})

    letter = Circular.objects.get()
    assert in_bucket() == [f"dagitim/{letter.source_file.name}"]
    assert client.get(reverse("review", args=[letter.public_id])).status_code == 200
    assert content_of(client.get(reverse("letter_file", args=[letter.public_id]))) == OWN_SAMPLE.read_bytes()


@pytest.mark.django_db
def test_attachments_are_kept_replaced_downloaded_and_removed(
    in_bucket: Callable[[], list[str]],
    signed_in: Callable[[User], Client],
    django_capture_on_commit_callbacks: Any,
) -> None:
    unit = AgencyFactory()
    draft = draft_to(AgencyFactory(), issuer=unit)
    client = signed_in(sender_of(unit))
    attach = reverse("attach", args=[draft.public_id])
    files = [SimpleUploadedFile("Ek.pdf", b"%PDF-1.7 bir"), SimpleUploadedFile("Ek.pdf", b"%PDF-1.7 iki")]

    client.post(attach, {"files": files})
    one, two = draft.attachments.all()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(attach, {"files": SimpleUploadedFile("Ek.pdf", b"%PDF-1.7 yeni"), "attachment": one.pk})
        client.post(reverse("detach", args=[draft.public_id, two.pk]))

    one.refresh_from_db()
    assert in_bucket() == [f"dagitim/{one.file.name}"]
    assert (
        content_of(client.get(reverse("attachment_file", args=[draft.public_id, one.pk]))) == b"%PDF-1.7 yeni"
    )


@pytest.mark.django_db
def test_a_file_missing_in_the_store_is_not_found(
    in_bucket: Callable[[], list[str]], signed_in: Callable[[User], Client]
) -> None:
    unit = AgencyFactory()
    draft = draft_to(AgencyFactory(), issuer=unit)
    client = signed_in(sender_of(unit))
    client.post(
        reverse("attach", args=[draft.public_id]), {"files": SimpleUploadedFile("Ek.pdf", b"%PDF-1.7")}
    )
    one = draft.attachments.get()
    default_storage.delete(one.file.name)

    assert client.get(reverse("attachment_file", args=[draft.public_id, one.pk])).status_code == 404


@pytest.mark.django_db
def test_a_worker_reads_an_import_that_a_web_process_stored(in_bucket: Callable[[], list[str]]) -> None:
    begun = checked(as_xlsx(("yeni", "Yeni Birim", "ministry")), "dizin.xlsx")

    assert in_bucket() == [f"dagitim/{begun.file.name}"]
    assert counts(begun) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "url", ["file:///srv", "s3:///folder", "s3://bucket?acl=public-read", "https://store.example/bucket"]
)
def test_an_address_that_names_no_bucket_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("STORAGE_URL", url)

    with pytest.raises(env.ConfigurationError, match="STORAGE_URL"):
        env.storage("STORAGE_URL")


def test_without_an_address_files_are_stored_locally(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORAGE_URL", raising=False)

    assert env.storage("STORAGE_URL") == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
