"""What a person is told of a letter that has just become a draft."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from agencies.matching.lines import match_letterhead
from agencies.models import Agency
from circulars.forms.review import link_to
from circulars.models import Circular, Urgency


def _tell_same_number(request: HttpRequest, circular: Circular) -> None:
    """Name a letter of the issuer that has the number already, without being a reason to refuse this one."""
    same = Circular.objects.filter(issuer=circular.issuer, number=circular.number)
    same = same.exclude(pk=circular.pk).exclude(number="")
    if withdrawn := same.withdrawn_without_successor().first():
        said = _(
            "A letter with this number was withdrawn. If this is the right one for it, say so at “In place of”."
        )
        messages.warning(request, format_html("{} {}", said, link_to(withdrawn)))
    elif circular.date is None and (known := same.filter(corrects=None, number_in_use=True).first()):
        said = _("A letter with this number is recorded. If it is of the same year, this is the same letter.")
        messages.warning(request, format_html("{} {}", said, link_to(known)))


def tell_recorded(request: HttpRequest, circular: Circular, units: Collection[Agency]) -> None:
    """Add messages about what needs attention on the review page. `units` are those the person sends for."""
    reading = circular.reading
    if not reading["readable"]:
        messages.warning(
            request,
            _("No letter could be read in it. It is kept as a draft: fill in the fields by hand and save."),
        )
        return
    messages.success(
        request, _("The letter is kept as a draft. Compare the fields with the letter, then save.")
    )
    if circular.replaces is None:
        _tell_same_number(request, circular)
    else:
        messages.info(
            request,
            _("It is recorded in place of the withdrawn letter %(number)s; on dispatch it replaces that one.")
            % {"number": circular.replaces},
        )
        if circular.source_sha256 and circular.source_sha256 == circular.replaces.source_sha256:
            messages.warning(
                request, _("This is the file of the withdrawn letter. Check that it is the right one.")
            )
    if circular.is_sent_by_another_unit():
        messages.warning(
            request,
            _("A letter with this verification code was sent by another unit. Check that this one is yours."),
        )
    letterhead = circular.issuer_line_list
    named = match_letterhead(letterhead) in units
    if not named and not letterhead:
        messages.warning(
            request,
            _("The letterhead could not be read. Issuer is now %(issuer)s.") % {"issuer": circular.issuer},
        )
    elif not named:
        messages.warning(
            request,
            _("The letterhead reads “%(letterhead)s”; you don't send for it. Issuer is now %(issuer)s.")
            % {"letterhead": " / ".join(letterhead), "issuer": circular.issuer},
        )
    if circular.urgency == Urgency.TIMED and reading["due"] and circular.due_at is None:
        messages.info(
            request,
            _("The letter gives its due time as “%(due)s”. Enter it below.") % {"due": reading["due"]},
        )
    if reading["forbidden_urgency"]:
        messages.warning(
            request,
            _(
                "The letter is marked %(mark)s. The regulation (article 26) knows only ACELE and GÜNLÜDÜR:"
                " choose the urgency that is meant."
            )
            % {"mark": reading["forbidden_urgency"]},
        )
