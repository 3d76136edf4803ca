"""Products and inventory: productlist.nv, getproduct.nv, groups, inventory by warehouse and inventory places."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from ..company.chart import SALES_ACCOUNTS
from ..company.dimensions import CENTRE_TAGS
from ..company.stock import PRODUCT_GROUPS, WAREHOUSES, Holding, Product, ProductGroup, Warehouse
from ..resource import Parameter, Reply, Request, Resource
from .details import details
from .extended_products import EXTENDED
from .markup import Node, el, group, listed, many, one_zero
from .sub_products import sub_products
from .windows import changed, invalid

_CODES = ("eancode", "code", "codelist")


def _list(request: Request) -> Reply:
    """productlist.nv (77000554240): without `deleted` the deleted ones come too."""
    return Reply(listed(request, "ProductList", (_row(product) for product in _chosen(request))))


def _chosen(request: Request) -> Iterator[Product]:
    query = request.query
    words = query.get("keyword", "").lower().split(",")
    for product in request.company.products():
        if product.deleted:
            shown = query.get("deleted", True)
        else:
            shown = query.get("published" if product.published else "unpublished", True)
        told = f"{product.name} {product.code}".lower()
        if shown and changed(request, product, query.get("changedsince")) and any(word in told for word in words):
            yield product


def _row(product: Product) -> Node:
    found = product.group
    return group(
        "Product",
        el("NetvisorKey", product.key),
        el("ProductCode", product.code),
        el("Name", product.name),
        el("UnitPrice", product.price),
        el("UnitGrossPrice", product.gross_price),
        el("ProductGroupID", found.key if found else None),
        el("ProductGroupDescription", _path(found, "fi") if found else None),
        el("Uri", f"getproduct.nv?id={product.key}"),
    )


def _path(one: ProductGroup, language: str) -> str:
    """The names from the top group down: `Tavarat / Työkalut`."""
    father = next((other for other in PRODUCT_GROUPS if other.key == one.father), None)
    name: str = getattr(one, language)
    return f"{_path(father, language)} / {name}" if father else name


def _details(request: Request) -> Reply:
    """getproduct.nv (766871), by id or by code."""
    query = request.query
    if sum(name in query for name in ("id", "idlist", *_CODES)) != 1:
        raise invalid("One of id, idlist, eancode, code or codelist is required")
    store = request.company.product_store
    if "id" in query or "idlist" in query:
        keys = tuple(dict.fromkeys(query.get("idlist") or (query["id"],)))
    else:
        codes = query.get("codelist", query.get("code", query.get("eancode", ""))).split(",")
        keys = tuple(one.key for one in request.company.products() if one.code in codes or one.ean in codes)
    return details(request, keys, "Products", "Product", store.get, partial(_product, request))


def _product(request: Request, product: Product) -> Node:
    key = product.key
    tag = CENTRE_TAGS[key % len(CENTRE_TAGS)]
    dimension = group(
        "Dimension",
        el("DimensionName", tag.dimension, {"netvisorkey": tag.dimension_key}),
        el("DimensionItem", tag.item, {"netvisorkey": tag.item_key}),
    )
    return group(
        "Product",
        group(
            "ProductBaseInformation",
            el("NetvisorKey", key),
            el("ProductCode", product.code),
            el("ProductGroup", product.group.fi if product.group else None),
            el("Name", product.name),
            el("Description", product.description),
            el("UnitPrice", product.price, {"type": "net"}),
            el("UnitGrossPrice", product.gross_price, {"type": "gross"}),
            el("Unit", product.unit),
            el("UnitWeight", Decimal("1.250")),
            el("KaukevaProductCode", f"K{key}" if key % 5 == 0 else None),
            el("PurchasePrice", product.purchase_price),
            el("TariffHeading", "8205 20 00" if product.stocked else None),
            el("ComissionPercentage", Decimal("2.5") if key % 3 == 0 else Decimal(0)),
            el("IsActive", one_zero(product.published)),
            el("IsSalesProduct", "1"),
            el("IsStorageProduct", one_zero(product.stocked)),
            el("CountryOfOrigin", "FI", {"type": "ISO-3166"}),
        ),
        group(
            "ProductBookKeepingDetails",
            el("DefaultVatPercent", product.vat),
            el("DefaultDomesticAccountNumber", SALES_ACCOUNTS[product.vat]),
            el("DefaultEuAccountNumber", 3100),
            el("DefaultOutsideEUAccountNumber", 3200),
            many("ProductDimensions", (dimension,) if key % 2 else ()),
        ),
        _inventory_details(request, product),
        group(
            "ProductAdditionalInformation",
            el("ProductNetWeight", Decimal("1.2"), {"weightunit": "kg"}),
            el("ProductGrossWeight", Decimal("1.35") if key % 2 else None, {"weightunit": "kg"}),
            group(
                "ProductPackageInformation",
                el("PackageWidth", Decimal(30), {"unit": "cm"}),
                el("PackageHeight", Decimal("12.5"), {"unit": "cm"}),
                el("PackageLength", Decimal(40), {"unit": "cm"}),
            ),
            el("PrimaryEanCode", product.ean),
            el("SecondaryEanCode", f"0{product.ean[:-1]}" if key % 3 == 0 else None),
        ),
        sub_products(product) if request.query.get("showsubproducts") else None,
    )


def _inventory_details(request: Request, product: Product) -> Node:
    held = request.company.stock.holdings(product.key) if product.stocked else ()
    amount = sum((one.amount for one in held), Decimal(0))
    return group(
        "ProductInventoryDetails",
        el("InventoryAmount", amount),
        el("InventoryMidPrice", product.purchase_price),
        el("InventoryValue", (amount * product.purchase_price).quantize(Decimal("0.01"))),
        el("InventoryReservedAmount", sum((one.reserved for one in held), Decimal(0))),
        el("InventoryOrderedAmount", sum((one.ordered for one in held), Decimal(0))),
        el("InventoryAccountNumber", 1500),
    )


def _groups(request: Request) -> Reply:
    """getproductgroups.nv (77000554242)."""
    query = request.query
    wanted = query.get("productgroupnetvisorkeys")
    begin = query.get("productgroupnamekeyword", "").lower()
    part = query.get("productgroupnamefreetext", "").lower()
    rows = (
        _group(one, query.get("replyoptions", False))
        for one in PRODUCT_GROUPS
        if (wanted is None or one.key in wanted) and one.fi.lower().startswith(begin) and part in one.fi.lower()
    )
    return Reply(listed(request, "ProductGroups", rows))


def _group(one: ProductGroup, hierarchy: bool) -> Node:
    languages = ("fi", "se", "en")
    children = (el("NetvisorKey", other.key) for other in PRODUCT_GROUPS if other.father == one.key)

    def names(wrapper: str, texts: dict[str, str]) -> Node:
        return many(wrapper, (el("Translation", text, {"Language": key.upper()}) for key, text in texts.items()))

    return group(
        "ProductGroup",
        el("NetvisorKey", one.key),
        names("ProductGroupNameTranslations", {language: getattr(one, language) for language in languages}),
        names("ProductGroupDescriptionTranslations", dict.fromkeys(languages, one.description)),
        group(
            "ProductGroupHierarchy",
            names("ProductGroupHierarchyNameTranslations", {language: _path(one, language) for language in languages}),
            el("ParentGroupNetvisorKey", one.father),
            many("ChildGroups", children),
        )
        if hierarchy
        else None,
    )


def _inventory(request: Request) -> Reply:
    """inventorybywarehouse.nv (77000554246): a Warehouse for each place that holds the product.

    Of the parameters changedsince is refused, whose documented form has a space and whose others are unproven;
    so are limitvendorid, limitunderalertlimit and inventoryplacename, for which the company has no data.
    """
    query = request.query
    keys = {query["productid"]} if "productid" in query else set(query.get("productidlist", ()))
    products = (
        one
        for one in request.company.products()
        if one.stocked and not one.deleted and (not keys or one.key in keys) and _in_group(one, request)
    )
    rows = (_held(one, request.company.stock.holdings(one.key), query.get("inventoryplaceid")) for one in products)
    return Reply(listed(request, "InventoryByWarehouse", rows))


def _in_group(product: Product, request: Request) -> bool:
    wanted = request.query.get("productgroupname")
    return wanted is None or (product.group is not None and product.group.fi == wanted)


def _held(product: Product, held: tuple[Holding, ...], place: int | None) -> Node:
    places = [one for one in held if place in (None, one.warehouse.key)]
    return group(
        "Product",
        el("NetvisorKey", product.key),
        el("Name", product.name),
        el("Code", product.code),
        el("GroupName", product.group.fi if product.group else None),
        el("ProductUri", f"getproduct.nv?id={product.key}"),
        *(
            group(
                "Warehouse",
                el("NetvisorKey", one.warehouse.key),
                el("Name", one.warehouse.name),
                el("ReservedAmount", one.reserved),
                el("OrderedAmount", one.ordered),
                el("InventoryAmount", one.amount),
            )
            for one in places
        ),
        el("TotalReservedAmount", sum((one.reserved for one in places), Decimal(0))),
        el("TotalOrderedAmount", sum((one.ordered for one in places), Decimal(0))),
        el("TotalAmount", sum((one.amount for one in places), Decimal(0))),
    )


def _places(request: Request) -> Reply:
    """getinventoryplaces.nv (766878)."""
    wanted = request.query.get("inventoryplacenetvisorkeys")
    parts = [request.query.get(f"inventoryplace{part}freetext", "").lower() for part in ("location", "description")]
    rows = (
        _place(one)
        for one in WAREHOUSES
        if (wanted is None or one.key in wanted) and all(part in one.name.lower() for part in parts)
    )
    return Reply(listed(request, "InventoryPlaces", rows))


def _place(one: Warehouse) -> Node:
    shelves = (
        group(
            "InventoryPlaceShelve",
            el("NetvisorKey", key),
            el("ShelveName", name),
            group("ShelveHierarchy", el("ShelveHierarchyName", f"Käytävä 1 / {name}")) if key % 2 else None,
        )
        for key, name in one.shelves
    )
    return group(
        "InventoryPlace",
        el("NetvisorKey", one.key),
        el("InventoryPlaceName", one.name),
        el("InventoryPlaceEmailAddress", one.email),
        many("InventoryPlaceShelves", shelves),
    )


PRODUCTS: list[Resource] = [
    Resource(
        "productlist.nv",
        (
            Parameter("changedsince", "datetime"),
            Parameter("keyword", "text"),
            Parameter("published", "flag"),
            Parameter("unpublished", "flag"),
            Parameter("deleted", "flag"),
        ),
        _list,
    ),
    Resource(
        "getproduct.nv",
        (
            Parameter("id", "int"),
            Parameter("idlist", "ints", max_items=400),
            Parameter("eancode", "text"),
            Parameter("code", "text"),
            Parameter("codelist", "text", max_items=400),
            Parameter("showsubproducts", "int", choices=(1,)),
            Parameter("replyoption", "int", choices=(1, 2, 3)),
        ),
        _details,
    ),
    EXTENDED,
    Resource(
        "getproductgroups.nv",
        (
            Parameter("replyoptions", "flag"),
            Parameter("searchlanguage", "text", choices=("FI", "SE", "EN")),
            Parameter("productgroupnamekeyword", "text"),
            Parameter("productgroupnetvisorkeys", "ints"),
            Parameter("productgroupnamefreetext", "text"),
        ),
        _groups,
    ),
    Resource(
        "inventorybywarehouse.nv",
        (
            Parameter("productid", "int"),
            Parameter("productidlist", "ints"),
            Parameter("inventoryplaceid", "int"),
            Parameter("productgroupname", "text"),
        ),
        _inventory,
    ),
    Resource(
        "getinventoryplaces.nv",
        (
            Parameter("inventoryplacenetvisorkeys", "ints"),
            Parameter("inventoryplacelocationfreetext", "text"),
            Parameter("inventoryplacedescriptionfreetext", "text"),
        ),
        _places,
    ),
]
