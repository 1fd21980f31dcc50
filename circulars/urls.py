from django.urls import path

from circulars.views import (
    add_agency,
    attachments,
    choose_file,
    letter_reading,
    plans,
    record,
    review,
    settle_line,
    unsaved,
)

urlpatterns = [
    path("letters/record/", record.record_letter, name="record"),
    path("letters/<uuid:letter>/record/", record.record_replacement, name="record_replacement"),
    path("letters/readings/<uuid:reading>/", letter_reading.letter_reading, name="letter_reading"),
    path("letters/readings/<uuid:reading>/dismiss/", letter_reading.dismiss, name="dismiss_reading"),
    path("letters/readings/<uuid:reading>/by-hand/", letter_reading.by_hand, name="record_by_hand"),
    path("letters/<uuid:letter>/edit/", review.review, name="review"),
    path("letters/<uuid:letter>/unsaved/", unsaved.keep_unsaved, name="keep_unsaved"),
    path(
        "letters/<uuid:letter>/unsaved/<uuid:editing>/discard/",
        unsaved.discard_unsaved,
        name="discard_unsaved",
    ),
    path("letters/<uuid:letter>/delete/", review.delete, name="delete_draft"),
    path("letters/<uuid:letter>/file/", attachments.letter_file, name="letter_file"),
    path("letters/<uuid:letter>/file/<int:page>/", attachments.letter_page, name="letter_page"),
    path("letters/<uuid:letter>/file/choose/", choose_file.choose_file, name="choose_file"),
    path("letters/<uuid:letter>/attachments/", attachments.upload, name="attach"),
    path("letters/<uuid:letter>/attachments/<int:pk>/", attachments.download, name="attachment_file"),
    path("letters/<uuid:letter>/attachments/<int:pk>/remove/", attachments.remove, name="detach"),
    path("letters/<uuid:letter>/lines/<int:pk>/", settle_line.settle, name="settle_line"),
    path("letters/<uuid:letter>/lines/<int:pk>/add/", add_agency.add, name="add_agency"),
    path("letters/<uuid:letter>/plan/", plans.use, name="use_plan"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.new, name="new_plan"),
    path("plans/choices/", plans.choices, name="plan_choices"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/edit/", plans.edit, name="edit_plan"),
    path("plans/<int:pk>/retire/", plans.retire, name="retire_plan"),
]
