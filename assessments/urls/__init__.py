"""All URLs, one module a topic. Url name = view name = template path."""

from assessments.urls import (
    assessments,
    audit,
    certificates,
    documents,
    editions,
    eligibility,
    evidence,
    home,
    inbox,
    notices,
    operation,
    organisations,
    questionnaire,
    review,
    standard,
    style_guide,
    transitions,
    verify,
)

urlpatterns = [
    *home.urlpatterns,
    *assessments.urlpatterns,
    *transitions.urlpatterns,
    *eligibility.urlpatterns,
    *questionnaire.urlpatterns,
    *evidence.urlpatterns,
    *review.urlpatterns,
    *documents.urlpatterns,
    *certificates.urlpatterns,
    *notices.urlpatterns,
    *verify.urlpatterns,
    *editions.urlpatterns,  # before the reader's pages, whose addresses begin alike
    *standard.urlpatterns,
    *organisations.urlpatterns,
    *inbox.urlpatterns,
    *audit.urlpatterns,
    *style_guide.urlpatterns,
    *operation.urlpatterns,
]
