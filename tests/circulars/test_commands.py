"""`manage.py read_letter` and `manage.py record_letter`."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from agencies.models import Agency, User
from circulars.models import Circular, Status
from distribution.models import Delivery
from tests.circulars.test_record import LETTER, PNG, a_pdf_without_text
from tests.conftest import OWN_SAMPLE
from tests.factories import AgencyFactory, sender_of

KEYS = {
    "readable",
    "issuer_lines",
    "urgency",
    "secrecy",
    "number",
    "circular_number",
    "date",
    "subject",
    "addressee",
    "references",
    "signatory_name",
    "signatory_title_lines",
    "attachments",
    "action_recipients",
    "info_recipients",
    "verification_code",
    "unsure",
}


@pytest.fixture
def letter(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Writes a letter to a file."""

    def write(content: str | bytes, name: str = "genelge.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def record(capsys: pytest.CaptureFixture[str], *arguments: Any) -> Any:
    call_command("record_letter", *map(str, arguments), "--json")
    return json.loads(capsys.readouterr().out)


def read(capsys: pytest.CaptureFixture[str], *paths: Path) -> tuple[Any, str]:
    call_command("read_letter", *map(str, paths), "--json")
    captured = capsys.readouterr()
    return json.loads(captured.out), captured.err


def test_a_letter_is_printed_with_exactly_the_agreed_keys(
    capsys: pytest.CaptureFixture[str], sample_letter: Path
) -> None:
    letters, errors = read(capsys, sample_letter)
    assert set(letters) == {sample_letter.name}
    assert set(letters[sample_letter.name]) == KEYS
    assert len(letters[sample_letter.name]["action_recipients"]) == 21
    assert not errors


def test_the_own_sample_is_read_without_errors(capsys: pytest.CaptureFixture[str]) -> None:
    letters, _errors = read(capsys, OWN_SAMPLE)
    truth = json.loads(OWN_SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))
    assert letters[OWN_SAMPLE.name] == {**truth, "unsure": ["date"]}


def test_an_unreadable_file_is_reported_and_the_others_are_read(
    capsys: pytest.CaptureFixture[str], letter: Callable[..., Path]
) -> None:
    letters, errors = read(capsys, letter(PNG, "resim.pdf"), letter("", "boş.txt"), OWN_SAMPLE)
    assert letters["resim.pdf"] == {
        key: [] if isinstance(value, list) else None for key, value in letters[OWN_SAMPLE.name].items()
    } | {"readable": False}
    assert letters["boş.txt"]["readable"] is False
    assert letters[OWN_SAMPLE.name]["readable"] is True
    assert "resim.pdf" in errors and "boş.txt" in errors


def test_files_with_one_name_are_both_printed(
    capsys: pytest.CaptureFixture[str], letter: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "alt").mkdir()
    letters, _errors = read(capsys, letter(LETTER), letter("Yemek", "alt/genelge.txt"))
    assert len(letters) == 2


def test_a_file_that_cannot_be_opened_ends_with_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as end:
        read(capsys, tmp_path / "yok.txt", OWN_SAMPLE)
    assert end.value.code == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)[OWN_SAMPLE.name]["readable"] is True
    assert "can't be opened" in captured.err


def test_without_json_a_person_can_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("read_letter", str(OWN_SAMPLE))
    output = capsys.readouterr().out
    assert "number: E-98167286-010.06.02-604318" in output
    assert "    Adalet Bakanlığına" in output


def test_recording_prints_the_figures(
    capsys: pytest.CaptureFixture[str], sender: User, issuer: Agency, sample_letter: Path
) -> None:
    figures = record(capsys, sample_letter)
    circular = Circular.objects.get()
    assert figures == {
        "circular": circular.pk,
        "lines": 26,
        "recipients": 266,
        "action": 261,
        "information": 5,
        "unresolved": [],
    }
    assert circular.is_draft and circular.recorded_by == sender and circular.issuer == issuer
    assert circular.source_name == sample_letter.name


def test_without_json_the_figures_are_a_sentence(capsys: pytest.CaptureFixture[str], sender: User) -> None:
    call_command("record_letter", str(OWN_SAMPLE))
    assert "26 lines, 266 recipients (261 for action, 5 for information)" in capsys.readouterr().out


@pytest.mark.parametrize("day", ["17.03.2026", "2026-03-17"])
def test_recording_and_dispatching_in_one_step(
    capsys: pytest.CaptureFixture[str], sender: User, sample_letter: Path, day: str
) -> None:
    assert record(capsys, sample_letter, "--date", day, "--dispatch")["recipients"] == 266
    circular = Circular.objects.get()
    assert (circular.status, circular.date) == (Status.DISPATCHED, date(2026, 3, 17))
    assert circular.deliveries.count() == 266


def test_dispatching_without_a_date_is_refused_before_anything_is_recorded(sender: User) -> None:
    with pytest.raises(CommandError, match="prints no date"):
        call_command("record_letter", str(OWN_SAMPLE), "--dispatch")
    assert not Circular.objects.exists()


def test_a_date_that_is_none_is_refused(sender: User) -> None:
    with pytest.raises(CommandError, match=r"31\.12\.2026"):
        call_command("record_letter", str(OWN_SAMPLE), "--date", "yarın")


def test_a_letter_recorded_already_is_named(sender: User) -> None:
    call_command("record_letter", str(OWN_SAMPLE))
    with pytest.raises(CommandError, match=f"already recorded as circular {Circular.objects.get().pk}"):
        call_command("record_letter", str(OWN_SAMPLE))
    assert Circular.objects.count() == 1


def test_problems_are_listed_and_the_draft_stays(sender: User, letter: Callable[..., Path]) -> None:
    path = letter(LETTER.replace("Adalet Bakanlığına", "Masal Bakanlığına"))
    with pytest.raises(CommandError, match="Nobody knows what “Masal Bakanlığına” stands for"):
        call_command("record_letter", str(path), "--date", "17.03.2026", "--dispatch")
    circular = Circular.objects.get()
    assert circular.is_draft and not Delivery.objects.exists()


def test_unknown_lines_are_printed(
    capsys: pytest.CaptureFixture[str], sender: User, letter: Callable[..., Path]
) -> None:
    path = letter(LETTER.replace("Adalet Bakanlığına", "Masal Bakanlığına"))
    figures = record(capsys, path)
    assert (figures["lines"], figures["recipients"]) == (26, 265)
    assert figures["unresolved"] == ["Masal Bakanlığına"]


def test_a_named_sender_of_another_unit_records_for_it_and_is_told(
    capsys: pytest.CaptureFixture[str], sender: User
) -> None:
    other = AgencyFactory(name="Başka Genel Müdürlüğü")
    person = sender_of(other)
    call_command("record_letter", str(OWN_SAMPLE), "--as", person.username)
    assert Circular.objects.get().issuer == other
    assert "Başka Genel Müdürlüğü" in capsys.readouterr().err


def test_a_named_sender_of_the_letterheads_unit_records_for_that(sender: User, issuer: Agency) -> None:
    person = sender_of(issuer)
    call_command("record_letter", str(OWN_SAMPLE), "--as", person.username)
    circular = Circular.objects.get()
    assert (circular.issuer, circular.recorded_by) == (issuer, person)


@pytest.mark.django_db
def test_a_person_who_does_not_send_is_refused() -> None:
    with pytest.raises(CommandError, match="not an active sender"):
        call_command("record_letter", str(OWN_SAMPLE), "--as", "kimse")


def test_an_issuer_without_sender_is_reported(issuer: Agency) -> None:
    with pytest.raises(CommandError, match="Nobody sends for Uluslararası İşgücü Genel Müdürlüğü"):
        call_command("record_letter", str(OWN_SAMPLE))


def test_an_inactive_sender_does_not_count(sender: User, issuer: Agency) -> None:
    User.objects.filter(pk=sender.pk).update(is_active=False)
    with pytest.raises(CommandError, match="Nobody sends for"):
        call_command("record_letter", str(OWN_SAMPLE))


@pytest.mark.django_db
def test_an_unknown_letterhead_needs_a_named_sender() -> None:
    with pytest.raises(CommandError, match="No unit is known by the letterhead"):
        call_command("record_letter", str(OWN_SAMPLE))


def test_what_cannot_be_recorded_is_refused(
    sender: User, letter: Callable[..., Path], settings: Settings, tmp_path: Path
) -> None:
    for content, words in [(b"", "empty"), (PNG, "neither"), (LETTER.replace("ACELE", "GİZLİ", 1), "GİZLİ")]:
        with pytest.raises(CommandError, match=words):
            call_command("record_letter", str(letter(content)))
    with pytest.raises(CommandError, match="can't be opened"):
        call_command("record_letter", str(tmp_path / "yok.txt"))
    settings.UPLOAD_LIMIT = 1024 * 1024
    with pytest.raises(CommandError, match=r"has 1\.9 MB; at most 1\.0 MB"):
        call_command("record_letter", str(letter(b"x" * 2_000_000)))
    assert not Circular.objects.exists()


def test_a_scan_is_kept_as_a_draft_for_a_named_sender(
    capsys: pytest.CaptureFixture[str], sender: User, letter: Callable[..., Path]
) -> None:
    figures = record(capsys, letter(a_pdf_without_text(), "tarama.pdf"), "--as", sender.username)
    assert (figures["lines"], figures["recipients"]) == (0, 0)
    assert Circular.objects.get().source_file
