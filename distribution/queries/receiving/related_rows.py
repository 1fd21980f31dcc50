"""Which kinds of rows belong to a delivery: most have almost none, and what isn't there needn't be asked for."""

from django.db.models import Exists, OuterRef

from circulars.models import Reference
from distribution.models import (
    AnswerDocument,
    Assignment,
    Delivery,
    ExtensionRequest,
    Handover,
    OnBehalfRecord,
    ReturnDecision,
    TakeBackRequest,
)

_OF_A_DELIVERY = {
    "answer_documents": AnswerDocument,
    "assignments": Assignment,
    "handovers": Handover,
    "extension_requests": ExtensionRequest,
    "on_behalf_records": OnBehalfRecord,
    "return_decisions": ReturnDecision,
    "take_back_requests": TakeBackRequest,
}


def related_rows(delivery: Delivery) -> frozenset[str]:
    """Names of what the delivery has at least one of. One query.

    The names are those of the relations: `answer_documents`, `assignments`, `children`, `extension_requests`,
    `handovers`, `instead_of`, `on_behalf_records`, `return_decisions`, `take_back_requests`, and `references` of its
    letter.
    """
    there = {
        name: Exists(model._default_manager.filter(delivery=OuterRef("pk")).order_by())
        for name, model in _OF_A_DELIVERY.items()
    }
    there["instead_of"] = Exists(ReturnDecision.objects.filter(instead=OuterRef("pk")).order_by())
    there["children"] = Exists(Delivery.objects.filter(parent=OuterRef("pk")).order_by())
    there["references"] = Exists(Reference.objects.filter(circular=OuterRef("circular")).order_by())
    found = Delivery.objects.order_by().filter(pk=delivery.pk).values_list(*there.values())
    return frozenset(name for name, is_there in zip(there, found.get(), strict=True) if is_there)
