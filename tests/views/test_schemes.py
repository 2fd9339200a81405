"""How scores come about, for anybody to read; and on a result only the parameters that had a part in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from assessments.models import Assessment
from assessments.reports.wording import PARAMETERS, parameter_value
from assessments.scoring import get_scheme, schemes
from assessments.standard import installation_root, use_installation
from assessments.views.results import provisional
from tests.standard import small

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def page(client: Client, code: str, headers: dict[str, str] | None = None) -> str:
    response = client.get(reverse("scheme", args=[code]), headers=headers or {})
    assert response.status_code == 200
    return response.content.decode()


def row(html: str, name: str) -> str:
    found = re.search(rf'<tr id="{name}">.*?</tr>', html, re.S)
    assert found, name
    return found.group()


@pytest.mark.parametrize(("headers", "language"), [({}, "zh"), (ENGLISH, "en")])
@pytest.mark.parametrize("code", ["practice-2023", "practice-2026"])
def test_every_parameter_with_value_status_and_source(
    client: Client, code: str, headers: dict[str, str], language: str
) -> None:
    scheme = get_scheme(code)
    html = page(client, code, headers)
    for parameter in scheme.parameters:
        own = row(html, parameter.name)
        value = parameter_value(scheme, parameter.name).in_language(language)
        assert escape(PARAMETERS[parameter.name].in_language(language)) in own
        assert escape(value[0].upper() + value[1:]) in own
        assert escape(parameter.source.in_language(language)) in own
        assert ("tag-warning" in own) == parameter.is_provisional
        assert ("tag-ok" in own) != parameter.is_provisional
    assert escape(scheme.name.in_language(language)) in html
    for edition in scheme.editions:
        assert reverse("standard_edition", args=[edition]) in html


def test_tracks_and_days_of_a_parameter(client: Client) -> None:
    html = page(client, "practice-2026")
    assert "<td>乙方（数据服务或解决方案提供方）</td>" in row(html, "provider_weights")
    assert "<td>甲方（数据拥有方）</td>" in row(html, "bonus")
    assert "<td>全部</td>" in row(html, "bands")
    assert "2026-07-01 起" in row(html, "bands")


def test_the_steps_give_the_figures_of_the_scheme(client: Client, tmp_path: Path) -> None:
    html = re.sub(r"<[^>]+>", "", page(client, "practice-2023"))
    for words in ("级别得分不低于 0.70", "每项 0.01，合计不超过 0.03", "2 级及以上", "分数线减 1.00", "4.50 起"):
        assert words in html


@pytest.fixture
def added(tmp_path: Path) -> Iterator[str]:
    """A scheme of the installation."""
    before = installation_root()
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "small-scheme.toml").write_text(small.SCHEME, encoding="utf-8")
    use_installation(tmp_path)
    yield "small-scheme"
    use_installation(before)


def test_a_scheme_of_the_installation_is_explained_too(client: Client, added: str) -> None:
    html = page(client, added)
    assert "小方案" in html
    assert "6 项参数中有 6 项为暂定" in html
    assert "级别得分不低于 0.60" in re.sub(r"<[^>]+>", "", html)
    listed = client.get(reverse("standard")).content.decode()
    assert all(reverse("scheme", args=[s.code]) in listed for s in schemes())


def test_an_unknown_scheme_is_404(client: Client) -> None:
    assert client.get(reverse("scheme", args=["none"])).status_code == 404


# --- where schemes decide ------------------------------------------------------------------------------------------


def test_a_result_marks_the_parameters_of_its_track_alone(
    login: Any, enterprise_admin: Any, answered_case: Assessment
) -> None:
    names = [p.name for p in provisional(answered_case.scheme, "owner")]
    assert PARAMETERS["bonus"] in names
    assert PARAMETERS["provider_weights"] not in names
    assert PARAMETERS["provider_weights"] in [p.name for p in provisional(answered_case.scheme, "provider")]
    html = login(enterprise_admin).get(reverse("result", args=[answered_case.number])).content.decode()
    table = html[html.index('id="provisional"') :]
    assert PARAMETERS["bonus"].zh in table
    assert PARAMETERS["provider_weights"].zh not in table
    assert f"计分使用了 {len(names)} 项" in html


def test_result_and_case_lead_to_the_scheme(login: Any, enterprise_admin: Any, answered_case: Assessment) -> None:
    client = login(enterprise_admin)
    for name in ("result", "assessment_detail"):
        html = client.get(reverse(name, args=[answered_case.number])).content.decode()
        assert f'href="{reverse("scheme", args=[answered_case.scheme_code])}"' in html
