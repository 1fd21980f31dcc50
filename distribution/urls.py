from django.urls import path

from distribution.views import (
    agency,
    board,
    delivery,
    dispatch,
    hand_over,
    inbox,
    letters,
    pause,
    recipients,
    returned_mail,
    succession,
    tekit,
    withdraw,
)

urlpatterns = [
    path("", inbox.home, name="home"),
    path("letters/", letters.letters, name="letters"),
    path("letters/<uuid:letter>/", letters.letter, name="letter"),
    path("letters/<uuid:letter>/lines/<int:pk>/units/", letters.line_units, name="line_units"),
    path("letters/<uuid:letter>/progress/", letters.progress, name="letter_progress"),
    path("letters/<uuid:letter>/retry/", letters.retry_notices, name="retry_notices"),
    path("letters/<uuid:letter>/report.pdf", letters.report, name="letter_report"),
    path("letters/<uuid:letter>/recipients/<uuid:delivery>/", recipients.recipient, name="recipient"),
    path(
        "letters/<uuid:letter>/recipients/<uuid:delivery>/hand-over/", hand_over.hand_over, name="hand_over"
    ),
    path(
        "letters/<uuid:letter>/recipients/<uuid:delivery>/handovers/<int:pk>/",
        hand_over.handover_proof,
        name="handover_proof",
    ),
    path("letters/<uuid:letter>/tekit/", tekit.tekit, name="tekit"),
    path("letters/<uuid:letter>/dispatch/", dispatch.dispatch_letter, name="dispatch"),
    path("bounces/", returned_mail.post_bounce, name="post_bounce"),
    path("letters/<uuid:letter>/withdraw/", withdraw.withdraw_letter, name="withdraw_letter"),
    path("letters/<uuid:letter>/seen/", withdraw.seen, name="letter_seen"),
    path("letters/<uuid:letter>/pause/", pause.pause, name="pause_sending"),
    path("letters/<uuid:letter>/resume/", pause.resume, name="resume_sending"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:agency>/", inbox.unit_inbox, name="unit_inbox"),
    path("inbox/<int:agency>/acknowledge/", inbox.acknowledge_several, name="acknowledge_several"),
    path("deliveries/<uuid:delivery>/", delivery.delivery, name="delivery"),
    path("deliveries/<uuid:delivery>/acknowledge/", delivery.acknowledge, name="acknowledge"),
    path("deliveries/<uuid:delivery>/file/", delivery.letter_file, name="delivery_file"),
    path(
        "deliveries/<uuid:delivery>/attachments/<int:pk>/",
        delivery.attachment_file,
        name="delivery_attachment",
    ),
    path("outstanding/", board.by_recipient, name="board"),
    path("outstanding/letters/", board.by_letter, name="board_letters"),
    path("directory/<int:pk>/", agency.agency, name="agency"),
    path("directory/<int:pk>/close/", succession.close, name="agency_close"),
    path("directory/<int:pk>/merge/", succession.merge, name="agency_merge"),
]
