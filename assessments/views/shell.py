"""What surrounds every page: navigation by role, the organisation one acts for, unread messages.

The context processor hands out a lazy object, so a fragment for htmx that shows none of it costs no query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from assessments.models import Membership, Organisation
from assessments.permissions import rules
from assessments.queries import inbox, todo
from assessments.views.access import user_of
from assessments.workflow import Role

#: Session key under which ``switch_organisation`` keeps the primary key of the chosen organisation.
SESSION_KEY = "organisation"


@dataclass(frozen=True)
class NavEntry:
    """One entry of the side navigation; ``count`` is the number of things to do there, 0 shows nothing."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool = False
    count: int = 0


@dataclass(frozen=True)
class Shell:
    """The frame of one page for one reader; a visitor has no organisation and no entries."""

    nav: tuple[NavEntry, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    current_organisation: Organisation | None = None
    unread: int = 0


@dataclass(frozen=True)
class _Place:
    """Where an entry leads; ``of_organisation`` when its address takes the organisation's primary key."""

    url_name: str
    label: str | Promise
    icon: str
    of_organisation: bool = False


def _home() -> _Place:
    return _Place("home", _("待办事项"), "home")


def _cases(label: str | Promise) -> _Place:
    return _Place("assessment_list", label, "cases")


def _members(label: str | Promise) -> _Place:
    return _Place("member_list", label, "people", of_organisation=True)


def _organisation(label: str | Promise) -> _Place:
    return _Place("organisation_detail", label, "building", of_organisation=True)


_CERTIFICATES = _Place("certificate_list", _("证书管理"), "certificate")
_NOTICES = _Place("notice_list", _("公示公告"), "notice")
_DOCUMENTS = _Place("document_list", _("报告文件"), "documents")
_AUDIT = _Place("audit_list", _("审计记录"), "audit")
_EDITIONS = _Place("edition_list", _("标准版本管理"), "documents")

_ENTERPRISE = (_home(), _cases(_("我的评估")), _organisation(_("企业信息")))
_BODY = (_home(), _cases(_("评估项目")), _organisation(_("机构信息")))

#: Somebody who belongs to no organisation yet.
_NEWCOMER = (_home(), _Place("enterprise_new", _("登记企业"), "building"))

#: What each role finds in the side navigation, at most seven entries.
NAVIGATION: dict[str, tuple[_Place, ...]] = {
    Role.ENTERPRISE_ADMINISTRATOR: (*_ENTERPRISE[:2], _members(_("成员管理")), _ENTERPRISE[2]),
    Role.CONTRIBUTOR: _ENTERPRISE,
    Role.VIEWER: _ENTERPRISE,
    Role.BODY_MANAGER: (*_BODY[:2], _members(_("人员管理")), _BODY[2]),
    Role.LEAD_ASSESSOR: _BODY,
    Role.ASSESSOR: _BODY,
    Role.QUALITY_REVIEWER: _BODY,
    Role.CERTIFICATION_OFFICER: (_home(), _cases(_("评估项目")), _CERTIFICATES, _NOTICES, _DOCUMENTS),
    Role.DISTRICT_OFFICER: (_home(), _cases(_("评估项目")), _CERTIFICATES),
    Role.CONTENT_EDITOR: (_home(), _NOTICES),
    Role.EXPERT: (_home(), _cases(_("评估项目"))),
    Role.SYSTEM_ADMINISTRATOR: (_home(), _EDITIONS),
    Role.AUDIT_ADMINISTRATOR: (_home(), _AUDIT),
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell``, built when a template first asks for it."""
    return {"shell": SimpleLazyObject(lambda: build(request))}


def build(request: HttpRequest) -> Shell:
    """Three queries for a logged-in reader (memberships, things to do, unread messages), none for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Shell()
    held = memberships(request)
    current = chosen(held, request.session.get(SESSION_KEY))
    return Shell(
        nav=_navigation(request.path, current, todo.count(user)),
        organisations=tuple(m.organisation for m in held),
        current_organisation=current.organisation if current else None,
        unread=inbox.unread(user),
    )


def memberships(request: HttpRequest) -> list[Membership]:
    """The reader's active memberships with their organisations, oldest first."""
    return sorted(rules.memberships(user_of(request)), key=lambda m: (m.created_at, m.pk))


def chosen(held: list[Membership], organisation_pk: int | None) -> Membership | None:
    """The membership one acts by: the chosen organisation's, else the first; ``None`` without any."""
    return next((m for m in held if m.organisation_id == organisation_pk), held[0] if held else None)


def _navigation(path: str, current: Membership | None, waiting: int) -> tuple[NavEntry, ...]:
    places = NAVIGATION.get(current.role, (_home(),)) if current else _NEWCOMER
    addresses = [_address(place, current) for place in places]
    here = _nearest(path, addresses)
    return tuple(
        NavEntry(
            label=place.label,
            url=address,
            icon=place.icon,
            is_current=address == here,
            count=waiting if place.url_name == "home" else 0,
        )
        for place, address in zip(places, addresses, strict=True)
    )


def _address(place: _Place, current: Membership | None) -> str:
    return reverse(place.url_name, args=[current.organisation_id] if place.of_organisation and current else [])


def _nearest(path: str, addresses: list[str]) -> str | None:
    """The entry that the page belongs to: the longest address that the path starts with; home only for itself."""
    home = reverse("home")
    under = [a for a in addresses if path == a or (a != home and path.startswith(a))]
    return max(under, key=len, default=None)
