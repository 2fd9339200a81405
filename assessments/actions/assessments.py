"""Opening an assessment, changing its frame, dividing the work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions import audit, figures, numbers
from assessments.actions.carry_over import carry_over
from assessments.actions.cases import lock_case
from assessments.actions.editions import pin_scheme
from assessments.actions.errors import allow, refuse_unless
from assessments.models import Assessment, Delegation, Membership, Organisation, Transition, User
from assessments.permissions.rules import can_manage_assessment, can_open_assessment
from assessments.queries.assessments import just_opened
from assessments.scoring import scheme_for
from assessments.standard import get_edition, get_window, listed
from assessments.workflow import Role, StateCode


@transaction.atomic
def open_assessment(
    *,
    by: User,
    enterprise: Organisation,
    edition_code: str,
    track: str,
    key_domains: Sequence[str],
    target_level: int,
    scope: str,
    planned_date: dt.date | None,
    at: dt.datetime,
    carry_from: str = "",
) -> Assessment:
    """A new draft, pinned to an edition, the scheme of the day and a track.

    ``carry_from`` is the number of an earlier assessment whose answers come over. Raises ``NotAllowed``, or
    ``Refused`` for an edition that may no longer be chosen or a source that cannot be carried over.
    """
    allow(can_open_assessment(by, enterprise))
    edition, today = get_edition(edition_code), timezone.localdate(at)
    refuse_unless(
        get_window(edition.code).may_open(today),
        "{edition}已停止新建评估，请选择其他版本。",
        "No new assessment can be opened on the {edition}; choose another.",
        edition=edition.short,
    )
    scheme = scheme_for(edition, today)
    pin_scheme(by=by, scheme=scheme, at=at)
    case = Assessment.objects.create(
        number=numbers.draw(prefix="SH", at=at),
        enterprise=enterprise,
        edition_code=edition.code,
        scheme_code=scheme.code,
        track=track,
        key_domains=list(key_domains),
        target_level=target_level,
        scope=scope.strip(),
        planned_date=planned_date,
        state=StateCode.DRAFT,
        state_since=at,
        created_at=at,
        created_by=by,
        total=len(edition.criteria),
    )
    figures.open_layer(case, "self")
    Transition.objects.create(assessment=case, action="open", source="", target=case.state, by=by, at=at)
    audit.record(
        action="case.open",
        by=by,
        at=at,
        assessment=case,
        subject=case.number,
        after={"edition": edition.code, "scheme": scheme.code, "track": track, "target_level": target_level},
    )
    if carry_from:
        carry_over(case, source_number=carry_from, by=by, at=at)
    return case


@transaction.atomic
def open_once(
    *, by: User, enterprise: Organisation, frame: Mapping[str, Any], at: dt.datetime
) -> tuple[Assessment, bool]:
    """As :func:`open_assessment`, but a form sent twice finds the draft it has just opened; second: is it new?"""
    # Two clicks may arrive together, so the second has to wait here until the first draft is there to be found.
    Organisation.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    if (case := just_opened(by, enterprise, frame, at)) is not None:
        return case, False
    return open_assessment(by=by, enterprise=enterprise, at=at, **frame), True


@transaction.atomic
def change_frame(
    *, by: User, number: str, target_level: int, scope: str, planned_date: dt.date | None, at: dt.datetime
) -> Assessment:
    """Changes target level, scope and planned date of a draft. Raises ``NotAllowed``."""
    case = lock_case(by=by, number=number)
    allow(can_manage_assessment(case))
    before = {
        "target_level": case.target_level,
        "scope": case.scope,
        "planned_date": case.planned_date.isoformat() if case.planned_date else None,
    }
    after = {
        "target_level": target_level,
        "scope": scope.strip(),
        "planned_date": planned_date.isoformat() if planned_date else None,
    }
    audit.record(
        action="case.frame",
        by=by,
        at=at,
        assessment=case,
        subject=case.number,
        before=before,
        after=after,
        columns={"target_level": target_level, "scope": scope.strip(), "planned_date": planned_date},
    )
    return case


@transaction.atomic
def delegate(
    *, by: User, number: str, user: User, part_codes: Collection[str], due_date: dt.date | None, at: dt.datetime
) -> None:
    """Assigns exactly these domains and items to a colleague (none: all away). Raises ``NotAllowed``/``Refused``."""
    case = lock_case(by=by, number=number)
    allow(can_manage_assessment(case))
    colleague = Membership.objects.filter(
        organisation=case.enterprise_id,
        user=user,
        is_active=True,
        role__in=[Role.CONTRIBUTOR, Role.ENTERPRISE_ADMINISTRATOR],
    )
    refuse_unless(
        colleague.exists(),
        "{name}不是本企业的填报人，请先在成员管理中添加。",
        "{name} is not a contributor of this enterprise; add them under members first.",
        name=user.name,
    )
    unknown = set(part_codes) - set(case.edition.domains_by_code) - set(case.edition.items)
    refuse_unless(
        not unknown,
        "能力域或能力项 {code} 不存在。",
        "There is no domain or item {code}.",
        code=listed(sorted(unknown)),
    )
    held = Delegation.objects.filter(assessment=case, user=user)
    before = sorted(held.values_list("part_code", flat=True))
    held.delete()
    Delegation.objects.bulk_create(
        [
            Delegation(assessment=case, user=user, part_code=c, due_date=due_date, assigned_by=by, assigned_at=at)
            for c in sorted(set(part_codes))
        ]
    )
    audit.record(
        action="case.delegated",
        by=by,
        at=at,
        assessment=case,
        subject=user.email,
        before={"parts": before},
        after={"parts": sorted(set(part_codes)), "due_date": due_date.isoformat() if due_date else None},
    )
