"""What reading a letter yields."""

import datetime
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReadLetter:
    """The blocks of one official letter (Y 10 to Y 27) as printed; a block that is not printed stays empty.

    Recipients keep their printed case ending, a unit in parentheses follows its body: `X Bakanlığına (Y)`.
    `due_text` is the time limit in the words of the text; only a GÜNLÜDÜR letter has one (Y 26/2).
    `secrecy` may also be GİZLİ or ÇOK GİZLİ, so that such a letter can be refused.
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
    verification_code: str | None = None
    verification_address: str | None = None
    due_text: str | None = None
    source_text: str = ""

    def as_truth(self) -> dict[str, object]:
        """The fields of a ground-truth file, ready for JSON."""
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
