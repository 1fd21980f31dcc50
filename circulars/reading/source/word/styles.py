"""Properties that text has by its style."""

from __future__ import annotations

from xml.etree.ElementTree import Element

_OFF = {"0", "false", "off", "none"}
_DEEPEST = 20


def child(element: Element | None, *names: str) -> Element | None:
    """The descendant along this path of tags."""
    for name in names:
        element = element.find(name) if element is not None else None
    return element


def value(element: Element | None) -> str:
    """Its `val`."""
    return "" if element is None else element.get("val", "")


def is_on(element: Element) -> bool:
    """Whether a switch such as `<vanish/>` is on."""
    return element.get("val", "true").lower() not in _OFF


class Styles:
    """The styles part; without one every property is as written beside the text."""

    def __init__(self, root: Element | None) -> None:
        styles = root.findall("style") if root is not None else []
        self._styles = {style.get("styleId", ""): style for style in styles}
        self._defaults = child(root, "docDefaults", "rPrDefault", "rPr")
        self._usual = next(
            (
                style.get("styleId", "")
                for style in styles
                if style.get("type") == "paragraph" and style.get("default", "0").lower() not in _OFF
            ),
            "",
        )

    def has(self, name: str, run: Element | None, paragraph_style: str) -> bool:
        """Whether a run with these properties, in a paragraph of this style, has the switch `name` on."""
        direct = child(run, name)
        if direct is not None:
            return is_on(direct)
        for style in (value(child(run, "rStyle")), paragraph_style or self._usual):
            for each in self._chain(style):
                found = child(each, "rPr", name)
                if found is not None:
                    return is_on(found)
        found = child(self._defaults, name)
        return found is not None and is_on(found)

    def breaks_page(self, properties: Element | None, paragraph_style: str) -> bool:
        """Whether a paragraph begins a page."""
        direct = child(properties, "pageBreakBefore")
        if direct is not None:
            return is_on(direct)
        named = [child(each, "pPr", "pageBreakBefore") for each in self._chain(paragraph_style)]
        return any(found is not None and is_on(found) for found in named[:1])

    def numbering(self, properties: Element | None, paragraph_style: str) -> tuple[str, int | None]:
        """The list's number and the level of a paragraph; the level is None where only the style names the list."""
        direct = child(properties, "numPr")
        if direct is not None and direct.find("numId") is not None:
            return value(direct.find("numId")), _level(direct)
        for each in self._chain(paragraph_style):
            found = child(each, "pPr", "numPr")
            if found is not None and found.find("numId") is not None:
                return value(found.find("numId")), _level(found) if direct is None else _level(direct)
        return "", None

    def list_of(self, style: str) -> str:
        """The list's number that a numbering style names."""
        return value(child(self._styles.get(style), "pPr", "numPr", "numId"))

    def chain_ids(self, style: str) -> list[str]:
        """The style and those that it is based on."""
        return [each.get("styleId", "") for each in self._chain(style)]

    def _chain(self, style: str) -> list[Element]:
        chain: list[Element] = []
        while style in self._styles and len(chain) < _DEEPEST:
            chain.append(self._styles[style])
            style = value(self._styles[style].find("basedOn"))
        return chain


def _level(properties: Element) -> int | None:
    text = value(properties.find("ilvl"))
    return int(text) if text.isdecimal() else None
