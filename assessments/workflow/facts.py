"""What the guards look at: plain figures about one case at one moment, gathered by whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.standard.bilingual import Bilingual


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """Every field has the value of an empty case; a fact that no screen records yet keeps it."""

    # the self-assessment
    answered: int = 0
    total: int = 0
    unconfirmed: int = 0
    not_applicable_without_reason: int = 0
    pledge_signed: bool = False
    # the application: why the edition may no longer be applied with, or None
    edition_refusal: Bilingual | None = None
    # the application: conditions of eligibility of the day that no waiver covers
    conditions_unmet: int = 0
    conditions_not_stated: int = 0
    # ... and why the chosen body may not act, or None
    body_chosen: bool = False
    body_refusal: Bilingual | None = None
    contract_number: str = ""
    filing_number: str = ""
    # the team
    leads: int = 0
    assessors: int = 0
    undeclared: tuple[str, ...] = ()
    conflicted: tuple[str, ...] = ()
    # the review
    ruled_twice: int = 0
    unreconciled: int = 0
    # the sign-off, in the current revision of the report
    conclusion_written: bool = False
    lead_signed: bool = False
    signer_led: bool = False
    signer_ruled: bool = False
    # the office
    recommended_level: int | None = None
    panel_present: int = 0
    panel_in_favour: int = 0
    panel_quorum: int = 5
    minutes: str = ""
    notice_days_left: int = 0
    notice_closed: bool = False
    open_objections: int = 0
    appeal_admitted: bool = False
    # given with the action itself
    reason: str = ""
