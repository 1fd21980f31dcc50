"""The month in review in sentences: what happened, and how it is counted."""

from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from distribution.queries.month_review.figures import Share
from distribution.queries.month_review.medians import hours_words
from distribution.queries.month_review.review import NotCounted, Review, Waiting
from distribution.queries.sending.overview import per_cent


def summary(review: Review) -> Iterator[str]:
    """The figures of all letters of the period, one sentence each, against the period before."""
    found, before = review.all, review.period.before.name
    sent = {
        "letters": _number(review.letters),
        "copies": found.sent.words,
        "period": before,
        "letters_before": _number(review.letters_before),
        "copies_before": found.sent.words_before,
    }
    yield (
        _(
            "Sent: %(letters)s letters, %(copies)s copies"
            " (%(period)s: %(letters_before)s letters, %(copies_before)s copies)."
        )
        % sent
    )
    yield _share(_("Confirmed in time"), found.in_time, before)
    yield _share(_("Completed in time"), found.completed, before)
    if review.waiting is not None:
        yield waiting_words(review.waiting)
    share = per_cent(found.reminded.count, found.sent.count) or 0
    yield _("Reminded: %(copies)s copies, %(share)s%% (%(period)s: %(before)s copies).") % {
        "copies": found.reminded.words,
        "share": share,
        "period": before,
        "before": found.reminded.words_before,
    }
    if found.not_yet_due.count:
        yield not_yet_due_words(review)


def _share(name: str, share: Share, before: str) -> str:
    if share.per_cent is None:
        return _("%(what)s: %(part)s of %(whole)s copies, too few for a share.") % {
            "what": name,
            "part": share.part.words,
            "whole": share.whole.words,
        }
    values = {
        "what": name,
        "part": share.part.words,
        "whole": share.whole.words,
        "share": share.per_cent,
        "period": before,
        "before": share.before,
    }
    if share.before is None:
        return _("%(what)s: %(part)s of %(whole)s copies whose due time is over, %(share)s%%.") % values
    return (
        _(
            "%(what)s: %(part)s of %(whole)s copies whose due time is over, %(share)s%%"
            " (%(period)s: %(before)s%%)."
        )
        % values
    )


def not_yet_due_words(review: Review) -> str:
    """The copies about which it is too early to say anything."""
    return _("Not yet due: %(copies)s copies, %(share)s%%. They count in no share yet.") % {
        "copies": review.all.not_yet_due.words,
        "share": review.all.share_not_yet_due,
    }


def waiting_words(waiting: Waiting) -> str:
    """How long units took, as a sentence."""
    values = {
        "half": hours_words(waiting.half) if waiting.half is not None else "",
        "most": hours_words(waiting.nine_in_ten) if waiting.nine_in_ten is not None else "",
        "open": waiting.open.words,
        "copies": _number(waiting.copies),
    }
    if waiting.half is None:
        return _("Fewer than half of %(copies)s copies are confirmed; not confirmed: %(open)s.") % values
    if waiting.nine_in_ten is None:
        return (
            _(
                "Half of %(copies)s copies were confirmed within %(half)s working hours;"
                " nine in ten are not confirmed yet. Not confirmed: %(open)s."
            )
            % values
        )
    return (
        _(
            "Half of %(copies)s copies were confirmed within %(half)s working hours,"
            " nine in ten within %(most)s. Not confirmed: %(open)s."
        )
        % values
    )


def not_counted_words(found: NotCounted) -> str:
    """Copies of the letters that count nowhere."""
    return _(
        "Not counted: %(returned)s returned copies, %(withdrawn)s withdrawn ones,"
        " %(replaced)s covered by another copy or a newer revision."
    ) % {
        "returned": _number(found.returned),
        "withdrawn": _number(found.withdrawn),
        "replaced": _number(found.replaced),
    }


def how_it_is_counted() -> list[str]:
    """What the figures mean."""
    return [
        _(
            "The letters are those sent in the period. Counted are their copies in force, each for one recipient."
        ),
        _("Confirmed in time: confirmed by the due time, of the copies whose due time is over."),
        _(
            "Completed in time: the same for the completion, of the copies for action. Both are counted apart."
        ),
        _(
            "Median: the working time of the unit's province within which half of the copies were confirmed."
            " Open copies count with the time that they have waited."
        ),
        _(
            "Time that waited for the sender doesn't count: a request for more time, a return sent again,"
            " or a record on the unit's behalf that was undone."
        ),
        _("What the sender recorded on a unit's behalf is counted apart; it is in no share and no median."),
        _("The copies of a closed unit that passed to a successor count as the successor's."),
        _("No share and no median is told of fewer than five copies."),
        _(
            "The best and the worst movements are ranked by medians drawn towards the median of the kind of unit,"
            " so that few copies put no unit first."
        ),
    ]


def _number(number: int) -> str:
    return str(number_format(number, force_grouping=True))
