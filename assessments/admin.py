"""Django's own admin for system administrators: people, organisations, qualifications, conflicts of interest.

It is where evaluation bodies, the certification office and the platform operator are set up, and where nothing of a
case can be reached: cases, answers, events and certificates change through the workflow alone, so they are not here.
Every change goes into the audit trail like any other.
"""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.forms.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.actions import audit
from assessments.models import BodyProfile, ConflictOfInterest, EnterpriseProfile, Membership, Organisation, User
from assessments.workflow import Role

admin.site.site_header = admin.site.site_title = gettext_lazy("评估平台系统管理")
# The site's own login, with its limits on attempts, instead of the one of the admin.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Rights come from memberships; groups would be a second source of them.
admin.site.unregister(Group)


class Audited(admin.ModelAdmin):  # type: ignore[type-arg]
    """Records every change in the audit trail; rows that others refer to are never deleted."""

    def save_model(self, request: HttpRequest, obj: Any, form: BaseForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed = getattr(form, "changed_data", [])
        if changed or not change:
            _record(request, obj, "changed" if change else "added", _values(form, changed))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _record(request: HttpRequest, obj: Any, what: str, after: dict[str, str]) -> None:
    user = request.user
    assert isinstance(user, User)
    audit.record(
        action=f"admin.{obj._meta.model_name}_{what}",
        by=user,
        at=timezone.now(),
        subject=f"{obj.pk} {obj}",
        after=after,
    )


def _values(form: BaseForm, names: list[str]) -> dict[str, str]:
    """What was entered, as text; a password never appears."""
    return {name: str(form.cleaned_data.get(name, "")) for name in names if "password" not in name}


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        role, organisation = cleaned.get("role"), cleaned.get("organisation")
        if role and organisation and Role(role).party != organisation.kind:
            raise ValidationError({"role": _("该角色不适用于此类组织。")})
        return cleaned


@admin.register(User)
class PersonAdmin(Audited, UserAdmin):  # type: ignore[type-arg]
    """Logins. A person who leaves is deactivated, not deleted: their name stands in the records."""

    ordering = ["email"]
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "name", "last_login", "date_joined"]}),
        (gettext_lazy("登录与权限"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "usable_password", "password1", "password2"]})
    ]

    def save_model(self, request: HttpRequest, obj: Any, form: BaseForm, change: bool) -> None:
        # Addresses are stored in small letters, as signing up stores them.
        obj.email = obj.email.lower()
        super().save_model(request, obj, form, change)


class EnterpriseProfileInline(admin.StackedInline):  # type: ignore[type-arg]
    model = EnterpriseProfile
    can_delete = False
    extra = 0


class BodyProfileInline(admin.StackedInline):  # type: ignore[type-arg]
    model = BodyProfile
    can_delete = False
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(Audited):
    """Bodies, the office and the operator are set up here; enterprises register themselves."""

    list_display = ["name", "kind", "uscc", "district_code", "created_at"]
    list_filter = ["kind", "district_code"]
    search_fields = ["name", "name_en", "uscc"]
    readonly_fields = ["created_at"]
    inlines = [EnterpriseProfileInline, BodyProfileInline]

    def save_model(self, request: HttpRequest, obj: Any, form: BaseForm, change: bool) -> None:
        obj.uscc = obj.uscc or None
        obj.created_at = obj.created_at or timezone.now()
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Kind and code say what an organisation is; they are given once."""
        return [*self.readonly_fields, "kind", "uscc"] if obj else list(self.readonly_fields)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for obj, names in formset.changed_objects:
            _record(request, obj, "changed", {name: str(getattr(obj, name)) for name in names})
        for obj in formset.new_objects:
            _record(request, obj, "added", {})


@admin.register(Membership)
class MembershipAdmin(Audited):
    """Roles in the office and the platform are given here; unticking 有效 ends a membership and keeps it on record."""

    form = MembershipForm
    list_display = ["user", "organisation", "role", "district_code", "is_active", "created_at", "ended_at"]
    list_filter = ["is_active", "role", "organisation__kind"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__email", "user__name", "organisation__name"]
    autocomplete_fields = ["user", "organisation"]
    readonly_fields = ["created_at", "ended_at"]

    def save_model(self, request: HttpRequest, obj: Any, form: BaseForm, change: bool) -> None:
        obj.created_at = obj.created_at or timezone.now()
        obj.ended_at = None if obj.is_active else obj.ended_at or timezone.now()
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, "user", "organisation"] if obj else list(self.readonly_fields)


@admin.register(ConflictOfInterest)
class ConflictAdmin(Audited):
    """Known ties that bar a person or a body from an enterprise's cases until a date."""

    list_display = ["enterprise", "user", "body", "kind", "until", "declared_at"]
    list_filter = ["kind"]
    list_select_related = ["enterprise", "user", "body"]
    search_fields = ["enterprise__name", "user__email", "body__name"]
    autocomplete_fields = ["enterprise", "user", "body"]
    readonly_fields = ["declared_at"]

    def save_model(self, request: HttpRequest, obj: Any, form: BaseForm, change: bool) -> None:
        obj.declared_at = obj.declared_at or timezone.now()
        super().save_model(request, obj, form, change)
