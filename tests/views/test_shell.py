"""The frame of the page: entries by role, nothing loaded that is not shown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import Client, RequestFactory
from django.urls import reverse

from assessments.standard import get_edition, load_edition
from assessments.standard.installed import Index, Installed, edition_data, folder_name, write_edition, write_index
from assessments.views import shell
from assessments.workflow import Role


def request_of(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    request.session = SessionStore()
    return request


@pytest.mark.parametrize("role", shell.NAVIGATION)
def test_no_role_has_more_than_seven_entries_and_all_start_at_home(role):
    places = shell.NAVIGATION[role]
    assert len(places) <= 7
    assert places[0].url_name == "home"


def test_entries_follow_the_role(world):
    officer = shell.build(request_of(world.officer))
    assert [str(e.label) for e in officer.nav] == ["待办事项", "评估项目", "证书管理", "公示公告", "报告文件"]
    contributor = shell.build(request_of(world.contributor))
    assert [str(e.label) for e in contributor.nav] == ["待办事项", "我的评估", "企业信息"]
    admin = shell.build(request_of(world.enterprise_admin))
    assert admin.nav[2].url == reverse("member_list", args=[world.enterprise.pk])


def test_the_nearest_entry_is_current(world):
    path = reverse("member_list", args=[world.enterprise.pk])
    nav = shell.build(request_of(world.enterprise_admin, path)).nav
    assert [str(e.label) for e in nav if e.is_current] == ["成员管理"]
    nav = shell.build(request_of(world.enterprise_admin, "/style-guide/")).nav
    assert [e for e in nav if e.is_current] == []


def test_the_chosen_organisation_is_one_of_ones_own(world):
    request = request_of(world.enterprise_admin)
    request.session[shell.SESSION_KEY] = world.other_enterprise.pk
    assert shell.build(request).current_organisation == world.enterprise


def test_a_person_without_organisation_can_register_one(world):
    built = shell.build(request_of(world.nobody))
    assert built.current_organisation is None
    assert [e.url for e in built.nav] == [reverse("home"), reverse("enterprise_new")]


def test_the_frame_costs_three_queries_and_none_when_not_shown(world, django_assert_num_queries):
    request = request_of(world.enterprise_admin)
    with django_assert_num_queries(0):
        lazy = shell.shell(request)["shell"]
    with django_assert_num_queries(3):
        assert lazy.unread == 0
        assert lazy.current_organisation == world.enterprise


def test_every_role_of_the_table_is_a_role():
    assert set(shell.NAVIGATION) <= set(Role)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_style_guide_is_public_and_needs_no_database(client: Client, db, django_assert_num_queries, language):
    with django_assert_num_queries(0):
        response = client.get(reverse("style_guide"), headers={"accept-language": language})
    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1


def test_the_style_guide_never_shows_licensed_text(client: Client, db, settings):
    """It is public, and an installation may have put the standard's own text in the place of ours."""
    ours = get_edition("gbt36073-2018")
    files = edition_data(ours)
    files["edition"] |= {"wording": "licensed"}
    for criterion in files["06"]["items"][0]["criteria"]:
        criterion["text"] = {"zh": "授权文本原句。", "en": "Licensed words."}
    root = Path(settings.EDITIONS_ROOT)
    folder = folder_name(files)
    entry = Installed(ours.code, folder, load_edition(write_edition(root, files, folder)).checksum)
    write_index(root, Index().with_draft(entry).with_published(ours.code, dt.date(2026, 11, 22)))
    assert get_edition(ours.code).criteria["6.1-L3-01"].text.zh == "授权文本原句。"
    page = client.get(reverse("style_guide")).content.decode()
    assert "授权文本原句" not in page
    assert ours.items["6.1"].by_level[2][1][0].text.zh in page
