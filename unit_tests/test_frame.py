"""What a reply says about itself: OK or FAILED, and a list in the place where its resource always has one."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing.frame import _count, check_later_status, expected_elements, read_frame

OK = "<ResponseStatus><Status>OK</Status><TimeStamp>5.6.2023 9:02:07</TimeStamp></ResponseStatus>"
INVOICES = expected_elements(("SalesInvoice", "SalesOrder"), ())
ACCOUNTS = expected_elements(("Account", "CompanyDefaultAccounts"), ("AccountList",))


def problem(inside: str, expected: frozenset[str] = INVOICES, before: str = OK, after: str = "") -> str:
    """What is wrong with a reply; nothing, or the sentence."""
    frame = read_frame(io.BytesIO(f"<Root>{before}{inside}{after}</Root>".encode()), expected)
    assert frame.found and frame.statuses == ["OK"]
    try:
        frame.check_list()
    except UnreadableReply as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "inside",
    [
        "", "  \r\n ", "<!-- nothing -->", "<?nothing?>",
        "<SalesInvoiceList/>", "<SalesInvoiceList></SalesInvoiceList>", "<SalesInvoiceList>\r\n  </SalesInvoiceList>",
        '<SalesInvoiceList CurrentPage="1" PageCount="0"/>', "<salesinvoicelist/>", "<SALESINVOICELIST />",
        "<SalesInvoices/>", "<SalesInvoice/>", "<SalesInvoice></SalesInvoice>", "<SalesOrderList/>", "<SalesOrders/>",
        "<SalesInvoiceList><Count>0</Count></SalesInvoiceList>", '<n:SalesInvoiceList xmlns:n="urn:x"/>',
        "<SalesInvoiceList><SalesInvoice><NetvisorKey>1</NetvisorKey></SalesInvoice></SalesInvoiceList>",
        "<SalesInvoice><NetvisorKey>1</NetvisorKey></SalesInvoice>",
        "<Unknown>5</Unknown><SalesInvoiceList/>", "<SalesInvoiceList/><Unknown>5</Unknown>",
        "<SalesInvoiceList><!-- none --></SalesInvoiceList>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("frame_first", [True, False])
def test_a_list_in_every_form_that_may_come(inside: str, frame_first: bool) -> None:
    """The element may be empty in several ways, and one public client has seen it missing."""
    assert problem(inside, before=OK if frame_first else "", after="" if frame_first else OK) == ""


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<Error>No</Error>", "Error"), ("<Error/>", "Error"), ("<Whatever/>", "Whatever"),
        ("<html><body>Maintenance</body></html>", "html"), ("<div>x</div><p/>", "div, p"),
        ("An error has occurred", "a text"), ("<![CDATA[An error has occurred]]>", "a text"),
        ("<SalesInvoiceList>An error has occurred</SalesInvoiceList>", "a text"),
        ("<SalesInvoiceList><Error>No</Error></SalesInvoiceList>", "Error"),
        ("<SalesInvoiceList><html><body/></html></SalesInvoiceList>", "html"),
        ("<CustomerList/>", "CustomerList"), ("<List><SalesInvoiceList/></List>", "List"),
        ("<Whatever>010190-123A</Whatever><a010190-123A/>", "Whatever, [left out]"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("frame_first", [True, False])
def test_something_else_in_the_place_of_the_list(inside: str, named: str, frame_first: bool) -> None:
    sentence = problem(inside, before=OK if frame_first else "", after="" if frame_first else OK)
    assert sentence == f"it says OK and has no list: {named} is in its place"


def test_names_that_no_rule_gives_stand_in_the_manifest() -> None:
    assert problem("<AccountList/>", ACCOUNTS) == ""
    assert problem("<AccountList><CompanyDefaultAccounts/></AccountList>", ACCOUNTS) == ""
    assert problem("<Accounts/>", ACCOUNTS) == ""
    assert problem("<Account/>", ACCOUNTS) == ""
    assert problem("<SalesInvoiceList/>", ACCOUNTS) != ""


def test_a_caller_that_expects_nothing_takes_everything() -> None:
    assert problem("<Whatever/>", frozenset()) == ""


def test_a_failure_with_details() -> None:
    reply = (
        "<Root><ResponseStatus><Status>FAILED</Status><Status>INVALID_DATA :: No</Status>"
        "<Details>Key 5 <b>is</b> locked</Details></ResponseStatus></Root>"
    )
    frame = read_frame(io.BytesIO(reply.encode()))
    assert frame.failed and frame.statuses == ["FAILED", "INVALID_DATA :: No"]
    assert "locked" in frame.details


ROWS = "<SalesInvoice><NetvisorKey>1</NetvisorKey><Status>open</Status></SalesInvoice>" * 300
FAILED = "<ResponseStatus><Status>FAILED</Status><Status>TECHNICAL_ERROR :: Stopped</Status></ResponseStatus>"


@pytest.mark.parametrize(
    "later",
    [
        FAILED, FAILED.lower(), FAILED.replace("ResponseStatus", "RESPONSESTATUS"),
        FAILED.replace(">FAILED", ">\r\n FAILED "),
        "<ResponseStatus><Status>FAILED</Status></ResponseStatus>", "<Status>FAILED</Status>",
        "<Result><Status>FAILED</Status></Result>", "<Status><![CDATA[FAILED]]></Status>",
        "<ResponseStatus><Status>TECHNICAL_ERROR :: Stopped</Status></ResponseStatus>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("times", [1, 12])
@pytest.mark.parametrize("note", ["", "FR" * 5000])
def test_a_failure_behind_or_between_the_rows(later: str, encoding: str, times: int, note: str) -> None:
    rows = f"<SalesInvoiceList>{ROWS * times}<Note>{note}</Note></SalesInvoiceList>"
    for reply in (f"<Root>{OK}{rows}{later}</Root>", f"<Root>{OK}{rows}{later}{rows}</Root>"):
        with pytest.raises(UnreadableReply, match="it says OK first, and further down: "):
            check_later_status(io.BytesIO(reply.encode(encoding)))


@pytest.mark.parametrize("later", [FAILED, "<Status>FAILED</Status>"])
def test_a_failure_wherever_the_reading_pauses(later: str) -> None:
    head = f"<Root>{OK}<SalesInvoiceList>"
    for missing in range(120):
        rows = " " * ((1 << 18) - len(head) - missing) + "</SalesInvoiceList>"
        with pytest.raises(UnreadableReply, match="further down: "):
            check_later_status(io.BytesIO(f"{head}{rows}{later}</Root>".encode()))


@pytest.mark.parametrize(
    "inside",
    [
        ROWS, "<SalesInvoice><Status>FAILED</Status></SalesInvoice>", "<SalesInvoice><A>FAILED</A></SalesInvoice>",
        OK, "<SalesInvoice><ResponseStatus><Status>FAILED</Status></ResponseStatus></SalesInvoice>",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_failure(inside: str) -> None:
    check_later_status(io.BytesIO(f"<Root>{OK}<List>{inside}</List></Root>".encode()))


@given(
    st.lists(st.sampled_from(["<ResponseStatus", "<RESPONSESTATUS", "FAILED", "<", "R", "F", "FA", "<Re", "x" * 50])),
    st.sampled_from([1, 2000]),
    st.sampled_from([(b"<ResponseStatus", b"<RESPONSESTATUS"), (b"<responsestatus",), (b"FAILED",)]),
)
def test_words_are_found_by_their_capital_as_often_as_by_themselves(
    parts: list[str], times: int, words: tuple[bytes, ...]
) -> None:
    """Whatever stands around it, and where there are too many capitals to look at each."""
    text = "".join(parts * times).encode()
    assert _count(text, words) == sum(map(text.count, words))


def test_the_search_costs_little() -> None:
    reply = f"<Root>{OK}<L>{ROWS * 900}</L></Root>".encode()
    began = time.process_time()
    check_later_status(io.BytesIO(reply))
    assert len(reply) > 18 << 20 and time.process_time() - began < 1
