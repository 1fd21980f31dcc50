"""Every address, asked by every party with GET and POST, does what the table of access says, and tells no more."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from agencies.models import Membership, Role
from config import urls
from config.access.addresses import ADDRESSES, ADMIN_SITE
from config.access.document import PATH, document
from config.access.parties import PARTIES, Apart, Member, Party, Place
from config.access.rules import Outcome, Rule
from tests.access.asking import Asker, not_found, outcome_of, told
from tests.access.conftest import Stage
from tests.access.secrets import kept_from
from tests.access.strangers import ask, list_addresses
from tests.use_cases.table import NOW

pytestmark = pytest.mark.django_db

ROWS = [
    (key, *each) for key, access in ADDRESSES.items() for each in zip(("GET", "POST"), access, strict=True)
]
TAKEN = [(key, method, rule) for key, method, rule in ROWS if rule is not None and key != ADMIN_SITE]
NOT_TAKEN = [(key, method) for key, method, rule in ROWS if rule is None]

OWN_AFTERWARDS = {
    "letter_reading", "dismiss_reading", "record_by_hand", "end_deputy", "use_person_address_again",
}  # fmt: skip
"""What people keep when they have left their unit: a file that they uploaded, which is recorded nowhere any more, the
end of what they gave to a deputy, and their own address."""


@pytest.fixture(autouse=True)
def token_of_the_mail_server(settings: Settings) -> None:
    settings.BOUNCE_TOKEN = "jeton"


@pytest.fixture
def bare_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "handler404", not_found, raising=False)


def names() -> Iterator[str]:
    """The name of every address, with its namespace."""

    def below(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for each in resolver.url_patterns:
            if isinstance(each, URLPattern):
                yield f"{prefix}{each.name}"
            else:
                yield from below(each, f"{prefix}{each.namespace}:" if each.namespace else prefix)

    return below(get_resolver(), "")


def test_every_address_has_a_line_in_the_table() -> None:
    listed = {key.partition(" ")[0] for key in ADDRESSES}
    found = {ADMIN_SITE if name.startswith(f"{ADMIN_SITE}:") else name for name in names()}

    assert found - listed == set()
    assert listed - found == set()


def test_the_page_of_the_docs_is_what_the_rules_say() -> None:
    assert PATH.read_text(encoding="utf-8") == document(), "python -m config.access writes it anew"


def asked(asker: Asker, stage: Stage, key: str, method: str, *, with_link: bool) -> tuple[Outcome, str, str]:
    """The outcome, what was told, and what was sent. What it changed is undone."""
    sample = stage.addresses[key]
    path = sample.path if with_link else sample.forged
    with transaction.atomic():
        response = asker.get(path) if method == "GET" else asker.post(path, sample.data)
        answer = outcome_of(response), told(response), f"{path} {sample.data}"
        transaction.set_rollback(True)
    return answer


@pytest.mark.usefixtures("bare_not_found")
@pytest.mark.parametrize("party", PARTIES, ids=str)
def test_every_address_admits_whom_the_table_says_and_tells_nobody_else(party: Party, stage: Stage) -> None:
    asker, secrets = stage.askers[party], kept_from(party, stage)
    different, leaks = {}, []
    for key, method, rule in TAKEN:
        outcome, words, sent = asked(asker, stage, key, method, with_link=party == Apart.LINK_HOLDER)
        if outcome != rule.outcome(party):
            different[method, key] = f"{outcome}, not {rule.outcome(party)}"
        leaks += [(method, key, name) for name, each in secrets if each in words and each not in sent]

    assert (different, leaks) == ({}, [])


@pytest.mark.usefixtures("bare_not_found")
@pytest.mark.parametrize("role", [Role.SENDER, Role.RECIPIENT])
def test_who_leaves_the_unit_is_like_a_person_without_a_unit_at_once(role: Role, stage: Stage) -> None:
    place = {Role.SENDER: Place.ISSUER, Role.RECIPIENT: Place.RECIPIENT}[role]
    left, secrets = Member(place, role), dict(kept_from(Apart.FORMER, stage))
    del secrets["file of a draft"]  # the person's own
    different, leaks = {}, []
    with transaction.atomic():
        Membership.objects.filter(user=stage.world.people[left]).update(active_to=NOW.date())
        for key, method, rule in TAKEN:
            outcome, words, sent = asked(stage.askers[left], stage, key, method, with_link=False)
            expected = rule.outcome(Apart.FORMER)
            if outcome != expected and key not in OWN_AFTERWARDS:
                different[method, key] = f"{outcome}, not {expected}"
            leaks += [
                (method, key, name) for name, each in secrets.items() if each in words and each not in sent
            ]
        transaction.set_rollback(True)

    assert (different, leaks) == ({}, [])


@pytest.mark.parametrize("party", [Member(Place.OTHER, Role.SENDER), Apart.ANONYMOUS], ids=str)
def test_a_method_that_an_address_does_not_take_tells_nothing(party: Party, stage: Stage) -> None:
    secrets = kept_from(party, stage)
    for key, method in NOT_TAKEN:
        _outcome, words, sent = asked(stage.askers[party], stage, key, method, with_link=False)

        assert [name for name, each in secrets if each in words and each not in sent] == [], (method, key)


@pytest.mark.usefixtures("bare_not_found")
@pytest.mark.parametrize("party", PARTIES, ids=str)
def test_no_list_count_search_or_export_tells_more_than_the_party_may_know(
    party: Party, stage: Stage
) -> None:
    secrets, leaks = kept_from(party, stage), []
    for path in list_addresses():
        words = ask(stage.askers[party], path).decode(errors="replace")
        leaks += [(path, name) for name, each in secrets if each in words and each not in path]

    assert leaks == []


@pytest.mark.parametrize("party", PARTIES, ids=str)
def test_the_page_of_what_is_not_found_tells_nothing(party: Party, stage: Stage) -> None:
    secrets = kept_from(party, stage)
    for key in ("letter", "delivery", "agency_rename", "link"):
        _outcome, words, sent = asked(stage.askers[party], stage, key, "GET", with_link=False)

        assert [name for name, each in secrets if each in words and each not in sent] == []


def test_the_lists_of_strangers_are_the_same_with_the_letters_and_without(stage: Stage) -> None:
    assert len(stage.before) > 200
    assert [key for key, page in stage.before.items() if page != stage.after[key]] == []


@pytest.mark.parametrize("party", PARTIES, ids=str)
def test_the_raw_tables_are_for_system_administrators(party: Party, stage: Stage) -> None:
    asker, person = stage.askers[party], stage.world.sender.pk
    for name, args in (
        ("index", ()),
        ("agencies_user_changelist", ()),
        ("agencies_user_add", ()),
        ("agencies_user_change", (person,)),
        ("auth_user_password_change", (person,)),
        ("agencies_agency_change", (stage.world.issuer.pk,)),
        ("agencies_membership_changelist", ()),
        ("agencies_secondstep_changelist", ()),
        ("account_emailaddress_changelist", ()),
        ("autocomplete", ()),
    ):
        path = reverse(f"admin:{name}", args=args)
        for send in (asker.get, asker.post):
            with transaction.atomic():
                response = send(path)
                if response.headers.get("Location", "").startswith(reverse("admin:login")):
                    response = asker.get(response.headers["Location"])
                transaction.set_rollback(True)
            allowed = (
                outcome_of(response) if name != "autocomplete" or party != Apart.ADMINISTRATOR else "allowed"
            )
            assert allowed == Rule.SITE.outcome(party), path
