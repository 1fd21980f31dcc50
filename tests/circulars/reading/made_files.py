"""Files made for the tests of their source: Word files from XML, PDFs from drawing instructions, packages."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping

import pypdfium2

from circulars.reading.source.extract import ExtractedText, extract_lines

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def word(body: str, *, main: str = "word/document.xml", **parts: str) -> bytes:
    """A Word file: the body's XML, and by their names (`styles`, `header1`, ...) the inner XML of further parts."""
    folder, _, name = main.rpartition("/")
    related = "".join(
        f'<Relationship Id="r{each}" Type="{OFFICE}/{each.rstrip("123")}" Target="{each}.xml"/>'
        for each in parts
    )
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types><Override PartName="/{main}" ContentType="{_MAIN}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONSHIPS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument"'
        f' Target="/{main}"/></Relationships>',
        main: f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>",
        f"{folder}/_rels/{name}.rels": f'<Relationships xmlns="{_RELATIONSHIPS}">{related}</Relationships>',
    }
    for each, content in parts.items():
        files[f"{folder}/{each}.xml"] = f"<w:{each} {_SPACES}>{content}</w:{each}>"
    return zipped(files)


def p(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(content: str, properties: str = "") -> str:
    """A table's cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def pdf(
    *pages: bytes, page: bytes = b"", resources: bytes = b"", more: Mapping[int, bytes] | None = None
) -> bytes:
    """A PDF with a page for each of these drawing instructions; F1 is Helvetica. `more` holds objects from 100 on."""
    objects: dict[int, bytes] = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    }
    kids = []
    for index, content in enumerate(pages):
        number = 10 + 2 * index
        kids.append(b"%d 0 R" % number)
        objects[number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R" % (number + 1)
            + b"/Resources<</Font<</F1 3 0 R>>"
            + resources
            + b">>"
            + page
            + b">>"
        )
        objects[number + 1] = b"<</Length %d>>\nstream\n" % len(content) + content + b"\nendstream"
    objects[2] = b"<</Type/Pages/Kids[" + b" ".join(kids) + b"]/Count %d>>" % len(kids)
    return assembled({**objects, **(more or {})})


def assembled(objects: Mapping[int, bytes]) -> bytes:
    """The PDF of these objects; 1 is the catalog."""
    file = bytearray(b"%PDF-1.4\n")
    places = {}
    for number, content in sorted(objects.items()):
        places[number] = len(file)
        file += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(file)
    file += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        file += b"%d 1\n%010d 00000 n \n" % (number, place)
    file += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (max(objects) + 1, table)
    return bytes(file)


def text_at(
    x: float, y: float, text: str, *, size: float = 11, turn: str = "1 0 0 1", state: str = ""
) -> bytes:
    """Instructions that print a text; `turn` is the first four numbers of the text matrix."""
    return f"q BT {state} /F1 {size} Tf {turn} {x} {y} Tm ({text}) Tj ET Q\n".encode("latin-1")


def filled(count: int = 8, top: float = 700) -> bytes:
    """Lines of a body, so that a page isn't taken for an empty one."""
    return b"".join(
        text_at(70, top - 16 * index, f"Line {index} of the body of the letter with some words in it.")
        for index in range(count)
    )


def scanned(content: bytes, *, turn: int = 0, dots_per_inch: int = 200) -> bytes:
    """The PDF's pages as pictures, turned counter-clockwise by these degrees."""
    document = pypdfium2.PdfDocument(content)
    pictures = [
        document[index].render(scale=dots_per_inch / 72, grayscale=True).to_pil().rotate(turn, expand=True)
        for index in range(len(document))
    ]
    document.close()
    file = io.BytesIO()
    pictures[0].save(file, "PDF", save_all=True, append_images=pictures[1:], resolution=dots_per_inch)
    return file.getvalue()


def digest(content: bytes, algorithm: str = "sha384") -> str:
    """As packages write it."""
    return base64.b64encode(hashlib.new(algorithm, content).digest()).decode()


def lines(content: bytes) -> list[str]:
    """The inked lines of a file, blanks squeezed."""
    return inked(extract_lines(content))


def inked(extracted: ExtractedText) -> list[str]:
    """Its inked lines, blanks squeezed; cells are parted by ` | `."""
    return [" | ".join(cell.text for cell in line.cells) for line in extracted.pages.lines if line.cells]


def reasons(content: bytes) -> list[tuple[int, str]]:
    """What couldn't be read: page and reason."""
    return [(each.page, each.reason) for each in extract_lines(content).pages.unread]
