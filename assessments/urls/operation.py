"""URLs of one topic; names are view names."""

from django.urls import path

from assessments.views import operation

urlpatterns = [
    path("healthz", operation.healthz, name="healthz"),
    path("readyz", operation.readyz, name="readyz"),
]
