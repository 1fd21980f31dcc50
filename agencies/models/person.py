"""Users, and the roles in which they act for agencies."""

from datetime import date
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models.contact_details.address import AddressField
from agencies.models.contact_details.channel import Channel, UndeliverableAddress, kept_address
from agencies.models.expressions import IsAnyOf, stood_in_by
from agencies.models.once_a_request import once_a_request
from agencies.turkish import APOSTROPHES, one_line

ACCENTED, PLAIN = "İIıŞĞÜÖÇ", "iiişğüöç"
"""Capitals, of which a database without Turkish rules knows no small letter, and every i as one letter."""

LETTERS, FOLDED = "İIıŞşĞğÜüÖöÇçÂâÎîÛû", "iiissgguuooccaaiiuu"
"""Letters that no keyboard but a Turkish one has, and those that stand for them in a search."""


class SignInKey(models.Func):
    """SQL: a user name or address in which every i is the same and case makes no difference."""

    function = "translate"
    template = f"lower(%(function)s(%(expressions)s, '{ACCENTED}', '{PLAIN}'))"
    output_field = models.CharField()


def sign_in_key(name: str) -> str:
    """The same key for a text: what Caps Lock on a Turkish keyboard types for i is i."""
    return one_line(name).translate(str.maketrans(ACCENTED, PLAIN)).lower()


def name_key(*fields: str) -> models.Func:
    """SQL: the fields with blanks between them, as `agencies.turkish.search_key` folds letters and apostrophes.

    No class of its own: a migration must name the letters, so that they are its own and a change of them needs one.
    """
    dropped = APOSTROPHES.replace("'", "''")
    between = [part for field in fields for part in (models.Value(" "), field)][1:]
    return models.Func(
        Concat(*between),
        template=f"lower(translate(%(expressions)s, '{LETTERS}{dropped}', '{FOLDED}'))",
        output_field=models.CharField(),
    )


class User(AbstractUser):
    """A person. Permissions come from memberships, except for administrators."""

    email = AddressField(_("email address"), blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    is_directory_administrator = models.BooleanField(
        _("directory administrator"),
        default=False,
        help_text=_("May import the directory, and rename, merge and close agencies."),
    )
    undeliverable = models.JSONField(
        _("address that nothing reaches"),
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        editable=False,
    )
    """The `address`, `since` when, the server's `answer`, and `by` whom it was decided if by a person."""
    list_columns = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True, editable=False
    )
    """The names of the columns that the person has chosen for lists, by the name of the list."""
    search_key = models.GeneratedField(
        expression=name_key("first_name", "last_name"),
        output_field=models.CharField(max_length=301),
        db_persist=True,
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]
        verbose_name_plural = _("people")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()

    def clean(self) -> None:
        """Raises ValidationError if a user name differs from another's only in case or in a kind of i."""
        super().clean()
        if not self.username:
            return
        twins = User.objects.alias(key=SignInKey("username")).filter(key=sign_in_key(self.username))
        if twins.exclude(pk=self.pk).exists():
            raise ValidationError(
                {"username": _("Another user name differs from this one only in case or in i and ı.")}
            )

    @property
    def undeliverable_address(self) -> UndeliverableAddress | None:
        """The present address if mail came back from it, and nobody has said since that it works."""
        if not self.email or self.undeliverable.get("address") != self.email:
            return None
        return kept_address(Channel.EMAIL, self.undeliverable)

    @property
    def mail_address(self) -> str:
        """Where mail is sent; empty without an address, and if nothing reaches it."""
        return "" if self.undeliverable_address else self.email

    @property
    def may_maintain_directory(self) -> bool:
        """Whether the person may change the directory; administrators always may."""
        return self.is_active and (self.is_superuser or self.is_directory_administrator)


def sign_in_name(typed: str) -> str:
    """The stored user name or e-mail address that is meant, if it is exactly one; else what was typed.

    A name that exists as typed is always that one.
    """
    typed = one_line(typed)
    likely = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed))
    # Some databases take ı and I for the same; allauth compares once more by Python's rules.
    if any(
        typed.lower() in (name.lower(), email.lower())
        for name, email in likely.values_list("username", "email")
    ):
        return typed
    for field in ("username", "email"):
        meant = User.objects.alias(key=SignInKey(field)).filter(key=sign_in_key(typed)).exclude(**{field: ""})
        names = set(meant.values_list(field, flat=True)[:2])
        if names:
            return str(names.pop()) if len(names) == 1 else typed
    return typed


class Role(models.TextChoices):
    SENDER = "sender", pgettext_lazy("role", "Sender")
    RECIPIENT = "recipient", pgettext_lazy("role", "Recipient")
    MANAGER = "manager", pgettext_lazy("role", "Manager")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Sets of memberships."""

    def active(self, on: date) -> Self:
        """Memberships in force on that day."""
        return self.filter(active_from__lte=on).filter(Q(active_to__isnull=True) | Q(active_to__gt=on))

    def acted_by(self, user: User, on: date | None = None) -> Self:
        """The person's own memberships, and those exercised as a deputy (Y 17/10)."""
        on = on or timezone.localdate()
        return self.active(on).filter(Q(user_id=user.pk) | Q(IsAnyOf(F("pk"), stood_in_by(user.pk, on))))

    def agencies_of(
        self, user: User, role: Role, on: date | None = None
    ) -> models.QuerySet["Membership", int]:
        """Ids of the agencies for which the person acts in the role on that day (today by default)."""
        return self.acted_by(user, on).filter(role=role).values_list("agency_id", flat=True)


class Membership(models.Model):
    """A person's role in an agency during a period."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    agency = models.ForeignKey(
        "agencies.Agency", models.PROTECT, related_name="memberships", verbose_name=_("agency")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role)
    active_from = models.DateField(_("from"), default=timezone.localdate)
    active_to = models.DateField(_("to"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["agency__protocol_order", "role"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                condition=Q(active_to__isnull=True),
                name="one_open_membership_per_role",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.agency} · {self.get_role_display()}"


@once_a_request
def memberships_of(user: User) -> tuple[Membership, ...]:
    """The memberships in which the user acts today, own and as a deputy, with agency and person, in protocol order."""
    acted = Membership.objects.acted_by(user, timezone.localdate()).select_related("agency", "user")
    return tuple(acted.order_by("agency__protocol_order", "agency__sort_key", "pk"))


def units_acted_for(user: User, role: str) -> list[int]:
    """Ids of the units for which the user acts today in that role, also as a deputy. One query a request."""
    return list(dict.fromkeys(each.agency_id for each in memberships_of(user) if each.role == role))
