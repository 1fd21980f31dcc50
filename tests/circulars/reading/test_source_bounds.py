"""Small files that unpack to much are refused before that costs memory; other programs are optional."""

import base64
import stat
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from time import sleep

import pytest

from circulars.reading import FileKind, UnreadableFile, kind_of
from circulars.reading.source import office
from circulars.reading.source.extract import extract_lines
from circulars.reading.source.opc.archive import open_archive
from circulars.reading.source.opc.xml_parts import MAX_ELEMENTS
from circulars.reading.source.pdf.glyphs import MAX_GLYPHS, MAX_PATHS
from tests.circulars.reading.made_files import (
    W,
    assembled,
    filled,
    inked,
    lines,
    p,
    pdf,
    reasons,
    word,
    zipped,
)

MEGABYTE = 1024 * 1024
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "WordDocument".encode("utf-16-le")


def packed_twice(size: int) -> bytes:
    return zlib.compress(zlib.compress(b" " * size, 9), 9)


def with_filters(stream: bytes, filters: bytes) -> bytes:
    return assembled(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
            4: b"<</Length %d/Filter%s>>\nstream\n" % (len(stream), filters) + stream + b"\nendstream",
        }
    )


def refused(content: bytes, *, below: int = 40 * MEGABYTE) -> str:
    """The code of the refusal, which must not take more memory than this."""
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile) as caught:
            extract_lines(content, with_programs=False)
        assert tracemalloc.get_traced_memory()[1] < below
    finally:
        tracemalloc.stop()
    return caught.value.code


@pytest.mark.parametrize(
    ("encode", "filters"),
    [
        (bytes, b"[/FlateDecode/FlateDecode]"),
        (bytes, b"[/Fl#61teDecode/FlateDecode]"),
        (bytes, b" 9 0 R"),
        (lambda data: data.hex().encode() + b">", b"[/ASCIIHexDecode/FlateDecode/FlateDecode]"),
        (lambda data: base64.a85encode(data) + b"~>", b"[/ASCII85Decode/FlateDecode/FlateDecode]"),
    ],
    ids=["twice", "written otherwise", "named elsewhere", "as hexadecimal digits", "as base-85 digits"],
)
def test_a_pdf_that_is_packed_twice_is_refused_beforehand(encode: object, filters: bytes) -> None:
    assert callable(encode)
    assert refused(with_filters(encode(packed_twice(200 * MEGABYTE)), filters)) == "too_large"


def test_a_pdf_whose_runs_grow_beyond_the_limit_is_refused_beforehand() -> None:
    runs = zlib.compress(b"\x81 " * (2 * MEGABYTE), 9)
    assert refused(with_filters(runs, b"[/FlateDecode/RunLengthDecode]")) == "too_large"


def test_a_stream_packed_twice_that_stays_small_is_read() -> None:
    content = filled()
    twice = zlib.compress(zlib.compress(content))
    objects = pdf(b"").replace(
        b"<</Length 0>>\nstream\n\nendstream",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>\nstream\n" % len(twice) + twice + b"\nendstream",
    )
    assert lines(objects) == lines(pdf(content))


@pytest.mark.parametrize(
    "drawing",
    [
        b"BT /F1 9 Tf " + b"(a)Tj " * (MAX_GLYPHS + 1) + b"ET",
        b"0 0 m 1 1 l S " * (MAX_PATHS + 1),
        b"q Q " * MEGABYTE,
    ],
    ids=["letters", "rules", "no drawing at all"],
)
def test_a_page_that_draws_more_than_text_is_named_and_the_others_are_read(drawing: bytes) -> None:
    extracted = extract_lines(pdf(filled(), drawing))
    assert [(each.page, each.reason) for each in extracted.pages.unread] == [(2, "picture")]
    assert inked(extracted) == lines(pdf(filled()))


def test_a_file_of_many_such_pages_is_refused() -> None:
    assert refused(pdf(*[b"q Q " * MEGABYTE] * 6), below=200 * MEGABYTE) == "too_large"


def document(body: str) -> str:
    return f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped({"word/document.xml": document("<w:p/>" * 2_000_000)}), "too_large"),
        (zipped({"word/document.xml": document("<w:p/>" * 2_000_000)}, zipfile.ZIP_BZIP2), "damaged"),
        (zipped({"word/document.xml": document("<w:p/>" * 2_000_000)}, zipfile.ZIP_LZMA), "damaged"),
        (
            zipped({"word/document.xml": document(p("x")), "word/media/a.bin": bytes(20 * MEGABYTE)}),
            "too_large",
        ),
    ],
    ids=["dense", "bzip2", "lzma", "dense picture"],
)
def test_a_word_file_that_unpacks_to_much_is_refused_beforehand(content: bytes, code: str) -> None:
    assert refused(content, below=4 * MEGABYTE) == code


def test_a_word_file_of_very_many_elements_is_refused() -> None:
    with pytest.raises(UnreadableFile) as caught:
        extract_lines(word("<w:p/>" * (MAX_ELEMENTS + 1)))
    assert caught.value.code == "too_large"


def zip_of_one(name: str, *, claimed: int, megabytes: int) -> bytes:
    """A package whose only part is of so many megabytes, and claims to be so many bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()
    sizes = struct.pack("<IIIHH", 0, len(packed), claimed, len(name), 0)
    local = struct.pack("<4sHHHHH", b"PK\3\4", 20, 0, 8, 0, 0) + sizes + name.encode()
    entry = struct.pack("<4sHHHHHH", b"PK\1\2", 20, 20, 0, 8, 0, 0) + sizes + bytes(14) + name.encode()
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local) + len(packed), 0)
    return local + packed + entry + end


def zip_of_many(parts: int, *, told: int) -> bytes:
    """A package with a directory of so many parts, of which its end tells another number."""
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, *[0] * 7, 1, *[0] * 6) + b"a"
    directory = entry * parts
    local = b"PK\3\4" + bytes(26)
    where = len(local) + len(directory)
    end = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 20, 20, 0, 0, told, told, len(directory), len(local))
    end += struct.pack("<4sIQI", b"PK\6\7", 0, where, 1)
    end += struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 65535, 65535, len(directory), len(local), 0)
    return local + directory + end


@pytest.mark.parametrize(
    "content",
    [
        zip_of_one("mimetype", claimed=100, megabytes=200),
        zip_of_one("[Content_Types].xml", claimed=100, megabytes=200),
        zip_of_many(100_000, told=100_000),
        zip_of_many(100_000, told=1),
    ],
    ids=["mimetype", "content types", "many parts", "more parts than told"],
)
def test_the_kind_of_a_package_is_told_without_unpacking_it(content: bytes) -> None:
    tracemalloc.start()
    try:
        assert kind_of(content) == FileKind.ARCHIVE
        assert tracemalloc.get_traced_memory()[1] < len(content) + 4 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_package_of_very_many_parts_is_refused_beforehand() -> None:
    content = zip_of_many(100_000, told=1)
    with pytest.raises(UnreadableFile) as caught:
        open_archive(content)
    assert caught.value.code == "too_large"


def test_tables_in_tables_end_somewhere() -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 200 + p("x") + "</w:tc></w:tr></w:tbl>" * 200
    assert lines(word(p("Metin") + deep)) == ["Metin"]
    assert reasons(word(p("Metin") + deep)) == [(1, "text_box")]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(OLD_WORD, FileKind.OLD_WORD), (b"{\\rtf1 x}", FileKind.RTF)],
)
def test_without_libreoffice_another_kind_of_text_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes, kind: FileKind
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableFile) as caught:
        extract_lines(content)
    assert caught.value.kind == kind and "Save it as DOCX or PDF" in caught.value.message


def test_with_libreoffice_another_kind_of_text_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program stands in for LibreOffice: it checks how it was called and gives a Word file."""
    (tmp_path / "made.docx").write_bytes(word(p("Konu : Aşı")))
    program(
        tmp_path / "soffice",
        f'for last; do :; done; test -s "$last" || exit 3\n'
        f'while [ "$1" != --outdir ]; do shift; done; mkdir -p "$2"; cp {tmp_path}/made.docx "$2/letter.docx"',
    )
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert lines(OLD_WORD) == ["Konu : Aşı"]
    program(tmp_path / "soffice", "exit 1")
    with pytest.raises(UnreadableFile) as caught:
        extract_lines(OLD_WORD)
    assert caught.value.kind == FileKind.OLD_WORD


def test_a_libreoffice_that_does_not_end_is_ended_with_what_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "soffice", f"sh -c 'sleep 0.8; touch {tmp_path}/late' & sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(office, "SECONDS", 0.2)
    with pytest.raises(UnreadableFile):
        extract_lines(OLD_WORD)
    sleep(1.2)
    assert not (tmp_path / "late").exists()


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
