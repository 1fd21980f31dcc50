"""Circulars, their attachments, references and printed distribution lists, and distribution plans."""

from circulars.models.choices import NOT_SENT, FileChoice, Secrecy, Status, Urgency
from circulars.models.circular import Circular, CircularQuerySet, letter_path
from circulars.models.constraints import FIELD_OF_CONSTRAINT, NEEDED_BY_CONSTRAINTS
from circulars.models.draft_editing import DraftEditing, DraftEditingQuerySet
from circulars.models.letter_reading import LetterReading, LetterReadingQuerySet, ReadingFailure, ReadingState
from circulars.models.letter_text import AttachmentText, LetterText
from circulars.models.parts import Attachment, AttachmentKind, DistributionLine
from circulars.models.plan import Purpose
from circulars.models.reading_correction import ReadingCorrection
from circulars.models.reference import Reference, ReferenceQuerySet

__all__ = [
    "FIELD_OF_CONSTRAINT",
    "NEEDED_BY_CONSTRAINTS",
    "NOT_SENT",
    "Attachment",
    "AttachmentKind",
    "AttachmentText",
    "Circular",
    "CircularQuerySet",
    "DistributionLine",
    "DraftEditing",
    "DraftEditingQuerySet",
    "FileChoice",
    "LetterReading",
    "LetterReadingQuerySet",
    "LetterText",
    "Purpose",
    "ReadingCorrection",
    "ReadingFailure",
    "ReadingState",
    "Reference",
    "ReferenceQuerySet",
    "Secrecy",
    "Status",
    "Urgency",
    "letter_path",
]
