"""The directory of the state: agencies, groups of agencies, and the people who act for them."""

from agencies.models.agency import Agency, AgencyQuerySet
from agencies.models.contact_details.contact_correction import ContactCorrection, ContactField, CorrectionEnd
from agencies.models.contact_details.proposed_address import ProposalState, ProposedAddress
from agencies.models.deputy import Deputyship
from agencies.models.group import AgencyGroup, RuleProvinces, members_by_group, sizes_of_groups
from agencies.models.kind import AgencyKind
from agencies.models.leave import DeclaredLeave
from agencies.models.maintenance import (
    AgencyName,
    ChangeKind,
    DirectoryChange,
    DirectoryImport,
    ImportRow,
    ImportState,
    Outcome,
)
from agencies.models.person import Membership, MembershipQuerySet, Role, User
from agencies.models.province import District, Province
from agencies.models.second_step import SecondStep
from agencies.models.wording import AgencyWording, GroupWording

__all__ = [
    "Agency",
    "AgencyGroup",
    "AgencyKind",
    "AgencyName",
    "AgencyQuerySet",
    "AgencyWording",
    "ChangeKind",
    "ContactCorrection",
    "ContactField",
    "CorrectionEnd",
    "DeclaredLeave",
    "Deputyship",
    "DirectoryChange",
    "DirectoryImport",
    "District",
    "GroupWording",
    "ImportRow",
    "ImportState",
    "Membership",
    "MembershipQuerySet",
    "Outcome",
    "ProposalState",
    "ProposedAddress",
    "Province",
    "Role",
    "RuleProvinces",
    "SecondStep",
    "User",
    "members_by_group",
    "sizes_of_groups",
]
