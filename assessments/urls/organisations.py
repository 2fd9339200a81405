"""Organisations, their members and invitations; names are view names."""

from django.urls import path

from assessments.views import organisations as views

urlpatterns = [
    path("enterprises/new/", views.enterprise_new, name="enterprise_new"),
    path("organisations/switch/", views.switch_organisation, name="switch_organisation"),
    path("organisations/<int:pk>/", views.organisation_detail, name="organisation_detail"),
    path("organisations/<int:pk>/members/", views.member_list, name="member_list"),
    path("organisations/<int:pk>/members/invite/", views.member_invite, name="member_invite"),
    path("organisations/<int:pk>/members/<int:membership_id>/role/", views.member_role, name="member_role"),
    path("organisations/<int:pk>/members/<int:membership_id>/end/", views.member_end, name="member_end"),
    path(
        "organisations/<int:pk>/invitations/<int:invitation_id>/withdraw/",
        views.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("invitations/<str:token>/", views.invitation_accept, name="invitation_accept"),
]
