"""The file in which an owner describes their company: read and checked, nothing is stored here."""

from zusage.app.operations.company_file._parse import parse_company_file
from zusage.app.operations.company_file._records import (
    Absence,
    BranchRecord,
    CompanyFile,
    ServiceRecord,
    StaffRecord,
    Understanding,
    stable_id,
)
from zusage.app.operations.company_file._report import CompanyFileError, Problem

__all__ = [
    "Absence",
    "BranchRecord",
    "CompanyFile",
    "CompanyFileError",
    "Problem",
    "ServiceRecord",
    "StaffRecord",
    "Understanding",
    "parse_company_file",
    "stable_id",
]
