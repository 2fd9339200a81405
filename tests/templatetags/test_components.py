"""Small components: what they say, also without colour and without sight."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from assessments.scoring import VERDICTS
from assessments.standard import Bilingual
from assessments.templatetags.components import icon, level_badge, split_actions, state_badge, verdict_badge
from assessments.workflow import STATES


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("code", VERDICTS)
def test_a_verdict_has_a_sign_and_words_in_both_languages(code):
    assert words(verdict_badge(code)) == VERDICTS[code].zh
    assert f"#verdict-{code}" in verdict_badge(code)
    with override("en"):
        assert words(verdict_badge(code, short=True)) == VERDICTS[code].en


def test_no_verdict_says_that_it_is_unanswered():
    assert words(verdict_badge(None)) == "未作答"
    assert words(verdict_badge("")) == "未作答"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 未达初始级"), (1, "1 初始级"), (4, "4 量化管理级"), (5, "5 优化级"), (None, "不参与")]
)
def test_a_level_has_number_and_name(number, said):
    assert words(level_badge(number)) == said
    assert words(level_badge(number, short=True)) == said


@pytest.mark.parametrize("code", STATES)
def test_every_state_has_its_words(code):
    assert words(state_badge(code)) == STATES[code].label.zh


def test_an_icon_alone_has_a_name_and_one_beside_words_has_none():
    assert 'aria-hidden="true"' in icon("home")
    assert 'role="img" aria-label="保密"' in icon("lock", "保密")
    assert "<b>" not in icon("lock", "<b>")


def test_actions_are_split_by_tone_with_stop_last():
    actions = [{"tone": "stop", "label": "a"}, {"tone": "main", "label": "b"}, {"tone": "other", "label": "c"}]
    parts = split_actions(actions)
    assert [a["label"] for a in parts["main"]] == ["b"]
    assert [a["label"] for a in parts["others"]] == ["c", "a"]


def test_a_refused_action_is_no_link_and_says_why():
    action = {
        "label": Bilingual("签发证书", "Issue certificate"),
        "url": "/issue/",
        "tone": "main",
        "refusal": Bilingual("公示期未满。", "The notice period is not over."),
    }
    html = render_to_string("components/case_action.html", {"action": action, "css": "button"})
    assert words(html) == "签发证书 公示期未满。"
    assert "/issue/" not in html
    html = render_to_string("components/case_action.html", {"action": {**action, "refusal": None}, "css": "button"})
    assert 'href="/issue/"' in html


def test_the_verdict_control_checks_the_value_and_numbers_the_keys():
    html = render_to_string("components/verdict_control.html", {"code": "6.1-L3-02", "value": "partially"})
    inputs = re.findall(r"<input[^>]*>", html)
    assert [re.search(r'value="(\w+)"', i).group(1) for i in inputs] == list(VERDICTS)
    assert [re.search(r'data-key="(\d)"', i).group(1) for i in inputs] == ["1", "2", "3", "4", "5"]
    assert [i for i in inputs if "checked" in i] == [inputs[2]]
    ids = [re.search(r' id="([^"]+)"', i).group(1) for i in inputs]
    assert len(set(ids)) == 5


def test_pagination_keeps_the_filters_of_the_address():
    page = Paginator(range(45), 20).get_page(2)
    request = RequestFactory().get("/x/", {"state": "draft", "page": "2"})
    html = render_to_string("components/pagination.html", {"page_obj": page, "request": request})
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', html) == [
        "?state=draft&amp;page=1",
        "?state=draft&amp;page=3",
    ]
    assert words(html).startswith("第 21–40 项，共 45 项")


def test_timeline_tells_the_stage_in_words():
    stages = [
        {"label": Bilingual("自评中", "Self-assessment"), "status": "done", "since": dt.date(2026, 9, 1)},
        {
            "label": Bilingual("已申请", "Applied"),
            "status": "current",
            "owner": Bilingual("评估机构", "Body"),
            "due": dt.date(2026, 9, 30),
        },
        {"label": Bilingual("公示", "Notice"), "status": "todo"},
    ]
    html = render_to_string("components/timeline.html", {"stages": stages})
    assert words(html) == "自评中 已完成 2026-09-01 已申请 当前阶段 评估机构 2026-09-30 前 公示 未开始"
    assert html.count('aria-current="step"') == 1
