from django.urls import path

from agencies import views

urlpatterns = [
    path("act-for/", views.act_for, name="act_for"),
    path("directory/", views.directory, name="directory"),
    path("directory/groups/", views.groups, name="groups"),
    path("directory/groups/<int:pk>/", views.group, name="group"),
    path(
        "directory/groups/wordings/<int:pk>/take-back/",
        views.take_back_group_wording,
        name="take_back_group_wording",
    ),
    path(
        "directory/wordings/<int:pk>/take-back/",
        views.take_back_agency_wording,
        name="take_back_agency_wording",
    ),
    path("directory/<int:pk>/contact/", views.contact, name="agency_contact"),
]
