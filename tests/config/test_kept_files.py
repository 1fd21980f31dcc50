"""The files of a form that was refused for another field are kept, checked again, and used once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.fields.files import FieldFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.services.kept_files import FIELD, FOLDER, MOST_FILES
from agencies.tasks import clear_files_of_refused_forms
from circulars.models import Circular
from distribution.models import AnswerDocument, Delivery, Handover, KepEvidence
from tests.conftest import AUTHENTICATION, OWN_SAMPLE, SignIn
from tests.distribution import kep
from tests.factories import AgencyFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
TOO_LONG = "2026/9 " * 20


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Each test has a storage of its own."""
    settings.MEDIA_ROOT = str(tmp_path)
    yield


@pytest.fixture
def letter() -> Delivery:
    return dispatched_to(AgencyFactory(), at=timezone.now() - timedelta(days=1)).deliveries.get()


def pdf(name: str = "cevap yazısı.pdf", content: bytes = b"%PDF-1.7 cevap") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def answer_of(letter: Delivery) -> str:
    return reverse("answer", args=[letter.public_id])


def kept_on(page: str) -> list[str]:
    """The values of the ticks that send the kept files again."""
    return [unescape(each) for each in re.findall(rf'name="{FIELD}"\s+value="([^"]*)" checked', page)]


def content_of(file: FieldFile) -> bytes:
    with file.open() as opened:
        return bytes(opened.read())


def stored() -> list[str]:
    return default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []


def refused_answer(client: Client, letter: Delivery, *files: SimpleUploadedFile) -> str:
    """The page after an answer without a choice, sent with these documents."""
    response = client.post(answer_of(letter), {"note": "Yapıldı", "documents": list(files)})
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_documents_of_a_refused_answer_are_used_when_it_is_sent_again(
    signed_in: SignIn, letter: Delivery
) -> None:
    client = signed_in(recipient_of(letter.agency))
    page = refused_answer(client, letter, pdf(), pdf("ek: bir.pdf", b"ek"))
    kept = kept_on(page)
    assert [each.partition(":")[2].partition(":")[2] for each in kept] == ["cevap yazısı.pdf", "ek: bir.pdf"]
    assert len(stored()) == 2
    assert not AnswerDocument.objects.exists()

    response = client.post(
        answer_of(letter), {"disposition": "done", FIELD: kept, "documents": pdf("üç.pdf", b"3")}
    )

    assert response.status_code == 302
    documents = {each.file_name: content_of(each.file) for each in AnswerDocument.objects.all()}
    assert documents == {"cevap yazısı.pdf": b"%PDF-1.7 cevap", "ek: bir.pdf": b"ek", "üç.pdf": b"3"}
    assert stored() == []
    assert not client.session["kept_files"]


def test_they_stay_kept_through_a_second_refusal_and_one_is_removed_by_its_tick(
    signed_in: SignIn, letter: Delivery
) -> None:
    client = signed_in(recipient_of(letter.agency))
    kept = kept_on(refused_answer(client, letter, pdf(), pdf("ek.pdf", b"ek")))

    response = client.post(answer_of(letter), {FIELD: kept[:1]})

    assert kept_on(response.content.decode()) == kept[:1]
    assert len(stored()) == 1
    client.post(answer_of(letter), {"disposition": "done"})
    assert not AnswerDocument.objects.exists()
    assert stored() == []


def test_nobody_else_can_use_them(signed_in: SignIn, letter: Delivery, client: Client) -> None:
    colleague = Client()
    colleague.force_login(recipient_of(letter.agency), backend=AUTHENTICATION)
    kept = kept_on(refused_answer(signed_in(recipient_of(letter.agency)), letter, pdf()))

    response = colleague.post(answer_of(letter), {"disposition": "done", FIELD: kept})

    assert "“cevap yazısı.pdf” adlı dosya artık saklanmıyor" in response.content.decode()
    assert not AnswerDocument.objects.exists()
    assert len(stored()) == 1
    (name,) = stored()
    for address in (f"/media/{FOLDER}/{name}", f"/{FOLDER}/{name}", f"/static/{FOLDER}/{name}"):
        assert colleague.get(address).status_code == 404


def test_they_serve_only_the_form_that_they_were_sent_with(signed_in: SignIn, letter: Delivery) -> None:
    client = signed_in(recipient_of(letter.agency))
    other = dispatched_to(letter.agency).deliveries.get()
    kept = kept_on(refused_answer(client, letter, pdf()))

    response = client.post(answer_of(other), {"disposition": "done", FIELD: kept})

    assert "artık saklanmıyor" in response.content.decode()
    assert not AnswerDocument.objects.exists()


def test_after_an_hour_they_are_gone_and_the_form_says_so(signed_in: SignIn, letter: Delivery) -> None:
    client = signed_in(recipient_of(letter.agency))
    kept = kept_on(refused_answer(client, letter, pdf()))
    clear_files_of_refused_forms()
    assert len(stored()) == 1

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        response = client.post(answer_of(letter), {"disposition": "done", FIELD: kept})
        assert "artık saklanmıyor" in response.content.decode()
        clear_files_of_refused_forms()

    assert stored() == []
    letter.refresh_from_db()
    assert letter.completed_at is None


def test_no_more_is_kept_than_there_is_room_for(
    signed_in: SignIn, letter: Delivery, settings: Settings
) -> None:
    settings.UPLOAD_LIMIT = 1000
    client = signed_in(recipient_of(letter.agency))

    page = refused_answer(client, letter, *[pdf(f"{number}.pdf", b"x" * 900) for number in range(3)])

    assert len(kept_on(page)) == len(stored()) == 2
    assert "Yeniden seçiniz: 2.pdf" in page

    page = refused_answer(client, letter, *[pdf(f"{number}.pdf", b"x") for number in range(MOST_FILES + 1)])
    assert len(stored()) <= MOST_FILES


def test_a_file_that_is_refused_itself_is_not_kept_and_the_others_are(
    signed_in: SignIn, letter: Delivery
) -> None:
    client = signed_in(recipient_of(letter.agency))

    page = refused_answer(client, letter, pdf("kur.exe"), pdf())

    assert [each.rpartition(":")[2] for each in kept_on(page)] == ["cevap yazısı.pdf"]
    assert "(.exe)" in page


def test_a_kept_file_goes_through_the_checks_again(
    signed_in: SignIn, letter: Delivery, settings: Settings
) -> None:
    client = signed_in(recipient_of(letter.agency))
    kept = kept_on(refused_answer(client, letter, pdf(content=b"x" * 2000)))
    settings.UPLOAD_LIMIT = 1000

    response = client.post(answer_of(letter), {"disposition": "done", FIELD: kept})

    assert "en çok" in response.content.decode()
    assert not AnswerDocument.objects.exists()


def test_the_proof_of_a_handover_is_kept_and_a_new_one_takes_its_place(
    signed_in: SignIn, letter: Delivery
) -> None:
    client = signed_in(sender_of(letter.circular.issuer))
    address = reverse("hand_over", args=[letter.circular.public_id, letter.public_id])
    typed = {"method": "hand", "received_by": "Ayşe KAYA", "handed_on": ""}
    page = client.post(address, {**typed, "proof": pdf("zimmet.pdf", b"bir")}).content.decode()
    kept = kept_on(page)
    proof_input = re.search(r'<input type="file" name="proof"[^>]*>', page)
    assert proof_input is not None
    assert "required" not in proof_input.group()

    today = timezone.localdate().isoformat()
    assert client.post(address, {**typed, "handed_on": today, FIELD: kept}).status_code == 302
    assert content_of(Handover.objects.get().file) == b"bir"
    assert Handover.objects.get().file_name == "zimmet.pdf"

    kept = kept_on(client.post(address, {**typed, "proof": pdf("a.pdf", b"iki")}).content.decode())
    client.post(address, {**typed, "handed_on": today, FIELD: kept, "proof": pdf("yeni.pdf", b"yeni")})
    assert Handover.objects.order_by("-pk")[0].file_name == "yeni.pdf"
    assert stored() == []


@pytest.mark.parametrize("is_classified", [False, True])
def test_a_letter_s_file_is_kept_unless_it_may_not_be_stored(signed_in: SignIn, is_classified: bool) -> None:
    client = signed_in(sender_of(AgencyFactory()))
    content = OWN_SAMPLE.read_bytes()
    if is_classified:
        content = "GİZLİ\n".encode() + content
    upload = SimpleUploadedFile("yazı.txt", content)

    page = client.post(reverse("record"), {"file": upload, "text": "Bu da metni"}).content.decode()

    assert len(kept_on(page)) == len(stored()) == (0 if is_classified else 1)
    assert ("Yeniden seçiniz: yazı.txt" in page) == is_classified
    if not is_classified:
        assert client.post(reverse("record"), {FIELD: kept_on(page)}).status_code == 302
        assert Circular.objects.get().source_name == "yazı.txt"


def test_a_file_that_was_refused_for_what_it_holds_is_not_kept(signed_in: SignIn) -> None:
    client = signed_in(sender_of(AgencyFactory()))

    page = client.post(reverse("record"), {"file": pdf("bozuk.pdf", b"%PDF-1.7")}).content.decode()

    assert kept_on(page) == stored() == []


def test_evidence_beside_a_refused_file_is_kept(signed_in: SignIn) -> None:
    client = signed_in(sender_of(AgencyFactory()))
    evidence = SimpleUploadedFile("delil.xml", kep.answer({"delilId": "1"}))

    page = client.post(
        reverse("import_evidence"), {"evidence": [evidence, pdf("boş.xml", b"")]}
    ).content.decode()
    assert len(kept_on(page)) == 1

    client.post(reverse("import_evidence"), {FIELD: kept_on(page)})
    assert KepEvidence.objects.count() == 1
    assert stored() == []


def test_the_page_of_a_refused_form_sends_the_kept_files_again(signed_in: SignIn, letter: Delivery) -> None:
    client = signed_in(recipient_of(letter.agency))
    kept = kept_on(refused_answer(client, letter, pdf()))

    page = client.get(reverse("unsent_form")).content.decode()

    assert kept_on(page) == kept
    session = client.session
    session["kept_files"] = []
    session.save()
    page = client.get(reverse("unsent_form")).content.decode()
    assert kept_on(page) == []
    assert "Yeniden seçiniz: cevap yazısı.pdf" in page


def test_a_folder_that_is_not_there_yet_needs_no_cleaning() -> None:
    clear_files_of_refused_forms()
    assert not (Path(django_settings.MEDIA_ROOT) / FOLDER).exists()
