"""URLs of one topic; names are view names."""

from django.urls import path

from assessments.views import editions

_MANAGE = "standard/manage"
urlpatterns = [
    path(f"{_MANAGE}/", editions.edition_list, name="edition_list"),
    path(f"{_MANAGE}/import/", editions.edition_import, name="edition_import"),
    path(f"{_MANAGE}/import/<str:digest>/", editions.edition_check, name="edition_check"),
    path(f"{_MANAGE}/new.xlsx", editions.edition_pattern, name="edition_pattern"),
    path(f"{_MANAGE}/editions/<str:code>/edition.xlsx", editions.edition_export, name="edition_export"),
    path(f"{_MANAGE}/editions/<str:code>/errata/", editions.erratum_new, name="erratum_new"),
    path(f"{_MANAGE}/editions/<str:code>/transition/", editions.window_edit, name="window_edit"),
    path(f"{_MANAGE}/drafts/<str:code>/", editions.draft_detail, name="draft_detail"),
    path(f"{_MANAGE}/drafts/<str:code>/edition.xlsx", editions.draft_export, name="draft_export"),
    path(f"{_MANAGE}/drafts/<str:code>/publish/", editions.draft_publish, name="draft_publish"),
    path(f"{_MANAGE}/drafts/<str:code>/delete/", editions.draft_delete, name="draft_delete"),
]
