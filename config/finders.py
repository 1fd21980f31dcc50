"""Static files from npm packages, restricted to those that the pages use."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage


class PackageFilesFinder(BaseFinder):
    """Finds the files of `settings.STATIC_PACKAGE_FILES`: {static name: path in node_modules}."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.root = Path(settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Report each missing file."""
        missing = [
            path for path in settings.STATIC_PACKAGE_FILES.values() if not (self.root / path).is_file()
        ]
        return [
            Error(f"{path} is missing in {self.root}.", hint="Run `make setup`.", id="config.E001")
            for path in missing
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file for a static name."""
        source = settings.STATIC_PACKAGE_FILES.get(path)
        if source is None or not (self.root / source).is_file():
            return []
        found = str(self.root / source)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every listed file for collectstatic: its name and a storage that serves it."""
        for name, source in settings.STATIC_PACKAGE_FILES.items():
            yield name, _OneFile(self.root / source)


class _OneFile(FileSystemStorage):
    """A storage that returns the same file for every name."""

    def __init__(self, file: Path) -> None:
        super().__init__(location=str(file.parent))
        self.file = file

    def path(self, name: str) -> str:
        return str(self.file)
