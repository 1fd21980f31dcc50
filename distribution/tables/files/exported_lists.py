"""The lists that are exported: what each is about, and which rows and columns its page shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.directory.tabular.spreadsheet import safe_name, text_of
from agencies.models import Agency, User
from circulars.models import Circular, Status
from distribution.models import Delivery, PreparedFile, PreparedFileKind
from distribution.queries.month_review.period import NotUnderstood, Period
from distribution.queries.receiving.branches import branch_below
from distribution.queries.sending.board import (
    letters_outstanding_for,
    sent_letters_for,
    with_progress,
)
from distribution.queries.sending.owed import Owes, days_of, most_pressing_first, owed_of, sent_by
from distribution.queries.sending.readership import seen_by, with_confirmation
from distribution.tables.base import sort_by
from distribution.tables.confirmed import ARCHIVE_EXPORT
from distribution.tables.files.columns import ExportColumn, ExportedRows
from distribution.tables.filters import SentLettersFilter
from distribution.tables.inbox_filter import letters_shown
from distribution.tables.letter_recipients import LetterRecipientsTable, letter_recipients_filter
from distribution.tables.letters import (
    LETTERS_EXPORT,
    OWING_LETTERS_EXPORT,
    LettersTable,
    OwingLettersTable,
)
from distribution.tables.month_review.rows import REVIEW_EXPORT, asked_for, rows_of_file
from distribution.tables.outstanding import OutstandingTable
from distribution.tables.outstanding_columns import OUTSTANDING_EXPORT, export_columns, known
from distribution.tables.outstanding_filter import OutstandingFilter, OutstandingLettersFilter
from distribution.tables.readership import SEEN_EXPORT, SeenTable
from distribution.tables.recipients import BRANCH_EXPORT, RECIPIENTS_EXPORT
from distribution.visibility import issuers_followed_by, visible_to


@dataclass(frozen=True)
class Found:
    """The rows of a list in its order, in words how it is filtered and sorted, and its columns if they were chosen."""

    rows: ExportedRows
    narrowed: list[str] = field(default_factory=list)
    columns: Sequence[ExportColumn] | None = None


@dataclass(frozen=True)
class ExportedList:
    """A list as a file named `name`, with the rows of its page.

    `page` is the name of the page's address; of a list about a letter the file's name ends with its number.
    """

    name: str
    title: str | Promise
    columns: Sequence[ExportColumn]
    found: Callable[[PreparedFile], Found]
    page: str


def outstanding_filter(
    user: User, unit: Agency, query: QueryDict, chosen: Q | None = None
) -> OutstandingFilter:
    """The manager's list with the filter of an address, the most pressing rows first.

    With `chosen`, it is the rows of that condition instead, as they stand now, whatever the filter says.
    """
    at, owes, issuers = timezone.now(), owed_by(query), issuers_followed_by(user, unit)
    if chosen is not None:
        query, letters = QueryDict(), sent_by(issuers)
        rows = Delivery.objects.direct().filter(chosen, circular__in=letters).for_board()
    else:
        days = (_day(query.get("sent_from", "")), _day(query.get("sent_to", "")))
        letters = sent_by(issuers, days_of(owes, days, at=at))
        rows = owed_of(letters, owes, at=at)
    rows = rows.order_by(*most_pressing_first(at))
    return OutstandingFilter(query, queryset=rows, issuers=issuers, letters=letters, owes=owes, at=at)


def owed_by(query: QueryDict) -> Owes:
    """What the rows of the manager's list wait for: what its address says, else a confirmation."""
    wanted = query.get("owes")
    return Owes(wanted) if wanted in Owes.values else Owes.CONFIRMATION


def _day(text: str) -> date | None:
    """The day as the form reads it; None if it is none. The form says what is wrong with it."""
    try:
        found: date | None = forms.DateField(required=False).clean(text)
    except ValidationError:
        return None
    return found


def outstanding_letters_filter(user: User, unit: Agency, query: QueryDict) -> OutstandingLettersFilter:
    """The manager's list by letter with the filter of an address."""
    at, owes = timezone.now(), letters_owed_by(query)
    rows = letters_outstanding_for(user, unit, owes, at=at)
    return OutstandingLettersFilter(query, queryset=rows, owes=owes, at=at)


def letters_owed_by(query: QueryDict) -> Owes:
    """What is owed of the rows of the list by letter: what its address says, else a confirmation or an answer."""
    wanted = query.get("owes")
    return Owes(wanted) if wanted in (Owes.CONFIRMATION, Owes.ANSWER) else Owes.EITHER


def filtered_rows(found: django_filters.FilterSet) -> QuerySet[Any, Any]:
    """The rows that the filter leaves; none if it isn't valid."""
    rows: QuerySet[Any, Any] = found.qs if found.is_valid() else found.queryset.none()
    return rows


def _outstanding(asked: PreparedFile) -> Found:
    assert asked.unit is not None
    query = QueryDict(asked.query)
    chosen = None if asked.chosen is None else Q(pk__in=asked.chosen)
    wanted = outstanding_filter(asked.created_by, asked.unit, query, chosen)
    found = _sorted(OutstandingTable(filtered_rows(wanted)), query, wanted)
    ticked = [] if chosen is None else [_("The ticked rows")]
    shown = known(query.get("columns", "").split(","))
    return Found(
        found.rows, [*ticked, *wanted.narrowed_to().values(), *found.narrowed], export_columns(shown)
    )


def _outstanding_letters(asked: PreparedFile) -> Found:
    assert asked.unit is not None
    query = QueryDict(asked.query)
    wanted = outstanding_letters_filter(asked.created_by, asked.unit, query)
    return _sorted(OwingLettersTable(filtered_rows(wanted), order_by="dispatched_at"), query, wanted)


def _sent_letters(asked: PreparedFile) -> Found:
    request, query = _request(asked), QueryDict(asked.query)
    sent = sent_letters_for(asked.created_by, asked.unit).filter(status=Status.DISPATCHED)
    wanted = SentLettersFilter(query, queryset=sent, request=request)
    table = LettersTable(with_progress(filtered_rows(wanted)), order_by="-dispatched_at")
    return _sorted(table, query, wanted)


def _archive(asked: PreparedFile) -> Found:
    assert asked.unit is not None
    request = _request(asked)
    request.GET["show"] = "confirmed"
    wanted = letters_shown(request, visible_to(asked.created_by), asked.unit, timezone.now())
    return Found(with_confirmation(filtered_rows(wanted)), filter_words(wanted))


def _letter_outstanding(asked: PreparedFile) -> Found:
    rows = _letter(asked).deliveries.direct().outstanding().for_board()
    return _sorted(OutstandingTable(rows, exclude=("letter",), order_by="agency"), QueryDict(asked.query))


def _recipients(asked: PreparedFile) -> Found:
    query = QueryDict(asked.query)
    wanted = letter_recipients_filter(_letter(asked), query, timezone.now())
    return _sorted(LetterRecipientsTable(with_confirmation(filtered_rows(wanted))), query, wanted)


def _readership(asked: PreparedFile) -> Found:
    return _sorted(SeenTable(seen_by(_letter(asked))), QueryDict(asked.query))


def _branch(asked: PreparedFile) -> Found:
    assert asked.delivery is not None
    return Found(with_confirmation(branch_below(asked.delivery)))


def _month_review(asked: PreparedFile) -> Found:
    assert asked.unit is not None
    at = timezone.now()
    try:
        wanted = asked_for(QueryDict(asked.query), at)
    except NotUnderstood as error:
        return Found([], [str(error)])
    rows = wanted.rows(wanted.review(asked.created_by, asked.unit, at))
    return Found(rows_of_file(rows), [wanted.period.days, str(wanted.by.label)])


EXPORTED_LISTS = {
    PreparedFileKind.OUTSTANDING: ExportedList(
        "bekleyenler", gettext_lazy("Outstanding"), OUTSTANDING_EXPORT, _outstanding, "outstanding"
    ),
    PreparedFileKind.OUTSTANDING_LETTERS: ExportedList(
        "bekleyen-yazilar",
        gettext_lazy("Outstanding letters"),
        OWING_LETTERS_EXPORT,
        _outstanding_letters,
        "outstanding_letters",
    ),
    PreparedFileKind.SENT_LETTERS: ExportedList(
        "gonderilen-yazilar", gettext_lazy("Sent letters"), LETTERS_EXPORT, _sent_letters, "letters"
    ),
    PreparedFileKind.ARCHIVE: ExportedList(
        "teyit-edilen-yazilar",
        gettext_lazy("Answered or confirmed"),
        ARCHIVE_EXPORT,
        _archive,
        "unit_inbox",
    ),
    PreparedFileKind.LETTER_OUTSTANDING: ExportedList(
        "bekleyenler", gettext_lazy("Outstanding"), OUTSTANDING_EXPORT, _letter_outstanding, "letter"
    ),
    PreparedFileKind.RECIPIENTS: ExportedList(
        "muhataplar", gettext_lazy("Recipients"), RECIPIENTS_EXPORT, _recipients, "letter_recipients"
    ),
    PreparedFileKind.READERSHIP: ExportedList(
        "gorenler", gettext_lazy("Who had seen the letter"), SEEN_EXPORT, _readership, "readership"
    ),
    PreparedFileKind.BRANCH: ExportedList(
        "alt-dagitim", gettext_lazy("Passed on to"), BRANCH_EXPORT, _branch, "branch"
    ),
    PreparedFileKind.MONTH_REVIEW: ExportedList(
        "ay-degerlendirmesi", gettext_lazy("Month in review"), REVIEW_EXPORT, _month_review, "month_review"
    ),
}


NAMES_OF_OWED = {
    Owes.CONFIRMED: "teyit-edilenler",
    Owes.DECISION: "karar-bekleyen-iadeler",
    Owes.ASKED: "karar-bekleyen-talepler",
    Owes.RETURNED: "iade-edilenler",
    Owes.ALL: "nushalar",
}


def columns_of(asked: PreparedFile, found: Found) -> Sequence[ExportColumn]:
    """The columns of the file: those that the person chose, else those of the list."""
    return found.columns or EXPORTED_LISTS[PreparedFileKind(asked.kind)].columns


def exported_title(asked: PreparedFile) -> str:
    """The heading of the list: that of its page."""
    if asked.kind == PreparedFileKind.OUTSTANDING and asked.chosen is not None:
        return _("Ticked rows")
    if asked.kind == PreparedFileKind.OUTSTANDING:
        return owed_by(QueryDict(asked.query)).heading
    if asked.kind == PreparedFileKind.MONTH_REVIEW and (period := _period(asked)):
        return f"{period.name} · {EXPORTED_LISTS[PreparedFileKind.MONTH_REVIEW].title}"
    return str(EXPORTED_LISTS[PreparedFileKind(asked.kind)].title)


def exported_name(asked: PreparedFile) -> str:
    """The name of the file without its end."""
    name = EXPORTED_LISTS[PreparedFileKind(asked.kind)].name
    if asked.kind == PreparedFileKind.OUTSTANDING and asked.chosen is not None:
        name = "isaretlenenler"
    elif asked.kind == PreparedFileKind.OUTSTANDING:
        name = NAMES_OF_OWED.get(owed_by(QueryDict(asked.query)), name)
    if asked.kind == PreparedFileKind.MONTH_REVIEW and (period := _period(asked)):
        name = f"{name}-{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}"
    circular = asked.delivery.circular if asked.delivery else asked.circular
    return safe_name(name if circular is None else f"{name}-{circular.number or circular.pk}")


def _period(asked: PreparedFile) -> Period | None:
    try:
        return asked_for(QueryDict(asked.query), timezone.now()).period
    except NotUnderstood:
        return None


def filter_words(wanted: django_filters.FilterSet) -> list[str]:
    """Each valid filter that narrows the list: its label and the chosen value, as its form shows them."""
    words = []
    wanted.form.is_valid()
    for name, chosen in wanted.form.cleaned_data.items():
        if chosen in (None, "", False):
            continue
        shown = wanted.form.fields[name]
        if isinstance(shown.widget, forms.HiddenInput) or name == "letter":
            continue  # `narrowed_to` names the letter and the unit
        if isinstance(chosen, str) and isinstance(shown, forms.ChoiceField):
            chosen = dict(shown.widget.choices).get(chosen, chosen)
        elif isinstance(chosen, date):
            chosen = text_of(chosen)
        words.append(str(shown.label) if chosen is True else f"{shown.label}: {chosen}")
    return words


def words_of(wanted: OutstandingFilter) -> list[str]:
    """How the manager's list is narrowed: the letter and the unit, and each filter."""
    return [*wanted.narrowed_to().values(), *filter_words(wanted)]


def _sorted(table: tables.Table, query: QueryDict, wanted: django_filters.FilterSet | None = None) -> Found:
    rows = sort_by(table, query)
    words = filter_words(wanted) if wanted is not None else []
    chosen = [
        f"{table.columns[each.bare].header}{' ↓' if each.is_descending else ''}"
        for each in table.order_by or ()
        if each.bare in table.columns.columns and query.get(table.prefixed_order_by_field)
    ]
    if chosen:
        words.append(_("Sorted by: %(columns)s") % {"columns": ", ".join(chosen)})
    return Found(rows, words)


def _request(asked: PreparedFile) -> Any:
    """What the filters read of a request: who asks, and the address."""
    request: Any = HttpRequest()
    request.user, request.GET = asked.created_by, QueryDict(asked.query, mutable=True)
    return request


def _letter(asked: PreparedFile) -> Circular:
    assert asked.circular is not None
    return asked.circular
