"""PDFium, which is not thread-safe: whoever uses it holds the lock."""

from threading import Lock

PDFIUM = Lock()
