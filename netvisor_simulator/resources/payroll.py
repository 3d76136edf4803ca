"""Payroll: salary types, settlement points and paychecks; details have lower-case names, as the documents print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from ..company.chart import ACCOUNTS
from ..company.dimensions import CENTRE_TAGS, PROJECT_TAGS, Tag
from ..company.payroll import PARTIES, RATIOS, RULE_GROUPS, Employee, Paycheck, PaycheckLine, Ratio, RuleGroup
from ..resource import Parameter, Reply, Request, Resource
from .details import unknown
from .employees import EMPLOYEE, EMPLOYEES
from .markup import ANSI, Node, ansi, el, finnish, group, listed, many, one_zero, whole
from .windows import dated, invalid

PERIOD_DAYS = 30
_SOURCES = (
    "tripexpensecustomlines", "taxingrules", "collectorratiolines", "userparameters", "companyparameters",
    "userformula", "tabledata", "foreclosure", "lowsalarysupport",
)  # fmt: skip


def _salary_parameters(request: Request) -> Reply:
    """getemployeesalaryparameters.nv (77000554261), under the root that the documents print."""
    kind, identifier = request.query["identifiertype"], request.query["identifier"]
    employee = next((one for one in request.company.employees() if _identifier(one, kind) == identifier), None)
    if employee is None:
        raise invalid("Employee not found")
    values = ((100, None if employee.hourly else employee.salary), (110, Decimal("0.0")), (900, Decimal("24.5")))
    rows = (group("parameter", el("rationumber", number), el("value", value)) for number, value in values)
    return Reply(whole(request, group("employeesalaryparameters", many("parameters", rows))))


def _identifier(employee: Employee, kind: str) -> str:
    """An employee's identifier of a kind; personal identifiers are not searched."""
    return {"netvisorkey": str(employee.key), "number": employee.number}.get(kind, "")


def _ratios(request: Request) -> Reply:
    """payrollratiolist.nv (77000554263)."""
    source = request.query["source"]
    return Reply(listed(request, "PayrollRatios", (_ratio(one) for one in RATIOS if one.source == source)))


def _ratio(one: Ratio) -> Node:
    names = (("fi", one.fi), ("se", one.se), ("en", one.en))
    return group(
        "PayrollRatio",
        many("Names", (el("Name", text, {"ISO639-1Code": code}) for code, text in names if text)),
        el("Identifier", one.key, {"type": "Netvisor"}),
        el("Source", one.source, {"netvisorkey": one.source_key}),
        el("RatioNumber", one.number),
        el("DefaultDebitAccountNumber", one.debit) if one.debit else None,
        el("DefaultCreditAccountNumber", one.credit) if one.credit else None,
    )


def _parties(request: Request) -> Reply:
    """getpayrollparties.nv; known from client code."""
    rows = (
        group(
            "Party",
            el("NetvisorKey", key),
            el("Name", name),
            el("PartyInternalType", kind),
            el("UseOnlyInReporting", one_zero(reporting)),
        )
        for key, name, kind, reporting in PARTIES
    )
    return Reply(listed(request, "PayrollParties", rows))


def _paycheck_list(request: Request) -> Reply:
    """getpayrollpaycheckbatchlist.nv (77000554269): by payment date, at most thirty days, both ends counted."""
    query = request.query
    first, last = query["startdate"], query.get("enddate", query["startdate"])
    if last < first or last > first + timedelta(days=PERIOD_DAYS - 1):
        raise invalid(f"The range can be at most {PERIOD_DAYS} days")
    return Reply(listed(request, "PayrollPaycheckBatches", (_row(request, one) for one in _paychecks(request))))


def _paychecks(request: Request) -> Iterator[Paycheck]:
    first = request.query["startdate"]
    last = request.query.get("enddate")
    within = dated(request, "startdate", "enddate")
    for paycheck in request.company.paycheck_store.living(request.company.plan.dated(first, last or first)):
        if paycheck.payment_date == first if last is None else within(paycheck.payment_date):
            yield paycheck


def _employee_of(request: Request, paycheck: Paycheck) -> Employee:
    employee: Employee = request.company.employee_store.get(paycheck.employee_key)
    return employee


def _rule_group(employee: Employee) -> RuleGroup:
    return RULE_GROUPS[1 if employee.hourly else 0]


def _row(request: Request, paycheck: Paycheck) -> Node:
    employee = _employee_of(request, paycheck)
    rules = _rule_group(employee)
    return group(
        "PayrollPaycheckBatch",
        el("Netvisorkey", paycheck.key),
        ansi("PaymentDate", paycheck.payment_date),
        group(
            "PayrollRuleGroupPeriod",
            el("Netvisorkey", paycheck.period_key),
            ansi("StartDate", paycheck.begin),
            ansi("EndDate", paycheck.end),
        ),
        group("PayrollRuleGroup", el("Netvisorkey", rules.key), el("Name", rules.name)),
        group(
            "Employee",
            el("Name", employee.name),
            el("EmployeeNumber", employee.number),
            el("Netvisorkey", employee.key),
        ),
        el("Status", paycheck.status),
        el("StatusDescription", ("Avoin", "Hyväksytty", "Maksettu")[paycheck.status - 1]),
    )


def _paycheck(request: Request) -> Reply:
    """getpayrollpaycheckbatch.nv (77000554271): one paycheck, which does not say its own key."""
    paycheck = request.company.paycheck_store.get(request.query["netvisorkey"])
    if paycheck is None:
        return unknown(request, "payrollpaycheckbatch", request.query["netvisorkey"])
    employee = _employee_of(request, paycheck)
    rules = _rule_group(employee)
    voucher = request.company.voucher_store.get(paycheck.voucher_key) if paycheck.voucher_key else None
    posted = None
    if voucher is not None:
        posted = group(
            "voucher",
            el("netvisorkey", voucher.key),
            el("class", f"{voucher.type.abbreviation} {voucher.type.name}"),
            el("number", voucher.number),
            el("date", finnish(voucher.date)),
        )
    curve = group(
        "allocationcurve",
        group("dimensions", _dimension(CENTRE_TAGS[employee.key % 5], None)),
        attributes={"percent": Decimal("100.0")},
    )
    return Reply(
        whole(
            request,
            group(
                "payrollpaycheckbatch",
                ansi("paymentdate", paycheck.payment_date),
                group(
                    "payrollrulegroupperiod",
                    el("netvisorkey", paycheck.period_key),
                    el("startdate", paycheck.begin, ANSI),
                    el("enddate", paycheck.end, ANSI),
                ),
                group("payrollrulegroup", el("netvisorkey", rules.key), el("name", rules.name)),
                group(
                    "employee",
                    el("netvisorkey", employee.key),
                    el("name", employee.name),
                    el("employeenumber", employee.number),
                ),
                el("status", paycheck.status),
                posted,
                group("allocationcurves", curve),
                el("freetextbeforelines", "Kiitos & hyvää lomaa" if paycheck.key % 2 else None),
                el("freetextafterlines", "Kysy palkanlaskennasta" if paycheck.key % 2 == 0 else None),
                group(
                    "holidayrecords",
                    el("availableholidays", Decimal(paycheck.key % 25)),
                    el("newaccrualofholidays", Decimal("7.5")),
                ),
                many("payrollpaycheckbatchlines", (_line(line, paycheck, employee) for line in paycheck.lines)),
            ),
        )
    )


def _line(line: PaycheckLine, paycheck: Paycheck, employee: Employee) -> Node:
    ratio = line.ratio
    benefit = ratio.debit is None
    return group(
        "payrollpaycheckbatchline",
        group(
            "payrollratio",
            el("netvisorkey", ratio.key),
            el("number", ratio.number),
            el("name", ratio.fi),
            el("isvisible", one_zero(ratio.number != 920)),
            el("costobjectsource", "employee"),
        ),
        el("units", line.units),
        el("unitamount", line.unit_amount),
        el("linesum", line.sum),
        many(
            "earningperiods",
            ()
            if benefit
            else (group("earningperiod", ansi("startdate", paycheck.begin), ansi("enddate", paycheck.end)),),
        ),
        None if benefit else group("incometype", el("netvisorkey", 1701), el("number", 201), el("name", "Aikapalkka")),
        many("accountingdata", _accounts(ratio)),
        many(
            "dimensions", [_dimension(tag, Decimal("50.0")) for tag in (CENTRE_TAGS[employee.key % 5], PROJECT_TAGS[0])]
        )
        if not benefit
        else many("dimensions", ()),
        el("linedescription", line.description),
    )


def _accounts(ratio: Ratio) -> list[Node]:
    found = []
    for side, number in (("debet", ratio.debit), ("kredit", ratio.credit)):
        account = ACCOUNTS[number] if number else None
        found.append(el(f"{side}accountnetvisorkey", account.key if account else None))
        found.append(el(f"{side}accountnumber", account.number if account else None))
        found.append(el(f"{side}accountname", account.name if account else None))
    return found


def _dimension(tag: Tag, percent: Decimal | None) -> Node:
    return group(
        "dimension",
        el("dimensionname", tag.dimension, {"netvisorkey": tag.dimension_key}),
        el("dimensionitem", tag.item, {"netvisorkey": tag.item_key}),
        attributes=None if percent is None else {"percent": percent},
    )


PAYROLL: list[Resource] = [
    EMPLOYEES,
    EMPLOYEE,
    Resource(
        "getemployeesalaryparameters.nv",
        (
            Parameter("identifiertype", "text", choices=("pin", "number", "netvisorkey"), required=True),
            Parameter("identifier", "text", required=True),
        ),
        _salary_parameters,
    ),
    Resource("payrollratiolist.nv", (Parameter("source", "text", choices=_SOURCES, required=True),), _ratios),
    Resource("getpayrollparties.nv", (), _parties),
    Resource(
        "getpayrollpaycheckbatchlist.nv",
        (Parameter("startdate", "date", required=True), Parameter("enddate", "date")),
        _paycheck_list,
    ),
    Resource("getpayrollpaycheckbatch.nv", (Parameter("netvisorkey", "int", required=True),), _paycheck),
]
