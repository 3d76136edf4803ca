"""What can be wrong with pages, and between a list and the details of its documents: how it ends, what the user sees.

`test_list_faults.py` plays every entry over real HTTP; docs/reliability.md is written from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from netvisor_simulator.faults import Fault, Moment
from netvisor_simulator.wire import Answer

NEXT_PAGE = "X-Netvisor-Pagination-Next-Page"
TOTAL = "X-Netvisor-Pagination-Total-Count"
UNREADABLE = "{stream}: Netvisor answered {resource} with something that is not a complete Netvisor reply (%s)"
Change = Callable[[str], str]


@dataclass(frozen=True)
class ListCase:
    """One fault.

    Args:
        name: for the table.
        stream: that is concerned.
        resource: whose replies are changed.
        change: the XML that would have been sent -> what is sent in its place.
        sees: the beginning of the sentence that the stream fails with, or of the WARN line where it does not.
        fails: whether the stream ends INCOMPLETE.
        headers: more headers of each reply.
        lacks: records that a stream which does not fail has less than otherwise.
        nth: the first call that it is played at.
    """

    name: str
    stream: str
    resource: str
    change: Change = str
    sees: str = ""
    fails: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    lacks: int = 0
    nth: int = 1

    def fault(self) -> Fault:
        """For the simulator."""

        def play(answer: Answer, _: Moment) -> Answer:
            sent = self.change(b"".join(answer.body).decode()).encode()
            return Answer(answer.status, {**answer.headers, **dict(self.headers)}, [sent], length=len(sent))

        return Fault(self.name, play)


def instead(element: str) -> Change:
    """An empty element in place of everything behind the frame."""
    return lambda xml: re.sub(r"(</ResponseStatus>).*(</Root>)", rf"\1<{element}/>\2", xml, flags=re.DOTALL)


def rows(element: str, change: Callable[[list[str]], list[str]]) -> Change:
    """The list with its rows changed."""

    def changed(xml: str) -> str:
        found = re.findall(rf"<{element}\b.*?</{element}>", xml, re.DOTALL)
        if not found:
            return xml
        start, end = xml.index(found[0]), xml.rindex(found[-1]) + len(found[-1])
        return xml[:start] + "".join(change(found)) + xml[end:]

    return changed


def keys(element: str, change: Callable[[int], str], first: int | None = None) -> Change:
    """The keys in the rows changed, of the first ones only where `first` says so."""
    return lambda xml: re.sub(
        rf"<{element}>(\d+)</{element}>",
        lambda found: f"<{element}>{change(int(found[1]))}</{element}>",
        xml,
        count=first or 0,
    )


OTHERS_ROWS = "<AccountList><Accounts><Account><NetvisorKey>5</NetvisorKey></Account></Accounts></AccountList>"
NO_PAGE = UNREADABLE % "a page number that cannot be read"
AGAIN = UNREADABLE % "a page that repeats an earlier one"
INVOICE, DETAILS = "SalesInvoice", "getsalesinvoice.nv"

FAILED = "<ResponseStatus><Status>FAILED</Status><Status>TECHNICAL_ERROR :: Stopped</Status></ResponseStatus>"

CASES = [
    ListCase("pages without end, all alike (told by a header)", "vendors", "getvendor.nv", sees=AGAIN,
             headers=((NEXT_PAGE, "{next}"),)),
    ListCase("pages without end, all alike (told by an attribute)", "extended_products", "extendedproductlist.nv",
             lambda xml: re.sub('PageCount="[0-9]+"', 'PageCount="100000"', xml), AGAIN),
    ListCase("a next page that is no number", "vendors", "getvendor.nv", sees=NO_PAGE, headers=((NEXT_PAGE, "soon"),)),
    ListCase("a next page in digits that are none", "vendors", "getvendor.nv", sees=NO_PAGE,
             headers=((NEXT_PAGE, "\xb2"),)),
    ListCase("a next page of thousands of digits", "vendors", "getvendor.nv", sees=NO_PAGE,
             headers=((NEXT_PAGE, "9" * 5000),)),
    ListCase("a page number that cannot be read", "extended_products", "extendedproductlist.nv",
             lambda xml: re.sub('PageCount="[0-9]+"', 'PageCount="\xb2"', xml), NO_PAGE),
    ListCase("a next page that is this one or an earlier one", "vendors", "getvendor.nv", fails=False,
             headers=((NEXT_PAGE, "0"),)),
    ListCase("fewer rows than announced (told by a header)", "vendors", "getvendor.nv", headers=((TOTAL, "100000"),),
             sees=UNREADABLE.removesuffix("%s)") + "pages with "),
    ListCase("fewer rows than announced (told by an attribute)", "extended_products", "extendedproductlist.nv",
             lambda xml: re.sub('ProductsOnPages="[0-9]+"', 'ProductsOnPages="100000"', xml),
             UNREADABLE.removesuffix("%s)") + "pages with "),
    ListCase("a page that does not say how many there are", "extended_products", "extendedproductlist.nv",
             lambda xml: re.sub(' PageCount="[0-9]+"', "", xml),
             UNREADABLE % "a page that does not say how many there are"),
    ListCase("a number of all rows that cannot be read", "vendors", "getvendor.nv", sees=NO_PAGE,
             headers=((TOTAL, "many"),)),
    ListCase("another list's rows", "vendors", "getvendor.nv",
             lambda xml: instead("x")(xml).replace("<x/>", OTHERS_ROWS),
             UNREADABLE % "it says OK and has no list: AccountList is in its place"),
    ListCase("another list's rows inside the list", "vendors", "getvendor.nv",
             lambda xml: instead("x")(xml).replace("<x/>", f"<Vendors>{OTHERS_ROWS}</Vendors>"),
             UNREADABLE % "a list of something else"),
    ListCase("an error in the place of the list", "accounts", "accountlist.nv", instead("Error"),
             UNREADABLE % "it says OK and has no list: Error is in its place"),
    ListCase("a web page in the place of the list", "customers", "customerlist.nv",
             lambda xml: instead("x")(xml).replace("<x/>", "<html><body><p>Maintenance</p></body></html>"),
             UNREADABLE % "it says OK and has no list: html is in its place"),
    ListCase("a text in the place of the list", "payment_terms", "paymenttermlist.nv",
             lambda xml: instead("x")(xml).replace("<x/>", "An error has occurred"),
             UNREADABLE % "it says OK and has no list: a text is in its place"),
    ListCase("FAILED behind the rows", "accounts", "accountlist.nv",
             lambda xml: xml.replace("</Root>", FAILED + "</Root>"),
             UNREADABLE % "it says OK first, and further down: FAILED TECHNICAL_ERROR :: Stopped"),
    ListCase("a document of the list without a key that can be read", "sales_invoice_details", "salesinvoicelist.nv",
             keys("NetvisorKey", lambda key: f"{key} x", 1), fails=False, lacks=1,
             sees="{stream}: 1 rows of {resource} came without a key that can be read, so their details could not be"),
    ListCase("no document of the list has a key", "sales_invoice_details", "salesinvoicelist.nv",
             keys("NetvisorKey", lambda _: ""), UNREADABLE % "a list whose rows have no keys"),
    ListCase("details of fewer documents than asked for", "sales_invoice_details", DETAILS,
             rows(INVOICE, lambda found: found[:-2]), fails=False, lacks=2,
             sees="{resource}: Netvisor sent nothing for 2 of the documents asked for (deleted meanwhile, or not"),
    ListCase("no details at all", "sales_invoice_details", DETAILS, instead("SalesInvoices"),
             UNREADABLE % "not one of the documents that the list has"),
    ListCase("details of other documents, of another company say", "sales_invoice_details", DETAILS,
             keys("SalesInvoiceNetvisorKey", lambda key: str(key + 10_000_000)),
             UNREADABLE % "details of other documents than asked for"),
    ListCase("details of another employee than asked for", "employee_details", "getemployee.nv",
             lambda xml: re.sub(r"(<employeebaseinformation>\s*<netvisorkey>)\d+", r"\g<1>9999", xml),
             UNREADABLE % "the details of another document"),
    ListCase("details in another order", "sales_invoice_details", DETAILS,
             rows(INVOICE, lambda found: found[::-1]), fails=False),
]  # fmt: skip
