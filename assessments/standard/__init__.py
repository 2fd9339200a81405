"""What the standard says: editions, their criteria, the ways between them. Pure: standard library only."""

from assessments.standard.bilingual import Bilingual, counted, listed
from assessments.standard.catalogue import (
    SHIPPED,
    UnknownCode,
    crosswalks,
    current_edition,
    edition_codes,
    editions,
    get_crosswalk,
    get_draft,
    get_edition,
    get_shipped,
    get_window,
    installation,
    installation_root,
    installation_stamp,
    use_installation,
)
from assessments.standard.crosswalk import Crosswalk, Kind, Link
from assessments.standard.edition import LEVELS, Criterion, Domain, Edition, Erratum, Item, Level
from assessments.standard.help import Example, ItemHelp, get_help
from assessments.standard.loader import load_edition
from assessments.standard.reading import DataError
from assessments.standard.transition import Window

__all__ = [
    "LEVELS",
    "SHIPPED",
    "Bilingual",
    "Criterion",
    "Crosswalk",
    "DataError",
    "Domain",
    "Edition",
    "Erratum",
    "Example",
    "Item",
    "ItemHelp",
    "Kind",
    "Level",
    "Link",
    "UnknownCode",
    "Window",
    "counted",
    "crosswalks",
    "current_edition",
    "edition_codes",
    "editions",
    "get_crosswalk",
    "get_draft",
    "get_edition",
    "get_help",
    "get_shipped",
    "get_window",
    "installation",
    "installation_root",
    "installation_stamp",
    "listed",
    "load_edition",
    "use_installation",
]
