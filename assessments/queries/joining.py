"""Finding out that an enterprise is registered already, and who waits to join it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.models import Event, JoinRequest, Membership, Organisation, User
from assessments.permissions.rules import memberships, role_in
from assessments.queries.organisations import administrators
from assessments.standard import Bilingual
from assessments.workflow import Party, Role

#: Requests one person may have waiting at a time.
OPEN_AT_MOST = 5
#: Requests one person may make within a day, those taken back included: each is a letter to every administrator.
ASKED_AT_MOST, ASKED_WITHIN = 10, dt.timedelta(days=1)
#: After being declined, how long one waits before asking the same enterprise again.
DECLINED_WAIT = dt.timedelta(days=1)

_signer = Signer(salt="enterprise-to-join")
#: Endings that say what form a company has and not which company it is.
_FORM = re.compile(r"(集团)?(股份)?(有限)?(责任)?(公司)?$")


def token_of(enterprise: Organisation) -> str:
    """Names an enterprise in an address that nobody can count through: it comes from a code or a name one knew."""
    return _signer.sign(str(enterprise.pk))


def enterprise_of(token: str) -> Organisation | None:
    try:
        pk = _signer.unsign(token)
    except BadSignature:
        return None
    return Organisation.objects.filter(pk=pk, kind=Party.ENTERPRISE).first()


def registered(uscc: str) -> Organisation | None:
    """The enterprise with this code."""
    return Organisation.objects.filter(uscc=uscc, kind=Party.ENTERPRISE).first()


def core(name: str) -> str:
    """A name without what people write now one way, now another: width, blanks, brackets, the form of the company.

    >>> core("上海（浦江）数据 有限责任公司") == core("上海浦江数据股份有限公司") == "上海浦江数据"
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = "".join(c for c in folded if c.isalnum())
    return _FORM.sub("", bare)


def similar(name: str, *, uscc: str) -> list[Organisation]:
    """Enterprises of other codes that may be the same one under a mistyped code or name; one query."""
    wanted = core(name)
    if not wanted:
        return []
    others = Organisation.objects.filter(kind=Party.ENTERPRISE).exclude(uscc=uscc)
    found = [pk for pk, other in others.values_list("pk", "name").iterator() if core(other) == wanted]
    return list(Organisation.objects.filter(pk__in=found)) if found else []


def why_not_ask(user: User, enterprise: Organisation, at: dt.datetime) -> Bilingual | None:
    """Why this person cannot ask to join, or ``None``."""
    name = enterprise.both_names
    if role_in(user, enterprise) is not None:
        return Bilingual(
            "您已是{name}的成员，无需申请。", "You already belong to {name}; there is nothing to ask for."
        ).format(name=name)
    if not administrators(enterprise).filter(user__is_active=True).exists():
        return Bilingual(
            "{name}目前没有可以审批的管理员，请联系平台运行方。",
            "{name} has no administrator who could decide at present; contact the platform operator.",
        ).format(name=name)
    own = JoinRequest.objects.filter(user=user)
    if own.filter(decided_at__isnull=True).count() >= OPEN_AT_MOST:
        return Bilingual(
            "您已有 {n} 份加入申请等待处理，请先等待答复或撤回其中一份。",
            "{n} of your requests are waiting already; wait for an answer or withdraw one.",
        ).format(n=OPEN_AT_MOST)
    asked = Event.objects.filter(actor=user, action="member.join_requested", at__gt=at - ASKED_WITHIN)
    if asked.count() >= ASKED_AT_MOST:
        return Bilingual(
            "您一天内已提交 {n} 份加入申请，请于一天后再申请，或请企业管理员邀请您。",
            "You have made {n} requests within a day; ask again after a day, or ask to be invited.",
        ).format(n=ASKED_AT_MOST)
    if own.filter(organisation=enterprise, is_accepted=False, decided_at__gt=at - DECLINED_WAIT).exists():
        return Bilingual(
            "该企业刚刚拒绝了您的加入申请，请于一天后再申请，或请其管理员邀请您。",
            "This enterprise has just declined your request; ask again after a day, or ask to be invited.",
        )
    return None


def open_request(user: User, enterprise: Organisation) -> JoinRequest | None:
    return JoinRequest.objects.filter(user=user, organisation=enterprise, decided_at__isnull=True).first()


def waiting(enterprise: Organisation) -> QuerySet[JoinRequest]:
    """Requests to decide on, the oldest first, without those of people who have come in by another way."""
    return _undecided().filter(organisation=enterprise).select_related("user")


def concerning(user: User) -> tuple[list[JoinRequest], dict[Organisation, int]]:
    """The person's own waiting requests, and how many wait for them by enterprise; one query."""
    led = [m.organisation_id for m in memberships(user) if m.role == Role.ENTERPRISE_ADMINISTRATOR]
    found = _undecided().filter(Q(user=user) | Q(organisation__in=led)).select_related("organisation")
    own = [r for r in found if r.user_id == user.pk]
    to_decide: dict[Organisation, int] = {}
    for request in found:
        if request.user_id != user.pk:
            to_decide[request.organisation] = to_decide.get(request.organisation, 0) + 1
    return own, to_decide


def other_parties(user: User) -> list[Bilingual]:
    """The bodies and offices of the person by name: who joins an enterprise is barred from its cases there."""
    return [m.organisation.both_names for m in memberships(user) if m.organisation.kind in (Party.BODY, Party.OFFICE)]


def deciders(enterprise: Organisation) -> Iterable[User]:
    """Who is told of a request."""
    return [m.user for m in administrators(enterprise).filter(user__is_active=True)]


def _undecided() -> QuerySet[JoinRequest]:
    inside = Membership.objects.filter(user=OuterRef("user"), organisation=OuterRef("organisation"), is_active=True)
    return JoinRequest.objects.filter(~Exists(inside), decided_at__isnull=True)
