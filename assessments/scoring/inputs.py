"""What the engine is given, checked once at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessments.scoring.schemes import Scheme, get_scheme
from assessments.scoring.verdicts import TRACKS, VERDICTS
from assessments.standard import Edition, UnknownCode, get_edition


class ScoringError(ValueError):
    """An input the engine refuses; ``str()`` is one line that names the offending value."""


@dataclass(frozen=True)
class ScoringInput:
    """Edition, scheme, track and verdicts of one assessment. Build it with :meth:`of`, which checks everything."""

    edition: Edition
    scheme: Scheme
    verdicts: Mapping[str, str]
    track: str = "owner"
    key_domains: tuple[str, ...] = ()
    bonuses: int = 0
    #: domain code -> weight; only the ratios matter
    weights: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        edition: str,
        verdicts: Mapping[str, str],
        *,
        track: str = "owner",
        scheme: str | None = None,
        key_domains: tuple[str, ...] | list[str] = (),
        bonuses: int = 0,
    ) -> ScoringInput:
        """Checks every value against the edition and the scheme. Raises :class:`ScoringError`."""
        try:
            loaded = get_edition(edition)
            parameters = get_scheme(loaded.scheme if scheme is None else scheme)
        except UnknownCode as error:
            raise ScoringError(str(error)) from None
        except KeyError as error:
            raise ScoringError(str(error.args[0])) from None
        for code, verdict in verdicts.items():
            if code not in loaded.criteria:
                raise ScoringError(f"unknown criterion code {code!r} in edition {edition}")
            if not isinstance(verdict, str) or verdict not in VERDICTS:
                raise ScoringError(f"unknown verdict {verdict!r} for {code}; expected one of {', '.join(VERDICTS)}")
        if track not in TRACKS:
            raise ScoringError(f"unknown track {track!r}; expected one of {', '.join(TRACKS)}")
        if type(bonuses) is not int or bonuses < 0:
            raise ScoringError(f"bonuses must be a whole number of 0 or more, not {bonuses!r}")
        keys = tuple(key_domains)
        _check_key_domains(track, keys, loaded, parameters)
        weights = _weights(track, keys, loaded, parameters)
        return cls(loaded, parameters, dict(verdicts), track, keys, bonuses, weights)

    def with_changes(self, changes: Mapping[str, str]) -> ScoringInput:
        """The same assessment with some verdicts replaced, checked again."""
        return ScoringInput.of(
            self.edition.code,
            {**self.verdicts, **changes},
            track=self.track,
            scheme=self.scheme.code,
            key_domains=self.key_domains,
            bonuses=self.bonuses,
        )


def _check_key_domains(track: str, keys: tuple[str, ...], edition: Edition, scheme: Scheme) -> None:
    if track == "owner":
        if keys:
            raise ScoringError(f"key_domains {list(keys)!r} are for track provider only")
        return
    for key in keys:
        if key not in edition.domains_by_code:
            raise ScoringError(f"unknown key domain {key!r} in edition {edition.code}")
    if len(keys) != scheme.key_domain_count or len(set(keys)) != len(keys):
        raise ScoringError(f"key_domains must be exactly {scheme.key_domain_count} distinct codes, not {list(keys)!r}")


def _weights(track: str, keys: tuple[str, ...], edition: Edition, scheme: Scheme) -> dict[str, int]:
    if track == "owner":
        return {d.code: 1 for d in edition.domains}
    # Both kinds are multiplied by the number of other domains, so that sharing the rest stays in whole numbers.
    others = len(edition.domains) - len(keys)
    return {d.code: scheme.key_weight * others if d.code in keys else scheme.others_weight for d in edition.domains}
