"""Readings whose file is meant for a draft: they end once the draft has another file, or is gone."""

from datetime import datetime

from circulars.models import Circular, LetterReading, ReadingFailure, ReadingState


def end_readings_of(draft: Circular, *, failure: ReadingFailure, at: datetime) -> list[str]:
    """End the readings for the draft that are under way or have failed, as failed for that reason.

    The caller has locked the draft, which comes before its readings in the order of locks, and deletes the files whose
    names are returned once the transaction is committed.
    """
    left = list(LetterReading.objects.left_of(draft).select_for_update(of=("self",)).order_by("pk"))
    ended = LetterReading.objects.filter(pk__in=[each.pk for each in left])
    ended.update(
        state=ReadingState.FAILED, failure=failure, failure_detail="", known=None, file="", finished_at=at
    )
    return [str(each.file.name) for each in left if each.file]
