"""Correct a sent letter by a new revision, for the recipients concerned.

1. create a draft with everything that the letter has; all its recipients are concerned until a user selects
   some
2. on dispatch, lock the earlier revisions, then the notices, then the copies of the recipients concerned
3. copies that these recipients passed on are replaced below the new copy
4. unconfirmed old copies are covered by the new ones; confirmed ones stay confirmed for the earlier content
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from agencies.models import Agency, User
from circulars.models import Circular, Urgency
from circulars.services.correct import revisions_before, start_correction
from circulars.services.draft import lock_draft
from distribution.event_log import (
    CorrectedData,
    ReceivedBelowData,
    Step,
    append_events,
    begin_chains,
    row_of,
    sender,
)
from distribution.models import ChangeKind, CircularChange, Delivery, ReminderStep
from distribution.outbox.write import letter_notice, post
from distribution.queries.sending.corrections import holders
from distribution.services.follow_up.withdraw import lock_letters, lock_live, stop_notices
from distribution.services.receiving.assign import carry_over


@transaction.atomic
def begin_correction(*, circular: Circular, by: User, at: datetime) -> Circular:
    """The open correction of the letter, created if there is none. Raises NotCorrectable."""
    draft, begun = start_correction(circular=circular, by=by, at=at)
    if begun:
        for step in ReminderStep.objects.filter(circular=circular):
            step.pk, step.circular = None, draft
            step.save(force_insert=True)
        draft.touched.set([each.agency for each in holders(draft)])
    return draft


@transaction.atomic
def choose_touched(*, correction: Circular, note: str, agencies: Iterable[Agency]) -> None:
    """Set the change note and the recipients concerned. Raises NotADraft."""
    locked = lock_draft(correction)
    locked.change_note = note.strip()
    locked.save(update_fields=["change_note"])
    locked.touched.set(agencies)


def lock_revisions(correction: Circular) -> None:
    """Lock the earlier revisions against concurrent changes, and reload `correction.corrects`."""
    before = revisions_before(correction)
    correction.corrects = lock_letters(before)[before[0].pk]


def replace_copies(*, correction: Circular, sent: Sequence[Delivery], by: User, at: datetime) -> None:
    """Replace the old copies, and those below them, by the new ones. Called by the dispatch."""
    corrected = correction.corrects
    assert corrected is not None
    revision_of = {each.pk: each.revision_number for each in revisions_before(correction)}
    of_chain = Delivery.objects.filter(circular__in=revision_of)
    roots = list(
        of_chain.direct()
        .live()
        .filter(agency__in=[new.agency_id for new in sent])
        .values_list("pk", flat=True)
    )
    concerned = of_chain.filter(Q(pk__in=roots) | Q(path__overlap=roots))
    stop_notices(concerned)
    old = lock_live(concerned)
    old.sort(key=lambda each: (len(each.path), -revision_of[each.circular_id], each.pk))
    new_of = _copy_branches(correction, old, sent, by, at)
    carry_over(new_of)
    outstanding = [each for each in old if each.is_outstanding and each.pk in new_of]
    for each in outstanding:
        each.superseded_at, each.superseded_by, each.next_reminder_at = at, new_of[each.pk], None
    Delivery.objects.bulk_update(outstanding, ["superseded_at", "superseded_by", "next_reminder_at"])
    confirmed = [each.pk for each in old if each.acknowledged_at is not None and each.pk in new_of]
    Delivery.objects.filter(pk__in=confirmed).update(revised_at=at, next_reminder_at=None)
    signed = sender(by, correction, at)
    append_events(
        steps=[
            Step(
                each,
                CorrectedData(
                    actor=signed,
                    revision=correction.revision_number,
                    reason=correction.change_note,
                    covered_by=str(new_of[each.pk].public_id),
                ),
            )
            for each in old
            if each.pk in new_of
        ],
        at=at,
        by=by,
        for_agency=correction.issuer,
    )
    Circular.objects.filter(pk=corrected.pk).update(superseded_by=correction)
    CircularChange(
        circular=corrected,
        kind=ChangeKind.CORRECTED,
        at=at,
        by=by,
        data={
            "revision": correction.revision_number,
            "note": correction.change_note,
            "count": len(sent),
            "letter": str(correction.public_id),
        }
        | signed.to_json(),
    ).save()


def _copy_branches(
    correction: Circular, old: Sequence[Delivery], sent: Sequence[Delivery], by: User, at: datetime
) -> dict[int, Delivery]:
    """Map each old copy to its new one. Copies passed on are recreated level by level, once per unit."""
    due_before = {each.pk: each.due_at for each in old}
    of_agency = {new.agency_id: new for new in sent}
    new_of: dict[int, Delivery] = {}
    for depth in sorted({len(each.path) for each in old}):
        made: list[Delivery] = []
        for each in (each for each in old if len(each.path) == depth):
            above = new_of.get(each.parent_id or 0)
            if each.agency_id not in of_agency and above is not None:
                follows = each.parent_id in due_before and each.due_at == due_before[each.parent_id]
                of_agency[each.agency_id] = _below(correction, each, above, at, follows=follows)
                made.append(of_agency[each.agency_id])
            if each.agency_id in of_agency:
                new_of[each.pk] = of_agency[each.agency_id]
        if made:
            Delivery.objects.bulk_create(made)
            begin_chains(
                steps=[Step(new, _came(correction, new, by)) for new in made],
                at=at,
                by=by,
                for_agency=correction.issuer,
            )
            urgent = correction.urgency == Urgency.URGENT
            post(letter_notice(new, urgent=urgent, at=at) for new in made)
    return new_of


def _below(correction: Circular, old: Delivery, above: Delivery, at: datetime, *, follows: bool) -> Delivery:
    """The new copy below `above`. One that was due with the copy above it (`follows`) is so again."""
    own = None if follows else old.due_at
    moments = [moment for moment in (own, above.due_at) if moment is not None]
    return Delivery(
        circular=correction,
        agency=old.agency,
        successor=old.successor,
        parent=above,
        path=[*above.path, above.pk],
        purpose=old.purpose,
        note=old.note,
        created_at=at,
        due_at=min(moments) if moments and correction.urgency != Urgency.URGENT else None,
    )


def _came(correction: Circular, new: Delivery, by: User) -> ReceivedBelowData:
    above = new.parent
    assert above is not None
    return ReceivedBelowData(
        units=(above.answering_unit.name,),
        email=new.agency.email,
        purpose=new.purpose,
        revision=correction.revision_number,
        by=str(by),
        **row_of(new),
    )
