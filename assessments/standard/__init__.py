"""What the standard says: editions, domains, items, criteria. Pure: standard library only."""

from assessments.standard.bilingual import Bilingual, counted, listed
from assessments.standard.catalogue import EDITIONS, UnknownCode, editions, get_edition
from assessments.standard.edition import LEVELS, Criterion, Domain, Edition, Item, Level
from assessments.standard.loader import EditionError, load_edition

__all__ = [
    "EDITIONS",
    "LEVELS",
    "Bilingual",
    "Criterion",
    "Domain",
    "Edition",
    "EditionError",
    "Item",
    "Level",
    "UnknownCode",
    "counted",
    "editions",
    "get_edition",
    "listed",
    "load_edition",
]
