"""A further edition is data alone: a small made-up one goes through questionnaire, scoring, review and report."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import review
from assessments.models import Assessment
from assessments.standard import get_edition, installation_root, load_edition, use_installation
from assessments.standard.installed import Index, Installed, write_index
from tests import factories
from tests.conftest import World
from tests.journeys.browsing import member
from tests.standard import small


@pytest.fixture
def small_edition(tmp_path: Path) -> Iterator[str]:
    """Two domains, three items, sixteen criteria, with a scheme of their own, put into an installation."""
    before = installation_root()
    use_installation(tmp_path)
    folder = small.write_edition(tmp_path / "small", scheme="small-scheme")
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "small-scheme.toml").write_text(small.SCHEME, encoding="utf-8")
    entry = Installed("small-2030", "small", load_edition(folder).checksum)
    write_index(tmp_path, Index().with_draft(entry).with_published("small-2030", timezone.localdate()))
    yield "small-2030"
    use_installation(before)


def test_a_made_up_edition_from_the_form_to_the_certificate(world: World, small_edition: str) -> None:
    admin, there = member(world.enterprise_admin), reverse("assessment_new")
    admin.open(there)
    assert "小标准" in admin.text
    admin.send(there, edition_code=small_edition, track="owner", target_level="3", scope="小范围")
    case = Assessment.objects.get()
    assert (case.edition_code, case.scheme_code, case.total) == (small_edition, "small-scheme", 16)

    # the questionnaire, one answer by hand
    admin.open(reverse("item", args=[case.number, "6.1"]))
    assert "条款6.1-L2-02" in admin.text
    admin.send(reverse("answer_save", args=[case.number, "6.1-L1-01"]), verdict="full")
    assert Assessment.objects.get().self_answered == 1
    factories.answer_all(case, world.enterprise_admin)
    # full, full, largely at 80, partially at 40, none: 1.00 + 1.00 + 0.80 + 0.40 + 0.00 in every item
    assert (case.self_score, case.self_level) == (Decimal("3.20"), 3)
    assert "3.20" in admin.open(reverse("result", args=[case.number])).text
    admin.step(case.number, "finalise", confirm="on")

    # application, review, report, certificate by the same steps as any other case
    case.refresh_from_db()
    factories.state_eligibility(case, world.enterprise_admin)
    case = factories.move(case, world.enterprise_admin, "apply", body=world.body)
    case = factories.move(case, world.body_manager, "accept", contract_number="HT-1", filing_number="BA-1")
    factories.form_team(case, world.body_manager, world.lead, world.assessor, world.quality_reviewer)
    case = factories.move(case, world.body_manager, "start_review")
    lead = member(world.lead)
    assert "6.1-L2-02" in lead.open(reverse("review_item", args=[case.number, "6.1"])).text
    factories.rule_all(case, (world.lead, world.assessor))
    case = factories.move(case, world.lead, "go_onsite")
    case = factories.move(case, world.lead, "start_reporting")
    review.write_conclusion(
        by=world.lead, number=case.number, strengths="齐全", weaknesses="量化不足", advice="建立指标", at=timezone.now()
    )
    case = factories.move(case, world.lead, "sign_report")
    case = factories.move(case, world.quality_reviewer, "sign_off")
    assert (case.assessed_score, case.assessed_level) == (Decimal("3.20"), 3)
    pdf = member(world.officer).client.get(reverse("evaluation_report", args=[case.number]))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.getvalue())).pages)
    for words in ("小标准", "能力项6.1", "域七", "3.20"):
        assert words in text, words
    card = case.scorecards.get(layer="assessed")
    assert (card.edition_code, card.scheme_code) == (small_edition, "small-scheme")
    assert card.edition_checksum == get_edition(small_edition).checksum
    assert len(card.verdicts) == 16
