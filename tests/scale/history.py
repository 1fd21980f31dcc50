"""Years of letters for measuring, written by a few statements: nothing here goes through the services."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from agencies.models import Agency, AgencyKind, User
from circulars.models import Circular, DistributionLine, Purpose, Status, Urgency
from circulars.services.index_letters import index_missing
from tests.factories import manager_of, recipient_of, sender_of

ISSUERS = 20
LINES = 5
DAYS = 4 * 365
WORDS = ("Ulaşım", "Sağlık", "Eğitim", "Bütçe", "Yangın", "Arşiv", "Personel", "Taşıt", "Denetim", "Deprem")


@dataclass(frozen=True)
class History:
    """The people who look at it: each has one role in one unit, as most people have."""

    unit: Agency
    issuer: Agency
    ministry: Agency
    recipient: User
    sender: User
    manager: User


def write_history(*, letters: int, recipients: int, units: int, passed_on: int = 5) -> History:
    """So many letters to so many of the units each; every `passed_on`th copy was passed on to one more unit.

    Units are of uneven speed: every tenth confirms half of what it gets. What is younger than two weeks is confirmed
    by half of the units, what is older by nearly all.
    """
    ministry = Agency.objects.create(name="Ölçüm Bakanlığı", kind=AgencyKind.MINISTRY)
    issuers = [Agency(name=f"{number}. Ölçüm Genel Müdürlüğü", parent=ministry) for number in range(ISSUERS)]
    below = [
        Agency(name=f"{number} Numaralı {WORDS[number % 10]} Müdürlüğü", email=f"olcum{number}@ornek.example")
        for number in range(units)
    ]
    for each in (*issuers, *below):
        each.fill_keys()
    Agency.objects.bulk_create((*issuers, *below), batch_size=1000)
    Agency.objects.all().rebuild_paths()
    history = History(
        unit=below[units // 2],
        issuer=issuers[0],
        ministry=ministry,
        recipient=recipient_of(below[units // 2]),
        sender=sender_of(issuers[0]),
        manager=manager_of(ministry),
    )
    _write_letters(letters, issuers, history.sender)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no check of keys row by row
        values = {
            "first": below[0].pk,
            "units": units,
            "recipients": recipients,
            "lines": LINES,
            "passed_on": passed_on,
            "person": history.recipient.pk,
            "now": timezone.now(),
        }
        for statement in (DIRECT, PASSED_ON, NOTICES):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")
    return history


def _write_letters(letters: int, issuers: list[Agency], person: User) -> None:
    now = timezone.now()
    sent = [now - timedelta(days=DAYS * (letters - number) / letters) for number in range(letters)]
    circulars = [
        Circular(
            issuer=issuers[number % len(issuers)],
            number=f"E-12345678-010.06.02-{number}",
            date=timezone.localdate(moment),
            subject=f"{WORDS[number % 10]} ve {WORDS[number // 10 % 10]} Düzenlemesi {number}",
            urgency=Urgency.URGENT if number % 10 == 0 else Urgency.NORMAL,
            body="Bilindiği üzere düzenleme yürürlüğe girmiştir. " * 20,
            status=Status.DISPATCHED,
            recorded_by=person,
            recorded_at=moment,
            dispatched_by=person,
            dispatched_at=moment,
            due_at=moment + timedelta(days=20) if number % 10 else None,
            content_sha256="a" * 64,
            search_key=f"{WORDS[number % 10]} {WORDS[number // 10 % 10]} {number}".lower(),
            reminders_planned_at=moment,
        )
        for number, moment in enumerate(sent)
    ]
    Circular.objects.bulk_create(circulars, batch_size=1000)
    DistributionLine.objects.bulk_create(
        (
            DistributionLine(circular=circular, position=line, purpose=Purpose.ACTION, text=f"{line}. satır")
            for circular in circulars
            for line in range(LINES)
        ),
        batch_size=5000,
    )
    while index_missing():
        pass
    for number, circular in enumerate(circulars[:-1]):
        if number % 50 == 0:
            circular.superseded_by = circulars[number + 1]
    Circular.objects.bulk_update(circulars[:-1:50], ["superseded_by"], batch_size=1000)


COLUMNS = """
    public_id, circular_id, agency_id, line_id, parent_id, path, purpose, created_at, due_at, note,
    notified_at, reached_at, opened_at, acknowledged_at, completed_at, returned_at, withdrawn_at,
    acknowledged_by_id, acknowledged_name, acknowledged_title, acknowledged_sha256, register_number,
    disposition, answer_note, return_ground, return_reason, withdrawal_reason, link_serial, reminders_done
"""

STEPS = """
    INSERT INTO distribution_delivery ({columns})
    SELECT gen_random_uuid(), circular_id, agency_id, line_id, parent_id, path, purpose, sent,
        CASE WHEN due > 0 THEN sent + interval '20 days' END, '',
        told, told, opened, confirmed,
        CASE WHEN completes THEN confirmed + interval '2 days' END,
        CASE WHEN returned THEN told + interval '1 day' END,
        CASE WHEN withdrawn THEN told + interval '1 day' END,
        CASE WHEN confirmed IS NOT NULL THEN %(person)s END, '', '',
        CASE WHEN confirmed IS NOT NULL THEN decode(repeat('aa', 32), 'hex') ELSE '' END, '',
        CASE WHEN completes THEN 'done' ELSE '' END, '',
        CASE WHEN returned THEN 'not_addressee' ELSE '' END,
        CASE WHEN returned THEN 'Bize ait değil.' ELSE '' END,
        CASE WHEN withdrawn THEN 'Yanlış.' ELSE '' END, 0, 0
    FROM (
        SELECT *,
            CASE WHEN confirms THEN told + took END AS confirmed,
            CASE WHEN confirms OR chance < 0.7 THEN told + took - interval '1 minute' END AS opened,
            confirms AND purpose = 'action' AND chance < 0.9
                AND told + took + interval '2 days' < %(now)s AS completes,
            NOT confirms AND chance > 0.9 AND told + interval '1 day' < %(now)s AS returned,
            NOT confirms AND chance BETWEEN 0.85 AND 0.9 AND told + interval '1 day' < %(now)s AS withdrawn
        FROM (
            SELECT *, random() AS chance,
                random() < CASE
                    WHEN agency_id %% 10 = 3 THEN 0.5
                    WHEN sent < %(now)s - interval '14 days' THEN 0.98 ELSE 0.5 END
                AND told + took < %(now)s AS confirms
            FROM (
                SELECT *, sent + interval '5 minutes' AS told, random() * interval '9 days' AS took FROM ({rows})
            ) AS timed
        ) AS decided
    ) AS steps
"""

DIRECT = STEPS.format(
    columns=COLUMNS,
    rows="""
        SELECT letter.id AS circular_id, %(first)s + ((hashint8(letter.id) & 65535) + n * 7) %% %(units)s AS agency_id,
            line.id AS line_id, NULL::bigint AS parent_id, ARRAY[]::bigint[] AS path,
            CASE WHEN n %% 5 < 3 THEN 'action' ELSE 'info' END AS purpose,
            letter.dispatched_at AS sent, letter.id %% 10 AS due
        FROM circulars_circular AS letter
        CROSS JOIN generate_series(0, %(recipients)s - 1) AS n
        JOIN circulars_distributionline AS line
            ON line.circular_id = letter.id AND line.position = n %% %(lines)s
        ORDER BY letter.id, n
    """,
)

PASSED_ON = STEPS.format(
    columns=COLUMNS,
    rows="""
        SELECT circular_id, %(first)s + (agency_id - %(first)s + 3) %% %(units)s AS agency_id,
            NULL::bigint AS line_id, id AS parent_id, ARRAY[id] AS path, purpose,
            acknowledged_at AS sent, circular_id %% 10 AS due
        FROM distribution_delivery
        WHERE id %% %(passed_on)s = 0 AND acknowledged_at IS NOT NULL
    """,
)
"""Units are seven apart in a letter: three further on nobody has it."""

NOTICES = """
    INSERT INTO distribution_notice (
        kind, delivery_id, agency_id, channel, address, message_id, state, attempts, next_attempt_at,
        sent_at, recorded_at, last_error, data)
    SELECT 'letter', id, agency_id, 'email', 'olcum@ornek.example', gen_random_uuid()::text || '@ornek.example',
        'sent', 0, created_at, created_at, created_at, '', '{}'
    FROM distribution_delivery ORDER BY id
"""
