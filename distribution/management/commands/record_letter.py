import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agencies.matching.lines import match_letterhead
from agencies.models import Agency, Membership, Role, User
from circulars.forms.due import MOST_WORKING_DAYS
from circulars.lines.distribution_list import Expansion, expand
from circulars.models import Circular
from circulars.reading import ReadLetter, UnreadableFile, fitting_name, kind_of, read_letter
from circulars.services.record import AlreadyRecorded, ClassifiedLetter, SourceFile, issuer_named, record
from distribution.services.sending.dispatch import NotReady, dispatch
from distribution.services.sending.preflight import Preflight


def a_date(text: str) -> date:
    """Parse a date written gg.aa.yyyy or in ISO 8601."""
    for written in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), written).date()
        except ValueError:
            continue
    raise ArgumentTypeError(f"{text!r} isn't a date. Write it as 31.12.2026 or as 2026-12-31.")


class Command(BaseCommand):
    help = "Record a letter from its file as a draft; with --dispatch, send it as well."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="PDF, DOCX or TXT")
        parser.add_argument(
            "--as", dest="user", metavar="USER", help="the sender; else the issuing unit's first sender"
        )
        parser.add_argument("--date", type=a_date, help="the letter's date, if the letter prints none")
        parser.add_argument(
            "--due-days",
            type=int,
            choices=range(1, MOST_WORKING_DAYS + 1),
            metavar="N",
            help="due in N working days from the dispatch (Y 33); not for ACELE letters",
        )
        parser.add_argument("--dispatch", action="store_true", help="send it to everyone on its list")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        content = self._content(path)
        letter = self._letter(path, content)
        by, issuer = self._sender(letter, options["user"])
        if options["dispatch"] and letter.date is None and options["date"] is None:
            raise CommandError(
                "The letter prints no date, and it can't be dispatched without one. Nothing was recorded."
                " Give the date with --date 31.12.2026."
            )
        try:
            circular = record(
                letter=letter,
                issuer=issuer,
                by=by,
                at=timezone.now(),
                source=SourceFile(fitting_name(path.name, kind_of(content)), content),
                letter_date=options["date"],
            )
        except AlreadyRecorded as error:
            raise CommandError(f"This letter is already recorded as circular {error.existing.pk}.") from error
        except ClassifiedLetter as error:
            raise CommandError(
                f"The letter is marked {error.secrecy}. Such letters may not be stored here."
            ) from error
        if letter.date and options["date"] and letter.date != options["date"]:
            self.stderr.write(f"The letter prints its date, {letter.date:%d.%m.%Y}; --date was not needed.")
        if options["due_days"]:
            self._set_due(circular, options["due_days"])
        if options["dispatch"]:
            self._dispatch(circular, by)
        self._report(circular, expand(circular, on=timezone.localdate()), options)

    def _content(self, path: Path) -> bytes:
        try:
            size = path.stat().st_size
            if size > settings.UPLOAD_LIMIT:
                raise CommandError(
                    f"{path} has {size / 2**20:.1f} MB;"
                    f" at most {settings.UPLOAD_LIMIT / 2**20:.1f} MB are accepted."
                )
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} can't be opened: {error.strerror}.") from error

    def _letter(self, path: Path, content: bytes) -> ReadLetter:
        try:
            return read_letter(content, path.name)
        except UnreadableFile as error:
            if error.code == "no_text_layer":
                self.stderr.write(f"{path}: {error.message} The draft has to be filled in by hand.")
                return ReadLetter(readable=False)
            raise CommandError(f"{path}: {error.message} Nothing was recorded.") from error

    def _sender(self, letter: ReadLetter, username: str | None) -> tuple[User, Agency]:
        senders = Membership.objects.active(timezone.localdate()).filter(
            role=Role.SENDER, user__is_active=True
        )
        letterhead = " / ".join(letter.issuer_lines) or "nothing"
        if username is None:
            named = match_letterhead(letter.issuer_lines)
            if named is None:
                raise CommandError(
                    f"No unit is known by the letterhead ({letterhead}). Name a sender with --as."
                )
            first = senders.filter(agency=named).select_related("user").order_by("active_from", "pk").first()
            if first is None:
                raise CommandError(f"Nobody sends for {named}. Name a sender of another unit with --as.")
            return first.user, named
        units = [
            membership.agency
            for membership in senders.filter(user__username=username)
            .select_related("agency", "user")
            .order_by("agency__protocol_order", "agency__sort_key")
        ]
        if not units:
            raise CommandError(f"{username} is not an active sender of any unit.")
        named = issuer_named(letter, among=units)
        if named is None and letter.issuer_lines:
            self.stderr.write(
                f"{username} doesn't send for the letterhead ({letterhead}); issuer is {units[0]}."
            )
        return User.objects.get(username=username), named or units[0]

    def _set_due(self, circular: Circular, days: int) -> None:
        circular.due_at, circular.due_working_days = None, days
        try:
            circular.validate_constraints()
        except ValidationError as error:
            raise CommandError(
                f"Circular {circular.pk} is recorded as a draft without a due time: {' '.join(error.messages)}"
            ) from error
        circular.save()

    def _dispatch(self, circular: Circular, by: User) -> None:
        try:
            dispatch(circular=circular, by=by, at=timezone.now())
        except NotReady as error:
            problems = "\n".join(f"  - {problem}" for problem in self._problems(error.preflight))
            raise CommandError(
                f"Circular {circular.pk} is recorded as a draft and was not dispatched:\n{problems}"
            ) from error

    def _problems(self, found: Preflight) -> list[str]:
        return [
            *(f"“{reading.name}” is being read and becomes its file then." for reading in found.being_read),
            *(["Its due time has passed."] if found.too_late else []),
            *(f"The letter has no {Circular._meta.get_field(name).verbose_name}." for name in found.missing),  # type: ignore[union-attr]
            *(
                f"The reader isn't sure of “{doubt.line.text if doubt.line else doubt.field}”; check it in the draft."
                for doubt in found.unsettled
            ),
            *(f"Nobody knows what “{line.text}” stands for." for line in found.unresolved),
            *(f"The group of “{line.text}” has no members." for line in found.empty_groups),
            *(
                f"{agency} is closed; its successor is {agency.successor or 'not known'}."
                for agency in found.closed
            ),
            *(["Its distribution list has no recipients."] if found.no_recipients else []),
        ]

    def _report(self, circular: Circular, expansion: Expansion, options: dict[str, Any]) -> None:
        figures = {
            "circular": circular.pk,
            "lines": len(expansion.lines),
            "recipients": len(expansion.recipients),
            "action": expansion.action_count,
            "information": expansion.information_count,
            "unresolved": [line.text for line in expansion.unresolved],
        }
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        state = "dispatched" if options["dispatch"] else "recorded as a draft"
        self.stdout.write(
            f"Circular {circular.pk} is {state}: {figures['lines']} lines, {figures['recipients']} recipients"
            f" ({figures['action']} for action, {figures['information']} for information)."
        )
        for line in expansion.unresolved:
            self.stdout.write(f"  unknown line: {line.text}")
