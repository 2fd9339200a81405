"""Building the demonstration world at a stage, through actions alone. Repeatable: same seed, same world."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from assessments.actions import assessments, delegations, discussions, organisations, questionnaire, review, transitions
from assessments.management.demo import cast, eligibility, files
from assessments.management.demo.answers import Imagination
from assessments.management.demo.cast import Firm
from assessments.models import (
    Assessment,
    BodyProfile,
    ConflictOfInterest,
    Evidence,
    EvidenceFile,
    Membership,
    Organisation,
    User,
)
from assessments.queries.facts import Given
from assessments.queries.results import self_verdicts
from assessments.workflow import CaseRole, Party, Role, StateCode

S = StateCode
#: The edition in force, and the one before it, on which many certificates still stand.
EDITION, EARLIER = "gbt36073-2025", "gbt36073-2018"
#: The straight road, then the ways off it: what ``--stage`` may be.
ROAD = (
    S.DRAFT, S.FINALISED, S.APPLIED, S.PLANNING, S.DOCUMENT_REVIEW, S.ONSITE, S.REPORTING, S.COMPLIANCE_REVIEW,
    S.PUBLIC_NOTICE, S.CERTIFIED,
)  # fmt: skip
STAGES = ("all", *ROAD, S.REJECTED, S.WITHDRAWN, S.ARCHIVED)
#: Days before today on which a case that is now certified took each step.
_DAYS = {
    "open": 150, "finalise": 120, "apply": 115, "accept": 108, "assign": 100, "start_review": 95, "rule": 70,
    "go_onsite": 55, "reconcile": 50, "start_reporting": 45, "conclude": 43, "sign_report": 40, "sign_off": 38,
    "pass_to_notice": 30, "close_notice": 22, "issue_certificate": 21,
}  # fmt: skip
#: The last step that each state has behind it.
_LAST = {
    S.FINALISED: "finalise", S.APPLIED: "apply", S.PLANNING: "accept", S.DOCUMENT_REVIEW: "start_review",
    S.ONSITE: "go_onsite", S.REPORTING: "start_reporting", S.COMPLIANCE_REVIEW: "sign_off",
    S.PUBLIC_NOTICE: "pass_to_notice", S.CERTIFIED: "issue_certificate", S.REJECTED: "sign_off", S.WITHDRAWN: "apply",
    S.ARCHIVED: "finalise",
}  # fmt: skip
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def synthetic_uscc(district: str, n: int) -> str:
    """A social credit code with right check digit whose body (``DEM`` + running number) no real register gave out."""
    stem = f"91{district}DEM{n:06d}"
    return stem + _ALPHABET[-sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(stem)) % 31]


class World:
    """Accounts and organisations, made when missing; ``add`` brings one more enterprise to a stage."""

    def __init__(self, *, seed: int, now: dt.datetime, tell: Callable[[str], None] = lambda line: None) -> None:
        if settings.ENVIRONMENT == "production":
            raise CommandError("The demonstration world is never built in production (DCMM_ENV=production).")
        self.seed, self.now, self.tell = seed, now, tell
        self.password = make_password(cast.PASSWORD)
        self.people: dict[str, User] = {}
        self.rest = 3
        self.count = Organisation.objects.filter(kind=Party.ENTERPRISE).count()
        self._organisations()

    def person(self, email: str, name: str) -> User:
        """The user with this address; all demonstration accounts share one password."""
        if email not in self.people:
            user = User.objects.filter(email=email).first() or User(email=email, name=name, password=self.password)
            if user.pk is None:
                user.save()
            self.people[email] = user
        return self.people[email]

    def _organisations(self) -> None:
        long_ago = self.now - dt.timedelta(days=900)
        self.body = self._body(
            "上海申城数据评估中心", "Shanghai Shencheng Data Assessment Centre", "310104", 1, long_ago
        )
        self.other_body = self._body(
            "上海沪江标准评估有限公司", "Shanghai Hujiang Standards Assessment Co., Ltd.", "310110", 2, long_ago
        )
        suspended = self._body(
            "上海远测评估咨询有限公司", "Shanghai Yuance Assessment Co., Ltd.", "310114", 3, long_ago
        )
        BodyProfile.objects.filter(organisation=suspended).update(is_suspended=True)
        self.office = self._organisation(
            Party.OFFICE, "上海市数据管理能力成熟度评估工作部", "Shanghai DCMM Certification Office", long_ago
        )
        self.platform = self._organisation(Party.PLATFORM, "平台运行中心", "Platform Operations Centre", long_ago)
        for account in cast.ACCOUNTS:
            organisation = getattr(self, account.organisation, None)
            user = self.person(account.email, account.name)
            if organisation is not None:
                self._join(user, organisation, account.role, account.district, long_ago)

    def _organisation(self, kind: Party, name: str, name_en: str, at: dt.datetime) -> Organisation:
        defaults = {
            "name_en": name_en,
            "created_at": at,
            "address": "上海市黄浦区",
            "contact_phone": "021-0000 0000",
            "contact_email": "office@demo.example",
        }
        return Organisation.objects.get_or_create(kind=kind, name=name, defaults=defaults)[0]

    def _body(self, name: str, name_en: str, district: str, n: int, at: dt.datetime) -> Organisation:
        body, _ = Organisation.objects.get_or_create(
            kind=Party.BODY,
            uscc=synthetic_uscc(district, 900000 + n),
            defaults={"name": name, "name_en": name_en, "district_code": district, "created_at": at},
        )
        today = timezone.localdate(self.now)
        BodyProfile.objects.get_or_create(
            organisation=body,
            defaults={
                "register_number": f"DEMO-PG-{n:03d}",
                "valid_from": today - dt.timedelta(days=700),
                "valid_until": today + dt.timedelta(days=700),
            },
        )
        return Organisation.objects.select_related("body_profile").get(pk=body.pk)

    def _join(self, user: User, organisation: Organisation, role: Role, district: str, at: dt.datetime) -> None:
        Membership.objects.get_or_create(
            user=user, organisation=organisation, defaults={"role": role, "district_code": district, "created_at": at}
        )

    # --- enterprises ------------------------------------------------------------------------------------------------

    def build(self, stage: str, enterprises: int | None = None) -> None:
        """The whole cast for ``all``; otherwise one enterprise, or as many as asked, at this stage."""
        firms = list(cast.FIRMS) if stage == "all" else list(cast.FIRMS[:1])
        wanted = len(firms) if enterprises is None else enterprises
        firms = firms[:wanted] + [self._invent(n, stage) for n in range(len(firms), wanted)]
        for position, firm in enumerate(firms, 1):
            at_stage = firm.stage if stage == "all" else stage
            self.add(
                firm,
                at_stage,
                is_first=position == 1 and self.count == 0,
                is_second=position == 2 and self.count == 1,
                has_past=stage == "all",
            )
            if position <= 20 or position % 100 == 0 or position == wanted:
                self.tell(f"  {position}/{wanted} {firm.name}: {at_stage}")

    def _invent(self, n: int, stage: str) -> Firm:
        rng = random.Random(f"{self.seed}-firm-{n}")  # noqa: S311
        place, (trade, trade_en, industry) = rng.randrange(len(cast.PLACES)), rng.choice(cast.TRADES)
        stages = [s for s in ROAD for _ in range(3 if s in (S.DRAFT, S.CERTIFIED) else 1)]
        # Levels as published for 2022 (domain.md, section 8): most at 2 and below, a third at 3, few above.
        maturity = rng.choices((1.6, 2.3, 3.0, 3.5), weights=(15, 45, 33, 7))[0]
        firm = Firm(
            f"上海{cast.PLACES[place]}{trade}第{n}有限公司",
            f"Shanghai {cast.PLACES_EN[place]} {trade_en} No. {n} Co., Ltd.",
            cast.PLACE_DISTRICTS[place],
            industry,
            rng.choice(("large", "medium", "medium", "small")),
            rng.randrange(60, 5000),
            f"{trade}产品的研发、生产和服务",
            maturity,
            rng.choice(stages) if stage == "all" else stage,
        )
        # Level 3 is open to firms of a hundred people or more.
        return firm if firm.employees >= 100 else replace(firm, target=2)

    @transaction.atomic
    def add(
        self, firm: Firm, stage: str, *, is_first: bool = False, is_second: bool = False, has_past: bool = False
    ) -> Assessment:
        """One enterprise with its administrator and a case at ``stage``; the first with a past carries answers over."""
        self.count += 1
        self.rest = firm.days
        admin = self._administrator(is_first, is_second)
        opened = self._at("open", stage)
        enterprise = organisations.register_enterprise(
            by=admin,
            uscc=synthetic_uscc(firm.district, self.count),
            details={
                "name": firm.name,
                "name_en": firm.name_en,
                "district_code": firm.district,
                "industry_code": firm.industry,
                "size_code": firm.size,
                "employees": firm.employees,
                "business": firm.business,
                "contact_name": admin.name,
                "founded_date": dt.date(1996 + self.count % 24, 1 + self.count % 12, 1 + self.count % 28),
                "data_volume_tb": 2 + self.count % 40,
            },
            at=opened - dt.timedelta(days=20),
        )
        if is_first:
            self._first_firm(enterprise, firm, admin)
        past = self._past(enterprise, admin, firm) if is_first and has_past else ""
        case = self._open(enterprise, admin, firm, opened, self._edition(firm, stage), carry_from=past)
        idea = Imagination(case.edition, firm.maturity, f"{self.seed}-{firm.name}")
        if stage == S.DRAFT:
            self._draft(case, admin, idea, is_first)
            if is_first:
                at = self.now - dt.timedelta(days=2)
                eligibility.state(case, admin, firm, self.count, at, complete=False)
                eligibility.prove(case, admin, at)
            return case
        questionnaire.save_many(by=admin, number=case.number, answers=idea.answers(), at=opened + dt.timedelta(days=20))
        at = self._at("finalise", stage) - dt.timedelta(days=1)
        eligibility.state(case, admin, firm, self.count, at)
        if self.count % 3 == 1:
            eligibility.prove(case, admin, at)
        self._advance(case, admin, idea, stage, firm)
        return case

    def _administrator(self, is_first: bool, is_second: bool) -> User:
        if is_first:
            return self.person("enterprise@demo.example", "赵敏")
        if is_second:
            return self.person("stranger@demo.example", "李文")
        rng = random.Random(f"{self.seed}-person-{self.count}")  # noqa: S311
        name = rng.choice(cast.SURNAMES) + rng.choice(cast.GIVEN_NAMES)
        return self.person(f"admin{self.count:05d}@demo.example", name)

    def _first_firm(self, enterprise: Organisation, firm: Firm, admin: User) -> None:
        """The firm of the demonstration accounts: colleagues, a coach who is barred, a certificate of last year."""
        joined = self.now - dt.timedelta(days=400)
        for account in cast.ACCOUNTS:
            if account.organisation == "firm" and account.role != Role.ENTERPRISE_ADMINISTRATOR:
                self._join(self.person(account.email, account.name), enterprise, account.role, "", joined)
        ConflictOfInterest.objects.create(
            enterprise=enterprise,
            user=self.person("assessor2@demo.example", "秦朗"),
            kind="coaching",
            note="曾承担该企业数据治理咨询项目",
            until=timezone.localdate(self.now) + dt.timedelta(days=500),
            declared_at=joined,
        )

    def _edition(self, firm: Firm, stage: str) -> str:
        """Most certificates still stand on the earlier edition; what is on its way is on the one in force."""
        return EARLIER if stage in (S.CERTIFIED, S.PUBLIC_NOTICE) and self.count % 4 else EDITION

    def _past(self, enterprise: Organisation, admin: User, firm: Firm) -> str:
        """The self-assessment of last year on the earlier edition, finalised and put away; answers its number."""
        at = self.now - dt.timedelta(days=390)
        case = self._open(enterprise, admin, firm, at, EARLIER)
        idea = Imagination(case.edition, firm.maturity - 0.4, f"{self.seed}-{firm.name}-past")
        at += dt.timedelta(days=30)
        questionnaire.save_many(by=admin, number=case.number, answers=idea.answers(), at=at)
        self._evidence(case, admin, at)
        for action in ("finalise", "archive"):
            given = Given(pledge=action == "finalise")
            transitions.move(by=admin, number=case.number, action=action, at=at, given=given)
        return case.number

    def _open(
        self, enterprise: Organisation, admin: User, firm: Firm, at: dt.datetime, edition: str, carry_from: str = ""
    ) -> Assessment:
        return assessments.open_assessment(
            by=admin,
            enterprise=enterprise,
            edition_code=edition,
            carry_from=carry_from,
            track=firm.track,
            key_domains=["8", "9", "10", "11", "12"] if firm.track == "provider" else [],
            target_level=firm.target,
            scope=f"{firm.name}总部及所属单位的{firm.business}相关数据管理活动",
            planned_date=timezone.localdate(at) + dt.timedelta(days=90),
            at=at,
        )

    def _draft(self, case: Assessment, admin: User, idea: Imagination, is_first: bool) -> None:
        at = self.now - dt.timedelta(days=3)
        finished = idea.answers(domains={"6", "7", "8"})
        started = idea.answers(share=0.55, domains={"10", "11", "12"})
        known = dict(case.answers.values_list("criterion_code", "version"))
        answers = {c: replace(g, version=known.get(c, 0)) for c, g in {**finished, **started}.items()}
        questionnaire.save_many(by=admin, number=case.number, answers=answers, at=at)
        if not is_first:
            return
        self._evidence(case, admin, at, all_of_it=True)
        self._divide(case, admin, at)
        asked = "@钱进 这条只有集团口径，请核实子公司是否已同步执行，并补充会议纪要。"
        for by, text in ((admin, asked), (self.person("contributor@demo.example", "钱进"), "已调阅，周五前补齐。")):
            discussions.comment(by=by, number=case.number, criterion_code="9.1-L2-01", text=text, at=self.now)

    def _divide(self, case: Assessment, admin: User, at: dt.datetime) -> None:
        """A colleague with two domains and an item that is finished already; somebody invited to two more items."""
        contributor, today = self.person("contributor@demo.example", "钱进"), timezone.localdate(self.now)
        delegations.delegate(
            by=admin,
            number=case.number,
            user=contributor,
            part_codes=["9", "13", "6.1"],
            due_date=today + dt.timedelta(days=14),
            note="请按正式发布的制度和近一年的运行记录作答，材料由档案室提供。",
            at=at,
        )
        part = case.delegations.get(user=contributor, part_code="6.1")
        delegations.finish(by=contributor, number=case.number, delegation_id=part.pk, at=self.now)
        delegations.invite(
            by=admin,
            number=case.number,
            email="newcomer@demo.example",
            part_codes=["10.2", "11.1"],
            due_date=today + dt.timedelta(days=21),
            at=self.now,
        )

    def _evidence(self, case: Assessment, by: User, at: dt.datetime, *, all_of_it: bool = False) -> None:
        """A few small files, each offered for some criteria; all of it has dates that pass, and a second version."""
        for paper in (*files.PAPERS, *(files.MORE if all_of_it else ())):
            files.attach(case, by, paper, at)
        if all_of_it:
            plan = Evidence.objects.get(versions__name=files.PAPERS[0].name, enterprise=case.enterprise)
            files.revise(case, by, plan.pk, "数据战略规划（2026-2028）修订.pdf", at)

    # --- the road ---------------------------------------------------------------------------------------------------

    def _at(self, step: str, stage: str) -> dt.datetime:
        """When a case now at ``stage`` took a step: its last step is a few days old, the others lie before."""
        if stage == S.DRAFT:
            return self.now - dt.timedelta(days=30)
        shift = _DAYS[_LAST[S(stage)]] - self.rest if stage != S.CERTIFIED else -7 * (self.count % 9)
        return self.now - dt.timedelta(days=_DAYS[step] - shift)

    def _advance(self, case: Assessment, admin: User, idea: Imagination, stage: str, firm: Firm) -> None:
        officer, manager = self.people["authority@demo.example"], self.people["body@demo.example"]
        lead, reviewer = self.people["lead@demo.example"], self.people["reviewer@demo.example"]

        def step(by: User, action: str, **given: object) -> None:
            at = self._at(action, stage) if action in _DAYS else self.now - dt.timedelta(days=2)
            transitions.move(by=by, number=case.number, action=action, at=at, given=Given(**given))  # type: ignore[arg-type]

        behind = list(_DAYS)[: list(_DAYS).index(_LAST[S(stage)]) + 1]
        steps: dict[str, Callable[[], None]] = {
            "finalise": lambda: self._finalise(case, admin, firm, stage, step),
            "apply": lambda: step(admin, "apply", body=self.body),
            "accept": lambda: step(
                manager, "accept", contract_number=f"HT-{case.number}", filing_number=f"BA-{case.number}"
            ),
            "assign": lambda: self._team(case, stage),
            "start_review": lambda: step(manager, "start_review"),
            "rule": lambda: self._rule(case, idea, stage),
            "go_onsite": lambda: step(lead, "go_onsite"),
            "reconcile": lambda: self._reconcile(case, stage),
            "start_reporting": lambda: step(lead, "start_reporting"),
            "conclude": lambda: self._conclude(case, stage),
            "sign_report": lambda: step(lead, "sign_report"),
            "sign_off": lambda: step(reviewer, "sign_off"),
            "pass_to_notice": lambda: self._pass(case, step, officer),
            "close_notice": lambda: step(officer, "close_notice"),
            "issue_certificate": lambda: step(officer, "issue_certificate"),
        }
        for name in behind[1:]:
            steps[name]()
        if stage == S.DOCUMENT_REVIEW:
            self._rule(case, idea, stage, partly=True)
        if stage == S.REJECTED:
            step(officer, "reject", reason="抽查发现两份关键证明材料与现场记录不符，企业未能在规定期限内作出说明。")
        if stage == S.WITHDRAWN:
            step(admin, "withdraw", reason="企业组织机构调整，拟完成后重新申请。")
        if stage == S.ARCHIVED:
            step(admin, "archive")

    def _finalise(self, case: Assessment, admin: User, firm: Firm, stage: str, step: Callable[..., None]) -> None:
        step(admin, "finalise", pledge=True)
        if firm.waiver:
            at = self._at("finalise", stage) + dt.timedelta(days=1)
            eligibility.waive(case, admin, self.people["authority@demo.example"], firm.waiver, at)

    def _pass(self, case: Assessment, step: Callable[..., None], officer: User) -> None:
        level = Assessment.objects.values_list("assessed_level", flat=True).get(pk=case.pk)
        if level is not None and level >= 4:
            transitions.move(by=officer, number=case.number, action="pass_to_panel", at=self._now_for(case))
            transitions.move(
                by=officer,
                number=case.number,
                action="panel_pass",
                at=self._now_for(case),
                given=Given(panel_present=5, panel_in_favour=5, minutes="专家组听取汇报并质询，一致同意推荐等级。"),
            )
        else:
            step(officer, "pass_to_notice")

    def _now_for(self, case: Assessment) -> dt.datetime:
        return Assessment.objects.values_list("state_since", flat=True).get(pk=case.pk) + dt.timedelta(days=1)

    def _team(self, case: Assessment, stage: str) -> None:
        at, number = self._at("assign", stage), case.number
        manager = self.people["body@demo.example"]
        for email, role in (
            ("lead@demo.example", CaseRole.LEAD),
            ("lead@demo.example", CaseRole.ASSESSOR),
            ("assessor@demo.example", CaseRole.ASSESSOR),
            ("reviewer@demo.example", CaseRole.QUALITY_REVIEWER),
        ):
            review.assign(by=manager, number=number, user=self.people[email], role=role, at=at)
        for email in ("lead@demo.example", "assessor@demo.example", "reviewer@demo.example"):
            review.declare_no_conflict(by=self.people[email], number=number, at=at)

    def _rule(self, case: Assessment, idea: Imagination, stage: str, *, partly: bool = False) -> None:
        """Both assessors rule; in the middle of a document review on the first items only, the second a bit behind."""
        at, answered = self._at("rule", stage) if not partly else self.now, self_verdicts(case)
        items = list(idea.edition.items.values())
        for email, strictness, reach in (("lead@demo.example", 0.12, 11), ("assessor@demo.example", 0.16, 8)):
            user = self.people[email]
            mine = items[:reach] if partly else items
            codes = [c.code for i in mine for c in i.criteria]
            rulings = idea.rulings(answered, codes, strictness=strictness)
            review.rule_many(by=user, number=case.number, rulings=rulings, at=at)
            finished = [item.code for item in (mine[:-1] if partly else mine)]
            review.finish_items(by=user, number=case.number, item_codes=finished, at=at)

    def _reconcile(self, case: Assessment, stage: str) -> None:
        """The lead settles every difference at the lower of both verdicts."""
        settled = set(case.reconciled_verdicts.values_list("criterion_code", flat=True))
        order = ["none", "partially", "largely", "full", "not_applicable"]
        both: dict[str, list[str]] = {}
        for code, verdict in case.rulings.exclude(criterion_code__in=settled).values_list("criterion_code", "verdict"):
            both.setdefault(code, []).append(verdict)
        reason = "现场复核后，两名评估师一致同意按从严口径评定。"
        review.reconcile_many(
            by=self.people["lead@demo.example"],
            number=case.number,
            decisions={code: (min(verdicts, key=order.index), reason) for code, verdicts in sorted(both.items())},
            at=self._at("reconcile", stage),
        )

    def _conclude(self, case: Assessment, stage: str) -> None:
        review.write_conclusion(
            by=self.people["lead@demo.example"],
            number=case.number,
            strengths="数据管理制度体系较完整，数据战略与经营目标衔接明确；数据安全分级和访问控制执行到位。",
            weaknesses="数据质量问题的根因分析不够深入，指标数据口径在部分部门不统一；数据管理成效缺少量化度量。",
            advice="建立覆盖主要业务域的质量指标和基线，按季度分析；统一指标口径并纳入归口管理部门考核；逐步建立数据管理效能度量。",
            at=self._at("conclude", stage),
        )


def is_empty() -> bool:
    """No user at all: then the demonstration may be built."""
    return not User.objects.exists() and not EvidenceFile.objects.exists()


def build(*, stage: str, seed: int, enterprises: int | None, tell: Callable[[str], None]) -> None:
    """Builds or extends the world; each enterprise is one transaction. Its people are made up, so no letter is sent."""
    with transaction.atomic():
        world = World(seed=seed, now=timezone.now(), tell=tell)
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
    try:
        world.build(stage, enterprises)
    finally:
        settings.EMAIL_BACKEND = backend
