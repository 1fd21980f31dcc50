"""Small files that take a lot of memory or time to read."""

import io
import zipfile
import zlib

MEGABYTE = 1024 * 1024


def pdf_with_two_filters(size: int = 700 * MEGABYTE) -> bytes:
    """About 2 KB: a page whose content is deflated twice, `size` bytes long in the end."""
    return _page_with(zlib.compress(_deflated_zeros(size), 9), filters=2)


def pdf_of_many_words(words: int = 400_000) -> bytes:
    """Some KB: a page of so many words, one upon the other."""
    drawn = b"BT /F 9 Tf 50 800 Td " + b"(Sayi) Tj " * words + b"ET"
    return _page_with(zlib.compress(drawn, 9), filters=1)


def pdf_of_full_pages(words: int = 9_000, pages: int = 12) -> bytes:
    """Some KB: pages of as many words as a page of text may have, one upon the other. Each takes about a second."""
    drawn = b"BT /F 9 Tf 50 800 Td " + b"(Sayi) Tj " * words + b"ET"
    page = _page_with(zlib.compress(drawn, 9), filters=1)
    one = b"/Kids[3 0 R]/Count 1"
    return page.replace(one, b"/Kids[%s]/Count %d" % (b" ".join([b"3 0 R"] * pages), pages))


def docx_with_a_wide_table(columns: int = 200_000_000) -> bytes:
    """Under 1 KB: a table whose only cell spans so many columns."""
    cell = (
        f'<w:tc><w:tcPr><w:gridSpan w:val="{columns}"/></w:tcPr><w:p><w:r><w:t>Sayı</w:t></w:r></w:p></w:tc>'
    )
    body = f"<w:body><w:tbl><w:tblPr/><w:tblGrid/><w:tr>{cell}</w:tr></w:tbl></w:body>"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        f'"{rels}"/><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{office}"'
        ' Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}">{body}</w:document>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return file.getvalue()


def _deflated_zeros(size: int) -> bytes:
    deflater, piece = zlib.compressobj(9), bytes(MEGABYTE)
    parts = [deflater.compress(piece) for _ in range(size // MEGABYTE)]
    return b"".join([*parts, deflater.flush()])


def _page_with(content: bytes, *, filters: int) -> bytes:
    """A PDF of one page with this content, which is deflated so many times."""
    named = b" ".join([b"/FlateDecode"] * filters)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(content), named, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, each in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, each))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return out.getvalue()
