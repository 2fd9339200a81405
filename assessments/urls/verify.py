"""URLs of one topic; names are view names."""

from django.urls import path

from assessments.views import verify

urlpatterns = [
    path("verify/", verify.verify_search, name="verify_search"),
    # No trailing slash: this address is printed on certificates and in QR codes.
    path("verify/<str:number>", verify.verify, name="verify"),
]
