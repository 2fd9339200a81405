"""What an installation adds to the catalogue: seen at once, kept apart from the code, refused when damaged."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessments.standard import (
    Bilingual,
    DataError,
    Erratum,
    UnknownCode,
    current_edition,
    edition_codes,
    get_crosswalk,
    get_draft,
    get_edition,
    get_window,
    installation,
    installation_root,
    load_edition,
    use_installation,
)
from assessments.standard.catalogue import DATA
from assessments.standard.installed import (
    INDEX,
    Index,
    Installed,
    edition_data,
    folder_name,
    write_edition,
    write_index,
)
from assessments.standard.transition import Window
from tests.standard import small

TODAY = dt.date(2026, 11, 22)
CODE = "6.1-L1-01"
EMPTY: dict[str, dict] = {"published": {}, "drafts": {}, "errata": {}, "windows": {}}


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    before = installation_root()
    use_installation(tmp_path)
    yield tmp_path
    use_installation(before)


def _draft(root: Path, code: str = "small-2030") -> Index:
    edition = load_edition(small.write_edition(root / "small", code))
    return Index().with_draft(Installed(code, "small", edition.checksum))


def _erratum(zh: str, day: dt.date = TODAY, field: str = "text") -> Erratum:
    return Erratum(CODE, field, day, Bilingual("笔误", "Slip"), Bilingual(zh, f"English of {zh}"))


def test_nothing_installed(root: Path) -> None:
    assert edition_codes() == ("gbt36073-2018", "gbt36073-2025")
    assert list(root.iterdir()) == [], "reading makes no folder"


def test_a_draft_can_be_read_and_not_chosen(root: Path) -> None:
    write_index(root, _draft(root))
    assert get_draft("small-2030").counts == {"domains": 2, "items": 3, "criteria": 16}
    assert "small-2030" not in edition_codes()
    with pytest.raises(UnknownCode, match="unknown edition 'small-2030'"):
        get_edition("small-2030")


def test_published_is_seen_without_a_restart(root: Path) -> None:
    write_index(root, _draft(root))
    assert "small-2030" not in edition_codes()
    write_index(root, _draft(root).with_published("small-2030", TODAY))
    assert edition_codes() == ("gbt36073-2018", "gbt36073-2025", "small-2030")
    assert get_edition("small-2030").items.keys() == {"6.1", "7.1", "7.2"}
    with pytest.raises(UnknownCode, match="unknown draft"):
        get_draft("small-2030")
    assert current_edition().code == "small-2030", "in force from 2030, after the others"


def test_licensed_text_replaces_ours_under_the_same_codes(root: Path) -> None:
    ours = get_edition("gbt36073-2018")
    files = edition_data(ours)
    files["edition"] |= {"wording": "licensed"}
    files["06"]["items"][0]["criteria"][0]["text"] = {"zh": "标准原文。", "en": "The standard's own words."}
    folder = write_edition(root, files, "licensed")
    entry = Installed(ours.code, "licensed", load_edition(folder).checksum)
    write_index(root, Index().with_draft(entry).with_published(ours.code, TODAY))
    theirs = get_edition(ours.code)
    assert (theirs.wording, theirs.criteria[CODE].text.zh) == ("licensed", "标准原文。")
    assert theirs.criteria.keys() == ours.criteria.keys()
    assert theirs.checksum != ours.checksum
    assert {c for c in ours.criteria if theirs.criteria[c] != ours.criteria[c]} == {CODE}


def test_written_and_read_back_an_edition_is_the_same(root: Path) -> None:
    ours = get_edition("gbt36073-2025")
    again = load_edition(write_edition(root, edition_data(ours), "again"))
    assert again.domains == ours.domains
    assert (again.title, again.in_force, again.source, again.use) == (ours.title, ours.in_force, ours.source, ours.use)


def test_errata_apply_in_order_and_keep_what_stood_there(root: Path) -> None:
    before = get_edition("gbt36073-2025").criteria[CODE]
    later = TODAY + dt.timedelta(days=1)
    write_index(root, Index().with_erratum("gbt36073-2025", _erratum("一。")).with_erratum(
        "gbt36073-2025", _erratum("二。", later)
    ))  # fmt: skip
    edition = get_edition("gbt36073-2025")
    criterion = edition.criteria[CODE]
    assert criterion.text == Bilingual("二。", "English of 二。")
    assert [(e.date, e.before.zh, e.after.zh) for e in criterion.errata if e.before] == [
        (TODAY, before.text.zh, "一。"),
        (later, "一。", "二。"),
    ]
    assert [e.date for e in edition.errata] == [later, TODAY]
    assert criterion.guidance == before.guidance
    assert get_edition("gbt36073-2018").errata == ()


def test_an_erratum_to_evidence_is_one_piece_a_line(root: Path) -> None:
    erratum = Erratum(CODE, "evidence", TODAY, Bilingual("补", "Add"), Bilingual("甲\n乙", "one\ntwo"))
    write_index(root, Index().with_erratum("gbt36073-2025", erratum))
    criterion = get_edition("gbt36073-2025").criteria[CODE]
    assert (criterion.evidence_zh, criterion.evidence_en) == (("甲", "乙"), ("one", "two"))


def test_errata_go_when_the_words_they_spoke_of_are_replaced(root: Path) -> None:
    index = _draft(root, "gbt36073-2018").with_erratum("gbt36073-2018", _erratum("一。"))
    assert index.with_published("gbt36073-2018", TODAY).errata == {}


def test_windows_of_the_installation_come_first(root: Path) -> None:
    window = Window("gbt36073-2018", TODAY, None, "confirmed", Bilingual("通知", "Notice"))
    write_index(root, Index().with_window(window))
    assert get_window("gbt36073-2018") == window
    assert get_window("gbt36073-2025").open_until is None


def test_a_changed_file_is_refused(root: Path) -> None:
    write_index(root, _draft(root).with_published("small-2030", TODAY))
    file = root / "small" / "06.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("条款6.1-L1-01", "改"), encoding="utf-8")
    with pytest.raises(DataError, match=r"checksum: expected [0-9a-f]{64}, found [0-9a-f]{64}"):
        get_edition("small-2030")


def test_a_changed_head_is_refused(root: Path) -> None:
    """The checksum is of the domains; the head is held by the name of the folder."""
    files = edition_data(get_edition("gbt36073-2018"))
    files["edition"] |= {"wording": "licensed"}
    place = write_edition(root, files, folder_name(files))
    entry = Installed("gbt36073-2018", place.name, load_edition(place).checksum)
    write_index(root, Index().with_draft(entry).with_published("gbt36073-2018", TODAY))
    head = place / "edition.json"
    sound = head.read_text("utf-8")
    head.write_text(sound.replace('"licensed"', '"own"'), encoding="utf-8")
    with pytest.raises(DataError, match=r"files: expected the digest [0-9a-f]{12} that names the folder, found"):
        get_edition("gbt36073-2018")
    head.write_text(sound, encoding="utf-8")
    assert get_edition("gbt36073-2018").wording == "licensed"


def test_what_is_written_is_for_the_platform_and_its_group_alone(root: Path) -> None:
    write_index(root, Index())
    files = edition_data(get_edition("gbt36073-2018"))
    place = write_edition(root, files, folder_name(files))
    assert {f.stat().st_mode & 0o777 for f in (root / INDEX, *place.iterdir())} == {0o640}


def test_an_index_from_before_schemes_were_held(root: Path) -> None:
    (root / INDEX).write_text(json.dumps(EMPTY), encoding="utf-8")
    assert installation() == Index()
    write_index(root, Index().with_scheme("site-1", "0" * 64))
    assert installation().schemes == {"site-1": "0" * 64}


def test_shipped_editions_are_frozen() -> None:
    for code in ("gbt36073-2018", "gbt36073-2025"):
        assert load_edition(DATA / code).checksum == get_edition(code).checksum


def test_a_crosswalk_of_the_installation(root: Path) -> None:
    from tests.standard.test_crosswalk import SEVEN, SIX

    walk = root / "crosswalks" / "small-2030--small-2031"
    walk.mkdir(parents=True)
    (walk / "06.toml").write_text(SIX, encoding="utf-8")
    (walk / "07.toml").write_text(SEVEN, encoding="utf-8")
    index = _draft(root).with_published("small-2030", TODAY)
    checksum = load_edition(small.write_edition(root / "next", "small-2031")).checksum
    index = index.with_draft(Installed("small-2031", "next", checksum)).with_published("small-2031", TODAY)
    write_index(root, index)
    found = get_crosswalk("small-2030", "small-2031")
    assert found is not None
    assert (found.earlier.code, found.later.code) == ("small-2030", "small-2031")
    assert get_crosswalk("small-2031", "small-2030") is None


@pytest.mark.parametrize("code", ["gbt36073-2017", "a" * 300, "../gbt36073-2018", ""])
def test_no_crosswalk_from_what_nobody_knows(code: str) -> None:
    for pair in ((code, "gbt36073-2025"), ("gbt36073-2018", code), (code, code)):
        with pytest.raises(UnknownCode, match="unknown edition"):
            get_crosswalk(*pair)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "expected JSON"),
        ("[]", "expected a table, found list"),
        ('{"published": {}}', "expected the key 'drafts'"),
        (json.dumps({**EMPTY, "published": {"x": {"folder": "../x", "checksum": "0"}}}),
         "expected the name of a folder, found '../x'"),
        (json.dumps({**EMPTY, "errata": {"x": [{"criterion": "6.1-L1-01"}]}}),
         "expected the key 'after'"),
    ],
)  # fmt: skip
def test_a_damaged_index_is_named(root: Path, content: str, words: str) -> None:
    (root / INDEX).write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        edition_codes()
    assert refusal.value.file == str(root / INDEX)
    assert words in str(refusal.value)


def test_the_index_is_replaced_whole(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies while it writes leaves the old index as it was, and no rubbish."""
    write_index(root, Index().with_erratum("gbt36073-2025", _erratum("一。")))
    old = (root / INDEX).read_bytes()

    def dies(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("assessments.standard.installed.os.replace", dies)
    with pytest.raises(OSError, match="disk full"):
        write_index(root, Index())
    assert (root / INDEX).read_bytes() == old
    assert [p.name for p in root.iterdir()] == [INDEX]
