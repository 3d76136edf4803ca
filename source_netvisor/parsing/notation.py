"""Attributes that say nothing but how a value is written, which its reader knows anyway.

They are listed by element and attribute: `type="ISO-3166"` of a country only says that its code is of ISO 3166, but
the type of a `ProductIdentifier` says whose identifier it is. A value that is not listed is information, and stays. The
pairs are those of the manuals of the resources.
"""

from __future__ import annotations

_TYPES = {
    "iso3166": (
        "country", "countryoforigin", "defaultproductcountryoforigin", "deliverycountry", "foreignname",
        "invoicinglanguage", "issuingcountry", "language", "nationality", "vendorcountry",
    ),
    "iso4217": ("amount", "currencycode", "invoicecurrencysum", "opencurrencysum"),
    "percentage": ("paymenttermcashdiscount",),
    "name": ("selleridentifier",),
    "finnishidentifier": ("personalid",),
    "netvisor": ("employmentmode", "endreason", "group", "payslipdeliverymethod"),
    "isco": ("occupationclassification",),
    "keva": ("kevaemploymentregistration",),
    "base64": ("attachmentdata", "imagedata"),
}  # fmt: skip
_TYPE_OF = {(element, "type"): notation for notation, elements in _TYPES.items() for element in elements}


def notation(element: str, attribute: str, is_date: bool) -> str | None:
    """The value, in its normal form, with which the attribute says nothing but the notation; None where it has none.

    Args:
        element: its name in the normal form.
        attribute: its name in the normal form.
        is_date: the element becomes a date or a moment; the manuals write `format="ansi"` or `type="ansi"` at these.
    """
    if is_date and attribute in ("format", "type"):
        return "ansi"
    return _TYPE_OF.get((element, attribute))
