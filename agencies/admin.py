"""Django admin for the directory and its users; it uses the product's own sign-in."""

from datetime import datetime
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.admin import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agencies.forms.changed_meanwhile import VersionedModelForm
from agencies.models import (
    Agency,
    AgencyGroup,
    AgencyWording,
    DeclaredLeave,
    GroupWording,
    Membership,
    SecondStep,
    User,
)
from agencies.notation.addresses import doubts_of
from agencies.services.contact_details.contact import ContactDetails, record_contact_change
from agencies.turkish import search_key

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "Dağıtım Takip"
admin.site.site_title = "Dağıtım Takip"


def warn_of_addresses(request: HttpRequest, *addresses: str) -> None:
    """Say what is doubtful about the saved addresses, as the product's own forms do."""
    for doubt in doubts_of(addresses):
        messages.warning(request, doubt)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    autocomplete_fields = ["agency"]


class NeverDeleted:
    """For people and agencies: each may stand in any of the events, which are kept; see docs/decisions."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A person is made inactive, a unit is closed."""
        return False


@admin.register(User)
class PersonAdmin(NeverDeleted, UserAdmin):  # type: ignore[type-arg]
    list_display = ["username", "first_name", "last_name", "job_title", "is_active", "is_superuser"]
    inlines = [MembershipInline]
    list_filter = ["is_active", "is_superuser"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Personal info"), {"fields": ["first_name", "last_name", "email", "job_title"]}),
        (
            _("Permissions"),
            {"fields": ["is_active", "is_directory_administrator", "is_staff", "is_superuser"]},
        ),
        (_("Important dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save, and say what is doubtful about the address."""
        super().save_model(request, obj, form, change)
        warn_of_addresses(request, obj.email)


class VersionedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Refuses a form that was loaded before somebody else saved the row."""

    form = VersionedModelForm

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, locked until it is saved. Its history is shown without a transaction."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not connection.in_atomic_block:
            return found
        rows = self.get_queryset(request).select_for_update(no_key=True, of=("self",))
        return rows.filter(pk=found.pk).first()


class AgencyWordingInline(admin.TabularInline):  # type: ignore[type-arg]
    model = AgencyWording
    extra = 0
    readonly_fields = ["added_by", "added_at"]


@admin.register(Agency)
class AgencyAdmin(NeverDeleted, VersionedAdmin):
    list_display = ["name", "kind", "province", "parent", "email", "active_to"]
    list_filter = ["kind", "province"]
    list_select_related = ["province", "parent"]
    search_fields = ["search_key"]
    autocomplete_fields = ["parent", "successor"]
    raw_id_fields = ["district"]
    readonly_fields = ["added_by", "added_at"]
    inlines = [AgencyWordingInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Agency], search_term: str
    ) -> tuple[QuerySet[Agency], bool]:
        """Search the name by words, Turkish letters folded."""
        return queryset & Agency.objects.search(search_term), False

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        """Save, and add changed contact details to the unit's history."""
        assert isinstance(request.user, User)
        before = ContactDetails.of(Agency.objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        warn_of_addresses(request, obj.email, obj.kep_address)
        if before is not None:
            record_contact_change(agency=obj, before=before, by=request.user, at=timezone.now())


class GroupWordingInline(admin.TabularInline):  # type: ignore[type-arg]
    model = GroupWording
    extra = 1
    readonly_fields = ["added_by", "added_at"]


@admin.register(AgencyGroup)
class AgencyGroupAdmin(VersionedAdmin):
    list_display = ["name", "rule_kind", "rule_template", "rule_provinces"]
    search_fields = ["name"]
    autocomplete_fields = ["members"]
    inlines = [GroupWordingInline]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["user", "agency", "role", "active_from", "active_to"]
    list_filter = ["role"]
    list_select_related = ["user", "agency"]
    search_fields = ["agency__search_key", "user__username", "user__first_name", "user__last_name"]
    autocomplete_fields = ["user", "agency"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Membership], search_term: str
    ) -> tuple[QuerySet[Membership], bool]:
        """Search the unit's name (Turkish letters folded) and the person's name by words."""
        for word in search_term.split():
            wanted = Q(agency__search_key__contains=search_key(word))
            for name in ("username", "first_name", "last_name"):
                wanted |= Q(**{f"user__{name}__icontains": word})
            queryset = queryset.filter(wanted)
        return queryset, False


@admin.register(DeclaredLeave)
class DeclaredLeaveAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Leave can be added here; it is revoked only on its own page, which keeps the row."""

    list_display = ["first_day", "last_day", "province", "reason", "entered_by", "removed_at"]
    list_filter = ["province"]
    list_select_related = ["province", "entered_by"]
    fields = ["first_day", "last_day", "afternoon_only", "province", "reason"]

    def save_model(self, request: HttpRequest, obj: DeclaredLeave, form: Any, change: bool) -> None:
        """Record who entered it and when."""
        assert isinstance(request.user, User)
        obj.entered_by, obj.entered_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: DeclaredLeave | None = None) -> bool:
        """Declared leave is immutable: revoke it and declare it again."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DeclaredLeave | None = None) -> bool:
        """Rows are never deleted."""
        return False


# Its own page names everything in English and shows the secret. The import above has registered it.
admin.site.unregister(Authenticator)
# Roles are memberships; Django's groups mean nothing here, and their permissions have English names.
admin.site.unregister(Group)


@admin.register(SecondStep)
class SecondStepAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To remove the second step of a person who has lost the device. Its secret is not shown."""

    list_display = ["person", "method", "set_up_at", "used_at"]
    list_display_links = ["method"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    fields = ["person", "method", "set_up_at", "used_at"]

    @admin.display(description=_("person"), ordering="user__username")
    def person(self, step: SecondStep) -> str:
        return f"{step.user} ({step.user.get_username()})"

    @admin.display(description=_("method"), ordering="type")
    def method(self, step: SecondStep) -> str:
        return str(step.get_type_display())

    @admin.display(description=_("set up at"), ordering="created_at")
    def set_up_at(self, step: SecondStep) -> str:
        return _moment(step.created_at)

    @admin.display(description=_("last used at"), ordering="last_used_at")
    def used_at(self, step: SecondStep) -> str:
        return _moment(step.last_used_at)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The person sets it up."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: SecondStep | None = None) -> bool:
        """It is shown and removed only."""
        return False


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment is not None else "—"
