"""The pages to measure, and the rows with which an ordinary recipient, sender and manager open each."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from django.db.models import Count, Exists, OuterRef
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter
from django.utils import timezone

from agencies.models import Agency, AgencyGroup, AgencyKind, Membership, Role, User
from benchmarks.workload import drafts
from circulars.models import Circular, DistributionLine, Status
from circulars.models.circular import CircularQuerySet
from distribution.links import link_token
from distribution.models import Delivery, ExtensionRequest

OWED = 12
"""Approximate number of letters outstanding for the recipient's unit."""

MANY = 80
"""Minimum number of recipients of the letter whose pages are opened."""

ON_DRAFTS = {
    "review", "delete_draft", "dispatch", "settle_line", "add_agency", "use_plan", "attach", "detach", "touched",
    "correct",
}  # fmt: skip
REDIRECTING = {"home", "inbox"}
"""Pages that only redirect, after some queries."""

REASONS = {
    "letter_file": "the letters of the history have no files",
    "letter_page": "the letters of the history have no files",
    "attachment_file": "the letters of the history have no files",
    "delivery_file": "the letters of the history have no files",
    "delivery_attachment": "the letters of the history have no files",
    "link_file": "the letters of the history have no files",
    "link_attachment": "the letters of the history have no files",
    "answer_document": "the answers of the history have no files",
    "evidence_file": "the history has no KEP evidence",
    "match_evidence": "the history has no KEP evidence",
    "handover_proof": "the history has no handovers",
    "plan": "the history has no distribution plans",
    "edit_plan": "the history has no distribution plans",
    "retire_plan": "the history has no distribution plans",
    "touched": "the draft is no correction",
}
ANSWERS = {
    301: "redirects",
    302: "redirects",
    403: "administrators only",
    404: "not visible to any of the three roles, or no such row",
    405: "POST only",
}

SEARCHES = {
    "recipient": [
        ("unit_inbox", "show=confirmed"), ("unit_inbox", "show=answer"), ("unit_inbox", "q=denetim+formu"),
        ("unit_inbox", "show=confirmed&q=denetim+formu"), ("unit_inbox", "urgency=overdue"),
        ("search", "q=denetim"), ("search", "in=received&q=denetim+formu"),
        ("directory", "q=adana+saglik"), ("answering_times", "act=answer"),
    ],
    "sender": [
        ("letter", "show=outstanding"), ("letter_recipients", "owes=either&due=overdue"),
        ("letter_recipients", "step=confirmed"), ("letters", "q=denetim+formu"), ("letters", "page=2"),
        ("directory", "q=adana+saglik"),
    ],
    "manager": [
        ("letter", "show=outstanding"), ("letters", "q=denetim+formu"), ("outstanding", "q=adana"),
        ("outstanding", "q=adana+denetim+formu"), ("outstanding", "age=30"), ("outstanding", "page=2"),
        ("outstanding", "sort=agency"), ("outstanding", "owes=answer"), ("outstanding", "owes=either&due=overdue"),
        ("outstanding", "owes=confirmed"), ("outstanding", "owes=decision"), ("outstanding", "owes=all"),
        ("outstanding", "owes=either&waited=more"), ("outstanding", "owes=either&urgency=gunlu&purpose=action"),
        ("outstanding", "province=01&kind=governorship"), ("outstanding", "letter={letter}"),
        ("outstanding", "owes=either&unit={unit}"), ("outstanding_letters", "page=2"),
        ("outstanding_letters", "q=denetim+formu"), ("outstanding_letters", "urgency=overdue"),
        ("call_list", "page=2"), ("search", "q=adana"), ("search", "in=letters&q=denetim+formu"),
        ("search", "in=recipients&q=adana"), ("search", "in=units&q=saglik"), ("search", "in=people&q=yildirim"),
        ("search", "q={number}"), ("prepare_list", "_export=pdf&owes=either"),
        ("outstanding", "owes=either&due=long"), ("month_review", "by=unit"),
        ("slow_and_quick", "act=answer&order=quick"),
        ("month_review", "month=last-30-days&by=letter"), ("likely_late", "owes=answer"),
    ],
}  # fmt: skip
"""Pages with a query, by role. `{letter}`, `{number}` and `{unit}` stand for those of the sample.

A page without a query needs no line: every address of the product is opened.
"""

BOARDS = {"board"}
"""Pages of many figures, which may grow more than others with the number of deliveries."""


@dataclass(frozen=True)
class Address:
    """One page with its parameters."""

    name: str
    path: str

    @property
    def is_board(self) -> bool:
        return self.name.partition("?")[0] in BOARDS

    @property
    def redirects(self) -> bool:
        return self.name in REDIRECTING

    def skip_reason(self, status: int) -> str:
        """Why the page is skipped, from its response status."""
        reason = ANSWERS.get(status, f"status {status}")
        return REASONS.get(self.name, reason) if status != 405 else reason


@dataclass(frozen=True)
class Sample:
    """The people whose pages are opened, and the rows they open."""

    unit: Agency
    issuer: Agency
    people: dict[str, User]

    @cached_property
    def delivery(self) -> Delivery:
        """The recipient's newest outstanding delivery."""
        return Delivery.objects.filter(agency=self.unit).outstanding().latest("created_at")

    @cached_property
    def passed_on(self) -> Delivery:
        """The recipient's newest delivery that was passed on."""
        below = Delivery.objects.filter(parent=OuterRef("pk"))
        return Delivery.objects.filter(Exists(below), agency=self.unit).latest("created_at")

    @cached_property
    def letter(self) -> Circular:
        """The issuer's newest letter among `letters_to_many`."""
        return letters_to_many().filter(issuer=self.issuer).latest("dispatched_at")

    @cached_property
    def draft(self) -> Circular:
        """A draft of the sample letter, recorded on the first run."""
        found = Circular.objects.filter(issuer=self.issuer, status=Status.DRAFT).first()
        return found or next(drafts(self.people["sender"], self.issuer))

    @cached_property
    def extension(self) -> ExtensionRequest | None:
        """A pending extension request that the sender may decide."""
        asked = ExtensionRequest.objects.undecided().filter(delivery__circular__issuer=self.issuer)
        return asked.filter(delivery__parent=None).first()


def letters_to_many() -> CircularQuerySet:
    """Letters in force with many recipients, of whom some have not acknowledged."""
    outstanding = Delivery.objects.outstanding().filter(circular=OuterRef("pk"))
    return Circular.objects.filter(Exists(outstanding), withdrawn_at=None, recipient_count__gte=MANY)


def find_sample() -> Sample:
    """A governorship with a few outstanding letters, and the median issuer by number of letters, with their people."""
    outstanding = Delivery.objects.outstanding().filter(agency__kind=AgencyKind.GOVERNORSHIP).order_by()
    owed = outstanding.values_list("agency").annotate(copies=Count("pk"))
    nearest_first = sorted(owed, key=lambda each: (abs(each[1] - OWED), each[0]))
    below = Delivery.objects.filter(parent__isnull=False)
    unit = Agency.objects.get(
        pk=next(pk for pk, _n in nearest_first if below.filter(parent__agency=pk).exists())
    )
    issuers = Agency.objects.annotate(sent=Count("circulars")).filter(sent__gt=0).order_by("sent", "pk")
    found = list(issuers.filter(kind=AgencyKind.MINISTRY, pk__in=letters_to_many().values("issuer")))
    issuer = found[len(found) // 2]
    people = {
        "recipient": _member(unit, Role.RECIPIENT),
        "sender": _member(issuer, Role.SENDER),
        "manager": _member(issuer, Role.MANAGER),
    }
    return Sample(unit, issuer, people)


def _member(unit: Agency, role: Role) -> User:
    return Membership.objects.filter(agency=unit, role=role).select_related("user")[0].user


def addresses(sample: Sample, role: str) -> Iterator[Address]:
    """Every page of the URL patterns with rows visible to the role, and searches of its lists."""
    paths = {}
    for pattern in own_patterns():
        name = str(pattern.name)
        values = _values(sample, role, pattern)
        if values is not None:
            paths[name] = reverse(name, kwargs=values)
            yield Address(name, paths[name])
    letter = sample.letter
    known = {"letter": letter.public_id, "number": quote(letter.number), "unit": sample.unit.pk}
    for name, query in SEARCHES[role]:
        yield Address(f"{name}?{query}", f"{paths[name]}?{query.format_map(known)}")


def own_patterns() -> Iterator[URLPattern]:
    """URL patterns of the product, without those of the sign-in library and the admin."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "":
            yield from (pattern for pattern in resolver.url_patterns if isinstance(pattern, URLPattern))


def _values(sample: Sample, role: str, pattern: URLPattern) -> dict[str, object] | None:
    """The arguments of the pattern; None if there is no row for them."""
    name, route = str(pattern.name), str(pattern.pattern)
    letter = sample.draft if name in ON_DRAFTS else sample.letter
    if role == "recipient":
        delivery = sample.passed_on if name == "branch" else sample.delivery
    else:
        delivery = letter.deliveries.order_by("pk").first() or sample.delivery
    found: dict[str, object] = {}
    for converter, kind in pattern.pattern.converters.items():
        match converter:
            case "letter":
                found[converter] = letter.public_id
            case "delivery":
                found[converter] = delivery.public_id
            case "agency":
                found[converter] = sample.unit.pk
            case "token":
                found[converter] = link_token(delivery, at=timezone.now())
            case "extension":
                if sample.extension is None:
                    return None
                found[converter] = sample.extension.public_id
            case _ if isinstance(kind, UUIDConverter):
                return None  # the history has no unsaved drafts, requests to take back or prepared files
            case "kind":
                found[converter] = "returns" if name == "waiting" else "outstanding"
            case "page":
                found[converter] = 1
            case _:
                found[converter] = _pk(sample, role, route, letter)
    return found


def _pk(sample: Sample, role: str, route: str, letter: Circular) -> int:
    if "lines/" in route:
        return DistributionLine.objects.filter(circular=letter).order_by("position")[0].pk
    if route.startswith("directory/groups/<"):
        return AgencyGroup.objects.order_by("pk")[0].pk
    if route.startswith("calls/<"):
        owing = letter.deliveries.outstanding().order_by("pk").first()
        return owing.answering_unit.pk if owing is not None else sample.unit.pk
    if route.startswith("directory/<"):
        return sample.unit.pk if role == "recipient" else sample.issuer.pk
    return 1
