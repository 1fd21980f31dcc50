"""Messages for the reader's warnings."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from circulars.models import Circular


def warning_for(circular: Circular, name: str, value: object) -> str:
    """The message for a field of the form; empty if the reader was certain or nothing was read.

    A field that was not found gives no warning once it has a value.
    """
    found: dict[str, Any] = circular.reading.get("fields", {}).get(name, {})
    reason = "" if found.get("sure", True) else found.get("reason", "")
    if not reason:
        return ""
    if reason == "not_found":
        return "" if value else gettext("Not found in the letter.")
    return gettext("Read with low certainty: %(reason)s") % {"reason": reason_words(circular, reason)}


def due_hint(circular: Circular) -> str:
    """The letter's wording of its time limit; a number of days is shown but not converted to a date (Y 26/2)."""
    reading = circular.reading
    if not reading.get("due"):
        return ""
    words = gettext("The letter says: “%(due)s”.") % {"due": reading["due"]}
    if days := reading.get("due_working_days"):
        return format_html(
            "{} {}",
            words,
            ngettext(
                "That is %(days)s working day from the day the letter arrives. Choose that number under “Due”.",
                "That is %(days)s working days from the day the letter arrives. Choose that number under “Due”.",
                days,
            )
            % {"days": days},
        )
    if days := reading.get("due_calendar_days"):
        return format_html(
            "{} {}",
            words,
            ngettext(
                "That is %(days)s day from the day the letter arrives. Enter the day that you mean.",
                "That is %(days)s days from the day the letter arrives. Enter the day that you mean.",
                days,
            )
            % {"days": days},
        )
    return format_html("{}", words)


def reason_words(circular: Circular, reason: str) -> str:
    """The rest of a sentence about a field that isn't sure."""
    return {
        "lost_letters": gettext("letters are lost in it. Compare it with the letter."),
        "old_number": gettext("it has not the shape that numbers have since 2020."),
        "stamp_date": gettext("it is the date of the registration stamp; the letter prints no other."),
        "no_dative": gettext("a line does not end as a recipient does. It may be cut or be no recipient."),
        "columns": gettext("the page does not tell for every line whether it is Gereği or Bilgi."),
        "plain_name": gettext("the surname is not in capitals; its place alone tells that it is a name."),
        "forbidden_urgency": gettext(
            "the letter is marked %(mark)s. The regulation knows only ACELE and GÜNLÜDÜR. Choose which is meant."
        )
        % {"mark": circular.reading.get("forbidden_urgency", "")},
        "list_elsewhere": gettext("the letter names a list of attachments, and the list is not in the file."),
        "unplaced_note": gettext(
            "the distribution says that an attachment isn't enclosed for somebody, and not for whom. Write the note"
            " behind that recipient, as in “X Valiliğine (Ek-2 konulmadı)”."
        ),
        "text_names_attachment": gettext("the text speaks of an attachment, and no “Ek” names one."),
        "due_without_day": gettext("the words of the time limit name no day."),
        "due_in_days": gettext("the letter counts days and names no date."),
        "due_close_of_business": gettext(
            "the letter names the close of business; 17.30 is entered, on a half day 13.00."
        ),
        "second_reading": gettext("it may be read in another way too."),
        "short_year": gettext("its year is printed with two digits."),
        "cites_more": gettext("the text cites more of them than were found."),
        "several_addressees": gettext(
            "several bodies stand where the addressee does, and no Dağıtım lists them. Enter each that is to receive"
            " the letter on a line of its own."
        ),
        "miscounted": gettext(
            "its numbers, or a number that the letter names, don't agree with what was found. An entry may be missing."
        ),
        "unclaimed": gettext("a line of the letter was read as no part of it and may belong here."),
        "running": gettext("the letter has lost its line ends, so that its parts had to be guessed."),
        "repaired": gettext("it comes from a scan and may have wrong letters or digits."),
        "unread_part": gettext("a part of the file could not be read, and it may stand there."),
        "due_without_hour": gettext("the letter names the day and no hour; the end of the day is entered."),
    }.get(reason) or gettext("compare it with the letter.")
