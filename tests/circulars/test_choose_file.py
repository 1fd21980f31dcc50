"""The letter file of a draft: the one that a correction goes with, and where page and file disagree."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Agency, User
from circulars.files.limited import reading
from circulars.files.page_and_file import check_file
from circulars.models import Circular, FileChoice, Urgency
from circulars.reading import read_letter
from circulars.services.choose_file import choose_new_file, keep_earlier_file
from circulars.services.correct import file_content
from circulars.services.draft import discard
from circulars.services.record import SourceFile, record
from distribution.models import Delivery
from distribution.services.sending.dispatch import NotReady, dispatch
from tests.circulars import limited_tasks
from tests.circulars.signed_letters import NUMBER, signed_letter
from tests.circulars.test_record import PNG, a_pdf_without_text
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.follow_up.correcting import begin, send, url
from tests.factories import AgencyFactory, manager_of, recipient_of, sender_of, settle_doubts

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=ZoneInfo("Europe/Istanbul"))
Committed = Callable[..., object]


@pytest.fixture
def ministries(db: None) -> list[Agency]:
    return [AgencyFactory(name="Şeker Bakanlığı"), AgencyFactory(name="İplik Bakanlığı")]


@pytest.fixture
def sent(unit: Agency, ministries: list[Agency]) -> Circular:
    """A letter of the unit that was recorded from its signed file and sent."""
    draft = recorded(unit)
    return dispatch(circular=draft, by=draft.recorded_by, at=NOON).circular


def recorded(unit: Agency, content: bytes | None = None, name: str = "yazi.txt") -> Circular:
    content = content or signed_letter()
    draft = record(
        letter=read_letter(content, name),
        issuer=unit,
        by=sender_of(unit),
        at=NOON,
        source=SourceFile(name, content),
    )
    return settle_doubts(draft)


def a_file(content: bytes, name: str = "duzeltme.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def replace_file(draft: Circular, content: bytes, name: str = "duzeltme.txt") -> Circular:
    letter = read_letter(content, name)
    return choose_new_file(circular=draft, letter=letter, source=SourceFile(name, content))


def differences(draft: Circular) -> list[str]:
    check = check_file(Circular.objects.get(pk=draft.pk), draft.lines.all())
    assert check is not None
    return check.differences


def text_of(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def test_a_correction_leaves_only_after_somebody_said_which_file_goes(sent: Circular, writer: Client) -> None:
    draft = begin(sent)
    writer.post(url("touched", draft), {"note": "Süre düzeltildi", "scope": "all"})

    page = writer.get(url("dispatch", draft))
    assert url("choose_file", draft) in text_of(page)
    assert "Nobody has said which file goes" in text_of(page)
    assert "content_digest" not in text_of(page)
    with pytest.raises(NotReady):
        dispatch(circular=draft, by=draft.recorded_by, at=NOON)
    assert Delivery.objects.filter(circular=draft).count() == 0

    empty = writer.post(url("choose_file", draft), {})
    assert "Say which file goes: choose the new one" in text_of(empty)
    response = writer.post(url("choose_file", draft), {"choice": "unchanged"}, follow=True)
    assert "It goes unchanged" in text_of(response)
    digest = writer.get(url("dispatch", draft)).context["content_digest"]
    writer.post(url("dispatch", draft), {"content_digest": digest})

    draft.refresh_from_db()
    assert (draft.is_draft, draft.file_choice) == (False, FileChoice.UNCHANGED)
    assert draft.source_sha256 == sent.source_sha256
    assert file_content(draft.source_file) == file_content(sent.source_file)
    assert findings() == []
    Circular.objects.filter(pk=draft.pk).update(source_sha256="a" * 64)
    assert {"file-not-unchanged", "letter-unlike-fingerprint"} == {each.what for each in findings()}


def test_every_disagreement_of_page_and_file_is_named_with_both_values_above_the_send_button(
    sent: Circular, writer: Client
) -> None:
    draft = begin(sent)
    keep_earlier_file(circular=draft)
    draft.refresh_from_db()
    draft.due_at = datetime(2026, 12, 22, 23, 59, tzinfo=ZoneInfo("Europe/Istanbul"))
    draft.change_note = "Süre düzeltildi"
    draft.save()
    due = "Due: the page says 22.12.2026 23:59, the file says 18.12.2026."

    page = text_of(writer.get(url("dispatch", draft)))
    assert due in page and page.index(due) < page.index("preflight-send")
    assert due in text_of(writer.get(url("review", draft)))
    assert due in text_of(writer.get(url("choose_file", draft)))

    wrong = signed_letter(
        number="E-12345678-010.06.02-8",
        day="03.11.2026",
        due="22.12.2026",
        subject="Başka Bir Konu",
        action=("Şeker Bakanlığına", "Tuz Bakanlığına"),
    )
    response = writer.post(url("choose_file", draft), {"choice": "new", "file": a_file(wrong)}, follow=True)
    shown = text_of(response)
    for words in (
        f"Number: the page says {NUMBER}, the file says E-12345678-010.06.02-8.",
        "Date: the page says 02.11.2026, the file says 03.11.2026.",
        "Subject: the page says “Şehir İçi Ulaşımda Yeni Düzenleme”, the file says “Başka Bir Konu”.",
        "For action (Gereği): on the page, not in the file: İplik Bakanlığına.",
        "For action (Gereği): in the file, not on the page: Tuz Bakanlığına.",
    ):
        assert words in shown
    assert "Due: the page" not in shown

    right = signed_letter(due="22.12.2026")
    response = writer.post(url("choose_file", draft), {"file": a_file(right)}, follow=True)
    assert "What was read from the file agrees with the page." in text_of(response)
    draft.refresh_from_db()
    assert (draft.file_choice, draft.source_name) == (FileChoice.NEW, "duzeltme.txt")
    assert draft.subject == sent.subject
    revision = send(draft, *draft.touched.all())
    assert file_content(revision.source_file) == right
    assert revision.content_sha256 != sent.content_sha256


def test_each_revision_keeps_its_own_file_and_a_replaced_one_is_deleted(
    sent: Circular, django_capture_on_commit_callbacks: Committed
) -> None:
    second = begin(sent)
    copied = second.source_file.name
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        second = replace_file(second, signed_letter(due="22.12.2026"))
    assert not default_storage.exists(copied)
    assert file_content(sent.source_file) == signed_letter()
    two = send(second, *second.touched.all())

    third = begin(two)
    assert (third.file_choice, third.lacks_file_choice) == ("", True)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        uploaded = replace_file(third, signed_letter(due="23.12.2026")).source_file.name
        third = keep_earlier_file(circular=third)
    assert not default_storage.exists(uploaded)
    assert file_content(third.source_file) == file_content(two.source_file) == signed_letter(due="22.12.2026")
    assert (third.file_choice, third.source_sha256) == (FileChoice.UNCHANGED, two.source_sha256)
    assert differences(third) == ["Süre sonu: sayfada 18.12.2026 23:59, dosyada 22.12.2026."]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        discard(circular=third)
    assert not default_storage.exists(third.source_file.name)
    assert default_storage.exists(two.source_file.name)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (PNG, "yazi.pdf", "Save the scan as PDF and upload that."),
        (b"", "yazi.pdf", "is empty. Choose the right file."),
        (b"MZ" * 99, "yazi.exe", "Programs aren't sent."),
        ("GİZLİ\n".encode() + signed_letter(), "yazi.txt", "Such letters may not be held here"),
        (signed_letter(), "yazi.txt", "This is the file of the earlier revision."),
        (signed_letter(number="E-12345678-010.06.02-9"), "yazi.txt", "This letter is already recorded."),
    ],
    ids=["picture", "empty", "program", "secret", "unchanged", "another letter"],
)
def test_a_file_that_is_not_the_revisions_is_refused_and_changes_nothing(
    sent: Circular, unit: Agency, writer: Client, content: bytes, name: str, words: str
) -> None:
    recorded(unit, signed_letter(number="E-12345678-010.06.02-9"))
    draft = begin(sent)

    page = text_of(writer.post(url("choose_file", draft), {"choice": "new", "file": a_file(content, name)}))

    assert words in page.replace("&#x27;", "'")
    assert "below" not in page
    after = Circular.objects.get(pk=draft.pk)
    assert (after.file_choice, after.source_file.name) == ("", draft.source_file.name)
    assert after.draft_version == draft.draft_version


def test_what_could_not_be_read_is_said_and_never_shown_as_agreeing(sent: Circular, writer: Client) -> None:
    draft = begin(sent)
    unknown = "It isn't known what the letter's file says"
    agrees = "agrees with the page"

    scan = a_file(a_pdf_without_text(), "tarama.pdf")
    shown = text_of(writer.post(url("choose_file", draft), {"file": scan}, follow=True))
    assert "a scan without a text layer" in shown
    assert unknown in shown and agrees not in shown

    plain = signed_letter().decode().replace("en geç 18.12.2026 tarihine kadar", "zamanında").encode()
    shown = text_of(writer.post(url("choose_file", draft), {"file": a_file(plain)}, follow=True))
    assert "not compared: Due" in shown and agrees not in shown

    Circular.objects.filter(pk=draft.pk).update(reading={})
    shown = text_of(writer.get(url("dispatch", draft)))
    assert unknown in shown and agrees not in shown
    keep_earlier_file(circular=draft)
    assert agrees in text_of(writer.get(url("review", draft)))


def test_the_file_of_a_letter_recorded_without_its_content_is_read_when_it_is_kept(sent: Circular) -> None:
    Circular.objects.filter(pk=sent.pk).update(reading={})
    draft = begin(Circular.objects.get(pk=sent.pk))

    keep_earlier_file(circular=draft)

    assert differences(draft) == []
    assert Circular.objects.get(pk=draft.pk).reading["printed"]["number"] == NUMBER
    assert Circular.objects.get(pk=sent.pk).reading == {}


def test_a_first_letter_edited_after_its_file_was_read_is_warned_about_as_well(
    unit: Agency, ministries: list[Agency], writer: Client
) -> None:
    draft = recorded(unit)
    assert "agrees with the page" in text_of(writer.get(url("review", draft)))
    draft.subject = "Şehir İçi Ulaşım"
    draft.due_at, draft.urgency, draft.due_working_days = None, Urgency.NORMAL, 5
    draft.save()

    page = text_of(writer.get(url("dispatch", draft)))

    assert "Subject: the page says “Şehir İçi Ulaşım”, the file says" in page
    assert "Due: the page says 5 working days, the file says 18.12.2026." in page
    assert "preflight-send" in page
    writer.post(url("choose_file", draft), {"file": a_file(signed_letter(subject="Şehir İçi Ulaşım"))})
    draft.refresh_from_db()
    assert (draft.file_choice, draft.source_name) == ("", "duzeltme.txt")
    assert not any("Konu" in each for each in differences(draft))


@pytest.mark.parametrize(
    ("page", "file", "disagrees"),
    [
        ({"number": "E-12345678-010.06.02–7"}, {}, False),
        ({"subject": "ŞEHİR İÇİ ULAŞIMDA YENİ DÜZENLEME."}, {}, False),
        ({"due_at": datetime(2026, 12, 18, 17, 0, tzinfo=ZoneInfo("Europe/Istanbul"))}, {}, True),
        (
            {"due_at": datetime(2026, 12, 18, 17, 0, tzinfo=ZoneInfo("Europe/Istanbul"))},
            {"due": "18.12.2026 tarihi saat 17.00'ye"},
            False,
        ),
        ({"date": None}, {}, True),
    ],
)
def test_only_what_a_reader_would_call_another_value_disagrees(
    unit: Agency, page: dict[str, object], file: dict[str, str], disagrees: bool
) -> None:
    content = signed_letter()
    if file:
        content = content.decode().replace("18.12.2026 tarihine", file["due"]).encode()
    draft = recorded(unit, content)
    for name, value in page.items():
        setattr(draft, name, value)
    draft.save()

    assert bool(differences(draft)) is disagrees


def test_a_form_opened_before_the_file_was_chosen_is_not_saved_over_it_unasked(
    sent: Circular, writer: Client
) -> None:
    draft = begin(sent)
    form = writer.get(url("review", draft)).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None} | {
        "subject": "Yeni Konu"
    }
    new = signed_letter(due="22.12.2026")
    replaced = replace_file(draft, new)

    page = writer.post(url("review", draft), typed)

    assert "Somebody saved this draft after you opened it" in text_of(page)
    assert "Yeni Konu" in text_of(page)
    again = typed | {"version_read": replaced.draft_version, "next": "choose_file"}
    assert writer.post(url("review", draft), again)["Location"] == url("choose_file", draft)
    draft.refresh_from_db()
    assert (draft.subject, draft.file_choice) == ("Yeni Konu", FileChoice.NEW)
    assert file_content(draft.source_file) == new


def test_the_same_choice_sent_twice_is_made_once(sent: Circular, writer: Client) -> None:
    draft = begin(sent)
    for _time in range(2):
        writer.post(url("choose_file", draft), {"file": a_file(signed_letter(due="22.12.2026"))})
        assert file_content(Circular.objects.get(pk=draft.pk).source_file) == signed_letter(due="22.12.2026")
    both = writer.post(
        url("choose_file", draft), {"choice": "unchanged", "file": a_file(signed_letter(due="23.12.2026"))}
    )
    assert "A file was chosen too." in text_of(both)
    for _time in range(2):
        writer.post(url("choose_file", draft), {"choice": "unchanged"})
        assert file_content(Circular.objects.get(pk=draft.pk).source_file) == signed_letter()


@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
def test_a_stranger_chooses_nothing(sent: Circular, signed_in: SignIn, role_of: Callable[..., User]) -> None:
    draft = begin(sent)
    client = signed_in(role_of(AgencyFactory()))

    assert client.get(url("choose_file", draft)).status_code == 404
    assert client.post(url("choose_file", draft), {"choice": "unchanged"}).status_code == 404
    assert Circular.objects.get(pk=draft.pk).file_choice == ""


def test_reading_the_page_chooses_nothing_and_a_sent_letter_keeps_its_file(
    sent: Circular, writer: Client
) -> None:
    draft = begin(sent)
    writer.get(url("choose_file", draft))
    assert Circular.objects.get(pk=draft.pk).file_choice == ""

    posted = writer.post(
        url("choose_file", sent), {"file": a_file(signed_letter(due="22.12.2026"))}, follow=True
    )
    assert posted.redirect_chain[-1][0] == url("letter", sent)
    assert file_content(Circular.objects.get(pk=sent.pk).source_file) == signed_letter()


@pytest.mark.parametrize(
    ("on_page", "mark", "difference"),
    [
        (Urgency.TIMED, "GÜNLÜDÜR", ""),
        (Urgency.TIMED, "GÜNLÜ", ""),
        (Urgency.TIMED, "ACELE", "Urgency: the page says GÜNLÜDÜR, the file says ACELE."),
        (Urgency.URGENT, "GÜNLÜDÜR", "Urgency: the page says ACELE, the file says GÜNLÜDÜR."),
        (Urgency.NORMAL, "ACELE", "Urgency: the page says —, the file says ACELE."),
        (Urgency.NORMAL, "İVEDİ", "Urgency: the page says —, the file says İVEDİ."),
        (Urgency.URGENT, "İVEDİ", ""),
        (Urgency.NORMAL, "", ""),
        (Urgency.URGENT, "", "Not found in the letter's file, so not compared: Urgency."),
    ],
)
def test_the_urgency_of_page_and_file_is_compared(
    unit: Agency, ministries: list[Agency], writer: Client, on_page: Urgency, mark: str, difference: str
) -> None:
    draft = recorded(unit, signed_letter(mark=mark))
    draft.urgency = on_page
    if on_page == Urgency.URGENT:
        draft.due_at = draft.due_working_days = None
    draft.save()
    shown = text_of(writer.get(url("dispatch", draft))).replace("&#x27;", "'")

    assert ("Urgency: the page" in shown) == difference.startswith("Urgency")
    assert ("not compared: Urgency" in shown) == difference.startswith("Not found")
    assert difference in shown


def test_the_urgency_is_not_said_to_agree_if_an_earlier_release_read_the_file(
    unit: Agency, ministries: list[Agency]
) -> None:
    draft = recorded(unit)
    reading = draft.reading
    del reading["printed"]["urgency"], reading["printed"]["forbidden_urgency"]
    Circular.objects.filter(pk=draft.pk).update(reading=reading)

    check = check_file(Circular.objects.get(pk=draft.pk), draft.lines.all())

    assert check is not None
    assert (check.differences, check.not_found) == ([], ["İvedilik"])


def test_a_file_that_takes_long_to_read_is_kept_as_unread(
    sent: Circular, monkeypatch: pytest.MonkeyPatch
) -> None:
    del sent.reading["printed"]
    sent.save()
    draft = begin(sent)
    monkeypatch.setattr(reading, "SECONDS_WHILE_WAITING", 1)
    monkeypatch.setattr(reading.work, "read_source", limited_tasks.read_slowly)
    keep_earlier_file(circular=draft)
    kept = Circular.objects.get(pk=draft.pk)
    assert kept.file_choice == FileChoice.UNCHANGED and kept.reading["printed"] is None
