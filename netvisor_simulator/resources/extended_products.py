"""extendedproductlist.nv: published products in pages, with everything about them (77000554252)."""

from __future__ import annotations

from datetime import date, datetime

from ..company.plan import HELSINKI
from ..company.stock import Product
from ..resource import Parameter, Reply, Request, Resource
from .extended_product import extended_product
from .markup import listed
from .windows import changed, invalid

PAGE = 100
"""Products on a page unless asked otherwise; Netvisor's own number is not documented."""
EVERYTHING = 4294967295
_FLAGS = {
    "includeproductpricegroups": 1,
    "includeproductcustomerprices": 2,
    "includedistributerpurchaseinformation": 4,
    "includeproductinventoryplaceshelves": 8,
    "includeproductshipmentinformation": 16,
    "includeproductgroupingcriterias": 32,
    "includeproductaccountinginformation": 64,
    "includeproductdimensioninformation": 128,
    "includeproductinformationfields": 256,
    "includeproductreferences": 512,
    "includeproductproperties": 1024,
    "includeproductsubproducts": 2048,
    "includeproductimages": 4096,
    "includeproductattachments": 8192,
    "setallreplyoptions": EVERYTHING,
}


def _options(text: str) -> int:
    """replyoptions: a sum of flags, or a comma-separated list of their names."""
    if text.isdigit() and int(text) <= EVERYTHING:
        return int(text)
    names = text.lower().split(",")
    if not set(names) <= set(_FLAGS):
        raise invalid("replyoptions is a sum of flags or a list of their names")
    return sum({_FLAGS[name] for name in names})


def _since(text: str | None) -> date | None:
    """productchangedsince: `yyyy-MM-ddTHH:mm`, as the documents print it; a date alone passes too."""
    if text is None:
        return None
    for notation in ("%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            moment = datetime.strptime(text, notation).replace(tzinfo=HELSINKI)
        except ValueError:
            continue
        return moment if "T" in text else moment.date()
    raise invalid("productchangedsince must be in the form yyyy-MM-ddTHH:mm")


def _answer(request: Request) -> Reply:
    query = request.query
    options = _options(query.get("replyoptions", "0"))
    since = _since(query.get("productchangedsince"))
    keys = query.get("productnetvisorkeys")
    found = [
        one
        for one in request.company.products()
        if not one.deleted
        and (one.key in keys if keys else one.published)
        and changed(request, one, since)
        and _fits(request, one)
    ]
    size = query.get("productsonpage") or PAGE
    pages = max(1, -(-len(found) // size))
    page = query.get("page", 1)
    shown = found[(page - 1) * size : page * size] if page >= 1 else []
    attributes = {"CurrentPage": page, "PageCount": pages, "ProductsOnPage": len(shown), "ProductsOnPages": len(found)}
    return Reply(listed(request, "Products", (extended_product(request, one, options) for one in shown), attributes))


def _fits(request: Request, product: Product) -> bool:
    """The filters by text, code, kind and group; that of grouping criteria is not played."""
    query = request.query
    name = product.group.fi.lower() if product.group else ""
    wanted = {key: query[key].lower() for key in query if isinstance(query[key], str)}
    groups = query.get("productgroupnetvisorkeys")
    excluded = wanted.get("excludeproductgroupnamefreetext")
    return (
        wanted.get("productcodekeyword", "") in product.code
        and wanted.get("productnamekeyword", "") in product.name.lower()
        and wanted.get("producteancode", product.ean) == product.ean
        and (product.stocked or wanted.get("onlystoragedproducts") != "true")
        and (groups is None or (product.group is not None and product.group.key in groups))
        and wanted.get("productgroupname", name) == name
        and name.startswith(wanted.get("productgroupnamekeyword", ""))
        and wanted.get("productgroupnamefreetext", "") in name
        and (excluded is None or excluded not in name)
    )


EXTENDED = Resource(
    "extendedproductlist.nv",
    (
        Parameter("replyoptions", "text"),
        Parameter("searchlanguage", "text", choices=("fi", "se", "en")),
        Parameter("productnetvisorkeys", "ints"),
        Parameter("productcodekeyword", "text"),
        Parameter("productnamekeyword", "text"),
        Parameter("producteancode", "text"),
        Parameter("onlysellableproducts", "text", choices=("true", "false")),
        Parameter("onlystoragedproducts", "text", choices=("true", "false")),
        Parameter("productgroupnetvisorkeys", "ints"),
        Parameter("productgroupname", "text"),
        Parameter("productgroupnamekeyword", "text"),
        Parameter("productgroupnamefreetext", "text"),
        Parameter("excludeproductgroupnamefreetext", "text"),
        Parameter("productchangedsince", "text"),
        Parameter("productsonpage", "int"),
        Parameter("page", "int"),
    ),
    _answer,
)
