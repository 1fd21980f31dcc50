"""Actions of the demo's recipients and senders, carried out through the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from weasyprint import HTML

from agencies.models import Agency, User
from agencies.services.deputies import enter_deputyship
from agencies.services.leave import declare_leave
from circulars.models import Circular, Purpose
from distribution.demo.people import DEPUTY
from distribution.models import CallOutcome, Delivery, Disposition, Notice, NoticeState, ReturnGround
from distribution.models.deliveries.conditions import answered_by
from distribution.outbox.record import mark_sent, record_sent
from distribution.queries.sending.calls import call_list
from distribution.queries.sending.owed import owed_to
from distribution.services.follow_up.note_call import Outcome, note_call
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.extension import ask_extension
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.read import record_opened
from distribution.services.receiving.return_letter import return_letter

PASSED_ON_TO = ("afet-acil-durum-80", "emniyet-80", "jandarma-80")
"""Units to which the governorship of Osmaniye passes on the letter about winter measures."""

CALLS = (
    (CallOutcome.REACHED, "Yazı şube müdürlüğünde; teyidin bugün verileceği söylendi."),
    (CallOutcome.NOT_REACHED, "Santral cevap vermedi."),
    (CallOutcome.PROMISED, "Sorumlu personel izinden dönüyor, yarın teyit edilecek."),
    (CallOutcome.WRONG_NUMBER, "Numara başka bir kuruma ait."),
    (CallOutcome.REACHED, "Kılavuzun çıktısı alınmış, birimlere dağıtılıyor."),
)
"""What came of the calls of the last two days, and the callers' notes."""


@dataclass(frozen=True)
class Life:
    """Input of the actions: the sample letter, the others by their sender's user name, users, the acting user of each
    unit, and the clock.
    """

    sample: Circular
    letters: Mapping[str, Circular]
    people: Mapping[str, User]
    acting: Mapping[int, User]
    days: "partial[datetime]"

    def delivery(self, sender: str, code: str) -> Delivery:
        return Delivery.objects.select_related("agency").get(circular=self.letters[sender], agency__code=code)

    def person(self, delivery: Delivery) -> User:
        return self.acting[delivery.agency_id]


def live(life: Life) -> None:
    """Carry out one action of each kind: answer with document, extension, return, passing on, withdrawal, calls."""
    _answer(life)
    _ask_for_time(life)
    _return(life)
    _return_sample(life)
    _pass_on(life)
    _withdraw(life)
    _absences(life)
    _ring(life)


def _answer(life: Life) -> None:
    delivery = life.delivery("icisleri.gonderen", "valilik-38")
    at = life.days(days_ago=2, hour=10, minute=20)
    complete(
        delivery=delivery.public_id,
        by=life.person(delivery),
        at=at,
        disposition=Disposition.DONE,
        note="Tuz ve ekip planlaması tamamlandı; ilçe bazında durum ekteki çizelgededir.",
        documents=[_document("kis-hazirlik-cizelgesi.pdf", "Kış Hazırlık Çizelgesi")],
    )
    _let_leave(at)


def _ask_for_time(life: Life) -> None:
    delivery = life.delivery("icisleri.gonderen", "valilik-51")
    at = life.days(days_ago=2, hour=14, minute=5)
    ask_extension(
        delivery=delivery.public_id,
        by=life.person(delivery),
        at=at,
        wanted=life.days(days_ago=-3, hour=17),
        reason="İlçe belediyelerinden iki tanesinin verileri henüz gelmedi.",
    )
    _let_leave(at)


def _return(life: Life) -> None:
    delivery = life.delivery("saglik.gonderen", "valilik-35")
    at = life.days(days_ago=1, hour=11, minute=40)
    return_letter(
        delivery=delivery.public_id,
        by=life.person(delivery),
        at=at,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Depoların envanteri İl Sağlık Müdürlüğünce tutulmaktadır; yazının oraya gönderilmesi uygundur.",
    )
    _let_leave(at)


def _return_sample(life: Life) -> None:
    """One of those that haven't opened the sample letter says that it is not theirs. Its sender has yet to decide."""
    unopened = life.sample.deliveries.select_related("agency").filter(opened_at=None, agency__in=life.acting)
    directorates = unopened.filter(agency__template="Çalışma ve İş Kurumu İl Müdürlüğü")
    delivery = directorates.exclude(notified_at=None).order_by("agency__code")[0]
    at = life.days(days_ago=1, hour=15, minute=25)
    return_letter(
        delivery=delivery.public_id,
        by=life.person(delivery),
        at=at,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="İlimizde çalışma izni başvurusu alınmamaktadır; başvurular bölge müdürlüğünce yürütülmektedir.",
    )
    _let_leave(at)


def _ring(life: Life) -> None:
    """A manager of the ministry rings some of the units at the head of the call list, one day and the day before it."""
    manager, unit = life.people["csgb.yonetici"], Agency.objects.get(code="ministry-calisma")
    at = life.days(days_ago=2, hour=10)
    places = call_list(manager, unit, at).places
    for number, outcome in enumerate(CALLS):
        place = places[2 * number + 1]
        agency = Agency.objects.get(pk=place.unit)
        moment = life.days(days_ago=2 - number % 2, hour=10, minute=7 * number)
        promised = (
            timezone.localdate(life.days(days_ago=-1, hour=9)) if outcome[0] == CallOutcome.PROMISED else None
        )
        again = life.days(days_ago=0, hour=8, minute=30) if outcome[0] == CallOutcome.NOT_REACHED else None
        owed = owed_to(manager, unit, at=moment).filter(answered_by([agency.pk]), created_at__lt=moment)
        note_call(
            agency=agency,
            unit=unit,
            deliveries=list(owed.values_list("public_id", flat=True)),
            outcome=Outcome(
                outcome=outcome[0],
                number=agency.phone,
                promised_for=promised,
                note=outcome[1],
                ring_again_at=again,
            ),
            by=manager,
            at=moment,
        )


def _pass_on(life: Life) -> None:
    delivery = life.delivery("icisleri.gonderen", "valilik-80")
    at = life.days(days_ago=3, hour=9, minute=30)
    record_opened(delivery=delivery, by=life.person(delivery), at=at - timedelta(minutes=8))
    units = Agency.objects.filter(code__in=PASSED_ON_TO).order_by("protocol_order", "sort_key")
    passed = pass_on(
        delivery=delivery.public_id,
        recipients=[(unit, Purpose.ACTION) for unit in units],
        note="Sorumluluk alanınızdaki hazırlıkların Valiliğimize bildirilmesi rica olunur.",
        due_at=life.days(days_ago=2, hour=17),
        by=life.person(delivery),
        at=at,
        confirm=True,
    )
    _let_leave(at)
    first = passed.children[0]
    confirmed = at + timedelta(hours=2)
    record_opened(delivery=first, by=life.person(first), at=confirmed - timedelta(minutes=4))
    acknowledge(delivery=first.public_id, by=life.person(first), at=confirmed)


def _withdraw(life: Life) -> None:
    at = life.days(days_ago=4, hour=9, minute=50)
    withdraw(
        circular=life.letters["ticaret.gonderen"],
        reason="Yanlış dağıtım listesi: denetim yapılacak iller güncellendi.",
        by=life.people["ticaret.gonderen"],
        at=at,
    )
    _let_leave(at)


def _absences(life: Life) -> None:
    at = life.days(days_ago=5, hour=9)
    today = timezone.localdate(at)
    enter_deputyship(
        agency=Agency.objects.get(code="ministry-adalet"),
        absent=life.people["adalet.evrak"],
        deputy=life.people[DEPUTY],
        first_day=today,
        last_day=today + timedelta(days=21),
        reason="Yıllık izin",
        by=life.people["adalet.evrak"],
        at=at,
    )
    ahead = life.days(days_ago=-15, hour=9)
    declare_leave(
        first_day=timezone.localdate(ahead),
        last_day=timezone.localdate(ahead),
        afternoon_only=False,
        province=None,
        reason="Cumhurbaşkanlığı genelgesiyle idari izin (demo)",
        by=life.people["sistem.yonetici"],
        at=at,
    )


def _let_leave(at: datetime) -> None:
    """Mark the notices as sent a few seconds later, so that no worker mails them."""
    moment = at + timedelta(seconds=6)
    notices = list(Notice.objects.filter(state__in=(NoticeState.WAITING, NoticeState.HELD)))
    for notice in notices:
        mark_sent(notice=notice, at=moment)
    record_sent(notices=notices, at=moment)


def _document(name: str, title: str) -> SimpleUploadedFile:
    html = f'<html lang="tr"><title>{title}</title><h1>{title}</h1><p>İlçe, ekip sayısı, tuz stoku, durum.</p></html>'
    return SimpleUploadedFile(name, HTML(string=html).write_pdf(), "application/pdf")
