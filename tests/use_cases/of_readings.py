"""Use cases of letters that are read in the background, and of what people correct in readings."""

from django.conf import settings

from agencies.models import Agency
from circulars.models import Circular, LetterReading
from circulars.models.letter_reading import GIVEN_UP_AFTER, KEPT_FOR
from circulars.reading import read_letter
from circulars.services.draft import discard, revise
from circulars.services.reading.background import (
    dismiss_reading,
    note_opened,
    read_in_background,
    record_by_hand,
    request_reading,
    wake_waiting_readings,
)
from circulars.services.reading.doubts import with_confirmed
from circulars.services.record import SourceFile
from circulars.services.record import record as record_letter
from distribution.services.follow_up.withdraw import withdraw
from tests.factories import AgencyFactory, dispatched_to, draft_to, sender_of
from tests.use_cases.of_circulars import LETTER, LISTS
from tests.use_cases.table import NOW, SENT, Action, use_case

SOURCE = SourceFile("yazi.txt", LETTER.encode())


def requested_reading(failure: str = "") -> LetterReading:
    unit: Agency = AgencyFactory()
    by = sender_of(unit)
    return request_reading(source=SOURCE, by=by, acting_for=unit, language="tr", at=SENT, failure=failure)


@use_case(wakes=True)
def request_a_reading() -> Action:
    unit: Agency = AgencyFactory()
    by = sender_of(unit)
    return lambda: request_reading(source=SOURCE, by=by, acting_for=unit, language="tr", at=NOW)


@use_case(one_transaction=False, drops_file=True)
def read_a_letter_in_the_background() -> Action:
    reading = requested_reading()
    return lambda: read_in_background(reading_id=reading.pk, at=NOW)


@use_case(one_transaction=False, drops_file=True)
def refuse_a_classified_letter_that_was_read() -> Action:
    unit: Agency = AgencyFactory()
    reading = request_reading(
        source=SourceFile("yazi.txt", f"GİZLİ\n{LETTER}".encode()),
        by=sender_of(unit),
        acting_for=unit,
        language="tr",
        at=SENT,
    )
    return lambda: read_in_background(reading_id=reading.pk, at=NOW)


@use_case(drops_file=True)
def dismiss_a_reading() -> Action:
    reading = requested_reading()
    return lambda: dismiss_reading(reading=reading, at=NOW)


@use_case(drops_file=True)
def record_a_letter_by_hand() -> Action:
    reading = requested_reading("time")
    return lambda: record_by_hand(reading=reading, at=NOW)


@use_case()
def note_that_a_result_was_seen() -> Action:
    reading = requested_reading("time")
    return lambda: note_opened(reading=reading, at=NOW)


@use_case(drops_file=True)
def delete_readings_whose_time_is_over() -> Action:
    requested_reading("time")
    return lambda: wake_waiting_readings(at=SENT + 2 * KEPT_FOR)


@use_case()
def keep_what_was_corrected() -> Action:
    unit: Agency = AgencyFactory()
    letter = read_letter(LETTER.encode(), "yazi.txt")
    draft = record_letter(letter=letter, issuer=unit, by=sender_of(unit), at=SENT)

    def save() -> None:
        current = Circular.objects.get(pk=draft.pk)
        current.reading = with_confirmed(current.reading, ["date"])
        kept, settings.KEEP_READING_CORRECTIONS = settings.KEEP_READING_CORRECTIONS, True
        try:
            revise(circular=current, lists=LISTS, on=NOW.date())
        finally:
            settings.KEEP_READING_CORRECTIONS = kept

    return save


def reading_for_a_draft() -> tuple[Circular, LetterReading]:
    """A draft, and the reading of its new file."""
    unit: Agency = AgencyFactory()
    draft = draft_to(AgencyFactory(), issuer=unit)
    by = sender_of(unit)
    reading = request_reading(
        source=SOURCE, by=by, acting_for=unit, language="tr", at=SENT, draft=Circular.objects.get(pk=draft.pk)
    )
    return draft, reading


@use_case(wakes=True, drops_file=True)
def request_another_reading_for_a_draft() -> Action:
    draft, reading = reading_for_a_draft()
    current = Circular.objects.get(pk=draft.pk)
    return lambda: request_reading(
        source=SOURCE,
        by=reading.asked_by,
        acting_for=draft.issuer,
        language="tr",
        at=NOW,
        draft=current,
    )


@use_case(one_transaction=False, drops_file=True)
def read_the_file_of_a_draft_in_the_background() -> Action:
    _draft, reading = reading_for_a_draft()
    return lambda: read_in_background(reading_id=reading.pk, at=NOW)


@use_case(drops_file=True)
def take_the_file_of_a_draft_unread() -> Action:
    _draft, reading = reading_for_a_draft()
    return lambda: record_by_hand(reading=reading, at=NOW)


@use_case(drops_file=True)
def discard_a_draft_whose_file_is_being_read() -> Action:
    draft, _reading = reading_for_a_draft()
    return lambda: discard(circular=draft)


@use_case(drops_file=True)
def record_the_right_letter_by_hand() -> Action:
    unit: Agency = AgencyFactory()
    by = sender_of(unit)
    withdrawn = dispatched_to(AgencyFactory(), issuer=unit, recorded_by=by, at=SENT)
    withdraw(circular=withdrawn, reason="yanlış dosya", by=by, at=SENT)
    withdrawn.refresh_from_db()
    reading = request_reading(
        source=SOURCE, by=by, acting_for=unit, language="tr", at=SENT, replaces=withdrawn, failure="time"
    )
    return lambda: record_by_hand(reading=reading, at=NOW)


@use_case(one_transaction=False)
def give_up_a_reading_that_waited_too_long() -> Action:
    requested_reading()
    return lambda: wake_waiting_readings(at=SENT + GIVEN_UP_AFTER * 2)
