"""The files of a letter that one recipient gets."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile

from circulars.files.types import opens_in_browser, type_name
from circulars.models import Attachment
from distribution.models import Delivery


@dataclass(frozen=True)
class LetterFile:
    """The letter's own file (`attachment` is None) or an attachment's, which may be missing. `size` in bytes."""

    file: FieldFile
    name: str
    sha256: str
    size: int | None = None
    attachment: Attachment | None = None

    @property
    def type_name(self) -> str:
        return type_name(self.name)

    @property
    def opens(self) -> bool:
        """Whether a browser may show it."""
        return opens_in_browser(self.name)


def attachments_for(delivery: Delivery) -> QuerySet[Attachment]:
    """The attachments of the letter that this recipient gets, in the order of the letter."""
    return Attachment.objects.filter(circular=delivery.circular_id)


def files_for(delivery: Delivery) -> list[LetterFile]:
    """The letter's own file, if there is one, and the attachments that this recipient gets. One query."""
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
    """Those of them that are here."""
    return [each for each in files_for(delivery) if each.file]
