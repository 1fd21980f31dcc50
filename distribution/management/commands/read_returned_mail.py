import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from distribution.feedback.mailbox import read_mail
from distribution.feedback.returned_mail import receive_mail, rows_of
from distribution.feedback.settle_mail import notice_of
from distribution.models import MailVerdict, Notice, ReturnedMail

OUTCOME_OF = {
    MailVerdict.BOUNCED: "failed",
    MailVerdict.TEMPORARY: "temporary",
    MailVerdict.DELAYED: "delayed",
    MailVerdict.AUTO_REPLY: "out_of_office",
    MailVerdict.RECEIPT: "receipt",
    MailVerdict.DELIVERED: "receipt",
    MailVerdict.RELAYED: "receipt",
    MailVerdict.REPLY: "answer",
}


class Command(BaseCommand):
    help = "Read returned mail from a Maildir or a folder of .eml files, as the mailbox reader does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a Maildir, or a folder of .eml files")
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        files = _mails_in(options["folder"])
        found: list[dict[str, str | None]] = []
        unread = 0
        for path in files:
            try:
                found += _read(path)
            except OSError as error:
                unread += 1
                found.append(_unread(path, error))
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            for row in found:
                self.stdout.write("\t".join(str(value or "-") for value in row.values()))
            self.stdout.write(f"{len(files) - unread} mails read")
        if unread:
            raise CommandError(f"{unread} of {len(files)} files can't be read.")


def _mails_in(folder: Path) -> list[Path]:
    """The mails of a Maildir, of which one folder may be missing, or the .eml files of a folder."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.")
    found = [path for path in folder.iterdir() if path.suffix.lower() == ".eml"]
    for place in (folder / "new", folder / "cur"):
        if place.is_dir():
            found += [path for path in place.iterdir() if not path.name.startswith(".") and not path.is_dir()]
    return sorted(found, key=_name)


def _name(path: Path) -> str:
    return path.name


def _read(path: Path) -> Iterator[dict[str, str | None]]:
    """One row for each letter that the mail is about: a digest has several."""
    first = receive_mail(raw=read_mail(path), at=timezone.now())
    for returned in rows_of(first):
        notice = notice_of(returned)
        for number in _letters(returned, notice):
            yield {
                "file": path.name,
                "outcome": _outcome(returned),
                "letter": number,
                "unit": str(notice.agency or notice.person) if notice is not None else None,
                "why": _why(returned),
            }


def _unread(path: Path, error: OSError) -> dict[str, str | None]:
    why = f"The file can't be read: {error.strerror or error}"
    return {"file": path.name, "outcome": "listed", "letter": None, "unit": None, "why": why}


def _letters(returned: ReturnedMail, notice: Notice | None) -> list[str | None]:
    """Numbers of the letters that the row is about, of its issuer if it is one's; one None if no letter is known."""
    if notice is None:
        return [None]
    if notice.delivery is not None:
        return [notice.delivery.circular.number]
    about = notice.members.order_by("delivery__circular__number")
    if returned.issuer_id is not None:
        about = about.filter(delivery__circular__issuer=returned.issuer_id)
    numbers = about.values_list("delivery__circular__number", flat=True)
    return list(dict.fromkeys(each for each in numbers if each)) or [None]


def _outcome(returned: ReturnedMail) -> str:
    """A reply of a person is an answer although it waits on the list; whatever else waits there is listed."""
    if not returned.settled_as and (returned.notice is None or returned.verdict != MailVerdict.REPLY):
        return "listed"
    return OUTCOME_OF.get(MailVerdict(returned.verdict), "listed")


def _why(returned: ReturnedMail) -> str:
    said = f"{returned.status} {returned.diagnosis}".strip() or " ".join(returned.text.split())[:200]
    return f"{returned.get_verdict_display()}: {said or returned.subject}"
