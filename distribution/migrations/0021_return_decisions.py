"""Decisions on returned copies, with the kinds of events, notices and changes that they write."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0020_internal_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="circularchange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("paused", "Sending paused"),
                    ("resumed", "Sending resumed"),
                    ("withdrawn", "Withdrawn"),
                    ("added", "Recipient added"),
                    ("removed", "Recipient removed"),
                    ("sent_again", "Sent again after a return"),
                    ("return_accepted", "Return accepted"),
                    ("due_changed", "Due time changed"),
                    ("corrected", "Corrected by a new revision"),
                    ("replaced", "Replaced by another letter"),
                    ("schedule_changed", "Reminder schedule changed"),
                    ("nudged", "Reminded by hand"),
                    ("tekit_drafted", "Tekit letter drafted"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="deliveryevent",
            name="kind",
            field=models.CharField(
                choices=[
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
                    ("sent_again", "Sent again after the return"),
                    ("sent_instead", "Return settled: sent to another unit"),
                    ("return_accepted", "Return accepted"),
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
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("letter", "A letter waits"),
                    ("reminder", "Reminder"),
                    ("escalation", "Escalation"),
                    ("digest", "Morning digest"),
                    ("returned", "Letter returned"),
                    ("sent_again", "Letter sent again after the return"),
                    ("extension_asked", "More time asked for"),
                    ("extension_decided", "Answer to a request for more time"),
                    ("due_changed", "Due time changed"),
                    ("withdrawn", "Letter withdrawn"),
                    ("code", "One-time code"),
                    ("address_asked", "Address asked for"),
                ],
                default="letter",
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="ReturnDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("returned_at", models.DateTimeField(verbose_name="returned")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("sent_again", "Sent to the same unit again"),
                            ("sent_instead", "Sent to another unit instead"),
                            ("accepted", "Return accepted"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="word to the unit")),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_decisions",
                        to="distribution.delivery",
                        verbose_name="delivery",
                    ),
                ),
                (
                    "instead",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instead_of",
                        to="distribution.delivery",
                        verbose_name="sent instead",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on a return",
                "verbose_name_plural": "decisions on returns",
                "ordering": ["decided_at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="returndecision",
            constraint=models.UniqueConstraint(
                fields=("delivery", "returned_at", "outcome"), name="one_decision_of_a_kind_per_return"
            ),
        ),
        migrations.AddConstraint(
            model_name="returndecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("instead__isnull", False), ("outcome", "sent_instead")),
                    models.Q(models.Q(("outcome", "sent_instead"), _negated=True), ("instead__isnull", True)),
                    _connector="OR",
                ),
                name="another_copy_only_if_sent_instead",
            ),
        ),
        migrations.AddConstraint(
            model_name="returndecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "sent_again"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="sent_again_with_a_word",
            ),
        ),
    ]
