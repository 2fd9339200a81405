"""Personas and cases at every stage of the straight road, the same names in every test.

``world`` holds everybody. Each stage fixture takes the one case of the world one step further, so ask for the one you
need: ``draft_case`` < ``answered_case`` < ``finalised_case`` < ``applied_case`` < ``planning_case`` < ``review_case``
< ``onsite_case`` < ``reporting_case`` < ``compliance_case`` < ``notice_case`` < ``certified_case``.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from assessments.actions import review
from assessments.models import Assessment, Organisation, User
from assessments.reports import fonts
from assessments.standard import installation_root, use_installation
from assessments.workflow import Party, Role
from tests import factories
from tests.stages import reach


@dataclass
class World:
    """One enterprise with its people, a stranger's enterprise, two bodies, the office, the platform."""

    enterprise: Organisation
    other_enterprise: Organisation
    body: Organisation
    other_body: Organisation
    office: Organisation
    enterprise_admin: User
    contributor: User
    viewer: User
    stranger: User
    body_manager: User
    lead: User
    assessor: User
    third_assessor: User
    quality_reviewer: User
    other_manager: User
    officer: User
    district_officer: User
    other_district_officer: User
    auditor: User
    system_administrator: User
    nobody: User


_places = itertools.count(1)


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each test has its uploads to itself; the folder is made with the first, for most tests never."""
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / f"files-{next(_places)}"


@pytest.fixture(autouse=True)
def _own_editions(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each test has an installation without editions of its own; nothing is written before a test adds one."""
    before = installation_root()
    settings.EDITIONS_ROOT = tmp_path_factory.getbasetemp() / f"editions-{next(_places)}"
    use_installation(settings.EDITIONS_ROOT)
    yield
    use_installation(before)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request in English must not leave its language to the next test."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def typeface() -> None:
    """The typeface cut once with every character of the sources: cutting is half the work of a report.

    A document whose characters are all held already is set from the kept cut, so what comes out is the same.
    """
    root = Path(__file__).parents[1]
    sources = [
        *(root / "assessments").rglob("*.py"),
        *(root / "assessments").rglob("*.toml"),
        *root.glob("tests/**/*.py"),
    ]
    held = frozenset("".join(path.read_text(encoding="utf-8") for path in sources)) & set(map(chr, fonts.coverage()))
    for weight in (fonts.REGULAR, fonts.BOLD):
        fonts.cut(held, weight)


NAMES = {
    "enterprise_admin": "赵敏",
    "contributor": "钱进",
    "viewer": "孙立",
    "stranger": "李外",
    "body_manager": "周洁",
    "lead": "吴组长",
    "assessor": "郑评估",
    "third_assessor": "王三",
    "quality_reviewer": "冯质审",
    "other_manager": "陈他",
    "officer": "褚审查",
    "district_officer": "卫浦东",
    "other_district_officer": "蒋黄浦",
    "auditor": "沈审计",
    "system_administrator": "顾系统",
    "nobody": "韩新人",
}
ORGANISATIONS = {
    "enterprise": "上海浦江精密制造有限公司",
    "other_enterprise": "上海外滩商贸有限公司",
    "body": "申城数据评估中心",
    "other_body": "沪江评估事务所",
    "office": "上海市评估工作部",
}


def _people_the_world() -> None:
    people = {key: factories.make_user(name, f"{key}@test.example") for key, name in NAMES.items()}
    enterprise = factories.make_enterprise(ORGANISATIONS["enterprise"], people["enterprise_admin"])
    factories.make_enterprise(ORGANISATIONS["other_enterprise"], people["stranger"], district="310101")
    body, other_body = (factories.make_body(ORGANISATIONS[key]) for key in ("body", "other_body"))
    office = factories.make_organisation(Party.OFFICE, ORGANISATIONS["office"])
    platform = factories.make_organisation(Party.PLATFORM, "平台运行中心")
    for key, organisation, role, district in (
        ("contributor", enterprise, Role.CONTRIBUTOR, ""),
        ("viewer", enterprise, Role.VIEWER, ""),
        ("body_manager", body, Role.BODY_MANAGER, ""),
        ("lead", body, Role.LEAD_ASSESSOR, ""),
        ("assessor", body, Role.ASSESSOR, ""),
        ("third_assessor", body, Role.ASSESSOR, ""),
        ("quality_reviewer", body, Role.QUALITY_REVIEWER, ""),
        ("other_manager", other_body, Role.BODY_MANAGER, ""),
        ("officer", office, Role.CERTIFICATION_OFFICER, ""),
        ("district_officer", office, Role.DISTRICT_OFFICER, "310115"),
        ("other_district_officer", office, Role.DISTRICT_OFFICER, "310101"),
        ("auditor", platform, Role.AUDIT_ADMINISTRATOR, ""),
        ("system_administrator", platform, Role.SYSTEM_ADMINISTRATOR, ""),
    ):
        factories.join(people[key], organisation, role, district=district)


def _load_world() -> World:
    people = {u.email.partition("@")[0]: u for u in User.objects.filter(email__in=[f"{k}@test.example" for k in NAMES])}
    listed = Organisation.objects.select_related("body_profile").filter(name__in=ORGANISATIONS.values())
    found = {o.name: o for o in listed}
    return World(**{k: found[name] for k, name in ORGANISATIONS.items()}, **{k: people[k] for k in NAMES})


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> World:
    reach(request.node, "world", STEPS)
    return _load_world()


def _persona(name: str) -> Any:
    @pytest.fixture(name=name)
    def persona(world: World) -> User:
        user: User = getattr(world, name)
        return user

    return persona


enterprise_admin, contributor, viewer, stranger = map(
    _persona, ("enterprise_admin", "contributor", "viewer", "stranger")
)
body_manager, lead, assessor, third_assessor = map(_persona, ("body_manager", "lead", "assessor", "third_assessor"))
quality_reviewer, other_manager, officer = map(_persona, ("quality_reviewer", "other_manager", "officer"))
district_officer, other_district_officer = map(_persona, ("district_officer", "other_district_officer"))
auditor, system_administrator, nobody = map(_persona, ("auditor", "system_administrator", "nobody"))


@pytest.fixture
def login() -> Callable[..., Client]:
    """``login(user)``: a client logged in as this person; ``login(user, csrf=True)`` also checks CSRF tokens."""

    def log_in(user: User, *, csrf: bool = False) -> Client:
        client = Client(enforce_csrf_checks=csrf)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return log_in


def _case() -> Assessment:
    """The one case of the world; the oldest, should a test have opened another."""
    return Assessment.objects.select_related("enterprise", "body").order_by("pk")[0]


def _move(who: str, action: str, **given: Any) -> Callable[[], object]:
    return lambda: factories.move(_case(), getattr(_load_world(), who), action, **given)


def _open() -> None:
    world = _load_world()
    factories.open_case(world.enterprise_admin, world.enterprise)


def _finalise() -> None:
    world, case = _load_world(), _case()
    factories.state_eligibility(case, world.enterprise_admin)
    factories.move(case, world.enterprise_admin, "finalise", pledge=True)


def _apply() -> None:
    world = _load_world()
    factories.move(_case(), world.enterprise_admin, "apply", body=world.body)


def _start_review() -> None:
    world, case = _load_world(), _case()
    factories.form_team(case, world.body_manager, world.lead, world.assessor, world.quality_reviewer)
    factories.move(case, world.body_manager, "start_review")


def _go_onsite() -> None:
    world, case = _load_world(), _case()
    factories.rule_all(case, (world.lead, world.assessor))
    factories.move(case, world.lead, "go_onsite")


def _sign() -> None:
    world, case = _load_world(), _case()
    review.write_conclusion(
        by=world.lead,
        number=case.number,
        strengths="制度体系完整",
        weaknesses="量化管理不足",
        advice="建立指标体系",
        at=timezone.now(),
    )
    factories.move(factories.move(case, world.lead, "sign_report"), world.quality_reviewer, "sign_off")


def _publish() -> None:
    at = timezone.now() - dt.timedelta(days=8)
    factories.move(_case(), _load_world().officer, "pass_to_notice", at=at)


def _certify() -> None:
    officer = _load_world().officer
    factories.move(factories.move(_case(), officer, "close_notice"), officer, "issue_certificate")


#: Each step of the straight road, from the stage before.
STEPS: dict[str, Callable[[], object]] = {
    "world": _people_the_world,
    "draft_case": _open,
    # every criterion answered; comes out at 3.20 and level 3
    "answered_case": lambda: factories.answer_all(_case(), _load_world().enterprise_admin),
    # ready to apply: finalised, and every condition of eligibility is stated and met
    "finalised_case": _finalise,
    "applied_case": _apply,
    "planning_case": _move("body_manager", "accept", contract_number="HT-001", filing_number="BA-001"),
    "review_case": _start_review,
    # both assessors have ruled on everything and agree
    "onsite_case": _go_onsite,
    "reporting_case": _move("lead", "start_reporting"),
    "compliance_case": _sign,
    # the notice was published eight days ago, so it may be closed
    "notice_case": _publish,
    "certified_case": _certify,
}


def _stage(name: str) -> Any:
    @pytest.fixture(name=name)
    def case_at(request: pytest.FixtureRequest, db: None) -> Assessment:
        reach(request.node, name, STEPS)
        return _case()

    return case_at


draft_case, answered_case, finalised_case, applied_case, planning_case, review_case = map(_stage, list(STEPS)[1:7])
onsite_case, reporting_case, compliance_case, notice_case, certified_case = map(_stage, list(STEPS)[7:])
