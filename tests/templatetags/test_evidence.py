"""Words and addresses beside evidence."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from assessments.models import Evidence
from assessments.templatetags.evidence import page_in, preview_url, secrecy, validity


@pytest.mark.parametrize(
    ("pointer", "page"),
    [
        ("第12页", 12),
        ("第 3 页 第2条", 3),
        ("见第4-6页", 4),
        ("第７页", 7),
        ("15页", 15),
        ("P12", 12),
        ("p. 8, clause 3", 8),
        ("pp. 10-12", 10),
        ("Page 2", 2),
        ("第4.2条", None),
        ("第2行起", None),
        ("Sheet 3", None),
        ("共 0 页", None),
        ("step 4", None),
        ("第99999页", None),
        ("", None),
    ],
)
def test_the_page_a_pointer_names(pointer, page):
    assert page_in(pointer) == page


def test_an_address_leads_to_that_page():
    file = uuid.uuid4()
    address = f"/assessments/N-1/evidence/{file}/preview/"
    assert preview_url("N-1", file, "第12页") == f"{address}?page=12"
    assert preview_url("N-1", file, "第4.2条") == preview_url("N-1", file) == address


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, None),
        (-10, None, None),
        (-10, 61, None),
        (None, 60, "将于 {last} 到期"),
        (None, 0, "将于 {last} 到期"),
        (None, -1, "已于 {last} 失效"),
        (5, None, "自 {first} 起生效"),
        (5, 400, "自 {first} 起生效"),
        (5, 30, "将于 {last} 到期"),
    ],
)
def test_how_long_a_document_is_in_force(first, last, words):
    def day(n: int | None) -> dt.date | None:
        return None if n is None else timezone.localdate() + dt.timedelta(days=n)

    shown = str(validity(Evidence(effective_from=day(first), effective_until=day(last))))
    if words is None:
        assert shown == ""
    else:
        given = {name: date_format(value) for name, value in (("first", day(first)), ("last", day(last))) if value}
        assert f"</svg>{words.format(**given)}</span>" in shown


def test_a_trade_secret_is_marked_and_nothing_else():
    assert "商业秘密" in secrecy(Evidence(confidentiality="secret"))
    assert [secrecy(Evidence(confidentiality=code)) for code in ("public", "internal")] == ["", ""]
