"""The standard to read, public; names are view names. What stands for itself comes before the code of an edition."""

from django.urls import path

from assessments.views import crosswalk, glossary, schemes, search, standard

_EDITION = "standard/<str:edition>/"

urlpatterns = [
    path("standard/", standard.standard, name="standard"),
    path("standard/search/", search.standard_search, name="standard_search"),
    path("standard/glossary/", glossary.glossary, name="glossary"),
    path("standard/crosswalk/", crosswalk.crosswalk_latest, name="crosswalk_latest"),
    path("standard/crosswalk/<str:earlier>/<str:later>/", crosswalk.crosswalk, name="crosswalk"),
    path("standard/schemes/<str:code>/", schemes.scheme, name="scheme"),
    path(_EDITION, standard.standard_edition, name="standard_edition"),
    path(_EDITION + "print/", standard.standard_print, name="standard_print"),
    path(_EDITION + "criteria/<str:code>/", standard.standard_criterion, name="standard_criterion"),
    path(_EDITION + "<str:item>/", standard.standard_item, name="standard_item"),
]
