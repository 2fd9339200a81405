"""Who fills in which part of a case and how far each is. Every figure counts criteria, each once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet

from assessments.models import (
    Answer,
    Assessment,
    Delegation,
    Discussion,
    EvidenceLink,
    Invitation,
    Membership,
    User,
    parts_with,
)
from assessments.scoring import Verdict
from assessments.standard import Bilingual, Criterion, Domain, Edition, Item, listed
from assessments.workflow import Role

WRITERS = (Role.ENTERPRISE_ADMINISTRATOR, Role.CONTRIBUTOR)
#: The part of somebody who has handed over everything: they answer nothing, where without any row they could all.
NOTHING = ""
#: How many parts a sentence names before it only counts the rest.
_NAMED = 6


# --- parts --------------------------------------------------------------------------------------------------------


def part_name(edition: Edition, part_code: str) -> Bilingual:
    """A domain or an item by code and name."""
    part = edition.domains_by_code.get(part_code) or edition.items.get(part_code)
    name = part.name if part else Bilingual("", "")
    return Bilingual(f"{part_code} {name.zh}".strip(), f"{part_code} {name.en}".strip())


def in_order(edition: Edition, part_codes: Iterable[str]) -> list[str]:
    """Part codes in the order of the standard: sorted as text, 10 would come before 6."""
    wanted = set(part_codes)
    known = [code for d in edition.domains for code in (d.code, *(i.code for i in d.items))]
    return [code for code in known if code in wanted] + sorted(wanted - set(known))


def parts_in_words(edition: Edition, part_codes: Iterable[str]) -> Bilingual:
    """Parts in a row for a sentence; of many the first few and how many there are."""
    codes = in_order(edition, part_codes)
    named = listed(part_name(edition, code) for code in codes[:_NAMED])
    if len(codes) <= _NAMED:
        return named
    return Bilingual("{parts}等 {n} 个部分", "{parts} and more, {n} parts in all").format(parts=named, n=len(codes))


def without_covered(part_codes: Iterable[str]) -> set[str]:
    """The parts without items whose domain is among them."""
    codes = set(part_codes)
    return {c for c in codes if "." not in c or c.split(".")[0] not in codes}


def criteria_in(edition: Edition, part_codes: Collection[str]) -> tuple[Criterion, ...]:
    """The criteria of these parts in the order of the standard, each once."""
    parts = set(part_codes)
    return tuple(c for i in edition.items.values() if not parts.isdisjoint(parts_with(i.code)) for c in i.criteria)


# --- how far ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """How many criteria, how many have a verdict, and of these how many were carried over and wait for a yes."""

    total: int
    answered: int
    to_confirm: int

    @property
    def left(self) -> int:
        return self.total - self.answered

    @property
    def is_complete(self) -> bool:
        return not self.left and not self.to_confirm


@dataclass(frozen=True)
class Progress:
    """What is answered in a case, by criterion code, and when each person last saved there."""

    answered: frozenset[str]
    to_confirm: frozenset[str]
    not_applicable: frozenset[str]
    unreasoned: frozenset[str]
    last_by: Mapping[int, dt.datetime]

    def figures(self, criteria: Iterable[Criterion]) -> Figures:
        codes = [c.code for c in criteria]
        return Figures(len(codes), sum(c in self.answered for c in codes), sum(c in self.to_confirm for c in codes))


def progress(case: Assessment) -> Progress:
    """One query."""
    rows = list(
        Answer.objects.filter(assessment=case).values_list(
            "criterion_code", "verdict", "reason", "is_carried", "saved_by_id", "saved_at"
        )
    )
    given = [r for r in rows if r[1]]
    excluded = [r for r in given if r[1] == Verdict.NOT_APPLICABLE]
    last: dict[int, dt.datetime] = {}
    for *_, carried, person, at in rows:
        if not carried:
            last[person] = max(at, last.get(person, at))
    return Progress(
        answered=frozenset(r[0] for r in given),
        to_confirm=frozenset(r[0] for r in given if r[3]),
        not_applicable=frozenset(r[0] for r in excluded),
        unreasoned=frozenset(r[0] for r in excluded if not r[2].strip()),
        last_by=last,
    )


# --- people -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One part of one person: what was asked, until when, how far it is, and whether it is said to be finished."""

    delegation: Delegation
    name: Bilingual
    criteria: tuple[Criterion, ...]
    figures: Figures
    today: dt.date

    @property
    def code(self) -> str:
        return self.delegation.part_code

    @property
    def is_domain(self) -> bool:
        return "." not in self.code

    @property
    def is_done(self) -> bool:
        return self.delegation.done_at is not None

    @property
    def is_overdue(self) -> bool:
        due = self.delegation.due_date
        return due is not None and due < self.today and not self.is_done


@dataclass(frozen=True)
class Share:
    """Everything one person was assigned; criteria that stand in two of their parts count once."""

    user: User
    #: the role they hold in the enterprise now, ``None`` when they have left
    role: str | None
    parts: tuple[Part, ...]
    figures: Figures
    last_at: dt.datetime | None

    @property
    def has_left(self) -> bool:
        return self.role is None

    @property
    def may_answer(self) -> bool:
        return self.role in WRITERS

    @property
    def open_parts(self) -> tuple[Part, ...]:
        return tuple(p for p in self.parts if not p.is_done)

    @property
    def due(self) -> dt.date | None:
        """The earliest date among the parts that are not finished."""
        return min((p.delegation.due_date for p in self.open_parts if p.delegation.due_date), default=None)

    @property
    def is_overdue(self) -> bool:
        return any(p.is_overdue for p in self.parts)

    @property
    def is_done(self) -> bool:
        return bool(self.parts) and not self.open_parts

    @property
    def note(self) -> str:
        """What is expected, where it is the same for all parts; else empty."""
        notes = {p.delegation.note for p in self.parts}
        return notes.pop() if len(notes) == 1 else ""

    @property
    def part_codes(self) -> list[str]:
        return [p.code for p in self.parts]


@dataclass(frozen=True)
class ItemShare:
    """An item with who holds it, by itself or with its domain."""

    item: Item
    holders: tuple[Share, ...]
    figures: Figures

    @property
    def is_assigned(self) -> bool:
        """Whether somebody who may still answer has it."""
        return any(s.may_answer for s in self.holders)


@dataclass(frozen=True)
class DomainShare:
    """A domain with who holds it as a whole, and its items."""

    domain: Domain
    holders: tuple[Share, ...]
    figures: Figures
    items: tuple[ItemShare, ...]

    @property
    def unassigned(self) -> int:
        """Criteria that nobody has who may still answer."""
        return sum(i.figures.total for i in self.items if not i.is_assigned)


@dataclass(frozen=True)
class Division:
    """How the work of a case is divided: by person, and by domain and item."""

    case: Assessment
    progress: Progress
    shares: tuple[Share, ...]

    @cached_property
    def domains(self) -> tuple[DomainShare, ...]:
        holders: dict[str, list[Share]] = defaultdict(list)
        for share in self.shares:
            for code in share.part_codes:
                holders[code].append(share)
        return tuple(self._domain(d, holders) for d in self.case.edition.domains)

    def _domain(self, domain: Domain, holders: Mapping[str, list[Share]]) -> DomainShare:
        whole = tuple(holders.get(domain.code, ()))
        return DomainShare(
            domain=domain,
            holders=whole,
            figures=self.progress.figures(c for i in domain.items for c in i.criteria),
            items=tuple(
                ItemShare(
                    item,
                    tuple(dict.fromkeys([*whole, *holders.get(item.code, ())])),
                    self.progress.figures(item.criteria),
                )
                for item in domain.items
            ),
        )

    @property
    def unassigned(self) -> int:
        return sum(d.unassigned for d in self.domains)

    @property
    def departed(self) -> tuple[Share, ...]:
        """People who hold parts and may no longer answer."""
        return tuple(s for s in self.shares if not s.may_answer)

    def of(self, user: User) -> Share | None:
        return next((s for s in self.shares if s.user == user), None)

    @cached_property
    def people_of(self) -> dict[str, tuple[User, ...]]:
        """Who was assigned each item, by item code; nobody is left out."""
        return {i.item.code: tuple(s.user for s in i.holders) for d in self.domains for i in d.items}


def division(case: Assessment, today: dt.date) -> Division:
    """Who has which parts; three queries, whatever the number of people and parts."""
    found = progress(case)
    held: dict[User, list[Delegation]] = defaultdict(list)
    rows = Delegation.objects.filter(assessment=case).exclude(part_code=NOTHING).select_related("user")
    for row in rows.order_by("user__name", "user_id"):
        held[row.user].append(row)
    active = Membership.objects.filter(organisation=case.enterprise_id, is_active=True, user__is_active=True)
    roles = dict(active.filter(user__in=list(held)).values_list("user_id", "role"))
    return Division(case, found, tuple(_share(case, u, held[u], roles.get(u.pk), found, today) for u in held))


def _share(
    case: Assessment, user: User, rows: list[Delegation], role: str | None, found: Progress, today: dt.date
) -> Share:
    by_code = {r.part_code: r for r in rows}
    codes = in_order(case.edition, by_code)
    return Share(
        user=user,
        role=role,
        parts=tuple(_part(case, by_code[code], found, today) for code in codes),
        figures=found.figures(criteria_in(case.edition, codes)),
        last_at=found.last_by.get(user.pk),
    )


def _part(case: Assessment, row: Delegation, found: Progress, today: dt.date) -> Part:
    criteria = criteria_in(case.edition, [row.part_code])
    return Part(row, part_name(case.edition, row.part_code), criteria, found.figures(criteria), today)


def colleagues(case: Assessment) -> QuerySet[User]:
    """People of the enterprise who may be assigned parts."""
    held = Membership.objects.filter(
        user=OuterRef("pk"), organisation=case.enterprise_id, is_active=True, role__in=WRITERS
    )
    return User.objects.filter(Exists(held), is_active=True).order_by("name", "pk")


def administrators(case: Assessment) -> QuerySet[User]:
    """The administrators of the enterprise."""
    held = Membership.objects.filter(
        user=OuterRef("pk"), organisation=case.enterprise_id, is_active=True, role=Role.ENTERPRISE_ADMINISTRATOR
    )
    return User.objects.filter(Exists(held), is_active=True)


@dataclass(frozen=True)
class Invited:
    """Somebody who is invited and will get parts once they have joined."""

    invitation: Invitation
    parts: tuple[Bilingual, ...]
    is_expired: bool


def invited(case: Assessment, at: dt.datetime) -> tuple[Invited, ...]:
    """Invitations that carry parts of this case and wait for an answer; one query."""
    found = Invitation.objects.filter(assessment=case, accepted_at__isnull=True).select_related("invited_by")
    return tuple(
        Invited(i, tuple(part_name(case.edition, c) for c in in_order(case.edition, i.part_codes)), at >= i.expires_at)
        for i in found
    )


# --- one person ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenItem:
    """An item with those of its criteria that a list is about."""

    item: Item
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Mine:
    """What one person fills in: their parts, or the whole questionnaire when nothing was ever assigned to them."""

    share: Share | None
    criteria: tuple[Criterion, ...]
    figures: Figures
    unanswered: tuple[OpenItem, ...]
    to_confirm: tuple[OpenItem, ...]
    unreasoned: tuple[OpenItem, ...]
    #: answered, applicable, and nothing attached
    unproven: tuple[OpenItem, ...]
    #: open discussions somewhere in the case that mention the person
    mentioned: tuple[Criterion, ...]

    @property
    def is_settled(self) -> bool:
        """Nothing that anything could be done about."""
        return not (self.unanswered or self.to_confirm or self.unreasoned or self.unproven or self.mentioned)


def mine(case: Assessment, user: User, whole: Division) -> Mine:
    """The personal page; two queries more than the division has cost."""
    edition, found, share = case.edition, whole.progress, whole.of(user)
    criteria = _criteria_of(case, share)
    proven = set(EvidenceLink.objects.filter(assessment=case).values_list("criterion_code", flat=True))
    asked = Discussion.objects.filter(assessment=case, resolved_at__isnull=True, comments__mentioned=user)
    asked_codes = set(asked.values_list("criterion_code", flat=True))
    return Mine(
        share=share,
        criteria=criteria,
        figures=found.figures(criteria),
        unanswered=by_item(edition, (c for c in criteria if c.code not in found.answered)),
        to_confirm=by_item(edition, (c for c in criteria if c.code in found.to_confirm)),
        unreasoned=by_item(edition, (c for c in criteria if c.code in found.unreasoned)),
        unproven=by_item(edition, (c for c in criteria if c.code in found.answered - found.not_applicable - proven)),
        mentioned=tuple(c for c in edition.criteria.values() if c.code in asked_codes),
    )


def _criteria_of(case: Assessment, share: Share | None) -> tuple[Criterion, ...]:
    """Those of the viewer; a case from ``scope.cases`` knows whether anything was assigned to them at all."""
    if share is None and not case.viewer_delegated:
        return tuple(case.edition.criteria.values())
    return criteria_in(case.edition, share.part_codes) if share else ()


def by_item(edition: Edition, criteria: Iterable[Criterion]) -> tuple[OpenItem, ...]:
    """Criteria grouped by their item; items without any are left out."""
    groups: dict[str, list[Criterion]] = defaultdict(list)
    for criterion in criteria:
        groups[criterion.item_code].append(criterion)
    return tuple(OpenItem(edition.items[code], tuple(group)) for code, group in groups.items())


def unfinished(case: Assessment, part_code: str) -> tuple[Criterion, ...]:
    """What keeps a part from being finished: no verdict, or a carried one to confirm. One query."""
    found = progress(case)
    settled = found.answered - found.to_confirm
    return tuple(c for c in criteria_in(case.edition, [part_code]) if c.code not in settled)


def own_figures(user: User, cases: Collection[Assessment]) -> dict[int, Figures]:
    """What the person has to fill in, for each of these cases that assigned them anything; at most two queries."""
    if not cases:
        return {}
    parts: dict[int, set[str]] = defaultdict(set)
    for pk, code in Delegation.objects.filter(user=user, assessment__in=cases).values_list(
        "assessment_id", "part_code"
    ):
        parts[pk].add(code)
    if not parts:
        return {}
    verdicts: dict[int, dict[str, bool]] = defaultdict(dict)
    given = Answer.objects.filter(assessment__in=list(parts)).exclude(verdict="")
    for pk, code, is_carried in given.values_list("assessment_id", "criterion_code", "is_carried"):
        verdicts[pk][code] = is_carried
    return {c.pk: _counted(c, parts[c.pk], verdicts[c.pk]) for c in cases if c.pk in parts}


def _counted(case: Assessment, parts: Collection[str], verdicts: Mapping[str, bool]) -> Figures:
    codes = [c.code for c in criteria_in(case.edition, parts)]
    return Figures(len(codes), sum(c in verdicts for c in codes), sum(verdicts.get(c, False) for c in codes))
