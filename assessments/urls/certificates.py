"""URLs of one topic; names are view names."""

from django.urls import path

from assessments.views import certificates

urlpatterns = [
    path("certificates/", certificates.certificate_list, name="certificate_list"),
    path("certificates/<str:number>/", certificates.certificate_detail, name="certificate_detail"),
    path("certificates/<str:number>/status/", certificates.certificate_status, name="certificate_status"),
    path("certificates/<str:number>/certificate.pdf", certificates.certificate_pdf, name="certificate_pdf"),
]
