"""What a person looks for in the directory: words of a name, a kind, a province and a district."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from agencies.models import Agency, AgencyKind, AgencyQuerySet, District, Province


@dataclass(frozen=True)
class DirectorySearch:
    """The choices in the form above the directory; each is "" or None if it wasn't made."""

    query: str
    kind: AgencyKind | None
    province: Province | None
    district: District | None

    @property
    def is_asked(self) -> bool:
        """Whether bodies of all places in the tree are looked for; a kind alone is a level of the tree."""
        return bool(self.query or self.province)

    @property
    def label(self) -> str:
        """The choices beside the words, such as "Kaymakamlık · Ankara"."""
        chosen = (self.kind.label if self.kind else "", self.province, self.district)
        return " · ".join(str(each) for each in chosen if each)

    @property
    def kinds(self) -> list[AgencyKind]:
        return list(AgencyKind)

    @cached_property
    def provinces(self) -> QuerySet[Province]:
        return Province.objects.all()

    @cached_property
    def districts(self) -> list[District]:
        """The districts of the chosen province."""
        return list(District.objects.filter(province=self.province)) if self.province else []

    def found(self) -> AgencyQuerySet:
        """The agencies that are looked for; all of them if nothing was chosen."""
        found = Agency.objects.search(self.query)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.province:
            found = found.filter(province=self.province)
        if self.district:
            found = found.filter(district=self.district)
        return found


def read_search(request: HttpRequest) -> DirectorySearch:
    """The choices in the address. A district of another province than the chosen one is dropped.

    Raises Http404 for a kind, province or district that doesn't exist.
    """
    kind, plate, code = (request.GET.get(name, "") for name in ("kind", "province", "district"))
    if kind and kind not in AgencyKind.values:
        raise Http404
    province = Province.objects.filter(pk=plate).first() if plate else None
    district = District.objects.filter(pk=code).first() if code else None
    if (plate and province is None) or (code and district is None):
        raise Http404
    if district is not None and (province is None or district.province_id != province.pk):
        district = None
    return DirectorySearch(
        query=request.GET.get("q", "").strip(),
        kind=AgencyKind(kind) if kind else None,
        province=province,
        district=district,
    )
