"""The files of a letter that one recipient gets."""

from dataclasses import dataclass

from django.db.models.fields.files import FieldFile

from circulars.files.stored import is_stored
from circulars.files.types import opens_in_browser, type_name
from circulars.models import Attachment
from distribution.models import Delivery
from distribution.queries.attachments import attachments_for


@dataclass(frozen=True)
class LetterFile:
    """The letter's own file (`attachment` is None) or an attachment's, which may be missing. `size` in bytes."""

    file: FieldFile
    name: str
    sha256: str
    size: int | None = None
    attachment: Attachment | None = None

    @property
    def is_withheld(self) -> bool:
        """Whether it is an attachment that this recipient doesn't get (Y 18)."""
        return self.attachment is not None and self.attachment.is_withheld

    @property
    def is_stored(self) -> bool:
        """Whether the file is in the storage."""
        return is_stored(self.file)

    @property
    def type_name(self) -> str:
        return type_name(self.name)

    @property
    def opens(self) -> bool:
        """Whether a browser may show it."""
        return opens_in_browser(self.name)


def files_for(delivery: Delivery) -> list[LetterFile]:
    """The letter's own file, if there is one, and its attachments, also those that this recipient doesn't get.

    At most three queries.
    """
    circular = delivery.circular
    own = [LetterFile(circular.source_file, circular.source_name, circular.source_sha256)]
    return [
        *(each for each in own if each.file),
        *(
            LetterFile(each.file, each.file_name, each.sha256, each.size, each)
            for each in attachments_for(delivery)
        ),
    ]


def stored_files_for(delivery: Delivery) -> list[LetterFile]:
    """Those of them that have a file and that this recipient gets."""
    return [each for each in files_for(delivery) if each.file and not each.is_withheld]
