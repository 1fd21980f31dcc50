"""The page of returned mail and KEP evidence: import, list, matching by hand, dismissing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from distribution.feedback.kep_evidence import import_evidence
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import (
    AnswerDocument,
    Delivery,
    EventKind,
    KepEvidence,
    Notice,
    NoticeState,
    ReturnedMail,
)
from tests.conftest import SignIn
from tests.distribution import kep, reports
from tests.factories import (
    AgencyFactory,
    claimed,
    dispatched_to,
    left,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kep_account")]
ADDRESS = "birim@hs01.kep.tr"


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


@pytest.fixture
def notice(issuer: Agency) -> Notice:
    dispatched_to(AgencyFactory(name="Ardahan Valiliği", email="", kep_address=ADDRESS), issuer=issuer)
    notice = claimed()
    left(notice)
    return notice


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def unmatched(number: int = 1, by: User | None = None) -> KepEvidence:
    content = kep.answer({"delilId": f"Y-{number}"}, recipient="takma-ad@hs02.kep.tr")
    (kept,) = import_evidence(files=[("y.xml", content)], by=by, at=timezone.now()).unmatched
    return kept


def administrator(issuer: Agency) -> User:
    """A sender who administers the system as well, and so sees what belongs to no letter."""
    person = sender_of(issuer)
    person.is_superuser = True
    person.save()
    return person


def test_an_import_says_what_became_of_each_file(signed_in: SignIn, issuer: Agency, notice: Notice) -> None:
    client = signed_in(sender_of(issuer))
    matched = kep.answer({"delilId": "1"}, message_id=notice.message_id)
    client.post(reverse("import_evidence"), {"evidence": upload("once.xml", matched)})

    response = client.post(
        reverse("import_evidence"),
        {
            "evidence": [
                upload("tekrar.xml", matched),
                upload("okundu.xml", kep.answer({"delilId": "2", "delilTurId": "60"}, recipient=ADDRESS)),
                upload("yabanci.xml", kep.answer({"delilId": "3"}, recipient="baska@hs02.kep.tr")),
                upload("bozuk.xml", b"<not xml"),
            ]
        },
    )

    result = response.context["result"]
    counts = [len(part) for part in (result.matched, result.unmatched, result.repeated, result.unreadable)]
    assert counts == [1, 1, 1, 1]
    page = response.content.decode()
    for name in ("bozuk.xml", "okundu.xml", "yabanci.xml"):
        assert name in page
    assert "Ardahan Valiliği" in page
    assert Delivery.objects.get().reached_at is not None


def test_a_letter_that_one_may_not_see_is_not_named_in_the_result(signed_in: SignIn, notice: Notice) -> None:
    content = kep.answer({"delilId": "1"}, message_id=notice.message_id)

    response = signed_in(sender_of(AgencyFactory())).post(
        reverse("import_evidence"), {"evidence": upload("a.xml", content)}
    )

    assert len(response.context["result"].matched) == 1
    assert "Ardahan Valiliği" not in response.content.decode()


@pytest.mark.parametrize("files", [[], [("bos.xml", b"")]], ids=["no file", "an empty file"])
def test_an_import_of_nothing_is_said_beside_the_field(
    signed_in: SignIn, issuer: Agency, files: list[tuple[str, bytes]]
) -> None:
    response = signed_in(sender_of(issuer)).post(
        reverse("import_evidence"), {"evidence": [upload(*each) for each in files]}
    )

    assert response.context["form"].errors["evidence"]
    assert not KepEvidence.objects.exists()


def test_what_belongs_to_no_notice_is_listed_and_counted(signed_in: SignIn, issuer: Agency) -> None:
    unmatched()
    read_returned_mail(raw=reports.person("biri@kurum.example"), at=timezone.now())
    client = signed_in(administrator(issuer))

    page = client.get(reverse("returned")).content.decode()

    assert "takma-ad@hs02.kep.tr" in page
    assert "biri@kurum.example" in page
    assert client.get(reverse("letters")).context["unsettled"] == 2


def test_what_belongs_to_a_notice_is_shown_at_it_and_not_listed(
    signed_in: SignIn, issuer: Agency, notice: Notice
) -> None:
    delivery = Delivery.objects.get()
    content = kep.answer({"delilId": "D-7"}, message_id=notice.message_id)
    import_evidence(files=[("a.xml", content)], by=None, at=timezone.now())
    read_returned_mail(raw=reports.away(notice.message_id, ADDRESS), at=timezone.now())
    client = signed_in(sender_of(issuer))

    listed = client.get(reverse("returned"))
    page = client.get(reverse("recipient", args=[delivery.circular.public_id, delivery.public_id]))

    assert (listed.context["evidence_count"], listed.context["mail_count"]) == (0, 0)
    assert "D-7" in page.content.decode()
    assert len(page.context["travelled"][0].returned_mails.all()) == 1


def test_a_sender_chooses_the_notice_and_is_led_to_it(
    signed_in: SignIn, issuer: Agency, notice: Notice
) -> None:
    person = sender_of(issuer)
    evidence = unmatched(by=person)
    client = signed_in(person)
    url = reverse("match_evidence", args=[evidence.pk])
    assert "Ardahan Valiliği" in client.get(url).content.decode()
    assert Delivery.objects.get().reached_at is None

    response = client.post(url, {"notice": notice.pk}, follow=True)

    assert response.context["delivery"] == Delivery.objects.get()
    assert response.context["delivery"].reached_at is not None
    assert client.post(url, {"notice": notice.pk}).status_code == 302
    assert Delivery.objects.get().events.count() == 3


@pytest.mark.parametrize("chosen", [{}, {"notice": "x"}])
def test_choosing_nothing_is_said(
    signed_in: SignIn, issuer: Agency, notice: Notice, chosen: dict[str, str]
) -> None:
    person = sender_of(issuer)
    evidence = unmatched(by=person)

    response = signed_in(person).post(reverse("match_evidence", args=[evidence.pk]), chosen)

    assert "alert-danger" in response.content.decode()


def test_a_notice_of_another_unit_is_neither_offered_nor_taken(signed_in: SignIn, notice: Notice) -> None:
    person = sender_of(AgencyFactory())
    evidence = unmatched(by=person)
    client = signed_in(person)
    url = reverse("match_evidence", args=[evidence.pk])

    assert "Ardahan Valiliği" not in client.get(url).content.decode()
    assert client.post(url, {"notice": notice.pk}).status_code == 404
    assert Delivery.objects.get().reached_at is None


def test_settled_evidence_of_others_is_not_shown(signed_in: SignIn, notice: Notice) -> None:
    content = kep.answer({"delilId": "D-7"}, message_id=notice.message_id, recipient=ADDRESS)
    (kept,) = import_evidence(files=[("gizli-ad.xml", content)], by=None, at=timezone.now()).matched
    client = signed_in(sender_of(AgencyFactory()))

    page = client.get(reverse("match_evidence", args=[kept.pk]), follow=True).content.decode()

    assert ADDRESS not in page
    assert "gizli-ad.xml" not in page


def test_dismissed_evidence_leaves_the_list_and_is_kept(signed_in: SignIn, issuer: Agency) -> None:
    evidence = unmatched()
    mail = read_returned_mail(raw=reports.person("biri@kurum.example"), at=timezone.now())
    client = signed_in(administrator(issuer))

    client.post(reverse("dismiss_evidence", args=[evidence.pk]))
    client.post(reverse("settle_mail", args=[mail.pk]), {"settled_as": "nothing"})
    again = client.post(reverse("settle_mail", args=[mail.pk]), {"settled_as": "nothing"}, follow=True)

    assert (again.context["evidence_count"], again.context["mail_count"]) == (0, 0)
    assert (KepEvidence.objects.count(), ReturnedMail.objects.count()) == (1, 1)
    assert "alert-info" in again.content.decode()


@pytest.mark.parametrize("role_of", [manager_of, recipient_of])
def test_the_page_is_hidden_from_people_who_send_for_no_unit(
    signed_in: SignIn, issuer: Agency, role_of: Callable[..., User]
) -> None:
    evidence = unmatched()
    mail = read_returned_mail(raw=reports.person("biri@kurum.example"), at=timezone.now())
    client = signed_in(role_of(issuer))

    assert client.get(reverse("returned")).status_code == 404
    assert client.get(reverse("match_evidence", args=[evidence.pk])).status_code == 404
    for name, values in (
        ("import_evidence", []),
        ("match_evidence", [evidence.pk]),
        ("dismiss_evidence", [evidence.pk]),
        ("settle_mail", [mail.pk]),
    ):
        assert client.post(reverse(name, args=values)).status_code == 404
    evidence.refresh_from_db()
    assert evidence.dismissed_by is None


def test_looking_changes_nothing(signed_in: SignIn, issuer: Agency) -> None:
    evidence = unmatched()
    client = signed_in(sender_of(issuer))

    for name, values in (("import_evidence", []), ("dismiss_evidence", [1]), ("settle_mail", [1])):
        assert client.get(reverse(name, args=values)).status_code == 302
    evidence.refresh_from_db()
    assert evidence.dismissed_by is None


def test_the_evidence_itself_is_handed_to_those_who_see_the_letter(
    signed_in: SignIn, issuer: Agency, notice: Notice
) -> None:
    content = kep.answer({"delilId": "D-7"}, message_id=notice.message_id)
    import_evidence(files=[("a.xml", content)], by=None, at=timezone.now())
    foreign = unmatched()
    delivery = Delivery.objects.get()
    path = [delivery.circular.public_id, delivery.public_id]
    mine = reverse("evidence_file", args=[*path, KepEvidence.objects.get(evidence_id="D-7").pk])
    client = signed_in(sender_of(issuer))

    assert client.get(mine).content == content
    assert client.get(reverse("evidence_file", args=[*path, foreign.pk])).status_code == 404
    assert signed_in(sender_of(AgencyFactory())).get(mine).status_code == 404


def test_the_list_asks_as_many_questions_for_20_as_for_2(signed_in: SignIn, issuer: Agency) -> None:
    client, counts, number = signed_in(administrator(issuer)), [], 0
    for more in (2, 18):
        for _ in range(more):
            number += 1
            unmatched(number)
            mail = reports.person(f"biri{number}@kurum.example")
            read_returned_mail(raw=mail, at=timezone.now() + timedelta(seconds=number))
        client.get(reverse("returned"))
        counts.append(query_count(client.get, reverse("returned")))
    assert counts[0] == counts[1]


def test_a_sender_sees_and_settles_only_what_concerns_own_letters(
    signed_in: SignIn, issuer: Agency, notice: Notice
) -> None:
    own = read_returned_mail(raw=reports.person(ADDRESS, notice.message_id), at=timezone.now())
    nobodys = read_returned_mail(raw=reports.person("biri@kurum.example"), at=timezone.now())
    colleague, stranger = sender_of(issuer), sender_of(AgencyFactory())
    evidence = unmatched(by=colleague)
    numbers = {
        person: [
            signed_in(person).get(reverse("returned")).context[name]
            for name in ("mail_count", "evidence_count")
        ]
        for person in (sender_of(issuer), stranger, administrator(AgencyFactory()))
    }

    assert list(numbers.values()) == [[1, 1], [0, 0], [1, 1]]
    client = signed_in(stranger)
    for mail in (own, nobodys):
        url = reverse("settle_mail", args=[mail.pk])
        assert client.post(url, {"settled_as": "nothing"}).status_code == 404
        assert client.get(reverse("returned_mail_file", args=[mail.pk])).status_code == 404
    assert client.post(reverse("dismiss_evidence", args=[evidence.pk])).status_code == 404
    assert ReturnedMail.objects.unsettled().count() == 2


def test_a_reply_is_read_kept_as_a_document_and_leaves_the_list(
    signed_in: SignIn, issuer: Agency, notice: Notice
) -> None:
    raw = reports.person(ADDRESS, notice.message_id)
    mail = read_returned_mail(raw=raw, at=timezone.now())
    client = signed_in(sender_of(issuer))
    page = client.get(reverse("returned")).content.decode()
    assert "Yazıyı aldık, teşekkür ederiz." in page
    assert "Ardahan Valiliği" in page
    whole = client.get(reverse("returned_mail_file", args=[mail.pk]))
    assert b"".join(whole.streaming_content) == raw  # type: ignore[arg-type]

    url = reverse("settle_mail", args=[mail.pk])
    answers = [client.post(url, {"settled_as": "answer"}, follow=True) for _click in range(2)]

    assert [each.context["mail_count"] for each in answers] == [0, 0]
    document = AnswerDocument.objects.get()
    with document.file.open() as kept:
        assert kept.read() == raw
    delivery = document.delivery
    assert delivery.acknowledged_at is None
    assert delivery.events.filter(kind=EventKind.MAIL_ANSWER).count() == 1
    shown = client.get(reverse("recipient", args=[delivery.circular.public_id, delivery.public_id]))
    assert document.file_name in shown.content.decode()


def test_a_mail_that_nobody_understood_is_marked_as_failed(
    signed_in: SignIn, issuer: Agency, notice: Notice
) -> None:
    Agency.objects.filter(kep_address=ADDRESS).update(channels=["kep", "inbox"])
    mail = read_returned_mail(raw=reports.person(ADDRESS, notice.message_id), at=timezone.now())

    signed_in(sender_of(issuer)).post(reverse("settle_mail", args=[mail.pk]), {"settled_as": "failed"})

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert Delivery.objects.get().events.filter(kind=EventKind.BOUNCED).count() == 1


@pytest.mark.parametrize("chosen", ["", "applied", "x"])
def test_an_unknown_settlement_changes_nothing(
    signed_in: SignIn, issuer: Agency, notice: Notice, chosen: str
) -> None:
    mail = read_returned_mail(raw=reports.person(ADDRESS, notice.message_id), at=timezone.now())

    signed_in(sender_of(issuer)).post(reverse("settle_mail", args=[mail.pk]), {"settled_as": chosen})

    mail.refresh_from_db()
    assert mail.settled_as == ""


@pytest.mark.parametrize(
    ("chosen", "ticked", "said"),
    [
        ("answer", {}, "E-posta, cevap belgeleri arasına kaydedildi."),
        ("failed", {}, "Bildirim, teslim edilemedi olarak kaydedildi."),
        ("failed", {"nobody_there": "on"}, "Bu adrese artık bildirim gönderilmeyecek."),
        ("away", {}, "“Ofis dışında” olarak kaydedildi; bildirim değişmedi."),
        ("nothing", {}, "“İşlem gerekmiyor” olarak kaydedildi; e-posta kayıtlarda kalır."),
    ],
)
def test_it_is_said_what_was_done(
    signed_in: SignIn, issuer: Agency, notice: Notice, chosen: str, ticked: dict[str, str], said: str
) -> None:
    mail = read_returned_mail(raw=reports.person(ADDRESS, notice.message_id), at=timezone.now())
    client = signed_in(sender_of(issuer))
    url = reverse("settle_mail", args=[mail.pk])

    first, second = (client.post(url, {"settled_as": chosen} | ticked, follow=True) for _click in range(2))

    assert said in first.content.decode()
    assert ("artık bildirim gönderilmeyecek" in first.content.decode()) == bool(ticked)
    assert said not in second.content.decode()
    assert "Kayıt bu sırada sonuçlandırıldı." in second.content.decode()


@pytest.mark.parametrize("chosen", ["answer", "away", "nothing"])
def test_a_tick_that_the_pressed_button_would_ignore_is_refused(
    signed_in: SignIn, issuer: Agency, notice: Notice, chosen: str
) -> None:
    mail = read_returned_mail(raw=reports.person(ADDRESS, notice.message_id), at=timezone.now())
    data = {"settled_as": chosen, "nobody_there": "on"}

    shown = signed_in(sender_of(issuer)).post(reverse("settle_mail", args=[mail.pk]), data, follow=True)

    assert "yalnızca “Teslim edilemedi” ile geçerlidir" in shown.content.decode()
    mail.refresh_from_db()
    assert mail.settled_as == ""
