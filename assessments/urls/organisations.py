"""Organisations, their members and invitations; names are view names."""

from django.urls import path

from assessments.views import joining
from assessments.views import organisations as views

urlpatterns = [
    path("enterprises/new/", views.enterprise_new, name="enterprise_new"),
    path("enterprises/join/<str:token>/", joining.enterprise_join, name="enterprise_join"),
    path("join-requests/<int:pk>/withdraw/", joining.join_withdraw, name="join_withdraw"),
    path("organisations/<int:pk>/join-requests/<int:request_id>/approve/", joining.join_approve, name="join_approve"),
    path("organisations/<int:pk>/join-requests/<int:request_id>/decline/", joining.join_decline, name="join_decline"),
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
