"""URLs of one topic; names are view names."""

from django.urls import path

from assessments.views import documents

_OF_CASE = "assessments/<str:number>/documents/"

urlpatterns = [
    path("documents/", documents.document_list, name="document_list"),
    path(f"{_OF_CASE}self-report.pdf", documents.self_report, name="self_report"),
    path(f"{_OF_CASE}evaluation-report.pdf", documents.evaluation_report, name="evaluation_report"),
    path(f"{_OF_CASE}answers.xlsx", documents.answers_workbook, name="answers_workbook"),
]
