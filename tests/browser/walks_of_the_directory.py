"""Walks through the forms of the directory and of the account."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, AgencyWording, DeclaredLeave, Deputyship, GroupWording, User
from agencies.models.maintenance import DirectoryImport, ImportState
from agencies.services.contact_details.propose_address import propose_address
from agencies.services.contact_details.undeliverable import remember_undeliverable
from agencies.services.deputies import enter_deputyship
from agencies.services.leave import declare_leave
from agencies.views.acting import SESSION_KEY
from tests.agencies.importing import as_csv, checked
from tests.browser.walk import Walk, World, to
from tests.factories import AgencyFactory, AgencyGroupFactory, recipient_of

NEW_UNIT = as_csv(("yeni-kurum", "Yeni Sınama Kurumu", "ministry"))


def act_for(world: World) -> Walk:
    def acting() -> int:
        sessions = [each.get_decoded() for each in Session.objects.all()]
        return sum(each.get(SESSION_KEY) == world.office.pk for each in sessions)

    return Walk(to("directory"), acting, form=to("act_for"), button=f'[value="{world.office.pk}"]')


def new_deputy(world: World) -> Walk:
    deputy = recipient_of(world.office)
    query = f"?absent={world.person.pk}&unit={world.office.pk}&deputy={deputy.pk}"
    return Walk(
        to("new_deputy") + query,
        Deputyship.objects.count,
        {"reason": "Yıllık izin"},
        form=to("new_deputy"),
    )


def end_deputy(world: World) -> Walk:
    today = timezone.localdate()
    rule = enter_deputyship(
        agency=world.office,
        absent=world.person,
        deputy=recipient_of(world.office),
        first_day=today,
        last_day=today + timedelta(days=3),
        reason="Yıllık izin",
        by=world.person,
        at=timezone.now(),
    )
    ended = Deputyship.objects.exclude(ended_at=None)
    return Walk(to("deputies"), ended.count, form=to("end_deputy", rule))


def _unreached(world: World) -> Callable[[], int]:
    with transaction.atomic():
        remember_undeliverable(
            channel="email", address=world.other.email, answer="550 gone", at=timezone.now()
        )
    return lambda: int(not Agency.objects.with_undeliverable_address().exists())


def use_addresses_again(world: World) -> Walk:
    return Walk(to("use_addresses_again"), _unreached(world))


def use_address_again(world: World) -> Walk:
    return Walk(to("undeliverable_addresses"), _unreached(world), form=to("use_address_again", world.other))


def use_person_address_again(world: World) -> Walk:
    person = recipient_of(world.other)
    kept = {"address": person.email, "since": timezone.now().isoformat(), "answer": "550 5.1.1"}
    User.objects.filter(pk=person.pk).update(undeliverable=kept)
    return Walk(
        to("undeliverable_addresses"),
        lambda: User.objects.filter(pk=person.pk, undeliverable={}).count(),
        form=to("use_person_address_again", person),
    )


def take_back_group_wording(world: World) -> Walk:
    group = AgencyGroupFactory()
    wording = GroupWording.objects.create(group=group, text="Bütün yerlere", added_by=world.person)
    done = lambda: 1 - GroupWording.objects.count()  # noqa: E731
    return Walk(to("group", group), done, form=to("take_back_group_wording", wording))


def take_back_agency_wording(world: World) -> Walk:
    wording = AgencyWording.objects.create(agency=world.other, text="Bartın makamına", added_by=world.person)
    done = lambda: 1 - AgencyWording.objects.count()  # noqa: E731
    return Walk(to("agency", world.other), done, form=to("take_back_agency_wording", wording))


def directory_imports(world: World) -> Walk:
    file = world.folder / "rehber.csv"
    file.write_bytes(NEW_UNIT)
    return Walk(to("directory_imports"), DirectoryImport.objects.count, files={"file": file})


def directory_import_confirm(world: World) -> Walk:
    found = checked(NEW_UNIT, by=world.person)
    confirmed = DirectoryImport.objects.exclude(confirmed_by=None)
    return Walk(to("directory_import", found), confirmed.count, form=to("directory_import_confirm", found))


def directory_import_discard(world: World) -> Walk:
    found = checked(NEW_UNIT, by=world.person)
    discarded = DirectoryImport.objects.filter(state=ImportState.DISCARDED)
    return Walk(to("directory_import", found), discarded.count, form=to("directory_import_discard", found))


def agency_contact(world: World) -> Walk:
    done = Agency.objects.filter(phone="0312 000 00 01").count
    return Walk(to("agency_contact", world.other), done, {"phone": "0312 000 00 01"})


def agency_rename(world: World) -> Walk:
    done = Agency.objects.filter(name="Bartın Yeni Valiliği").count
    return Walk(to("agency_rename", world.other), done, {"name": "Bartın Yeni Valiliği"})


def agency_reopen(world: World) -> Walk:
    closed = AgencyFactory(active_to=timezone.localdate() - timedelta(days=2))
    return Walk(to("agency_reopen", closed), Agency.objects.filter(pk=closed.pk, active_to=None).count)


def _closed(world: World) -> Callable[[], int]:
    return Agency.objects.filter(pk=world.other.pk).exclude(active_to=None).count


def agency_close(world: World) -> Walk:
    return Walk(to("agency_close", world.other), _closed(world))


def agency_merge(world: World) -> Walk:
    page = f"{to('agency_merge', world.other)}?successor={world.office.pk}"
    return Walk(page, _closed(world), form=to("agency_merge", world.other))


def leaves(world: World) -> Walk:
    day = timezone.localdate() + timedelta(days=40)
    return Walk(
        to("leaves"),
        DeclaredLeave.objects.count,
        {"first_day": f"{day}", "reason": "Yoğun kar yağışı"},
        form=to("leaves"),
    )


def take_back_leave(world: World) -> Walk:
    day = timezone.localdate() + timedelta(days=40)
    leave = declare_leave(
        first_day=day,
        last_day=day,
        afternoon_only=False,
        province=None,
        reason="Yoğun kar yağışı",
        by=world.person,
        at=timezone.now(),
    )
    taken_back = DeclaredLeave.objects.exclude(removed_at=None)
    return Walk(to("leaves"), taken_back.count, form=to("take_back_leave", leave))


def decide_address(world: World) -> Walk:
    Agency.objects.filter(pk=world.office.pk).update(email="")
    proposal = propose_address(
        unit=world.office,
        channel="email",
        address="ardahan@kurum.example",
        letter=world.draft().pk,
        issuer=world.home,
        by=world.person,
        at=timezone.now(),
    )
    approved = Agency.objects.filter(email="ardahan@kurum.example")
    return Walk(to("decide_address", proposal), approved.count, button="button[value=approve]")


WALKS = [
    act_for,
    new_deputy,
    end_deputy,
    use_addresses_again,
    use_address_again,
    use_person_address_again,
    take_back_group_wording,
    take_back_agency_wording,
    directory_imports,
    directory_import_confirm,
    directory_import_discard,
    agency_contact,
    agency_rename,
    agency_reopen,
    agency_close,
    agency_merge,
    leaves,
    take_back_leave,
    decide_address,
]
