"""What verdicts are worth: one pure engine for every page, report and command. Pure: standard library only."""

from assessments.scoring.engine import ENGINE_VERSION, score
from assessments.scoring.explain import Gap, GapEntry, Path, gap_to_level, path_to_level, what_if
from assessments.scoring.inputs import ScoringError, ScoringInput
from assessments.scoring.result import DomainResult, ItemResult, LevelCheck, Result
from assessments.scoring.schemes import Parameter, Scheme, get_scheme, is_shipped, scheme_for, schemes
from assessments.scoring.verdicts import TRACKS, VERDICTS, Track, Verdict, least

__all__ = [
    "ENGINE_VERSION",
    "TRACKS",
    "VERDICTS",
    "DomainResult",
    "Gap",
    "GapEntry",
    "ItemResult",
    "LevelCheck",
    "Parameter",
    "Path",
    "Result",
    "Scheme",
    "ScoringError",
    "ScoringInput",
    "Track",
    "Verdict",
    "gap_to_level",
    "get_scheme",
    "is_shipped",
    "least",
    "path_to_level",
    "scheme_for",
    "schemes",
    "score",
    "what_if",
]
