"""Carrying the answers of an earlier assessment into a new one; each arrives flagged "confirm again"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from assessments.actions import audit, figures
from assessments.actions.errors import refuse_unless
from assessments.models import Answer, Assessment, CarryOver, EvidenceLink, User
from assessments.models.questionnaire import NOTE_MAX, REASON_MAX
from assessments.queries import carry_over as queries
from assessments.queries.results import self_verdicts
from assessments.scoring import Verdict, least
from assessments.standard import Crosswalk, Link, get_crosswalk


def carry_over(case: Assessment, *, source_number: str, by: User, at: dt.datetime) -> CarryOver:
    """Fills a draft that was just opened, along the cross-walk between the two editions; part of the opening.

    Every answer and every piece of evidence that has a way into the new edition comes over, several joined in one
    with the lowest of their verdicts. Raises ``Refused`` when the source is out of reach or there is no cross-walk.
    """
    # Locked, so that nobody reopens it and changes an answer between the two reads.
    found = queries.sources(by, [case.enterprise]).filter(number=source_number)
    source = found.select_for_update(of=("self",)).first()
    refuse_unless(
        source is not None,
        "找不到可沿用的评估 {number}，请重新选择。",
        "There is no assessment {number} to carry over from; choose again.",
        number=source_number,
    )
    assert source is not None
    walk = get_crosswalk(source.edition_code, case.edition_code)
    refuse_unless(
        walk is not None,
        "从 {earlier}到 {later}没有条款对照，不能沿用。",
        "There is no cross-walk from the {earlier} to the {later}, so nothing can be carried over.",
        earlier=source.edition.short,
        later=case.edition.short,
    )
    assert walk is not None
    given = {a.criterion_code: a for a in Answer.objects.filter(assessment=source).exclude(verdict="")}
    answers, entries = [], []
    for link in walk.criteria.values():
        answer = _answer(case, link, given, walk, source.number)
        if answer is not None:
            answer.saved_by, answer.saved_at = by, at
            answers.append(answer)
        used = [code for code in link.sources if code in given]
        entries.append([link.target, str(link.kind), used, answer.verdict if answer else ""])
    Answer.objects.bulk_create(answers)
    evidence = _carry_evidence(case, source, walk, by, at)
    left = [[code, given[code].verdict] for code in walk.earlier.criteria if code in given and code not in walk.targets]
    record = CarryOver.objects.create(
        assessment=case, source=source, entries=entries, left=left, carried_by=by, carried_at=at
    )
    _, columns = figures.update_layer(case, "self", self_verdicts(case))
    audit.record(
        action="case.carried_over",
        by=by,
        at=at,
        assessment=case,
        subject=source.number,
        after={
            "carried": len(answers),
            "left": len(left),
            "edition": source.edition_code,
            "files": sorted({str(link.file_id) for link in evidence}),
        },
        columns=columns,
    )
    return record


def _answer(
    case: Assessment, link: Link, given: Mapping[str, Answer], walk: Crosswalk, source_number: str
) -> Answer | None:
    found = [given[code] for code in link.sources if code in given]
    if not found:
        return None
    verdict = least(a.verdict for a in found)
    reasons = [a.reason for a in found if a.reason] if verdict == Verdict.NOT_APPLICABLE else []
    return Answer(
        assessment=case,
        criterion_code=link.target,
        verdict=verdict,
        reason=_cut("\n".join(dict.fromkeys(reasons)), REASON_MAX, source_number),
        note=_cut(_joined(found, walk), NOTE_MAX, source_number),
        is_carried=True,
    )


def _joined(found: list[Answer], walk: Crosswalk) -> str:
    """The notes of one answer as they are, of several each under the code it was written for."""
    noted = [a for a in found if a.note]
    if len(found) == 1 or walk.earlier.code == walk.later.code:
        return "\n".join(a.note for a in noted)
    return "\n".join(f"【{walk.earlier.short.zh} {a.criterion_code}】{a.note}" for a in noted)


def _cut(text: str, most: int, source_number: str) -> str:
    """Several long notes may not fit into one; the reader is told where the whole stands."""
    more = f"……（全文见 {source_number}）"
    return text if len(text) <= most else text[: most - len(more)] + more


def _carry_evidence(
    case: Assessment, source: Assessment, walk: Crosswalk, by: User, at: dt.datetime
) -> list[EvidenceLink]:
    rows = {
        (link.target, evidence.file_id): EvidenceLink(
            assessment=case,
            criterion_code=link.target,
            file_id=evidence.file_id,
            pointer=evidence.pointer,
            added_by=by,
            added_at=at,
        )
        for evidence in EvidenceLink.objects.filter(assessment=source)
        for link in walk.targets.get(evidence.criterion_code, ())
    }
    return EvidenceLink.objects.bulk_create(rows.values())
