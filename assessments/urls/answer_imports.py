"""Filling in with a workbook: out for a part of the questionnaire, back through a preview."""

from django.urls import path

from assessments.views import answer_imports as views

urlpatterns = [
    path("assessments/<str:number>/workbook/", views.answer_workbook, name="answer_workbook"),
    path(
        "assessments/<str:number>/workbook/download/", views.answer_workbook_download, name="answer_workbook_download"
    ),
    path("assessments/<str:number>/imports/new/", views.answer_import_new, name="answer_import_new"),
    path("assessments/<str:number>/imports/<int:pk>/", views.answer_import, name="answer_import"),
    path(
        "assessments/<str:number>/imports/<int:pk>/discard/", views.answer_import_discard, name="answer_import_discard"
    ),
]
