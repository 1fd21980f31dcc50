"""Several letters answered, returned, or given a request for more time at once: what the services do."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.files.uploads import FileRefused
from circulars.models import Purpose, Secrecy, Urgency
from distribution.models import (
    AnswerDocument,
    Delivery,
    Disposition,
    EventKind,
    ExtensionRequest,
    Notice,
    NoticeKind,
    ReturnGround,
)
from distribution.models.acts.take_back import last_act
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import answer_several
from distribution.services.receiving.extension import ask_extension_for_several
from distribution.services.receiving.return_letter import return_several
from distribution.services.receiving.take_back import take_back_several
from tests.consistency import findings
from tests.factories import MOMENT, AgencyFactory, dispatched_to, recipient_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
SOON = MOMENT + timedelta(minutes=10)
DUE = MOMENT + timedelta(days=20)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def unit_with(count: int, **fields: object) -> tuple[Agency, User, list[UUID]]:
    """A unit, its registrar and letters to it with a due time."""
    unit: Agency = AgencyFactory()
    fields = {"urgency": Urgency.TIMED, "due_at": DUE, **fields}
    letters = [dispatched_to(unit, **fields) for _ in range(count)]
    return unit, recipient_of(unit), [each.deliveries.get().public_id for each in letters]


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("cevap.pdf", b"%PDF-1.7 cevap")


def answered(unit: Agency, by: User, letters: Iterable[UUID], **more: object) -> list[Delivery]:
    values = {"disposition": Disposition.DONE, "note": "Eğitim verildi.", "documents": [paper()], **more}
    return answer_several(deliveries=list(letters), agency=unit, by=by, at=MOMENT, **values)  # type: ignore[arg-type]


def stamps(letters: Iterable[UUID]) -> dict[UUID, str]:
    found = Delivery.objects.select_related("circular").filter(public_id__in=list(letters))
    acts = {each.public_id: last_act(each) for each in found}
    return {public_id: done.stamp for public_id, done in acts.items() if done is not None}


def files() -> list[str]:
    folders, _files = default_storage.listdir("answers") if default_storage.exists("answers") else ([], [])
    return [name for each in folders for name in default_storage.listdir(f"answers/{each}")[1]]


def test_all_get_the_answer_and_are_confirmed_with_it_and_the_document_is_stored_once() -> None:
    unit, by, letters = unit_with(3)
    acknowledge(delivery=letters[0], by=by, at=MOMENT)

    answered(unit, by, letters)

    assert {(each.disposition, each.answer_note, each.completed_by) for each in Delivery.objects.all()} == {
        ("done", "Eğitim verildi.", by)
    }
    assert not Delivery.objects.filter(acknowledged_at=None).exists()
    documents = AnswerDocument.objects.all()
    assert len({each.delivery_id for each in documents}) == 3
    assert len({each.file.name for each in documents}) == 1
    assert len(files()) == 1
    for each in Delivery.objects.all():
        kinds = list(each.events.order_by("sequence").values_list("kind", flat=True))
        assert kinds[-3:] == [EventKind.ACKNOWLEDGED, EventKind.COMPLETED, EventKind.DOCUMENT_ATTACHED]
    assert findings(MOMENT) == []


def test_the_queries_do_not_grow_with_the_letters() -> None:
    def answer(count: int) -> int:
        unit, by, letters = unit_with(count)
        return query_count(lambda: answered(unit, by, letters))

    def give_back(count: int) -> int:
        unit, by, letters = unit_with(count)
        return query_count(
            lambda: return_several(
                deliveries=letters,
                agency=unit,
                by=by,
                at=MOMENT,
                ground=ReturnGround.NOT_FIT,
                reason="Okunmuyor",
            )
        )

    def ask(count: int) -> int:
        unit, by, letters = unit_with(count)
        wanted = DUE + timedelta(days=5)
        return query_count(
            lambda: ask_extension_for_several(
                deliveries=letters, agency=unit, by=by, at=MOMENT, wanted=wanted, reason="Veri bekleniyor"
            )
        )

    for act in (answer, give_back, ask):
        act(1)
        assert act(2) == act(12), act.__name__


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"purpose": Purpose.INFORMATION}, "bilgi"),
        ({"secrecy": Secrecy.OFFICIAL_USE}, "HİZMETE ÖZEL"),
    ],
)
def test_one_letter_that_can_not_be_answered_with_others_stops_all_and_leaves_no_file(
    fields: dict[str, str], words: str
) -> None:
    unit, by, letters = unit_with(2)
    other = dispatched_to(unit, **fields)

    with pytest.raises(ActionRefused, match=other.number) as refused:
        answered(unit, by, [*letters, other.deliveries.get().public_id])

    assert words in str(refused.value)
    assert not Delivery.objects.exclude(completed_at=None).exists()
    assert files() == []


def test_answering_again_changes_nothing() -> None:
    unit, by, letters = unit_with(2)
    answered(unit, by, letters)

    with pytest.raises(ActionRefused):
        answered(unit, by, letters, note="Başka")

    assert AnswerDocument.objects.count() == 2
    assert not Delivery.objects.filter(answer_note="Başka").exists()


def test_a_stranger_a_missing_reason_and_a_forbidden_file_are_refused() -> None:
    unit, by, letters = unit_with(2)
    _other, stranger, foreign = unit_with(1)

    with pytest.raises(Delivery.DoesNotExist):
        answered(unit, stranger, letters)
    with pytest.raises(Delivery.DoesNotExist):
        answered(unit, by, [*letters, *foreign])
    with pytest.raises(ActionRefused) as refused:
        answered(unit, by, letters, disposition=Disposition.NOT_APPLICABLE, note=" ")
    assert refused.value.field == "note"
    with pytest.raises(FileRefused):
        answered(unit, by, letters, documents=[SimpleUploadedFile("virus.exe", b"MZ")])
    assert Delivery.objects.outstanding().count() == 3


def test_all_are_returned_and_each_giver_is_told() -> None:
    unit, by, letters = unit_with(3)

    return_several(
        deliveries=letters,
        agency=unit,
        by=by,
        at=MOMENT,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Bizim değil",
    )

    assert not Delivery.objects.filter(returned_at=None).exists()
    told = Notice.objects.filter(kind=NoticeKind.RETURNED)
    assert {each.agency for each in told} == {each.circular.issuer for each in Delivery.objects.all()}
    assert findings(MOMENT) == []


def test_a_ground_that_is_too_late_for_one_stops_all() -> None:
    unit, by, letters = unit_with(2)
    late = dispatched_to(unit, at=MOMENT - timedelta(days=10)).deliveries.get()

    with pytest.raises(ActionRefused, match=late.circular.number) as refused:
        return_several(
            deliveries=[*letters, late.public_id], agency=unit, by=by, at=MOMENT,
            ground=ReturnGround.NOT_FIT, reason="Okunmuyor",
        )  # fmt: skip

    assert refused.value.field == "ground"
    assert not Delivery.objects.exclude(returned_at=None).exists()


def test_the_same_time_is_requested_for_each_letter() -> None:
    unit, by, letters = unit_with(2)
    wanted = DUE + timedelta(days=5)

    ask_extension_for_several(
        deliveries=letters, agency=unit, by=by, at=MOMENT, wanted=wanted, reason="Veri bekleniyor"
    )

    requests = ExtensionRequest.objects.all()
    assert {(each.wanted, each.reason, each.due_before) for each in requests} == {
        (wanted, "Veri bekleniyor", DUE)
    }
    assert len({each.delivery_id for each in requests}) == 2
    with pytest.raises(ActionRefused):
        ask_extension_for_several(
            deliveries=letters, agency=unit, by=by, at=MOMENT, wanted=wanted, reason="Yine"
        )
    assert ExtensionRequest.objects.count() == 2


@pytest.mark.parametrize("due", [None, DUE + timedelta(days=9)])
def test_a_letter_without_due_time_or_due_later_is_named_and_stops_all(due: object) -> None:
    unit, by, letters = unit_with(1)
    fields = {"urgency": Urgency.TIMED, "due_at": due} if due else {}
    other = dispatched_to(unit, **fields)

    with pytest.raises(ActionRefused, match=other.number):
        ask_extension_for_several(
            deliveries=[*letters, other.deliveries.get().public_id], agency=unit, by=by, at=MOMENT,
            wanted=DUE + timedelta(days=5), reason="Veri bekleniyor",
        )  # fmt: skip

    assert not ExtensionRequest.objects.exists()


def test_answers_and_returns_given_together_are_taken_back_together() -> None:
    unit, by, letters = unit_with(5)
    answered(unit, by, letters[:3])
    return_several(
        deliveries=letters[3:],
        agency=unit,
        by=by,
        at=MOMENT,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason="Yanlış",
    )

    take_back_several(stamps=stamps(letters), agency=unit, by=by, at=SOON)

    assert not Delivery.objects.exclude(completed_at=None).exists()
    assert not Delivery.objects.exclude(returned_at=None).exists()
    assert not AnswerDocument.objects.filter(taken_back_at=None).exists()
    assert not Notice.objects.due(SOON).filter(kind=NoticeKind.RETURNED).exists()
    assert findings(SOON) == []


def test_answers_are_taken_back_in_as_many_queries_for_few_and_many() -> None:
    def taken_back(count: int) -> int:
        unit, by, letters = unit_with(count)
        answered(unit, by, letters)
        found = stamps(letters)
        return query_count(lambda: take_back_several(stamps=found, agency=unit, by=by, at=SOON))

    assert taken_back(2) == taken_back(12)
