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
from distribution.models import MailVerdict, ReturnedMail

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
        for path in files:
            try:
                found += _read(path)
            except OSError as error:
                self.stderr.write(f"{path.name} can't be read: {error}")
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for row in found:
            self.stdout.write("\t".join(str(value or "-") for value in row.values()))
        self.stdout.write(f"{len(files)} mails read")


def _mails_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.")
    if (folder / "new").is_dir() and (folder / "cur").is_dir():
        places = [folder / "new", folder / "cur"]
        return sorted((path for place in places for path in place.iterdir() if path.is_file()), key=_name)
    files = sorted((path for path in folder.iterdir() if path.suffix.lower() == ".eml"), key=_name)
    if not files:
        raise CommandError(f"{folder} has no .eml files and is not a Maildir.")
    return files


def _name(path: Path) -> str:
    return path.name


def _read(path: Path) -> Iterator[dict[str, str | None]]:
    first = receive_mail(raw=read_mail(path), at=timezone.now())
    for returned in rows_of(first):
        notice = notice_of(returned)
        delivery = notice.delivery if notice is not None else None
        yield {
            "file": path.name,
            "outcome": _outcome(returned),
            "letter": delivery.circular.number if delivery is not None else None,
            "unit": str(notice.agency or notice.person) if notice is not None else None,
            "why": _why(returned),
        }


def _outcome(returned: ReturnedMail) -> str:
    """A reply of a person is an answer although it waits on the list; whatever else waits there is listed."""
    if not returned.settled_as and (returned.notice is None or returned.verdict != MailVerdict.REPLY):
        return "listed"
    return OUTCOME_OF.get(MailVerdict(returned.verdict), "listed")


def _why(returned: ReturnedMail) -> str:
    said = f"{returned.status} {returned.diagnosis}".strip() or " ".join(returned.text.split())[:200]
    return f"{returned.get_verdict_display()}: {said or returned.subject}"
