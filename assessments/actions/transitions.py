"""Moving a case from state to state: the only writer of ``Assessment.state``.

The workflow table says whether; the effects below say what else happens in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessments.actions import audit, certificates, eligibility, figures
from assessments.actions.cases import lock_case
from assessments.models import Assessment, Organisation, PublicNotice, Scorecard, Signature, Transition, User
from assessments.notifications.inbox import tell
from assessments.permissions.scope import case_roles
from assessments.queries.eligibility import for_keeping
from assessments.queries.facts import Given, gather
from assessments.queries.results import assessed_verdicts, self_verdicts
from assessments.standard import Bilingual
from assessments.workflow import require

PLEDGE = Bilingual(
    "本单位就 {number} 第 {revision} 版自评（{edition}，共 {total} 条）承诺："
    "所填自评内容和所附证明材料真实、完整、有效，并对其承担责任。",
    "On revision {revision} of self-assessment {number} ({edition}, {total} criteria) we pledge that the answers and "
    "the evidence attached are true, complete and valid, and answer for them.",
)
LEAD_STATEMENT = Bilingual(
    "本人确认评估过程符合规定，评定结论有据可查。",
    "I confirm that the review followed the rules and every verdict is supported.",
)
QUALITY_STATEMENT = Bilingual(
    "本人未参与本案评定，已审核评估报告，同意签发。",
    "I took no part in the rulings, have reviewed the report and release it.",
)


def pledge_of(case: Assessment) -> Bilingual:
    """The truth pledge of the present revision, word for word as it is shown and signed."""
    return PLEDGE.format(
        number=case.number, revision=case.revision, edition=case.edition.short, total=len(case.edition.criteria)
    )


def move(*, by: User, number: str, action: str, at: dt.datetime, given: Given | None = None) -> Transition:
    """Takes one arrow of the workflow table.

    Raises ``Assessment.DoesNotExist`` out of sight, ``NotAllowed`` for the wrong role, ``Refused`` with the sentence
    of the first guard that fails; then nothing has changed.
    """
    given = given or Given()
    with transaction.atomic():
        case = lock_case(by=by, number=number)
        arrow = require(case.state, action, case_roles(case), gather(case, by=by, at=at, given=given))
        columns, details = _EFFECTS.get(action, _nothing)(case, by, at, given)
        before = {"state": case.state}
        source = case.state
        columns |= {"state": str(arrow.target)}
        if source != arrow.target:
            columns["state_since"] = at
        audit.record(
            action=arrow.event,
            by=by,
            at=at,
            assessment=case,
            subject=case.number,
            before=before,
            after={"state": str(arrow.target), "reason": given.reason, **details},
            columns=columns,
        )
        done = Transition.objects.create(
            assessment=case,
            action=action,
            source=source,
            target=arrow.target,
            reason=given.reason.strip(),
            details=details,
            by=by,
            at=at,
        )
        tell(done, arrow.tells)
        return done


Effect = Callable[[Assessment, User, dt.datetime, Given], tuple[dict[str, Any], dict[str, Any]]]


def _nothing(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, {}


def _finalise(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    signed = _sign(case, "pledge", case.revision, by, at, pledge_of(case))
    card, columns = _freeze(case, "self", case.revision, by, at)
    return columns, {"revision": case.revision, "pledge": signed.statement, **_outcome(card)}


def _reopen(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    eligibility.close_request(case, by=by, at=at)
    return {"revision": case.revision + 1}, {}


def _archive(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    eligibility.close_request(case, by=by, at=at)
    return {}, {}


def _apply(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    assert given.body is not None
    kept = for_keeping(case, timezone.localdate(at))
    eligibility.close_request(case, by=by, at=at)
    return {"body": given.body, "applied_at": at}, {**_named(given.body), "eligibility": kept}


def _accept(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    figures.open_layer(case, "assessed")
    numbers = {"contract_number": given.contract_number.strip(), "filing_number": given.filing_number.strip()}
    return dict(numbers), dict(numbers)


def _decline(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"body": None, "applied_at": None}, _named(case.body) if case.body else {}


def _named(body: Organisation) -> dict[str, Any]:
    """The body as the step remembers it, whatever becomes of either."""
    return {"body": body.name, "body_en": body.name_en}


def _sign_report(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    _sign(case, "lead", case.report_revision, by, at, LEAD_STATEMENT)
    return {}, {"report_revision": case.report_revision}


def _sign_off(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    _sign(case, "quality", case.report_revision, by, at, QUALITY_STATEMENT)
    card, columns = _freeze(case, "assessed", case.report_revision, by, at)
    return columns, {"report_revision": case.report_revision, **_outcome(card)}


def _send_back(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    case.signatures.filter(kind="lead", revision=case.report_revision).update(is_void=True)
    return {}, {}


def _return(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"report_revision": case.report_revision + 1}, {}


def _panel(case: Assessment, by: User, at: dt.datetime, given: Given) -> dict[str, Any]:
    return {"present": given.panel_present, "in_favour": given.panel_in_favour, "minutes": given.minutes.strip()}


def _publish(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    assert case.assessed_level is not None
    closes_on = timezone.localdate(at) + dt.timedelta(days=settings.NOTICE_DAYS)
    PublicNotice.objects.create(assessment=case, level=case.assessed_level, published_at=at, closes_on=closes_on)
    return {}, {"level": case.assessed_level, "closes_on": closes_on.isoformat()}


def _panel_pass(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    columns, details = _publish(case, by, at, given)
    return columns, details | _panel(case, by, at, given)


def _panel_return(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"report_revision": case.report_revision + 1}, _panel(case, by, at, given)


def _panel_reject(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, _panel(case, by, at, given)


def _close_notice(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    case.notices.filter(closed_at__isnull=True).update(closed_at=at)
    return {}, {}


def _issue(case: Assessment, by: User, at: dt.datetime, given: Given) -> tuple[dict[str, Any], dict[str, Any]]:
    certificate = certificates.issue(case=case, by=by, at=at)
    return {}, {"certificate": certificate.number, "level": certificate.level}


_EFFECTS: dict[str, Effect] = {
    "finalise": _finalise,
    "reopen": _reopen,
    "archive": _archive,
    "apply": _apply,
    "accept": _accept,
    "decline": _decline,
    "sign_report": _sign_report,
    "sign_off": _sign_off,
    "send_back": _send_back,
    "return": _return,
    "pass_to_notice": _publish,
    "panel_pass": _panel_pass,
    "panel_return": _panel_return,
    "panel_reject": _panel_reject,
    "close_notice": _close_notice,
    "uphold_objection": _close_notice,
    "issue_certificate": _issue,
}


def _sign(case: Assessment, kind: str, revision: int, by: User, at: dt.datetime, statement: Bilingual) -> Signature:
    """Keeps the statement in both languages: whatever the signer reads, both stand on the page that is signed."""
    return Signature.objects.create(
        assessment=case,
        kind=kind,
        revision=revision,
        user=by,
        name=by.name,
        statement=f"{statement.zh}\n{statement.en}",
        signed_at=at,
    )


def _freeze(case: Assessment, layer: str, revision: int, by: User, at: dt.datetime) -> tuple[Scorecard, dict[str, Any]]:
    """The card with the columns of the case that go with it: lists and pages must show what was frozen."""
    verdicts = self_verdicts(case) if layer == "self" else assessed_verdicts(case)
    result, columns = figures.update_layer(case, layer, verdicts)
    card = Scorecard.objects.create(
        assessment=case,
        layer=layer,
        revision=revision,
        edition_code=case.edition_code,
        edition_checksum=case.edition.checksum,
        scheme_code=case.scheme_code,
        engine_version=result.engine,
        verdicts=verdicts,
        result_data=result.to_dict(),
        frozen_at=at,
        frozen_by=by,
    )
    return card, columns


def _outcome(card: Scorecard) -> dict[str, Any]:
    return {"score": card.result_data["score"], "level": card.result.level}
