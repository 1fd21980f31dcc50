from django.urls import path

from agencies.views import (
    contact,
    contact_corrections,
    deputies,
    directory,
    export,
    imports,
    rename,
    reopen,
    undeliverable,
)

urlpatterns = [
    path("act-for/", directory.act_for, name="act_for"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/new/", deputies.new_deputy, name="new_deputy"),
    path("deputies/<int:pk>/end/", deputies.end_deputy, name="end_deputy"),
    path("directory/", directory.directory, name="directory"),
    path("directory/undeliverable/", undeliverable.undeliverable, name="undeliverable_addresses"),
    path("directory/undeliverable/use-again/", undeliverable.use_all_again, name="use_addresses_again"),
    path("directory/undeliverable/<int:pk>/use-again/", undeliverable.use_again, name="use_address_again"),
    path("people/<int:pk>/use-again/", undeliverable.use_person_again, name="use_person_address_again"),
    path(
        "directory/contact-corrections/",
        contact_corrections.contact_corrections,
        name="contact_corrections",
    ),
    path("directory/contact-corrections/<int:pk>/undo/", contact_corrections.undo, name="undo_correction"),
    path(
        "directory/contact-corrections/<int:pk>/accept/", contact_corrections.accept, name="accept_correction"
    ),
    path(
        "directory/contact-corrections/<int:pk>/refuse/", contact_corrections.refuse, name="refuse_correction"
    ),
    path("directory/groups/", directory.groups, name="groups"),
    path("directory/groups/<int:pk>/", directory.group, name="group"),
    path(
        "directory/groups/wordings/<int:pk>/take-back/",
        directory.take_back_group_wording,
        name="take_back_group_wording",
    ),
    path(
        "directory/wordings/<int:pk>/take-back/",
        directory.take_back_agency_wording,
        name="take_back_agency_wording",
    ),
    path("directory/export/", export.export, name="directory_export"),
    path("directory/imports/", imports.imports, name="directory_imports"),
    path("directory/imports/<int:pk>/", imports.directory_import, name="directory_import"),
    path("directory/imports/<int:pk>/confirm/", imports.confirm, name="directory_import_confirm"),
    path("directory/imports/<int:pk>/discard/", imports.discard, name="directory_import_discard"),
    path("directory/imports/<int:pk>/bad.csv", imports.bad_rows, name="directory_import_bad"),
    path("directory/<int:pk>/contact/", contact.contact, name="agency_contact"),
    path("directory/<int:pk>/rename/", rename.rename, name="agency_rename"),
    path("directory/<int:pk>/reopen/", reopen.reopen, name="agency_reopen"),
]
