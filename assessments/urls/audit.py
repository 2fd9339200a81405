"""URLs of one topic; names are view names."""

from django.urls import path

from assessments.views import audit

urlpatterns = [path("audit/", audit.audit_list, name="audit_list")]
