"""Every kind of page in a real browser: nothing overflows at 360 px, axe finds nothing, nothing breaks the policy."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Page

from agencies.models import Agency, Role, User
from circulars.models import Purpose, Urgency
from distribution.feedback.kep_evidence import import_evidence
from distribution.feedback.returned_mail import read_returned_mail
from distribution.links import link_token, read_link
from distribution.models import (
    AnsweringAct,
    AnsweringTime,
    AnsweringTimeRun,
    CallOutcome,
    Disposition,
    Duty,
    FileFormat,
    LearnedLateness,
    Notice,
    PreparedFileKind,
    ReturnGround,
)
from distribution.models.lateness import Lateness, Method
from distribution.services.by_link.link_codes import request_code
from distribution.services.follow_up.correct import begin_correction
from distribution.services.follow_up.note_call import Outcome, note_call
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.prepare_file import request_file
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.assign import assign
from distribution.services.receiving.correct_contact import correct_contact
from distribution.services.receiving.extension import ask_extension
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.return_letter import return_letter
from tests.distribution import kep, reports
from tests.factories import dispatched_to, draft_to

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (1280, 360)


@pytest.fixture
def pages(people: Callable[..., User]) -> list[str]:
    """The addresses of every kind of page, with a person in every role and long Turkish names."""
    person = people("kisi", "calisma-uluslararasi-isgucu", Role.SENDER, Role.MANAGER)
    people("kisi", "cevre-sehircilik-03", Role.RECIPIENT)
    other = people("vekil", "cevre-sehircilik-03", Role.RECIPIENT)
    issuer = Agency.objects.get(code="calisma-uluslararasi-isgucu")
    recipients = list(Agency.objects.filter(code__startswith="cevre-sehircilik"))
    sent = dispatched_to(
        *recipients, issuer=issuer, urgency=Urgency.URGENT, at=timezone.now(), recorded_by=person
    )
    draft = draft_to(*recipients[:3], issuer=issuer, recorded_by=person)
    mine = sent.deliveries.get(agency__code="cevre-sehircilik-03")
    pass_on(
        delivery=mine.public_id,
        recipients=[(unit, Purpose.ACTION) for unit in Agency.objects.related_to(mine.agency)[:5]],
        note="Cuma gününe kadar bildiriniz.",
        due_at=None,
        by=person,
        at=timezone.now(),
    )
    proof = kep.answer({"delilId": "1"}, recipient="cok.uzun.adresli.bir.mudurluk@hs01.kep.example")
    (evidence,) = import_evidence(files=[("delil.xml", proof)], by=person, at=timezone.now()).unmatched
    told = Notice.objects.get(delivery=mine)
    for raw in (
        reports.person(told.address, told.message_id),
        reports.dsn(told.message_id, told.address, action="bilinmiyor"),
    ):
        read_returned_mail(raw=raw, at=timezone.now())
    letters = [
        dispatched_to(mine.agency, issuer=issuer, recorded_by=person, at=timezone.now(), **fields)
        for fields in (
            {"urgency": Urgency.TIMED, "due_at": timezone.now() + timedelta(days=3)},
            {},
            {"subject": "Taşra Teşkilatının Yeniden Yapılandırılmasına İlişkin Usul ve Esaslar " * 3},
            {},
        )
    ]
    timed, _answered, _given_back, withdrawn = letters
    asking, answered, given_back, taken_back = (letter.deliveries.get() for letter in letters)
    acknowledge(delivery=asking.public_id, by=person, at=timezone.now())
    request = ask_extension(
        delivery=asking.public_id,
        by=person,
        at=timezone.now(),
        wanted=timezone.now() + timedelta(days=9),
        reason="Ölçümler sürüyor.",
    )
    complete(
        delivery=answered.public_id,
        by=person,
        at=timezone.now(),
        disposition=Disposition.NOT_APPLICABLE,
        note="İlimizde böyle bir tesis bulunmamaktadır.",
        documents=[SimpleUploadedFile("açıklama.pdf", b"%PDF-1.7 ek")],
    )
    return_letter(
        delivery=given_back.public_id,
        by=person,
        at=timezone.now(),
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Muhatabı İl Sağlık Müdürlüğüdür.",
    )
    withdraw(circular=withdrawn, reason="Yanlış liste", by=person, at=timezone.now())
    prepared = request_file(
        kind=PreparedFileKind.STATUS_REPORT,
        file_format=FileFormat.PDF,
        circular=sent,
        by=person,
        language="tr",
        at=timezone.now(),
    )
    assign(
        deliveries=[mine.public_id],
        agency=mine.agency,
        person=other,
        note="Cuma gününe kadar bakılsın.",
        by=person,
        at=timezone.now(),
    )
    called = recipients[0]
    Agency.objects.filter(pk=called.pk).update(phone="0322 111 22 33")
    note_call(
        agency=called,
        unit=issuer,
        deliveries=[sent.deliveries.get(agency=called).public_id],
        outcome=Outcome(
            outcome=CallOutcome.WRONG_NUMBER,
            number="0322 111 22 33",
            note="Santral, numaranın Kahramanmaraş’a ait olduğunu söyledi.",
            ring_again_at=timezone.now() + timedelta(days=1),
        ),
        by=person,
        at=timezone.now(),
    )
    dispatched_to(
        *recipients[:3], issuer=issuer, urgency=Urgency.TIMED, recorded_by=person,
        at=timezone.now() - timedelta(days=8), due_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    figures = Lateness(Method.LEARNED, 400, 90, unseen=90, unseen_late=40, slow_last=(20, 9, 15, 1, 7))
    for duty in Duty:
        stored = figures.to_json() | {"weights": {"base": 3.0}, "very_likely": [30, 27]}
        LearnedLateness.objects.create(duty=duty, learned_at=timezone.now(), data=stored)
    person.is_directory_administrator = True
    person.save()
    new = {"email": "cok.uzun.adresli.bir.mudurluk@ornek.example", "phone": "0272 1", "kep_address": ""}
    new["kep_address"] = "cok.uzun.adresli.bir.mudurluk@hs01.kep.example"
    correct_contact(agency=mine.agency, details=new, by=person, at=timezone.now())
    token = link_token(mine, at=timezone.now())
    request_code(link=read_link(token, at=timezone.now()), at=timezone.now())
    give_answering_times(recipients)
    correction = begin_correction(circular=sent, by=person, at=timezone.now())
    return [
        f"/inbox/{mine.agency_id}/",
        f"/inbox/{mine.agency_id}/?show=confirmed",
        f"/deliveries/{mine.public_id}/",
        f"/deliveries/{mine.public_id}/links/",
        f"/link/{token}/",
        f"/link/{token}/return/",
        f"/link/{token}/answer/",
        f"/inbox/{mine.agency_id}/contact/",
        "/directory/contact-corrections/",
        "/directory/undeliverable/",
        "/deputies/",
        "/deputies/new/",
        f"/deputies/new/?absent={person.pk}&unit={issuer.pk}&q=kisi",
        f"/deputies/new/?absent={person.pk}&unit={issuer.pk}&deputy={other.pk}",
        f"/deliveries/{mine.public_id}/pass-on/",
        f"/deliveries/{mine.public_id}/branch/",
        f"/inbox/{mine.agency_id}/passed-on/",
        f"/files/{prepared.public_id}/",
        "/files/",
        "/files/prepare/outstanding/",
        "/letters/",
        "/letters/record/",
        f"/letters/{draft.public_id}/edit/",
        f"/letters/{draft.public_id}/dispatch/",
        f"/letters/{draft.public_id}/delete/",
        f"/letters/{draft.public_id}/reminders/",
        f"/letters/{sent.public_id}/reminders/",
        f"/letters/{sent.public_id}/",
        f"/letters/{sent.public_id}/?show=outstanding",
        f"/letters/{sent.public_id}/recipients/?owes=confirm",
        f"/letters/{sent.public_id}/confirmations/",
        f"/letters/{timed.public_id}/due/",
        f"/deliveries/{asking.public_id}/due/",
        f"/letters/{sent.public_id}/tekit/",
        f"/letters/{sent.public_id}/remind/",
        f"/letters/{sent.public_id}/recipients/{mine.public_id}/",
        f"/letters/{sent.public_id}/withdraw/",
        f"/letters/{sent.public_id}/seen/",
        f"/letters/{sent.public_id}/add-recipient/?q=valilik",
        f"/letters/{timed.public_id}/more-time/",
        f"/letters/{timed.public_id}/",
        f"/letters/{timed.public_id}/recipients/{asking.public_id}/",
        f"/letters/{timed.public_id}/recipients/{asking.public_id}/more-time/",
        f"/letters/{sent.public_id}/recipients/{mine.public_id}/remove/",
        f"/letters/{correction.public_id}/touched/",
        f"/letters/{correction.public_id}/edit/",
        f"/letters/{withdrawn.public_id}/",
        f"/more-time/{request.public_id}/",
        f"/deliveries/{asking.public_id}/",
        f"/deliveries/{answered.public_id}/",
        f"/deliveries/{given_back.public_id}/",
        f"/deliveries/{taken_back.public_id}/",
        f"/inbox/{mine.agency_id}/?show=answer",
        "/returned/",
        f"/returned/evidence/{evidence.pk}/match/",
        f"/directory/{issuer.pk}/contact/",
        "/board/",
        "/board/likely-late/",
        "/board/likely-late/?owes=answer",
        "/board/late/",
        "/board/mails/",
        "/bell/",
        "/bell/returns/",
        "/bell/extensions/",
        "/calls/",
        "/board/month/?month=last-30-days&by=unit",
        "/board/month/?month=x",
        f"/calls/{called.pk}/",
        "/board/answering-times/",
        f"/units/{mine.agency_id}/answering-times/",
        f"/units/{mine.agency_id}/owed/",
        f"/units/{mine.agency_id}/owed/letters/",
        "/outstanding/",
        "/outstanding/letters/",
        "/outstanding/remind/",
        "/directory/",
        "/directory/?q=cevre",
        f"/directory/{mine.agency_id}/",
        "/directory/groups/",
        "/search/",
        "/search/?q=kisi",
        "/search/?q=Afyonkarahisar Çevre",
        f"/search/?q={sent.number}",
        "/search/?q=düzenleme yürürlüğe&in=letters",
        "/accounts/2fa/",
        "/accounts/password/change/",
    ]


def give_answering_times(units: list[Agency]) -> None:
    """Figures of both acts for each unit, as a reckoning of today writes them."""
    today = timezone.localdate()
    run = AnsweringTimeRun.objects.create(
        at=timezone.now(), first_day=today - timedelta(days=365), last_day=today, finished_at=timezone.now()
    )
    AnsweringTime.objects.bulk_create(
        AnsweringTime(
            run=run,
            unit=unit,
            act=act,
            letters=1234,
            waiting=12,
            answered_median=400,
            median=430,
            ninetieth=98_765,
            kind_median=55,
            drawn=420,
        )
        for unit in units
        for act in AnsweringAct
    )


@pytest.mark.parametrize("half", [0, 1])
def test_no_page_overflows_or_breaks_the_rules(
    page: Page, site: str, pages: list[str], sign_in: Callable[[str], None], axe: str, half: int
) -> None:
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    sign_in("kisi")
    for path in pages[half::2]:  # two tests, so that two processes can share the work
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            response = page.goto(site + path)
            assert response is not None and response.status == 200, path
            beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if beyond > 0:
                troubles.append(f"{path} is {beyond} px too wide at {width}")
        page.evaluate(axe)
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        troubles += [
            f"{path}: {violation['id']}: {violation['nodes'][0]['html'][:120]}"
            for violation in found["violations"]
        ]
    assert not troubles


def test_the_language_can_be_switched_and_back(
    page: Page, site: str, pages: list[str], sign_in: Callable[[str], None]
) -> None:
    sign_in("kisi")
    page.goto(site + "/outstanding/")
    assert page.locator("html").get_attribute("lang") == "tr"
    assert page.locator("h1").inner_text() == "Teyit bekleyenler"

    page.locator("button[name=language]").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Outstanding"
    assert page.url == site + "/outstanding/"
