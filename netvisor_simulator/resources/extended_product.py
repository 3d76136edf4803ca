"""The element of a product in extendedproductlist.nv, with the sections that were asked for (77000554252)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..company.chart import SALES_ACCOUNTS
from ..company.dimensions import CENTRE_TAGS
from ..company.stock import WAREHOUSES, Product
from ..resource import Request
from .details import lines_in
from .markup import ANSI, Node, el, group, many, minutes, small
from .sub_products import sub_products


def _texts(wrapper: str, fi: str, en: str | None = None, se: str | None = None) -> Node:
    told = (("FI", fi), ("EN", en), ("SE", se))
    return many(wrapper, (el("Translation", text, {"Language": language}) for language, text in told if text))


def extended_product(request: Request, product: Product, options: int) -> Node:
    """A product with the sections whose flags of replyoptions are set."""
    found = product.group
    key = product.key
    return group(
        "Product",
        el("NetvisorKey", key),
        group(
            "ProductCodes",
            el("ProductCode", product.code),
            el("ProductPrimaryEanCode", product.ean),
            el("ProductSecondaryEanCode", f"0{product.ean[:-1]}" if key % 3 == 0 else None),
        ),
        _texts("ProductNameTranslations", product.name, product.name_en, f"Vara {key}"),
        _texts("ProductDescriptionTranslations", product.description, "Durable", "Hållbar"),
        group(
            "ProductFeatures",
            el("IsPublishedProduct", small(product.published)),
            el("IsSellableProduct", "true"),
            el("IsStorageProduct", small(product.stocked)),
            el("IsProductStructureProduct", "false"),
            el("IsModel", small(key % 8 == 0)),
            el("IsSummaryOfProducts", "false"),
            el("LastChangedDate", minutes(product.modified or product.created), ANSI),
        ),
        group(
            "ProductGroup",
            el("NetvisorKey", found.key),
            _texts("ProductGroupTranslations", found.fi, found.en, found.se),
        )
        if found
        else None,
        group(
            "ProductUnit",
            el("NetvisorKey", 1 if product.stocked else 2),
            _texts("ProductUnitTranslations", product.unit, "pcs", "st"),
        ),
        _prices(request, product, options),
        _purchases(request, product, options),
        _storage(product, options),
        _shipment() if options & 16 else None,
        group(
            "ProductGrupingCriteriaInformation",
            _texts("GroupingCriteria", "Väri: musta", "Colour: black", "Färg: svart"),
        )
        if options & 32
        else None,
        _accounts(product) if options & 64 else None,
        _dimensions(key) if options & 128 else None,
        _information(key) if options & 256 else None,
        _references(request, product) if options & 512 else None,
        _properties(request) if options & 1024 else None,
        sub_products(product) if options & 2048 else None,
        _files(key, options & 4096 > 0, "ProductImages", _image),
        _files(key, options & 8192 > 0, "ProductAttachments", _attachment),
    )


def _prices(request: Request, product: Product, options: int) -> Node:
    net, gross = product.price, product.gross_price
    customer = next(request.company.customers())
    return group(
        "ProductPriceInformation",
        el("DefaultNetPrice", net, {"ispricebase": "1"}),
        el("DefaultGrossPrice", gross),
        group("Vat", el("NetvisorKey", 5), el("Percentage", product.vat)),
        el("PriceMargin", (net - product.purchase_price)),
        el("ProvisionPercentage", Decimal("2.5")),
        group(
            "PriceGroups",
            group(
                "PriceGroup",
                el("NetvisorKey", 11),
                el("PriceGroupName", "Tukku & jälleenmyynti"),
                el("NetPrice", net),
                el("GrossPrice", gross),
            ),
        )
        if options & 1
        else None,
        group(
            "CustomerPrices",
            group(
                "Customer",
                el("NetvisorKey", customer.key),
                el("CustomerCode", customer.code),
                el("CustomerName", customer.name),
                el("NetPrice", net),
                el("GrossPrice", gross),
            ),
        )
        if options & 2
        else None,
    )


def _purchases(request: Request, product: Product, options: int) -> Node:
    vendor = next(request.company.vendors())
    distributer = group(
        "Distributer",
        el("NetvisorKey", vendor.key),
        el("DistributerCode", vendor.code),
        el("DistributerName", vendor.name),
        el("DistributerProductCode", f"X-{product.code}"),
        el("DistributerProductName", product.name_en),
        el("PurchasePrice", product.purchase_price),
        el("CurrencyAbbreviation", "EUR"),
    )
    return group(
        "ProductPurchaseInformation",
        el("DefaultPurchasePrice", product.purchase_price),
        group("DistributerPurchaseInformations", distributer) if options & 4 else None,
    )


def _storage(product: Product, options: int) -> Node:
    place = WAREHOUSES[0]
    shelf_key, shelf = place.shelves[0]
    return group(
        "ProductStorageInformation",
        group("DefaultInventoryPlace", el("NetvisorKey", place.key), el("InventoryPlaceName", place.name)),
        group(
            "InventoryPlaceShelves",
            group(
                "InventoryPlaceShelve",
                el("InventoryPlaceNetvisorKey", place.key),
                el("InventoryPlaceName", place.name),
                el("ShelveNetvisorKey", shelf_key),
                el("ShelveName", shelf),
            ),
        )
        if options & 8
        else None,
        el("AlertLimit", Decimal(product.key % 10)),
        el("CustomsTariffHeader", "8205 20 00"),
        group("ProductBatchLinkingMode", el("NetvisorKey", 1), el("Definition", "FIFO")),
    )


def _shipment() -> Node:
    return group(
        "ProductShipmentInformation",
        el("DefaultProductCountryOfOrigin", "FI", {"type": "ISO-3166"}),
        el("ProductNetWeight", Decimal("1.2"), {"unit": "kg"}),
        el("ProductGrossWeight", Decimal("1.35"), {"unit": "kg"}),
        el("ProductPackageWidth", Decimal(30), {"unit": "cm"}),
        el("ProductPackageHeight", Decimal("12.5"), {"unit": "cm"}),
        el("ProductPackageLength", Decimal(40), {"unit": "cm"}),
    )


def _accounts(product: Product) -> Node:
    return group(
        "ProductAccountInformation",
        el("DefaultDomesticAccountNumber", SALES_ACCOUNTS[product.vat]),
        el("DefaultEuAccountNumber", 3100),
        el("DefaultOutsideEUAccountNumber", 3200),
        el("DefaultInventoryAccountNumber", 1500),
    )


def _dimensions(key: int) -> Node:
    tag = CENTRE_TAGS[key % len(CENTRE_TAGS)]
    return group(
        "ProductDimensionInformation",
        group(
            "Dimension",
            el("NameNetvisorKey", tag.dimension_key),
            el("DimensionNameName", tag.dimension),
            el("DetailNetvisorKey", tag.item_key),
            el("DimensionDetailName", tag.item),
        ),
    )


def _information(key: int) -> Node:
    field = group(
        "InformationField",
        el("InformationFieldName", "Takuu"),
        el("InformationFieldItemValue", f"{key % 3 + 1} vuotta"),
    )
    return group("ProductInformationFields", field)


def _references(request: Request, product: Product) -> Node:
    other = next(request.company.products())
    row = group(
        "Product",
        el("NetvisorKey", other.key),
        el("ProductCode", other.code),
        _texts("ProductNameTranslations", other.name, other.name_en, f"Vara {other.key}"),
    )
    return group(
        "ProductReferences",
        many("RelatedProducts", (row,) if product.key % 2 else ()),
        many("ComplementaryProducts", () if product.key % 2 else (row,)),
    )


def _properties(request: Request) -> Node:
    """The shape of the values is known from client code only, which takes one wrapper or several of them."""
    texts = (("Punainen", "Red", "Röd"), ("Sininen", "Blue", "Blå"))
    values = [
        [group("PropertyValue", el("NetvisorKey", 15 + n), _texts("PropertyValueTranslations", *text))]
        for n, text in enumerate(texts)
    ]
    return group(
        "ProductProperties",
        group(
            "Property",
            el("NetvisorKey", 14),
            _texts("PropertyTranslations", "Väri", "Colour", "Färg"),
            *lines_in(request, "PropertyValues", values),
        ),
    )


def _files(key: int, asked: bool, wrapper: str, node: Callable[[int], Node]) -> Node | None:
    return many(wrapper, (node(key),) if key % 2 else ()) if asked else None


def _image(key: int) -> Node:
    return group(
        "Image",
        el("NetvisorKey", key * 10),
        el("IsDefaultImage", "true"),
        el("MimeType", "image/png"),
        el("Title", f"Kuva {key}"),
        el("FileName", f"{key}.png"),
        el("LastEditedDate", "2025-01-07 10:30", ANSI),
    )


def _attachment(key: int) -> Node:
    return group(
        "Attachment", el("NetvisorKey", key * 10 + 1), el("MimeType", "application/pdf"), el("FileName", f"{key}.pdf")
    )
