"""Drafts, publishing, errata and days: file and audit trail change together, and nobody overwrites anybody."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assessments.actions import audit, editions
from assessments.actions.errors import NotAllowed, Refused
from assessments.forms.edition_workbook import read
from assessments.models import Assessment, Event, Scorecard, User
from assessments.queries.editions import kept_upload, mark
from assessments.scoring import get_scheme
from assessments.standard import (
    Bilingual,
    DataError,
    Edition,
    UnknownCode,
    Window,
    get_draft,
    get_edition,
    get_window,
    installation,
)
from assessments.standard.installed import INDEX, Index, read_index, write_index
from assessments.workflow import Role
from tests import editions as given
from tests import factories
from tests.conftest import World
from tests.standard import small

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
CRITERION = "6.1-L1-01"
WINDOW = Window(
    given.SHIPPED, dt.date(2026, 12, 31), dt.date(2027, 6, 30), "confirmed", Bilingual("公告第 1 号", "Notice 1")
)


@pytest.fixture
def text() -> Edition:
    """Licensed text of the 2018 edition, as read from its workbook."""
    found = read(given.licensed(get_edition(given.SHIPPED))).edition
    assert found
    return found


@pytest.fixture
def fresh() -> Edition:
    """An edition with a code of its own, patterned on the 2018 one."""
    found = read(given.licensed(get_edition(given.SHIPPED), new_code=given.NEW)).edition
    assert found
    return found


def drafted(by: User, edition: Edition) -> Edition:
    editions.save_draft(by=by, edition=edition, workbook="f" * 64, at=NOW)
    return get_draft(edition.code)


def published(by: User, edition: Edition) -> Edition:
    draft = drafted(by, edition)
    return editions.publish(by=by, code=draft.code, folder=given.seen(draft.code), at=NOW)


def correct(by: User, code: str = given.SHIPPED, **changes: Any) -> None:
    seen = mark(get_edition(code).criteria[CRITERION].wording("text"))
    values: dict[str, Any] = {
        "criterion_code": CRITERION,
        "part": "text",
        "seen": seen,
        "after": Bilingual("更正后", "Corrected"),
        "reason": Bilingual("笔误", "A slip"),
        "at": NOW,
    }
    editions.add_erratum(by=by, code=code, **{**values, **changes})


#: Everything that changes something, for the rules that hold for all of it.
CHANGES: dict[str, Callable[[User, Edition], object]] = {
    "draft": lambda by, text: editions.save_draft(by=by, edition=text, workbook="f" * 64, at=NOW),
    "erratum": lambda by, text: correct(by),
    "window": lambda by, text: editions.set_window(by=by, window=WINDOW, at=NOW),
}


# --- drafts and publishing --------------------------------------------------------------------------------------------


def test_a_draft_changes_nothing_in_use_until_it_is_published(system_administrator: User, text: Edition) -> None:
    before = get_edition(given.SHIPPED)
    draft = drafted(system_administrator, text)
    assert draft == text
    assert get_edition(given.SHIPPED) == before
    edition = editions.publish(by=system_administrator, code=text.code, folder=given.seen(), at=NOW)
    assert edition == get_edition(given.SHIPPED) == text
    assert installation().drafts == {}
    events = list(Event.objects.filter(action__startswith="edition.").order_by("sequence"))
    assert [(e.action, e.subject, e.actor) for e in events] == [
        ("edition.drafted", text.code, system_administrator),
        ("edition.published", text.code, system_administrator),
    ]
    assert events[1].before == {"checksum": before.checksum}
    assert (events[1].after or {})["checksum"] == text.checksum
    assert audit.verify()[1] is None


def test_published_text_is_frozen(system_administrator: User, text: Edition) -> None:
    published(system_administrator, text)
    stands = given.state()
    with pytest.raises(Refused, match="已冻结"):
        editions.save_draft(by=system_administrator, edition=text, workbook="f" * 64, at=NOW)
    # Even a draft that came by another way, such as an index from before, is not published over it.
    index = read_index(given.root())
    write_index(given.root(), index.with_draft(replace(index.published[text.code], published_date=None)))
    with pytest.raises(Refused, match="已冻结"):
        editions.publish(by=system_administrator, code=text.code, folder=given.seen(), at=NOW)
    write_index(given.root(), index)
    assert given.state() == stands


def test_the_days_of_publishing_are_those_of_shanghai(system_administrator: User, text: Edition) -> None:
    drafted(system_administrator, text)
    late = dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC)
    editions.publish(by=system_administrator, code=text.code, folder=given.seen(), at=late)
    assert installation().published[text.code].published_date == dt.date(2026, 11, 23)


def test_a_draft_replaced_since_is_not_published_or_deleted(system_administrator: User, text: Edition) -> None:
    drafted(system_administrator, text)
    seen = given.seen()
    first = next(iter(text.criteria.values()))
    other = text.corrected([_erratum(first.code)])
    other = replace(other, checksum=editions_checksum(other))
    drafted(system_administrator, other)
    stands, events = given.state(), Event.objects.count()
    for act in (editions.publish, editions.delete_draft):
        with pytest.raises(Refused, match="已被替换"):
            act(by=system_administrator, code=text.code, folder=seen, at=NOW)
    assert (given.state(), Event.objects.count()) == (stands, events)
    assert get_draft(text.code).checksum == other.checksum


def _erratum(code: str) -> Any:
    from assessments.standard import Erratum

    return Erratum(code, "text", NOW.date(), Bilingual("另", "other"), Bilingual("另一份", "Another"))


def editions_checksum(edition: Edition) -> str:
    from assessments.standard.installed import edition_data, files_checksum

    return files_checksum(edition_data(edition))


def test_the_head_counts_for_what_a_person_saw(system_administrator: User, fresh: Edition) -> None:
    """Title, status, scheme and day decide about results, and the texts' checksum does not cover them."""
    drafted(system_administrator, fresh)
    seen = given.seen(fresh.code)
    other = replace(fresh, title=Bilingual("别的", "Another"), status="current", scheme="practice-2026")
    drafted(system_administrator, other)
    assert get_draft(fresh.code).checksum == fresh.checksum
    stands, events = given.state(), Event.objects.count()
    for act in (editions.publish, editions.delete_draft):
        with pytest.raises(Refused, match="已被替换"):
            act(by=system_administrator, code=fresh.code, folder=seen, at=NOW)
    assert (given.state(), Event.objects.count()) == (stands, events)
    editions.publish(by=system_administrator, code=fresh.code, folder=given.seen(fresh.code), at=NOW)
    after = Event.objects.get(action="edition.published").after or {}
    assert {k: after[k] for k in ("title", "title_en", "edition_status", "scheme", "in_force", "wording")} == {
        "title": "别的",
        "title_en": "Another",
        "edition_status": "current",
        "scheme": "practice-2026",
        "in_force": fresh.in_force.isoformat(),
        "wording": fresh.wording,
    }


def test_a_draft_whose_head_was_changed_is_not_published(system_administrator: User, text: Edition) -> None:
    drafted(system_administrator, text)
    file = given.root() / given.seen() / "edition.json"
    file.write_text(file.read_text("utf-8").replace('"licensed"', '"own"'), encoding="utf-8")
    with pytest.raises(Refused, match="已损坏"):
        editions.publish(by=system_administrator, code=text.code, folder=given.seen(), at=NOW)
    assert installation().published == {}


def test_folders_nobody_names_any_more_are_removed(system_administrator: User, text: Edition) -> None:
    drafted(system_administrator, text)
    (given.root() / f"{text.code}-notes").mkdir()
    changed = replace(text, title=Bilingual("另一全称", "Another title"))
    drafted(system_administrator, changed)
    folders = {p.name for p in given.root().iterdir() if p.is_dir()}
    assert folders == {installation().drafts[text.code].folder, f"{text.code}-notes"}
    assert get_draft(text.code).title.zh == "另一全称"
    editions.delete_draft(by=system_administrator, code=text.code, folder=given.seen(), at=NOW)
    assert {p.name for p in given.root().iterdir() if p.is_dir()} == {f"{text.code}-notes"}
    with pytest.raises(UnknownCode):
        get_draft(text.code)


def test_a_code_in_use_keeps_its_criteria(system_administrator: User, fresh: Edition) -> None:
    shorter = replace(fresh, code=given.SHIPPED, domains=fresh.domains[:-1])
    shorter = replace(shorter, checksum=editions_checksum(shorter))
    with pytest.raises(Refused, match="编号与其不同"):
        drafted(system_administrator, shorter)
    assert given.state() == {}


def test_a_scheme_nobody_has_is_refused(system_administrator: User, fresh: Edition) -> None:
    with pytest.raises(Refused, match="practice-1999"):
        drafted(system_administrator, replace(fresh, scheme="practice-1999"))
    assert given.state() == {}


def test_a_damaged_draft_is_not_published(system_administrator: User, text: Edition) -> None:
    drafted(system_administrator, text)
    file = given.root() / installation().drafts[text.code].folder / "06.json"
    file.write_text(file.read_text("utf-8").replace("授权文字", "改动过"), encoding="utf-8")
    with pytest.raises(Refused, match="已损坏"):
        editions.publish(by=system_administrator, code=text.code, folder=given.seen(), at=NOW)
    assert installation().published == {}


def test_an_assessment_on_a_new_edition(system_administrator: User, world: World, fresh: Edition) -> None:
    published(system_administrator, fresh)
    case = factories.assessments.open_assessment(
        by=world.enterprise_admin,
        enterprise=world.enterprise,
        edition_code=fresh.code,
        track="owner",
        key_domains=[],
        target_level=3,
        scope="总部",
        planned_date=None,
        at=timezone.now(),
    )
    factories.answer_all(case, world.enterprise_admin)
    assert case.edition == get_edition(given.NEW)
    assert (case.self_level, case.self_answered) == (3, len(fresh.criteria))


def test_frozen_results_stay_as_they_are(system_administrator: User, finalised_case: Any, text: Edition) -> None:
    def kept() -> list[tuple[Any, ...]]:
        return list(Scorecard.objects.order_by("pk").values_list())

    before = kept()
    assert before
    published(system_administrator, text)
    correct(system_administrator)
    finalised_case.refresh_from_db()
    assert kept() == before
    assert (finalised_case.self_level, str(finalised_case.self_score)) == (3, "3.20")


# --- errata and days --------------------------------------------------------------------------------------------------


def test_an_erratum_shows_with_its_day_and_what_it_replaced(system_administrator: User) -> None:
    before = get_edition(given.SHIPPED).criteria[CRITERION].text
    correct(system_administrator)
    found = get_edition(given.SHIPPED).criteria[CRITERION]
    assert found.text == Bilingual("更正后", "Corrected")
    assert [(e.date, e.before, e.reason.en) for e in found.errata] == [(dt.date(2026, 11, 22), before, "A slip")]
    event = Event.objects.get(action="edition.erratum")
    assert event.subject == f"{given.SHIPPED} {CRITERION}"
    assert (event.before, (event.after or {})["text_zh"]) == ({"text_zh": before.zh, "text_en": before.en}, "更正后")


def test_two_corrections_of_one_wording_do_not_cross(system_administrator: User) -> None:
    seen = mark(get_edition(given.SHIPPED).criteria[CRITERION].wording("text"))
    correct(system_administrator)
    with pytest.raises(Refused, match="已有新的勘误"):
        correct(system_administrator, seen=seen, after=Bilingual("再次", "Again"))
    with pytest.raises(Refused, match="相同"):
        correct(system_administrator)
    assert len(get_edition(given.SHIPPED).errata) == 1


def test_errata_go_with_the_text_they_spoke_of(system_administrator: User, text: Edition) -> None:
    correct(system_administrator)
    published(system_administrator, text)
    assert get_edition(given.SHIPPED).errata == ()
    correct(system_administrator, after=Bilingual("授权更正", "Licensed correction"))
    assert get_edition(given.SHIPPED).criteria[CRITERION].text.zh == "授权更正"


def test_a_window_is_set_and_seen(system_administrator: User) -> None:
    editions.set_window(by=system_administrator, window=WINDOW, at=NOW)
    assert get_window(given.SHIPPED) == WINDOW
    with pytest.raises(Refused, match="没有变化"):
        editions.set_window(by=system_administrator, window=WINDOW, at=NOW)
    wrong = replace(WINDOW, apply_until=dt.date(2026, 1, 1))
    with pytest.raises(Refused, match="不能早于"):
        editions.set_window(by=system_administrator, window=wrong, at=NOW)
    with pytest.raises(UnknownCode):
        editions.set_window(by=system_administrator, window=replace(WINDOW, edition_code="none-1"), at=NOW)
    assert Event.objects.filter(action="edition.window").count() == 1


# --- file and audit trail together ------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("who", ["officer", "enterprise_admin", "auditor", "nobody"])
def test_only_system_administrators_change_anything(world: World, text: Edition, change: str, who: str) -> None:
    events = Event.objects.count()
    with pytest.raises(NotAllowed):
        CHANGES[change](getattr(world, who), text)
    assert (given.state(), Event.objects.count()) == ({}, events)


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_cannot_be_written_leaves_no_event(
    system_administrator: User, text: Edition, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    editions.set_window(by=system_administrator, window=replace(WINDOW, status="provisional"), at=NOW)
    index, events = (given.root() / INDEX).read_bytes(), Event.objects.count()
    monkeypatch.setattr(editions, "write_index", full)
    with pytest.raises(Refused, match="无法写入"):
        CHANGES[change](system_administrator, text)
    assert ((given.root() / INDEX).read_bytes(), Event.objects.count()) == (index, events)


@pytest.mark.parametrize("change", CHANGES)
def test_a_transaction_that_cannot_end_puts_the_index_back(
    transactional_db: None, system_administrator: User, text: Edition, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions.set_window(by=system_administrator, window=replace(WINDOW, status="provisional"), at=NOW)
    index, events = read_index(given.root()), Event.objects.count()

    def lost(*_: Any) -> None:
        raise DatabaseError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "commit", lost)
        with pytest.raises(DatabaseError):
            CHANGES[change](system_administrator, text)
    assert (read_index(given.root()), Event.objects.count()) == (index, events)


def test_what_another_process_changed_meanwhile_is_kept(system_administrator: User, text: Edition) -> None:
    """The index is read again under the lock, whatever this process knew of it."""
    correct(system_administrator)
    known = installation()
    write_index(given.root(), known.with_window(WINDOW))  # another process
    drafted(system_administrator, text)
    found = read_index(given.root())
    assert set(found.drafts) == {text.code}
    assert found.windows == {given.SHIPPED: WINDOW}
    assert [e.after.en for e in found.errata[given.SHIPPED]] == ["Corrected"]


def test_readers_never_see_half_an_index(tmp_path: Path) -> None:
    """Several writers at once, a reader all the while: every state read is one that somebody wrote."""
    states = [Index(windows={given.SHIPPED: replace(WINDOW, source=Bilingual("甲" * n, "a" * n))}) for n in (1, 4000)]
    write_index(tmp_path, states[0])
    done = threading.Event()
    seen: list[Index] = []

    def watch() -> None:
        while not done.is_set():
            seen.append(read_index(tmp_path))

    watcher = threading.Thread(target=watch)
    watcher.start()
    writers = [threading.Thread(target=lambda s=s: [write_index(tmp_path, s) for _ in range(40)]) for s in states * 2]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    watcher.join()
    assert seen
    assert all(index in states for index in seen)
    assert [p.name for p in tmp_path.iterdir()] == [INDEX]


_OTHER_PROCESS = """
import sys
from pathlib import Path
from assessments.standard import get_edition, use_installation
use_installation(Path(sys.argv[1]))
for _ in range(3):
    print(get_edition("gbt36073-2018").criteria["6.1-L1-01"].text.en, flush=True)
    sys.stdin.readline()
"""


def test_other_processes_see_a_new_text_without_a_restart(system_administrator: User, text: Edition) -> None:
    """A worker that has the edition loaded shows the published text, then the erratum, the next time it is asked."""
    before = get_edition(given.SHIPPED).criteria[CRITERION].text.en
    worker = subprocess.Popen(
        [sys.executable, "-c", _OTHER_PROCESS, str(given.root())],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin
    assert worker.stdout
    with worker:
        assert worker.stdout.readline().strip() == before
        first = next(iter(text.criteria.values()))
        changed = text.corrected([_erratum(first.code)])
        published(system_administrator, replace(changed, checksum=editions_checksum(changed)))
        worker.stdin.write("\n")
        worker.stdin.flush()
        assert worker.stdout.readline().strip() == "Another"
        correct(system_administrator)
        worker.stdin.write("\n")
        worker.stdin.flush()
        assert worker.stdout.readline().strip() == "Corrected"
        worker.stdin.write("\n")
        worker.stdin.close()
    assert worker.returncode == 0


@pytest.mark.parametrize("content", ["", "{", '{"published": {}}', "[]", '{"published": 1, "drafts": {}}'])
def test_a_damaged_index_stops_everything_and_is_left_as_it_is(
    system_administrator: User, text: Edition, content: str
) -> None:
    given.root().mkdir(parents=True)
    (given.root() / INDEX).write_text(content)
    events = Event.objects.count()
    for change in CHANGES.values():
        with pytest.raises(DataError, match=INDEX):
            change(system_administrator, text)
    assert Event.objects.count() == events
    assert given.state() == {INDEX: content.encode()}


def test_an_erratum_of_a_criterion_that_is_not_there_names_the_place(system_administrator: User) -> None:
    correct(system_administrator)
    file = given.root() / INDEX
    data = json.loads(file.read_text("utf-8"))
    data["errata"][given.SHIPPED][0]["criterion"] = "6.1-L1-99"
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(DataError, match=r"errata: expected a criterion of this edition, found '6\.1-L1-99'"):
        get_edition(given.SHIPPED)


# --- schemes of the installation --------------------------------------------------------------------------------------


SITE = "site-1"


@pytest.fixture
def site_scheme() -> Path:
    """A scheme of the installation that is the latest for the 2018 edition."""
    file = given.root() / "schemes" / f"{SITE}.toml"
    file.parent.mkdir(parents=True)
    text = small.SCHEME.replace("small-scheme", SITE).replace('["small-2030"]', f'["{given.SHIPPED}"]')
    file.write_text(text.replace("2020-01-01", "2026-01-01"), encoding="utf-8")
    return file


def test_the_first_assessment_holds_the_scheme(world: World, site_scheme: Path) -> None:
    case = factories.open_case(world.enterprise_admin, world.enterprise, edition=given.SHIPPED)
    checksum = get_scheme(SITE).checksum
    assert (case.scheme_code, installation().schemes) == (SITE, {SITE: checksum})
    event = Event.objects.get(action="scheme.pinned")
    assert (event.subject, event.actor, event.after) == (SITE, world.enterprise_admin, {"checksum": checksum})
    stands = given.state()
    factories.open_case(world.enterprise_admin, world.enterprise, edition=given.SHIPPED)
    assert Event.objects.filter(action="scheme.pinned").count() == 1
    assert given.state() == stands
    assert audit.verify()[1] is None


def test_shipped_schemes_need_no_holding(world: World) -> None:
    factories.open_case(world.enterprise_admin, world.enterprise, edition=given.SHIPPED)
    assert not Event.objects.filter(action="scheme.pinned").exists()
    assert given.state() == {}


def test_a_scheme_changed_under_a_running_assessment_stops_it(world: World, site_scheme: Path) -> None:
    case = factories.open_case(world.enterprise_admin, world.enterprise, edition=given.SHIPPED)
    factories.answer_all(case, world.enterprise_admin)
    sound = site_scheme.read_text("utf-8")
    site_scheme.write_text(sound.replace("largely = 80", "largely = 20"), encoding="utf-8")
    for act in (
        lambda: factories.move(case, world.enterprise_admin, "finalise", pledge=True),
        lambda: factories.open_case(world.enterprise_admin, world.enterprise, edition=given.SHIPPED),
    ):
        with pytest.raises(DataError, match=rf"{SITE}\.toml: checksum: expected"), transaction.atomic():
            act()
    assert (Scorecard.objects.count(), Assessment.objects.count()) == (0, 1)
    site_scheme.write_text(sound, encoding="utf-8")
    done = factories.move(case, world.enterprise_admin, "finalise", pledge=True)
    assert done.self_score == Scorecard.objects.get().result.score


def test_an_assessment_that_failed_to_open_holds_its_scheme_and_the_next_records_it(
    world: World, site_scheme: Path
) -> None:
    with transaction.atomic():
        factories.open_case(world.enterprise_admin, world.enterprise, edition=given.SHIPPED)
        transaction.set_rollback(True)
    assert set(installation().schemes) == {SITE}
    assert not Event.objects.filter(action="scheme.pinned").exists()
    factories.open_case(world.enterprise_admin, world.enterprise, edition=given.SHIPPED)
    assert Event.objects.filter(action="scheme.pinned").count() == 1


# --- uploads ----------------------------------------------------------------------------------------------------------


def test_an_upload_is_ones_own_and_runs_out(world: World, system_administrator: User) -> None:
    other = factories.make_user("另一管理员")
    digest = editions.keep_upload(by=system_administrator, content=b"workbook", at=NOW)
    assert kept_upload(system_administrator, digest, NOW) == b"workbook"
    assert kept_upload(other, digest, NOW) is None
    assert kept_upload(system_administrator, digest, NOW + dt.timedelta(hours=25)) is None
    assert [p.stat().st_mode & 0o777 for p in (given.root() / "incoming").iterdir()] == [0o600]
    editions.keep_upload(by=system_administrator, content=b"another", at=NOW + dt.timedelta(hours=25))
    assert len(list((given.root() / "incoming").iterdir())) == 1, "what ran out is removed with the next upload"
    with transaction.atomic(), pytest.raises(NotAllowed):
        editions.keep_upload(by=world.officer, content=b"x", at=NOW)


def test_a_person_keeps_ten_uploads_at_most(system_administrator: User) -> None:
    other = factories.make_user("另一管理员")
    factories.join(other, system_administrator.memberships.get().organisation, Role.SYSTEM_ADMINISTRATOR)
    theirs = editions.keep_upload(by=other, content=b"theirs", at=NOW)
    times = [NOW + dt.timedelta(minutes=n) for n in range(12)]
    mine = [editions.keep_upload(by=system_administrator, content=f"{at}".encode(), at=at) for at in times]
    kept = [digest for digest in mine if kept_upload(system_administrator, digest, times[-1]) is not None]
    assert kept == mine[-10:]
    assert kept_upload(other, theirs, times[-1]) == b"theirs"


def test_an_upload_removed_by_another_process_meanwhile(
    system_administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions.keep_upload(by=system_administrator, content=b"first", at=NOW)
    listed = Path.iterdir

    def removed(folder: Path) -> Iterator[Path]:
        for file in list(listed(folder)):
            file.unlink()
            yield file

    monkeypatch.setattr(Path, "iterdir", removed)
    digest = editions.keep_upload(by=system_administrator, content=b"second", at=NOW)
    monkeypatch.undo()
    assert kept_upload(system_administrator, digest, NOW) == b"second"
