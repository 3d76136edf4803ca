"""accountingledger.nv: the vouchers with their lines (766887, 77000554185).

Not played, since the documents that could be read do not name the elements: the generator (showgenerator), the
attachments' metadata and the corporation event. The parameters are accepted and add nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..company.users import USERS
from ..company.vouchers import Voucher, VoucherLine
from ..resource import Parameter, Reply, Request, Resource
from .markup import EOL, escape, finnish, minutes, wrapped
from .notation import Notation
from .windows import after, dated, invalid, modified, window

_KEYS = ("netvisorkey", "netvisorkeylist")
_DATES = ("startdate", "enddate", "changedsince", "lastmodifiedstart", "lastmodifiedend")


def _check(request: Request) -> None:
    """Which parameters may stand together (766887)."""
    query = request.query
    if any(name in query for name in _KEYS):
        others = set(query) - {"showgenerator"}
        if len(others) > 1:
            raise invalid("Only showgenerator can be combined with netvisorkey or netvisorkeylist")
        return
    if ("startdate" in query) != ("enddate" in query):
        raise invalid("startdate and enddate must be given together")
    if not any(name in query for name in _DATES):
        raise invalid("One of netvisorkey, netvisorkeylist, startdate, changedsince or lastmodifiedstart is required")
    if "vouchertype" in query and not ({"startdate", "lastmodifiedstart", "lastmodifiedend"} & set(query)):
        raise invalid("vouchertype requires startdate and enddate, lastmodifiedstart or lastmodifiedend")


def _answer(request: Request) -> Reply:
    _check(request)
    return Reply(wrapped(request, "Vouchers", _rendered(request, _chosen(request))))


def _chosen(request: Request) -> Iterator[Voucher]:
    """The vouchers that the parameters ask for, deleted ones last."""
    query = request.query
    store = request.company.voucher_store
    if any(name in query for name in _KEYS):
        for key in query.get("netvisorkeylist") or (query["netvisorkey"],):
            voucher = store.get(key)
            if voucher is not None and voucher.status == "valid":
                yield voucher
        return
    status = query.get("voucherstatus", 2)
    within = dated(request, "startdate", "enddate")
    for voucher in store.living(window(request, "startdate", "enddate")):
        if status != 1 and (voucher.status == "valid") != (status == 2):
            continue
        if within(voucher.date) and _last_change(request, voucher) and _fits(request, voucher):
            yield voucher
    if status == 2:
        return
    for voucher, moment in list(store.deleted.values()):
        gone = voucher._replace(status="deleted", modified=moment)
        if within(gone.date) and _last_change(request, gone) and _fits(request, gone):
            yield gone


def _last_change(request: Request, voucher: Voucher) -> bool:
    """changedsince and lastmodified*; an invalidation or deletion is a change, unless the assumption says not."""
    if voucher.status != "valid" and not request.assumptions.invalidation_is_change:
        voucher = voucher._replace(modified=None)
    since = request.query.get("changedsince")
    if since is not None and not after(request.assumptions, voucher.modified or voucher.created, since):
        return False
    return modified(request, voucher)


def _fits(request: Request, voucher: Voucher) -> bool:
    """vouchertype and accountnumber*; a voucher with one fitting line comes whole."""
    query = request.query
    if "vouchertype" in query and voucher.type.key != query["vouchertype"]:
        return False
    if "accountnumberstart" not in query and "accountnumberend" not in query:
        return True
    low, high = query.get("accountnumberstart", 0), query.get("accountnumberend", 10**9)
    return any(low <= line.account <= high for line in voucher.lines)


def _rendered(request: Request, vouchers: Iterable[Voucher]) -> Iterator[str]:
    """Vouchers as text. Written out element by element and not as nodes: a ledger may have a million of them."""
    notation = Notation.of(request.assumptions)
    history = request.query.get("includetransactionhistory", False)
    allocations = request.query.get("includetransactionallocations", False)
    for voucher in vouchers:
        yield "".join((_head(voucher, history), *_lines(voucher, notation, allocations), f"        </Voucher>{EOL}"))


def _head(voucher: Voucher, history: bool) -> str:
    key = voucher.key
    kind = voucher.type
    linked = "" if voucher.linked_key is None else str(voucher.linked_key)
    told = _history(voucher) if history else ""
    return (
        f'        <Voucher Status="{voucher.status}">{EOL}'
        f"            <NetvisorKey>{key}</NetvisorKey>{EOL}"
        f"            <NetvisorGuid>{voucher.guid}</NetvisorGuid>{EOL}"
        f"            <VoucherDate>{finnish(voucher.date)}</VoucherDate>{EOL}"
        f"            <VoucherNumber>{voucher.number}</VoucherNumber>{EOL}"
        f"            <VoucherDescription>{escape(voucher.description)}</VoucherDescription>{EOL}"
        f'            <VoucherClass netvisorkey="{kind.key}">{kind.abbreviation} {kind.name}</VoucherClass>{EOL}'
        f'            <LinkedSourceNetvisorKey type="{voucher.linked_type}">{linked}</LinkedSourceNetvisorKey>{EOL}'
        f"            <VoucherNetvisorURI>https://netvisor.example/voucher?key={key}</VoucherNetvisorURI>{EOL}"
        f"{told}"
    )


def _history(voucher: Voucher) -> str:
    """TransactionHistory: the creation and the last modification."""
    moments: list[tuple[str, datetime | None]] = [("Tosite luotu", voucher.created), ("Muokattu", voucher.modified)]
    told = "".join(
        f"                <Transaction>{EOL}"
        f"                    <Comment>{comment}</Comment>{EOL}"
        f'                    <TimeStamp format="ansi">{minutes(moment)}</TimeStamp>{EOL}'
        f"                    <Editor>{escape(_editor(voucher))}</Editor>{EOL}"
        f"                </Transaction>{EOL}"
        for comment, moment in moments
        if moment is not None
    )
    return f"            <TransactionHistory>{EOL}{told}            </TransactionHistory>{EOL}"


def _editor(voucher: Voucher) -> str:
    """The user who did it, or the system."""
    user = USERS[voucher.key % len(USERS)]
    return f"{user.first_name} {user.last_name}" if voucher.generator == "user" else voucher.generator


def _lines(voucher: Voucher, notation: Notation, allocations: bool) -> Iterator[str]:
    status = voucher.status
    for line in voucher.lines:
        amount, percent = notation.number(line.sum), notation.number(line.vat_percent)
        dimensions = "".join(
            [
                f"                <Dimension>{EOL}"
                f"                    <DimensionName>{escape(tag.dimension)}</DimensionName>{EOL}"
                f"                    <DimensionItem>{escape(tag.item)}</DimensionItem>{EOL}"
                f"                </Dimension>{EOL}"
                for tag in line.tags
            ]
        )
        target = line.account_dimension
        followed = (
            f'                <AccountDimension NetvisorKey="{target.key}">'
            f"{escape(target.name)}</AccountDimension>{EOL}"
            if target
            else ""
        )
        yield (
            f'            <VoucherLine status="{status}">{EOL}'
            f"                <NetvisorKey>{line.key}</NetvisorKey>{EOL}"
            f"                <LineSum>{amount}</LineSum>{EOL}"
            f"                <Description>{escape(line.description)}</Description>{EOL}"
            f"                <AccountNumber>{line.account}</AccountNumber>{EOL}"
            f"                <VatPercent>{percent}</VatPercent>{EOL}"
            f"                <VatCode>{line.vat_code}</VatCode>{EOL}"
            f"{followed}{dimensions}{_allocations(line) if allocations else ''}"
            f"            </VoucherLine>{EOL}"
        )


def _allocations(line: VoucherLine) -> str:
    if line.follow_up is None:
        return ""
    told = "".join(
        f'                    <TransactionAllocation type="{one.kind}">{EOL}'
        f"                        <VoucherLineNetvisorKey>{one.line_key}</VoucherLineNetvisorKey>{EOL}"
        f"                        <VoucherNetvisorKey>{one.voucher_key}</VoucherNetvisorKey>{EOL}"
        f"                    </TransactionAllocation>{EOL}"
        for one in line.allocations
    )
    inner = (
        f"                <TransactionAllocations>{EOL}{told}                </TransactionAllocations>{EOL}"
        if told
        else ""
    )
    return f"                <TransactionFollowUpStatus>{line.follow_up}</TransactionFollowUpStatus>{EOL}{inner}"


LEDGER = Resource(
    "accountingledger.nv",
    (
        Parameter("netvisorkey", "int"),
        Parameter("netvisorkeylist", "ints", max_items=500),
        Parameter("startdate", "date"),
        Parameter("enddate", "date"),
        Parameter("accountnumberstart", "int"),
        Parameter("accountnumberend", "int"),
        Parameter("changedsince", "date"),
        Parameter("lastmodifiedstart", "date"),
        Parameter("lastmodifiedend", "date"),
        Parameter("showgenerator", "flag"),
        Parameter("voucherstatus", "int", choices=(1, 2, 3)),
        Parameter("vouchertype", "int"),
        Parameter("includetransactionhistory", "flag"),
        Parameter("includeattachmentsmetadata", "flag"),
        Parameter("includetransactionallocations", "flag"),
    ),
    _answer,
)
