"""The people of every party, their units, and one letter in every state that an address asks for."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import Agency, Deputyship, Role, User
from circulars.models import Attachment, Circular, Purpose, Urgency
from config.access.parties import MEMBERS, Apart, DeputyOf, Member, Party, Place
from distribution.models import Delivery, Disposition, ReturnGround
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.services.follow_up.record_on_behalf import record_on_behalf
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.internal_notes import write_note_on_letter, write_note_on_own_copy
from distribution.services.receiving.answer import complete
from distribution.services.receiving.extension import ask_extension
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.return_letter import return_letter
from distribution.services.receiving.take_back_request import ask_take_back
from distribution.services.sending import schedule_dispatch as scheduling
from distribution.services.sending.dispatch import dispatch
from distribution.services.sending.preflight import preflight
from tests.config.test_redis_away import ONE_PAGE
from tests.factories import AgencyFactory, MembershipFactory, UserFactory, draft_to
from tests.use_cases.of_receiving import stamp_of
from tests.use_cases.of_sending import DUE, told
from tests.use_cases.table import NOW, SENT

SUBJECT = "Kuskonmaz Envanteri"
NUMBER = "E-87654321-010.06.02-4711"
BODY = "Menekseler sayilacaktir."
NOTE_OF_SENDER = "Lavanta notu"
NOTE_OF_RECIPIENT = "Begonya notu"
DRAFT = "Zambak Taslagi"
ANSWER = "Papatya cevabi"
CO_RECIPIENT = "Karanfil Dairesi Başkanlığı"


@dataclass
class World:
    """The units by their place, the people by their party, and the letters by what has become of them."""

    units: dict[Place, Agency] = field(default_factory=dict)
    people: dict[Party, User] = field(default_factory=dict)
    letters: dict[str, Circular] = field(default_factory=dict)

    @property
    def issuer(self) -> Agency:
        return self.units[Place.ISSUER]

    @property
    def recipient(self) -> Agency:
        return self.units[Place.RECIPIENT]

    @property
    def sender(self) -> User:
        return self.people[Member(Place.ISSUER, Role.SENDER)]

    @property
    def receiver(self) -> User:
        return self.people[Member(Place.RECIPIENT, Role.RECIPIENT)]

    @property
    def receiver_below(self) -> User:
        return self.people[Member(Place.PASSED_TO, Role.RECIPIENT)]

    def copy(self, name: str, place: Place = Place.RECIPIENT) -> Delivery:
        """The copy of the letter with that name for the unit at this place."""
        return Delivery.objects.get(circular=self.letters[name], agency=self.units[place])


def make_people() -> World:
    """Units and people, without a letter."""
    world = World()
    _add_units(world)
    _add_people(world)
    return world


def add_letters(world: World) -> None:
    """The letters, as of the moment `NOW`."""
    _add_sent(world)
    _add_drafts(world)


def _add_units(world: World) -> None:
    unit = partial(AgencyFactory, phone="0312 555 00 00")
    for above, place, below in (
        (Place.ABOVE_ISSUER, Place.ISSUER, Place.BELOW_ISSUER),
        (Place.ABOVE_RECIPIENT, Place.RECIPIENT, Place.BELOW_RECIPIENT),
    ):
        world.units[above] = unit(name=f"{place.name} Üstü Bakanlığı")
        world.units[place] = unit(name=f"{place.name} Genel Müdürlüğü", parent=world.units[above])
        world.units[below] = unit(name=f"{place.name} Altı Dairesi", parent=world.units[place])
    world.units[Place.PASSED_TO] = unit(name="Havale Edilen Daire", parent=world.recipient)
    world.units[Place.OTHER] = unit(name="Başka Kurum Başkanlığı")


def _add_people(world: World) -> None:
    for member in MEMBERS:
        person = UserFactory(username=f"{member.role}-{member.place.name}".lower())
        MembershipFactory(user=person, agency=world.units[member.place], role=member.role)
        world.people[member] = person
    for absent in (
        Member(Place.ISSUER, Role.SENDER),
        Member(Place.ISSUER, Role.MANAGER),
        Member(Place.RECIPIENT, Role.RECIPIENT),
    ):
        deputy = world.people[DeputyOf(absent)] = UserFactory()
        Deputyship.objects.create(
            agency=world.units[absent.place],
            absent=world.people[absent],
            deputy=deputy,
            active_from=SENT.date(),
            active_to=SENT.date() + timedelta(days=30),
            reason="İzin",
            entered_by=world.people[absent],
            entered_at=SENT,
        )
    Deputyship.objects.create(
        agency=world.issuer,
        absent=world.sender,
        deputy=world.people[Member(Place.ISSUER, Role.MANAGER)],
        active_from=NOW.date() + timedelta(days=60),
        active_to=NOW.date() + timedelta(days=61),
        entered_by=world.sender,
        entered_at=SENT,
    )
    world.people[Apart.WITHOUT_UNIT] = UserFactory()
    world.people[Apart.FORMER] = former = UserFactory()
    for member in MEMBERS:
        MembershipFactory(
            user=former,
            agency=world.units[member.place],
            role=member.role,
            active_to=NOW.date(),
        )
    world.people[Apart.DIRECTORY_ADMINISTRATOR] = UserFactory(is_directory_administrator=True)
    world.people[Apart.ADMINISTRATOR] = UserFactory(is_superuser=True, is_staff=True)
    for person in world.people.values():
        for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
            Authenticator.objects.create(
                user=person, type=kind, data={"secret": "", "seed": "", "used_mask": 0}
            )


def new_draft(world: World, *units: Agency, **fields: object) -> Circular:
    """A draft of the issuing unit with its file of one page and an attachment."""
    values = {"subject": DRAFT, "issuer": world.issuer, "recorded_by": world.sender, "body": BODY}
    draft = draft_to(*units, **{"due_at": DUE, "urgency": Urgency.TIMED, **values, **fields})
    draft.reading = {**draft.reading, "pages": [[100.0, 100.0]]}
    draft.source_name, draft.source_sha256 = "Orkide.pdf", "a" * 64
    draft.source_file.save("orkide.pdf", ContentFile(ONE_PAGE))
    attachment = Attachment(circular=draft, title="Nergis çizelgesi", file_name="Nergis.pdf", size=9)
    attachment.sha256 = "b" * 64
    attachment.file.save("nergis.pdf", ContentFile(b"%PDF-1.7 ek"))
    return draft


def send(world: World, name: str) -> Circular:
    """A letter to the recipient and one other unit, which left yesterday."""
    other = Agency.objects.filter(name=CO_RECIPIENT).first() or AgencyFactory(name=CO_RECIPIENT)
    number = f"{NUMBER}{len(world.letters)}"
    draft = new_draft(world, world.recipient, other, subject=SUBJECT, number=number)
    world.letters[name] = dispatch(circular=draft, by=world.sender, at=SENT).circular
    return world.letters[name]


def pass_down(world: World, name: str) -> Delivery:
    """The copy of the unit to which the recipient passed the letter on."""
    below = [(world.units[Place.PASSED_TO], Purpose.ACTION)]
    mine, by = world.copy(name).public_id, world.receiver
    pass_on(delivery=mine, recipients=below, note="", due_at=None, by=by, at=SENT + timedelta(hours=1))
    return world.copy(name, Place.PASSED_TO)


def _return(delivery: Delivery, by: User) -> None:
    at = SENT + timedelta(hours=2)
    ground = ReturnGround.NOT_ADDRESSEE
    return_letter(delivery=delivery.public_id, by=by, at=at, ground=ground, reason="Bizim değil")


def _ask_for_time(delivery: Delivery, by: User) -> None:
    at, wanted = SENT + timedelta(hours=2), DUE + timedelta(days=5)
    ask_extension(delivery=delivery.public_id, by=by, at=at, wanted=wanted, reason="Veri bekleniyor")


def _answer_and_ask_back(delivery: Delivery, by: User) -> None:
    document = SimpleUploadedFile("Papatya.pdf", b"%PDF-1.7 cevap")
    complete(
        delivery=delivery.public_id, by=by, at=SENT + timedelta(hours=2), disposition=Disposition.DONE,
        note=ANSWER, documents=[document],
    )  # fmt: skip
    stamp, at = stamp_of(delivery), SENT + timedelta(hours=4)
    ask_take_back(delivery=delivery.public_id, stamp=stamp, by=by, at=at, reason="Yanlış")


def _add_sent(world: World) -> None:
    send(world, "plain")
    send(world, "link")
    sent = send(world, "sent")
    below = pass_down(world, "sent")
    sender, receiver = world.sender, world.receiver
    write_note_on_letter(letter=sent.public_id, text=NOTE_OF_SENDER, by=sender, at=SENT)
    mine = world.copy("sent").public_id
    write_note_on_own_copy(delivery=mine, text=NOTE_OF_RECIPIENT, by=receiver, at=SENT)
    said = told(disposition=Disposition.DONE, answer=ANSWER)
    record_on_behalf(delivery=below.public_id, said=said, by=receiver, at=NOW, below=True)
    send(world, "returned")
    _return(world.copy("returned"), receiver)
    send(world, "asked")
    _ask_for_time(world.copy("asked"), receiver)
    send(world, "answered")
    _answer_and_ask_back(world.copy("answered"), receiver)
    for name, act in (
        ("returned below", _return),
        ("asked below", _ask_for_time),
        ("answered below", _answer_and_ask_back),
    ):
        send(world, name)
        act(pass_down(world, name), world.receiver_below)
    send(world, "recorded")
    file = SimpleUploadedFile("not.pdf", b"%PDF-1.7 not")
    said = told(disposition=Disposition.DONE, answer=ANSWER, file=file)
    record_on_behalf(delivery=world.copy("recorded").public_id, said=said, by=sender, at=NOW)
    withdraw(circular=send(world, "withdrawn"), reason="yanlış dosya", by=sender, at=NOW)
    correction = begin_correction(circular=send(world, "corrected"), by=sender, at=NOW)
    units = Agency.objects.filter(pk=world.recipient.pk)
    choose_touched(correction=correction, note="Tarih düzeltildi.", agencies=units)
    world.letters["correction"] = correction


def _add_drafts(world: World) -> None:
    without_address = AgencyFactory(name="Adressiz Şube", email="")
    world.letters["draft"] = new_draft(
        world, world.recipient, without_address, number="E-1-1", date=date(2026, 3, 2)
    )
    scheduled = Circular.objects.get(pk=new_draft(world, world.recipient, number="E-1-2").pk)
    digest = preflight(circular=scheduled, at=NOW).content_digest(scheduled)
    scheduling.schedule_dispatch(
        circular=scheduled, leaves_at=NOW + timedelta(days=1), content_digest=digest, by=world.sender, at=NOW
    )
    world.letters["scheduled"] = scheduled
