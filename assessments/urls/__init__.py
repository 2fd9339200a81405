"""All URLs, one module a topic. Url name = view name = template path."""

from assessments.urls import (
    assessments,
    audit,
    certificates,
    documents,
    evidence,
    home,
    inbox,
    notices,
    operation,
    organisations,
    questionnaire,
    review,
    style_guide,
    transitions,
    verify,
)

urlpatterns = [
    *home.urlpatterns,
    *assessments.urlpatterns,
    *transitions.urlpatterns,
    *questionnaire.urlpatterns,
    *evidence.urlpatterns,
    *review.urlpatterns,
    *documents.urlpatterns,
    *certificates.urlpatterns,
    *notices.urlpatterns,
    *verify.urlpatterns,
    *organisations.urlpatterns,
    *inbox.urlpatterns,
    *audit.urlpatterns,
    *style_guide.urlpatterns,
    *operation.urlpatterns,
]
