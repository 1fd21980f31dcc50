from django.urls import path

from circulars.views import attachments, lines, record, review

urlpatterns = [
    path("letters/record/", record.record_letter, name="record"),
    path("letters/<uuid:letter>/edit/", review.review, name="review"),
    path("letters/<uuid:letter>/delete/", review.delete, name="delete_draft"),
    path("letters/<uuid:letter>/file/", attachments.letter_file, name="letter_file"),
    path("letters/<uuid:letter>/file/<int:page>/", attachments.letter_page, name="letter_page"),
    path("letters/<uuid:letter>/attachments/", attachments.upload, name="attach"),
    path("letters/<uuid:letter>/attachments/<int:pk>/", attachments.download, name="attachment_file"),
    path("letters/<uuid:letter>/attachments/<int:pk>/remove/", attachments.remove, name="detach"),
    path("letters/<uuid:letter>/lines/<int:pk>/", lines.settle, name="settle_line"),
]
