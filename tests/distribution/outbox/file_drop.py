"""A channel for tests: each message is written to a file in the unit's folder below FILE_DROP."""

import re
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from distribution.models import EventKind, Notice
from distribution.outbox.channels import BaseChannel, PermanentFailure, TemporaryFailure
from distribution.outbox.messages import compose


class FileDropChannel(BaseChannel):
    code = "file_drop"
    label = "File drop"
    address_wanted = "The unit has no folder. Give one above, or choose another channel."
    proves_reached = True
    event_words = {EventKind.NOTIFIED: "Put into the folder"}

    @classmethod
    def is_open(cls) -> bool:
        return bool(getattr(settings, "FILE_DROP", None))

    @classmethod
    def clean_address(cls, typed: str) -> str:
        folder = typed.strip().strip("/")
        if not re.fullmatch(r"[\w-]+(/[\w-]+)*", folder):
            raise ValidationError("Folders are named with letters, digits and dashes.")
        return folder

    @classmethod
    def words_when_first(cls, count: int) -> str:
        return f"{count} recipients find it in their folder."

    @classmethod
    def is_returned(cls, notice: Notice, recipients: Collection[str]) -> bool:
        return f"{notice.address.lower()}@folders" in recipients

    def send(self, notice: Notice) -> None:
        root = Path(settings.FILE_DROP)
        if not root.is_dir():
            raise TemporaryFailure("The drive isn't there.")
        folder = root / notice.address
        if not folder.is_dir():
            raise PermanentFailure(f"There is no folder {notice.address}.")
        message = compose(notice)
        (folder / f"{notice.pk}.txt").write_text(f"{message.subject}\n{notice.message_id}\n{message.text}")
