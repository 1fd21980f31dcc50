"""The result of reading a letter."""

import datetime
from dataclasses import dataclass, field

from circulars.reading.fields.due import Due, read_due
from circulars.reading.fields.signature import Signer
from circulars.reading.source.page import Unread
from circulars.reading.source.places import Found


@dataclass(frozen=True)
class ReadLetter:
    """The fields of one official letter (Y 10 to Y 27) as printed; empty if not printed.

    Recipients keep their printed case ending; a unit in parentheses follows its body: `X Bakanlığına (Y)`.
    `withheld` has, by recipient, the printed note on attachments that it doesn't get: `Ek-7 konulmadı` (Y 18).
    `due_text` is the printed wording of the time limit, only for a GÜNLÜDÜR letter (Y 26/2).
    `forbidden_urgency` is a grade of urgency that Y 26/1 forbids (İVEDİ, ÇOK ACELE), as printed.
    `other_signers` are the signers besides the senior one, `signatory_name`.
    `found` holds the reader's certainty and the position of each field.
    `unread` are the parts of pages that could not be read; no field that they could hold is certain.
    `changed_parts` are the parts of an e-Yazışma package that aren't as they were signed.
    `secrecy` may also be GİZLİ or ÇOK GİZLİ, so that such letters can be refused.
    """

    readable: bool
    issuer_lines: list[str] = field(default_factory=list)
    urgency: str | None = None
    secrecy: str | None = None
    number: str | None = None
    circular_number: str | None = None
    date: datetime.date | None = None
    subject: str | None = None
    addressee: str | None = None
    references: list[str] = field(default_factory=list)
    body: str = ""
    signatory_name: str | None = None
    signatory_title_lines: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    action_recipients: list[str] = field(default_factory=list)
    info_recipients: list[str] = field(default_factory=list)
    withheld: dict[str, str] = field(default_factory=dict)
    verification_code: str | None = None
    verification_address: str | None = None
    due_text: str | None = None
    forbidden_urgency: str | None = None
    other_signers: list[Signer] = field(default_factory=list)
    contact_lines: list[str] = field(default_factory=list)
    found: dict[str, Found] = field(default_factory=dict)
    source_text: str = ""
    unread: list[Unread] = field(default_factory=list)
    changed_parts: list[str] = field(default_factory=list)

    @property
    def due(self) -> Due | None:
        """The parsed time limit: a date, a time, a number of working days."""
        return read_due(self.due_text, self.date)

    def as_truth(self) -> dict[str, object]:
        """The fields in the format of a ground-truth file, JSON-serialisable."""
        return {
            "readable": self.readable,
            "issuer_lines": list(self.issuer_lines),
            "urgency": self.urgency,
            "secrecy": self.secrecy,
            "number": self.number,
            "circular_number": self.circular_number,
            "date": self.date.isoformat() if self.date else None,
            "subject": self.subject,
            "addressee": self.addressee,
            "references": list(self.references),
            "signatory_name": self.signatory_name,
            "signatory_title_lines": list(self.signatory_title_lines),
            "attachments": list(self.attachments),
            "action_recipients": list(self.action_recipients),
            "info_recipients": list(self.info_recipients),
            "verification_code": self.verification_code,
        }
