"""Access rules: who may see or do what with a delivery, and with a letter through its deliveries.

Each rule is defined once, as a condition used by lists, counts, exports and single-row lookups. The ids of the
user's units are looked up in a separate query, because a subquery combined by OR would make PostgreSQL scan the
table. `through` is the lookup prefix from another model, e.g. `delivery__`. The rule for a whole letter (its
sender, and managers above its issuer) is `circulars.models.circular.sent_or_managed_by`.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from agencies.access import holder
from agencies.models import Agency, Membership, Role, User
from agencies.models.person import units_acted_for
from circulars.models import Circular
from circulars.models.circular import issued_by, issuers_within, sent_or_managed_by
from distribution.models import (
    AnswerDocument,
    Assignment,
    Call,
    Delivery,
    ExtensionRequest,
    InternalNote,
    KepEvidence,
    Notice,
    OnBehalfRecord,
    PreparedFile,
    PreparedFileKind,
    ReturnedMail,
    SavedFilter,
    TakeBackRequest,
)
from distribution.models.acts.answer import ExtensionRequestQuerySet
from distribution.models.acts.take_back import TakeBackRequestQuerySet
from distribution.models.deliveries.assignment import AssignmentQuerySet
from distribution.models.deliveries.conditions import answered_by, received_by
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.models.deliveries.internal_note import InternalNoteQuerySet
from distribution.models.deliveries.proof import KepEvidenceQuerySet, ReturnedMailQuerySet
from distribution.models.notices.notice_details import AddressDetails
from distribution.models.notices.notice_kind import SEEN_BY_SENDERS, WITHIN_THE_UNIT
from distribution.models.prepared_file import PreparedFileQuerySet


def units_of(user: User, role: Role) -> list[int]:
    """Ids of the units for which the user acts today in this role, also as a deputy. One query a request."""
    return units_acted_for(user, role)


def receives_for(user: User, unit: Agency) -> bool:
    """Whether the user is a recipient for the unit today."""
    return unit.pk in units_of(user, Role.RECIPIENT)


def visible_to(user: User) -> DeliveryQuerySet:
    """Deliveries that the user's own units received or took over. A recipient never sees another unit's delivery."""
    return Delivery.objects.filter(received_by(units_of(user, Role.RECIPIENT)))


def answerable_by(user: User) -> DeliveryQuerySet:
    """Deliveries that the user may confirm, answer, return and pass on: those their receiving units answer for."""
    return Delivery.objects.filter(answered_by(units_of(user, Role.RECIPIENT)))


def answerer(delivery: Delivery, user: User, on: date) -> User | None:
    """The user if acting in person on that day, the absent person if acting as their deputy, None if neither.

    Same rule as `answerable_by`, for a row that is loaded and locked already: both require the recipient role
    for the answering unit, given by `conditions.answering` and by `Delivery.answering_unit`.
    """
    return holder(user, delivery.answering_unit, Role.RECIPIENT, on)


def sent_by(user: User) -> DeliveryQuerySet:
    """Deliveries of letters whose issuer the user sends for, including those passed on by recipients."""
    return Delivery.objects.filter(_sent(units_of(user, Role.SENDER)))


def link_kept_by(user: User) -> DeliveryQuerySet:
    """Deliveries whose links the user may revoke: of their own units, and of letters that they send."""
    own = answered_by(units_of(user, Role.RECIPIENT))
    return Delivery.objects.filter(own | _sent(units_of(user, Role.SENDER)))


def followed_by(user: User) -> DeliveryQuerySet:
    """All deliveries of the letters that the user sends or manages, including those passed on."""
    return Delivery.objects.filter(sent_or_managed_by(user, "circular__"))


def tracked_by(user: User) -> DeliveryQuerySet:
    """Direct deliveries of the letters that the user sends or manages."""
    return followed_by(user).direct()


def shown_to(user: User) -> DeliveryQuerySet:
    """Deliveries that a unit's page may show to the user: received by their own units, or direct ones they track."""
    own = received_by(units_of(user, Role.RECIPIENT))
    return Delivery.objects.filter(own | Q(sent_or_managed_by(user, "circular__"), parent=None))


def branches_visible_to(user: User) -> DeliveryQuerySet:
    """Deliveries whose branch the user may see: of units that they receive for, or manage directly or from above."""
    receives, manages = units_of(user, Role.RECIPIENT), units_of(user, Role.MANAGER)
    units = Agency.objects.filter(Q(pk__in=receives) | Q(path__overlap=manages)).order_by()
    return received_within(list(units.values_list("pk", flat=True)))


def received_within(units: Collection[int]) -> DeliveryQuerySet:
    """Deliveries that the units received or took over, or that units closed into them received."""
    closed = Agency.objects.filter(active_to__lte=timezone.localdate()).filter(
        Q(successor__in=units)
        | Q(successor__successor__in=units)
        | Q(successor__successor__successor__in=units)
    )
    ids = list(closed.order_by().values_list("pk", flat=True))
    return Delivery.objects.filter(received_by(units) | Q(agency_id__in=ids))


def may_follow(user: User, unit: Agency) -> bool:
    """Whether the user may see all branches of the unit: as its recipient, or as manager of it or a unit above."""
    return receives_for(user, unit) or not set(unit.path).isdisjoint(units_of(user, Role.MANAGER))


def followed_within(user: User, unit: Agency) -> list[int]:
    """Ids of the unit and the units below it that `may_follow` allows the user: all for its manager."""
    receives, manages = units_of(user, Role.RECIPIENT), units_of(user, Role.MANAGER)
    within = Agency.objects.within([unit.pk]).order_by()
    if set(unit.path).isdisjoint(manages):
        within = within.filter(Q(pk__in=receives) | Q(path__overlap=manages))
    return list(within.values_list("pk", flat=True))


def chain_seen_by(user: User, delivery: Delivery) -> list[int]:
    """Ids from the topmost ancestor that the user may see down to the delivery itself; [] if not even that one.

    A sender or manager of the letter sees the chain from the direct recipient; others from a unit of their own.
    """
    chain = [*delivery.path, delivery.pk]
    if follows_letter(user, delivery.circular_id):
        return chain
    visible = set(branches_visible_to(user).filter(pk__in=chain).values_list("pk", flat=True))
    return next((chain[index:] for index, pk in enumerate(chain) if pk in visible), [])


def copies_seen_by(user: User, circular: Circular) -> DeliveryQuerySet:
    """Copies of the letter of which the user may know: those that `chain_seen_by` shows, each by itself."""
    copies = Delivery.objects.filter(circular=circular)
    if follows_letter(user, circular.pk):
        return copies
    own = list(branches_visible_to(user).filter(circular=circular).order_by().values_list("pk", flat=True))
    return copies.filter(Q(pk__in=own) | Q(path__overlap=own))


def issuers_followed_by(user: User, unit: Agency) -> list[Agency]:
    """The unit and its descendants that have issued letters of which the user follows the dispatch, by name.

    For dispatched letters the same rule as `sent_or_managed_by`. One query, and that of the user's units.
    """
    sends, manages = set(units_of(user, Role.SENDER)), set(units_of(user, Role.MANAGER))
    issues = Exists(Circular.objects.filter(issuer=OuterRef("pk")).order_by())
    found = Agency.objects.within([unit.pk]).filter(issues).only("name", "path").order_by("sort_key")
    return [each for each in found if each.pk in sends or manages.intersection(each.path)]


def follows_letter(user: User, circular: int) -> bool:
    """Whether the user sends or manages the letter with this id."""
    return Circular.objects.visible_to(user).filter(pk=circular).exists()


def documents_visible_to(user: User) -> QuerySet[AnswerDocument]:
    """Answer documents for the recipient, the unit that passed the letter on, and those who may see the letter."""
    own = units_of(user, Role.RECIPIENT)
    return AnswerDocument.objects.filter(
        received_by(own, "delivery__")
        | received_by(own, "delivery__parent__")
        | sent_or_managed_by(user, "delivery__circular__")
    )


def records_visible_to(user: User) -> QuerySet[OnBehalfRecord]:
    """Records on behalf of units, for the unit, the one that passed the letter on, and who may see the letter."""
    own = units_of(user, Role.RECIPIENT)
    return OnBehalfRecord.objects.filter(
        received_by(own, "delivery__")
        | received_by(own, "delivery__parent__")
        | sent_or_managed_by(user, "delivery__circular__")
    )


def passed_on_by(user: User) -> DeliveryQuerySet:
    """Deliveries that the user's receiving units passed on."""
    return Delivery.objects.filter(_passed_on(user))


def decidable_by(user: User) -> ExtensionRequestQuerySet:
    """Extension requests for deliveries that the user's units sent or passed on."""
    return ExtensionRequest.objects.filter(_given(user, "delivery__"))


def take_backs_decidable_by(user: User) -> TakeBackRequestQuerySet:
    """Requests to take an act back, by the same rule."""
    return TakeBackRequest.objects.filter(_given(user, "delivery__"))


def given_by(user: User) -> DeliveryQuerySet:
    """Deliveries that the user's units sent or passed on, on whose return they may decide."""
    return Delivery.objects.filter(_given(user))


def notes_visible_to(user: User) -> InternalNoteQuerySet:
    """Internal notes of the user's units. A successor sees those of the closed unit for which it answers.

    The units are a subquery, for notes are looked for by their letters, not by the unit.
    """
    units = Membership.objects.acted_by(user).order_by().values("agency_id")
    taken_over = Q(by_sender=False, delivery__successor__in=units)
    return InternalNote.objects.filter(Q(unit__in=units) | taken_over)


def calls_visible_to(user: User) -> QuerySet[Call]:
    """Calls about letters that the user sends or manages. The unit that was rung sees none of them."""
    return calls_about(followed_by(user))


def calls_about(followed: DeliveryQuerySet) -> QuerySet[Call]:
    """Calls about some of these deliveries, which the user sends or manages."""
    return Call.objects.filter(Exists(followed.filter(calls=OuterRef("pk"))))


def may_see_times(unit: Agency, *, follows: bool, tracked: DeliveryQuerySet) -> bool:
    """Whether somebody may see how long the unit usually takes: whoever may follow it, or tracks a letter to it.

    Other recipients never see it. `follows` as from `may_follow`, `tracked` as from `tracked_by`.
    """
    return follows or tracked.filter(received_by([unit.pk])).exists()


def saved_views_of(user: User, managed: Collection[Agency]) -> QuerySet[SavedFilter]:
    """Saved views of the lists of these units, which the user manages: the user's own, and those shared with the unit.

    Whoever sees a shared one manages its unit, and may change it too.
    """
    views = SavedFilter.objects.filter(page=SavedFilter.Page.BOARD, unit__in=managed)
    return views.filter(Q(person=user) | Q(is_shared=True))


def prepared_files_of(user: User) -> PreparedFileQuerySet:
    """Files that were prepared for the user, as long as they may see the page of the list.

    That is the page of the letter, of the branch, of the unit as its manager, of its sent letters as sender or
    manager, of its archive as its recipient.
    """
    sends, manages = units_of(user, Role.SENDER), units_of(user, Role.MANAGER)
    managed = issuers_within(*manages)
    about = issued_by(sends, managed, "circular__") | issued_by(sends, managed, "delivery__circular__")
    archive = Q(kind=PreparedFileKind.ARCHIVE)
    about |= Q(unit__in=sends, kind=PreparedFileKind.SENT_LETTERS)
    about |= Q(unit__in=units_of(user, Role.RECIPIENT)) & archive | Q(unit__in=manages) & ~archive
    own = PreparedFile.objects.filter(created_by=user)
    branches = own.filter(delivery__isnull=False).values_list("delivery", "delivery__path")
    paths = {pk: {pk, *path} for pk, path in branches}
    visible = branches_visible_to(user).filter(pk__in=set().union(*paths.values())) if paths else ()
    seen = {each.pk for each in visible}
    return own.filter(about | Q(delivery__in=[pk for pk, path in paths.items() if path & seen]))


def returned_mails_of(user: User) -> ReturnedMailQuerySet:
    """Returned mails about letters that the user sends.

    An administrator sees those about no letter, those of issuers for which nobody sends any more, and those of
    messages that no other unit may know of: what came back may quote the message, so no sender sees them.
    """
    units = returned_mail_units(user)
    own = Q()
    for through in ("notice", "presumed"):
        single = Q(**{f"{through}__kind__in": SEEN_BY_SENDERS})
        bundled = Q(**{f"{through}__members__kind__in": SEEN_BY_SENDERS})
        own |= _sent(units, f"{through}__delivery__") & single
        own |= _sent(units, f"{through}__members__delivery__") & bundled
    own &= Q(issuer=None) | Q(issuer__in=units)
    inner = Notice.objects.filter(kind__in=WITHIN_THE_UNIT)
    within = Q(Exists(inner.filter(Q(pk=OuterRef("notice")) | Q(bundle=OuterRef("notice")))))
    within |= Q(Exists(inner.filter(Q(pk=OuterRef("presumed")) | Q(bundle=OuterRef("presumed")))))
    own &= ~within
    if user.is_superuser:
        own |= within
        own |= Q(notice=None, presumed=None)
        # A digest whose letters went on with another message.
        own |= Q(notice__isnull=False, notice__delivery=None, notice__members=None)
    return ReturnedMail.objects.filter(own).distinct()


def returned_mail_units(user: User) -> list[int]:
    """Ids of the issuers whose returned mail the user looks after. At most two queries."""
    units = units_of(user, Role.SENDER)
    if not user.is_superuser:
        return units
    senders = Membership.objects.active(timezone.localdate()).filter(role=Role.SENDER, user__is_active=True)
    issuers = Agency.objects.filter(Exists(Circular.objects.filter(issuer=OuterRef("pk")).order_by()))
    deserted = issuers.exclude(pk__in=senders.values("agency")).order_by()
    return [*units, *deserted.values_list("pk", flat=True)]


def mails_to_settle(user: User) -> ReturnedMailQuerySet:
    """The unsettled ones among them."""
    waiting = returned_mails_of(user).unsettled().order_by().values_list("pk", flat=True)
    return ReturnedMail.objects.filter(pk__in=list(waiting))


def evidence_of(user: User, sends: Collection[int] | None = None) -> KepEvidenceQuerySet:
    """KEP evidence that was imported for the user's sending units, and the user's own for no unit in particular.

    An administrator sees all of it. `sends` are the ids of those units if the caller knows them.
    """
    if user.is_superuser:
        return KepEvidence.objects.all()
    own = Q(issuer__in=units_of(user, Role.SENDER) if sends is None else sends) | Q(
        issuer=None, imported_by=user
    )
    return KepEvidence.objects.filter(own)


def assignments_visible_to(user: User) -> AssignmentQuerySet:
    """Assignments of copies that the user's units received or took over, for their recipients."""
    own = units_of(user, Role.RECIPIENT)
    return Assignment.objects.filter(answered_by(own, "delivery__"))


def private_questions(user: User, notices: Iterable[Notice]) -> set[int]:
    """Ids of those of the notices that ask somebody else for the address of a unit that the user may not edit.

    They went to a person, whose address is not shown. Queries only if there is such a question.
    """
    asked = {
        notice.pk: notice.details.unit
        for notice in notices
        if isinstance(notice.details, AddressDetails) and notice.person_id != user.pk
    }
    if not asked:
        return set()
    edited = Agency.objects.managed_by(user).filter(pk__in=asked.values())
    mine = set(edited.order_by().values_list("pk", flat=True))
    return {pk for pk, unit in asked.items() if unit not in mine}


def given_by_units(sends: Collection[int], receives: Collection[int], through: str = "") -> Q:
    """Direct deliveries of letters of the units that send, and those that the units that receive passed on."""
    direct = Q(_sent(sends, through), **{f"{through}parent": None})
    return direct | answered_by(receives, f"{through}parent__")


def _given(user: User, through: str = "") -> Q:
    """Direct deliveries of letters that the user sends, and those that the user's units passed on."""
    return given_by_units(units_of(user, Role.SENDER), units_of(user, Role.RECIPIENT), through)


def _passed_on(user: User, through: str = "") -> Q:
    return answered_by(units_of(user, Role.RECIPIENT), f"{through}parent__")


def _sent(units: Collection[int], through: str = "") -> Q:
    return Q(**{f"{through}circular__issuer_id__in": units})
