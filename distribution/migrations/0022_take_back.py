"""Acts taken back: their moment on the copy and on the documents of an answer, requests for it, kinds of events.

The columns are added empty, which rewrites no row; the new table is empty.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENT_KINDS = [
    ("dispatched", "Dispatched"),
    ("notified", "Notice sent"),
    ("notice_failed", "Notice could not be sent"),
    ("opened", "Letter opened"),
    ("downloaded", "File downloaded"),
    ("acknowledged", "Confirmed"),
    ("passed_to_successor", "Passed to the unit's successor"),
    ("superseded", "Closed: another copy covers it"),
    ("reached", "Reached the mailbox"),
    ("relayed", "On its way"),
    ("read_in_mailbox", "Read in the mailbox"),
    ("bounced", "Came back as undeliverable"),
    ("deferred", "Not delivered for now, is sent again"),
    ("mail_answer", "Reply by e-mail kept as a document"),
    ("handed_over", "Handed over by hand or post"),
    ("completed", "Answered"),
    ("document_attached", "Answer document attached"),
    ("returned", "Returned"),
    ("register_changed", "Register number changed"),
    ("taken_back", "Taken back"),
    ("take_back_asked", "Asked to take back"),
    ("take_back_refused", "Taking back refused"),
    ("extension_asked", "More time asked for"),
    ("extension_granted", "More time granted"),
    ("extension_refused", "More time refused"),
    ("passed_on", "Passed on"),
    ("received_below", "Came from the unit above"),
    ("reminded", "Reminded"),
    ("escalated", "Told the unit above and the sender's manager"),
    ("withdrawn", "Withdrawn by the sender"),
    ("added", "Added after the dispatch"),
    ("removed", "Taken off the distribution"),
    ("due_changed", "Due time changed"),
    ("corrected", "Corrected by a new revision"),
    ("link_revoked", "Link without account revoked"),
    ("code_sent", "One-time code sent"),
]
NOTICE_KINDS = [
    ("letter", "A letter waits"),
    ("reminder", "Reminder"),
    ("escalation", "Escalation"),
    ("digest", "Morning digest"),
    ("returned", "Letter returned"),
    ("extension_asked", "More time asked for"),
    ("extension_decided", "Answer to a request for more time"),
    ("due_changed", "Due time changed"),
    ("withdrawn", "Letter withdrawn"),
    ("code", "One-time code"),
    ("address_asked", "Address asked for"),
    ("taken_back", "Return taken back"),
    ("take_back_asked", "Asked to take back"),
    ("take_back_decided", "Answer to a request to take back"),
]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("distribution", "0021_return_decisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last act taken back"),
        ),
        migrations.AddField(
            model_name="answerdocument",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="taken back at"),
        ),
        migrations.AlterField(
            model_name="deliveryevent",
            name="kind",
            field=models.CharField(choices=EVENT_KINDS, max_length=20, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=NOTICE_KINDS, default="letter", max_length=20, verbose_name="kind"
            ),
        ),
        migrations.CreateModel(
            name="TakeBackRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("acknowledged", "Confirmation"),
                            ("completed", "Answer given"),
                            ("returned", "Return of the letter"),
                        ],
                        max_length=12,
                        verbose_name="act",
                    ),
                ),
                ("act_at", models.DateTimeField(verbose_name="moment of the act")),
                ("reason", models.TextField(verbose_name="reason")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("granted", models.BooleanField(blank=True, null=True, verbose_name="granted")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="take_back_requests",
                        to="distribution.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "request to take back",
                "verbose_name_plural": "requests to take back",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at__isnull", True)),
                        fields=("delivery", "act", "act_at"),
                        name="one_open_take_back_request",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("granted__isnull", True),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("granted__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="take_back_decided_by_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("granted__isnull", True),
                            ("granted", True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="take_back_refused_with_a_word",
                    ),
                ],
            },
        ),
    ]
