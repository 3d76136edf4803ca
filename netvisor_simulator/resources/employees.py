"""Employees: getemployees.nv (769715) and getemployee.nv (769727); element names in lower case as documented."""

from __future__ import annotations

from decimal import Decimal

from ..company.chart import ACCOUNTS
from ..company.dimensions import CENTRE_TAGS
from ..company.parties import TOWNS
from ..company.payroll import PARTIES, RULE_GROUPS, Employee
from ..resource import Parameter, Reply, Request, Resource
from .details import find_employee, unknown
from .markup import Node, ansi, el, group, listed, many, one_zero, whole
from .windows import invalid

_COUNTRY = {"type": "ISO-3166"}
_NETVISOR = {"type": "netvisor"}
_SECTIONS = (
    "employmentperiods", "employeepayrollinformation", "educationalinformation", "additionalinformationfields",
    "employeesettlementpoints",
)  # fmt: skip
_POINTS = (
    "employeeunemploymentinsurance", "employeeaccidentinsurance", "employeegrouplifeinsurance",
    "employeeunionmembershipfee", "employeeotherinsurance", "employeeworkpensioninsurance", "employeeforeclosure",
)  # fmt: skip


def _pin(employee: Employee) -> str:
    """A personal identifier that cannot be anybody's: the running number 900 and up is for tests."""
    return f"010190-9{employee.key % 100:02d}X"


def _list(request: Request) -> Reply:
    ended = request.query.get("includeendedemployments", False)
    rows = (_row(one) for one in request.company.employees() if ended or one.ended is None)
    return Reply(listed(request, "employees", rows))


def _row(one: Employee) -> Node:
    return group(
        "employee",
        el("employeenumber", one.number),
        el("netvisorkey", one.key),
        el("personalid", _pin(one), {"type": "finnishidentifier"}),
        el("firstname", one.first_name),
        el("lastname", one.last_name),
        el("realname", one.name),
        el("employmentstatus", one_zero(one.ended is None)),
        el("payrollservice", "1"),
        el("resourcemanagement", one_zero(one.hourly)),
        el("lunchbenefit", one_zero(one.key % 2 == 0)),
    )


def _details(request: Request) -> Reply:
    query = request.query
    if ("netvisorkey" in query) == ("employeenumber" in query):
        raise invalid("Either netvisorkey or employeenumber is required")
    employee = find_employee(request)
    if employee is None:
        return unknown(request, "employee", query.get("netvisorkey", query.get("employeenumber")))
    sections = (_periods, _payroll, _education, _fields, _settlement)
    asked = [make(employee) for name, make in zip(_SECTIONS, sections, strict=True) if query.get(name)]
    return Reply(whole(request, group("employee", _base(employee), *asked)))


def _base(one: Employee) -> Node:
    foreign = one.key % 5 == 0
    post_number, town = TOWNS[one.key % len(TOWNS)]
    return group(
        "employeebaseinformation",
        el("netvisorkey", one.key),
        el("employeenumber", one.number),
        el("employeeidentifier", _pin(one), {"type": "foreignidentifier" if foreign else "finnishidentifier"}),
        el("foreignidentifiertype", "taxidentificationnumber") if foreign else None,
        el("issuingcountry", "SE", _COUNTRY) if foreign else None,
        el("firstname", one.first_name),
        el("lastname", one.last_name),
        el("fullname", one.name),
        el("payrollservice", "1"),
        el("resourcemanagement", one_zero(one.hourly)),
        el("lunchbenefit", one_zero(one.key % 2 == 0)),
        el("nationality", "SE" if foreign else "FI", _COUNTRY),
        el("language", "SE" if foreign else "FI", _COUNTRY),
        el("municipality", town),
        el("gender", "male" if one.key % 2 else "female"),
        el("dateofbirth", f"{1960 + one.key % 40}-01-01"),
        el("streetaddress", "Kotikatu 1 Å"),
        el("postnumber", post_number),
        el("city", town),
        el("country", "FI", _COUNTRY),
        el("phonenumber", "040 000 0000"),
        el("email", f"employee{one.key}@company.example"),
        el("bankaccountnumber", f"FI00{one.key:014d}"),
        el("bankidentificationcode", "AAAAFIHH"),
        el("activity", one_zero(one.ended is None)),
    )


def _periods(one: Employee) -> Node:
    full = one.key % 3 != 0
    period = group(
        "employmentperiod",
        el("netvisorkey", one.key * 10),
        ansi("companystartdate", one.started),
        ansi("startdate", one.started),
        ansi("probationenddate", one.started),
        el("employmentmode", 1, _NETVISOR),
        el("profession", "Asentaja & huoltaja"),
        el("comment", "Siirtynyt toisesta yksiköstä" if full else None),
        ansi("enddate", one.ended) if one.ended else None,
        el("endreason", 4 if one.ended else None, _NETVISOR),
        el("occupationclassification", "72330", {"type": "isco"}),
        el("employmentcontract", 1),
        el("employmentform", 1 if full else 2),
        el("parttimepercent", Decimal("100.0") if full else Decimal("60.5")),
        el("regularworkinghours", Decimal("37.5")),
        el("groundsforemployment", "0"),
        el("kevaprofessionalclasscode", "12345" if full else None),
        el("kevaemploymentregistration", "1", {"type": "keva", "pensionprovidercode": "20"}),
        el("ispaymenttypemonthlywage", one_zero(not one.hourly)),
        el("ispaymenttypehourlywage", one_zero(one.hourly)),
        el("ispaymenttypepiecewage", "0"),
        el("collectiveagreement", 12),
        el("stateemploymentfund", "0"),
        el("carbenefityear", 2024 if full else None),
        el("isabroadcarbenefit", "0"),
        el("caremissionvalue", Decimal("99.5") if full else None),
    )
    return group("employmentperiods", period)


def _payroll(one: Employee) -> Node:
    rules = RULE_GROUPS[1 if one.hourly else 0]
    account = ACCOUNTS[5000]
    tag = CENTRE_TAGS[one.key % len(CENTRE_TAGS)]
    return group(
        "employeepayrollinformation",
        group("payrollrulegroup", el("netvisorkey", rules.key), el("name", rules.name)),
        el("taxnumber", f"{one.key:012d}"),
        el("foreclosure", one_zero(one.key % 7 == 0)),
        el("foreclosuremaintenancepersons", one.key % 3),
        el("nosocialsecuritypayment", "0"),
        group(
            "accountingaccount",
            el("netvisorkey", account.key),
            el("name", account.name),
            el("number", account.number),
        ),
        group("hierarchy", el("netvisorkey", 1801), el("name", "Tuotanto / Huolto")),
        el("placeofbusiness", "Päätoimipaikka"),
        group(
            "defaultdimensions",
            group("defaultdimension", el("dimensionname", tag.dimension), el("dimensionitem", tag.item)),
        ),
        el("payslipdeliverymethod", 1 + one.key % 3, _NETVISOR),
        *(el(name, "0") for name in ("isjointowner", "isathlete", "isperformingartist")),
        el("employeeinsurancetype", 1),
        el("ispersonworkingonaroadferryonalandislands", one_zero(one.key % 11 == 0)),
        el("isentrepreneurwithoptionalyelormyel", "0"),
    )


def _education(one: Employee) -> Node:
    degrees = (
        group(
            "degree",
            el("name", f"Tutkinto {n + 1}"),
            el("school", "Ammattikorkeakoulu"),
            el("graduationyear", 2005 + n),
            el("isprimarydegree", one_zero(n == 0)),
        )
        for n in range(one.key % 3)
    )
    return many("employeeeducationalinformation", degrees)


def _fields(one: Employee) -> Node:
    field = group(
        "additionalinformationfield",
        el("netvisorkey", 1901),
        el("name", "Kenkäkoko"),
        el("value", f"{36 + one.key % 10}"),
        el("group", "Työvaatteet"),
    )
    return group("employeeadditionalinformationfields", field)


def _settlement(one: Employee) -> Node:
    party_key, name, kind, _ = PARTIES[one.key % len(PARTIES)]
    points = (group(point, el("netvisorkey", party_key), el("type", kind), el("name", name)) for point in _POINTS)
    return many("employeesettlementpoints", points)


EMPLOYEES = Resource("getemployees.nv", (Parameter("includeendedemployments", "flag"),), _list)
EMPLOYEE = Resource(
    "getemployee.nv",
    (
        Parameter("netvisorkey", "int"),
        Parameter("employeenumber", "int"),
        *(Parameter(name, "flag") for name in _SECTIONS),
    ),
    _details,
)
