"""What a self-assessment still lacks before it can be finalised, criterion by criterion, and what is worth a look."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessments.models import Answer, Assessment, Delegation, Discussion, EvidenceLink
from assessments.scoring import Verdict
from assessments.standard import Bilingual, Item

#: Verdicts that claim something: an assessor will ask what shows it.
_CLAIMS = (Verdict.FULL, Verdict.LARGELY)


@dataclass(frozen=True)
class Gap:
    """One kind of thing that is missing. ``blocks``: the self-assessment cannot be finalised with it.

    ``items`` has each item concerned with the codes of its criteria, in the order of the standard; ``show`` is the
    filter of the item page that leaves just these, where there is one.
    """

    code: str
    label: Bilingual
    advice: Bilingual
    blocks: bool
    items: tuple[tuple[Item, tuple[str, ...]], ...]
    show: str = ""

    @property
    def count(self) -> int:
        return sum(len(codes) for _, codes in self.items)


_KINDS: tuple[tuple[str, bool, str, Bilingual, Bilingual], ...] = (
    (
        "unanswered",
        True,
        "unanswered",
        Bilingual("未作答", "Unanswered"),
        Bilingual("请为每条选择符合程度。", "Choose a verdict for each."),
    ),
    (
        "to_confirm",
        True,
        "to-confirm",
        Bilingual("沿用待确认", "Carried over, to be confirmed"),
        Bilingual("请逐条确认现状仍与作答一致，或修改作答。", "Confirm that each still holds, or change it."),
    ),
    (
        "reason",
        True,
        "not-applicable",
        Bilingual("“不适用”未填写理由", "Not applicable without a reason"),
        Bilingual("请说明条款为何与企业业务无关，由评估师复核。", "Say why it does not concern you."),
    ),
    (
        "evidence",
        False,
        "no-evidence",
        Bilingual("作答为“完全满足”或“大部分满足”，但没有证明材料", "Claimed as met, without evidence"),
        Bilingual("评估师逐条核对材料，没有材料的作答往往不被采信。", "A claim that nothing shows is rarely accepted."),
    ),
    (
        "expired",
        False,
        "",
        Bilingual("证明材料已过失效日期", "Evidence out of date"),
        Bilingual("请上传现行版本，或核对失效日期。", "Upload the version in force, or check the date."),
    ),
    (
        "discussion",
        False,
        "",
        Bilingual("讨论尚未解决", "Discussion still open"),
        Bilingual("请与同事商定后标为已解决。", "Settle it with your colleagues and mark it resolved."),
    ),
)


def gaps(case: Assessment, today: dt.date) -> tuple[Gap, ...]:
    """The kinds of things missing, those that block first; kinds of which there is none are left out. Three queries."""
    found = _from_answers(case)
    covered, expired = _evidence(case, today)
    found["evidence"] = [code for code in found.pop("claimed") if code not in covered]
    found["expired"] = sorted(expired)
    open_threads = Discussion.objects.filter(assessment=case, resolved_at__isnull=True)
    found["discussion"] = list(open_threads.values_list("criterion_code", flat=True))
    return tuple(
        Gap(code, label, advice, blocks, _by_item(case, found[code]), show)
        for code, blocks, show, label, advice in _KINDS
        if found[code]
    )


def _from_answers(case: Assessment) -> dict[str, list[str]]:
    rows = Answer.objects.filter(assessment=case).values_list("criterion_code", "verdict", "reason", "is_carried")
    given = {code: (verdict, reason, is_carried) for code, verdict, reason, is_carried in rows}
    found: dict[str, list[str]] = {"unanswered": [], "to_confirm": [], "reason": [], "claimed": []}
    for code in case.edition.criteria:
        verdict, reason, is_carried = given.get(code, ("", "", False))
        if not verdict:
            found["unanswered"].append(code)
        if is_carried:
            found["to_confirm"].append(code)
        if verdict == Verdict.NOT_APPLICABLE and not reason:
            found["reason"].append(code)
        if verdict in _CLAIMS:
            found["claimed"].append(code)
    return found


def _evidence(case: Assessment, today: dt.date) -> tuple[set[str], set[str]]:
    """Criteria with any evidence, and criteria with some that was out of date on the day."""
    links = EvidenceLink.objects.filter(assessment=case).order_by()
    rows = links.values_list("criterion_code", "file__evidence__effective_until")
    covered, expired = set(), set()
    for code, until in rows:
        covered.add(code)
        if until is not None and until < today:
            expired.add(code)
    return covered, expired


def _by_item(case: Assessment, codes: Iterable[str]) -> tuple[tuple[Item, tuple[str, ...]], ...]:
    wanted = set(codes)
    grouped: Mapping[str, list[str]] = defaultdict(list)
    for code, criterion in case.edition.criteria.items():
        if code in wanted:
            grouped[criterion.item_code].append(code)
    return tuple((case.edition.items[item_code], tuple(found)) for item_code, found in grouped.items())


def parts_open(case: Assessment) -> tuple[Delegation, ...]:
    """Parts whose people have not yet said that they are finished; one query."""
    return tuple(
        Delegation.objects.filter(assessment=case, done_at__isnull=True)
        .select_related("user")
        .order_by("due_date", "user__name", "pk")
    )
