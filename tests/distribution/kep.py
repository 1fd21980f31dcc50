"""KEP evidence files in both supported formats."""

import zipfile
from io import BytesIO

AT = "2026-03-02T13:00:00.000+03:00"


def answer(*rows: dict[str, str], message_id: str = "", recipient: str = "") -> bytes:
    """The answer of a provider's web service, with one array element per piece of evidence."""
    defaults = {"delilTurId": "40", "tarih": AT, "kephs": "PTT KEP", "delilaciklama": "", "hataaciklama": ""}
    whole = [{**defaults, **row} for row in rows]
    fields = "".join(
        f"<ax21:{name}>{row[name]}</ax21:{name}>" for name in ("delilId", *defaults) for row in whole
    )
    beside = (
        f"<mesajId>{message_id.replace('<', '&lt;').replace('>', '&gt;')}</mesajId>" if message_id else ""
    )
    beside += f"<alici>{recipient}</alici>" if recipient else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<ns:return xmlns:ns="http://ws.example" xmlns:ax21="http://ws.example/xsd">{beside}{fields}</ns:return>'
        "</soap:Body></soap:Envelope>"
    ).encode()


def rem(
    kind: str = "DeliveryNonDeliveryToRecipient",
    event: str = "Delivery",
    *,
    evidence_id: str = "8f381623",
    at: str = AT,
    message_id: str = "",
    recipient: str = "",
) -> bytes:
    """Evidence of ETSI TS 102 640-2."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rem:{kind} xmlns:rem="http://uri.etsi.org/02640/v2#" version="1">
  <rem:EventCode>http:uri.etsi.org/02640/Event#{event}</rem:EventCode>
  <rem:EvidenceIdentifier>{evidence_id}</rem:EvidenceIdentifier>
  <rem:EventTime>{at}</rem:EventTime>
  <rem:SenderDetails><rem:AttributedElectronicAddress>biz@kep.example</rem:AttributedElectronicAddress></rem:SenderDetails>
  <rem:RecipientsDetails><rem:EntityDetails>
    <rem:AttributedElectronicAddress>{recipient}</rem:AttributedElectronicAddress>
  </rem:EntityDetails></rem:RecipientsDetails>
  <rem:SenderMessageDetails>
    <rem:UAMessageIdentifier>{message_id.strip("<>")}</rem:UAMessageIdentifier>
  </rem:SenderMessageDetails>
</rem:{kind}>""".encode()


def zipped(**members: bytes) -> bytes:
    """A ZIP archive; names are given without extension."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"deliller/{name}.xml", data)
    return content.getvalue()
