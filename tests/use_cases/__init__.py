"""Every use case that writes, each with rows on which it acts: one table for the tests that hold for all of them."""

from tests.use_cases import (
    of_agencies,
    of_circulars,
    of_contacts,
    of_evidence,
    of_files,
    of_links,
    of_managing,
    of_outbox,
    of_readings,
    of_receiving,
    of_returns_and_notes,
    of_sending,
)
from tests.use_cases.table import NOW, USE_CASES, UseCase

__all__ = [
    "NOW",
    "USE_CASES",
    "UseCase",
    "of_agencies",
    "of_circulars",
    "of_contacts",
    "of_evidence",
    "of_files",
    "of_links",
    "of_managing",
    "of_outbox",
    "of_readings",
    "of_receiving",
    "of_returns_and_notes",
    "of_sending",
]
