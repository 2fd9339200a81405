"""Markup that is filled is the markup that rendering makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from assessments.actions import questionnaire
from assessments.actions.questionnaire import Given
from assessments.models import Answer, Assessment, Discussion
from assessments.templatetags.markup import filled, joined
from assessments.views import item_rows, item_tree, live_figures
from tests import factories
from tests.conftest import World

Login = Callable[..., Client]

CODE, OTHER, REASONED = "6.1-L1-01", "6.1-L1-02", "6.1-L2-01"
#: What has to be escaped, and what could be taken for a place in the markup.
WORDS = '制度 <b onclick="x">&amp; {{ code }} \ue000code\ue001\n第二行'


def rendered(template: str, slots: dict[str, Any], **fixed: Any) -> SafeString:
    return render_to_string(template, {**fixed, **slots})


def text_of(response: Any) -> str:
    """The page without what is made anew for each request: the tokens of its forms and the nonce of its scripts."""
    return re.sub(r'(value="|nonce="|X-CSRFToken": ")[A-Za-z0-9+/=]{20,}"', r'\1"', response.content.decode())


@pytest.fixture
def case(world: World, draft_case: Assessment) -> Assessment:
    """Answers of all kinds: with words to escape, not applicable, carried over, none."""
    given = {CODE: Given("full", note=WORDS), REASONED: Given("not_applicable", WORDS, "")}
    by, at = world.contributor, timezone.now()
    questionnaire.save_many(by=by, number=draft_case.number, answers=given, at=at)
    beside = {"assessment": draft_case, "saved_by": by, "saved_at": at}
    Answer.objects.create(criterion_code="6.1-L2-02", verdict="largely", is_carried=True, **beside)
    file = factories.keep_file(draft_case.enterprise, by, "<制度>.pdf")
    factories.link_file(draft_case, CODE, file, by, pointer="第2页 <i>")
    factories.link_file(draft_case, OTHER, file, by)
    Discussion.objects.create(assessment=draft_case, criterion_code=CODE, opened_by=by, opened_at=at)
    return draft_case


def both_ways(monkeypatch: pytest.MonkeyPatch, ask: Any) -> tuple[str, str]:
    fast = text_of(ask())
    for module in (item_rows, item_tree, live_figures):
        monkeypatch.setattr(module, "filled", rendered)
    return fast, text_of(ask())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("person", ["contributor", "viewer"])
@pytest.mark.parametrize("query", ["", "?view=cards&show=target", "?show=to-confirm"])
def test_the_item_page(
    case: Assessment, login: Login, world: World, monkeypatch: Any, language: str, person: str, query: str
) -> None:
    client = login(getattr(world, person))
    client.cookies["language"] = language
    address = reverse("item", args=[case.number, "6.1"]) + query
    client.get(address)
    fast, plain = both_ways(monkeypatch, lambda: client.get(address))
    assert fast == plain
    assert "<b onclick" not in fast
    assert "\ue001" not in fast.replace("\ue000code\ue001", "")


@pytest.mark.parametrize("version", ["0", "1"])
def test_what_was_not_kept(case: Assessment, login: Login, world: World, monkeypatch: Any, version: str) -> None:
    """A conflict, and an answer that is too long."""
    client = login(world.contributor)
    form = {"verdict": "none", "note": WORDS * (1 if version == "0" else 400), "version": version}
    address = reverse("answer_save", args=[case.number, CODE])
    fast, plain = both_ways(monkeypatch, lambda: client.post(address, form))
    assert fast == plain
    assert 'class="criterion-conflict"' in fast if version == "0" else "criterion-problem" in fast


def test_the_figures_after_a_save(case: Assessment, login: Login, world: World, monkeypatch: Any) -> None:
    """The second of two equal saves writes nothing and sends the figures of the first once more."""
    client = login(world.contributor)
    form = {"verdict": "none", "note": "", "version": "1"}
    address = reverse("answer_save", args=[case.number, CODE])

    def save() -> Any:
        return client.post(address, form, headers={"HX-Request": "true"})

    first = text_of(save())
    fast, plain = both_ways(monkeypatch, save)
    assert first == fast == plain
    assert '<tr><th scope="row"><span class="code">6</span>' in fast


def test_a_slot_is_escaped_unless_it_is_markup() -> None:
    found = filled("questionnaire/domain_score.html", {"code": "<1>", "name": SafeString("<b>名</b>"), "score": 3})
    assert '<span class="code">&lt;1&gt;</span> <b>名</b></th><td class="num">3</td>' in found
    assert joined([SafeString("<b>"), "<i>"]) == "<b>&lt;i&gt;"
