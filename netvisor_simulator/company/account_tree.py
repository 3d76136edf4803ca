"""The tree that the chart of accounts is made of: groups in groups, as a Finnish chart has them."""

from __future__ import annotations

from typing import NamedTuple

TAX_ACCOUNT = 2948
"""What the two VAT accounts are closed to when a VAT period is reported."""
RESULT_OF_PERIOD = 2371
RESULT_OF_EARLIER_PERIODS = 2375
"""The result accounts that only the closing of a year posts to."""

Leaf = tuple[int, str, "str | None", "str | None", int]
"""An account: number, names in Finnish, English and Swedish, opening balance in euros."""


class Group(NamedTuple):
    """A group: names, whether it is of the balance sheet and naturally negative, then its groups and accounts."""

    name: str
    name_en: str
    name_se: str | None
    cumulative: bool
    negative: bool
    inside: tuple[Group | Leaf, ...]


def _assets(name: str, name_en: str, name_se: str | None, *inside: Group | Leaf) -> Group:
    return Group(name, name_en, name_se, True, False, inside)


def _liabilities(name: str, name_en: str, name_se: str | None, *inside: Group | Leaf) -> Group:
    return Group(name, name_en, name_se, True, True, inside)


def _income(name: str, name_en: str, name_se: str | None, *inside: Group | Leaf) -> Group:
    return Group(name, name_en, name_se, False, True, inside)


def _costs(name: str, name_en: str, name_se: str | None, *inside: Group | Leaf) -> Group:
    return Group(name, name_en, name_se, False, False, inside)


GROUPS: tuple[Group, ...] = (
    _assets(
        "Vastaavaa",
        "Assets",
        "Aktiva",
        _assets(
            "Pysyvät vastaavat",
            "Non-current assets",
            "Bestående aktiva",
            (1160, "Koneet ja kalusto", "Machinery and equipment", "Maskiner och inventarier", 42000),
        ),
        _assets(
            "Vaihtuvat vastaavat",
            "Current assets",
            "Rörliga aktiva",
            _assets("Vaihto-omaisuus", "Stocks", None, (1500, "Tavaravarasto", "Inventory", "Varulager", 25000)),
            _assets(
                "Saamiset",
                "Debtors",
                "Fordringar",
                (1701, "Myyntisaamiset", "Trade receivables", "Kundfordringar", 0),
                (1763, "Arvonlisäverosaaminen", "VAT receivable", None, 0),
                (1780, "Ennakkomaksut", "Advance payments", None, 0),
                (1800, "Siirtosaamiset", "Accrued income", "Resultatregleringar", 0),
            ),
            _assets(
                "Rahat ja pankkisaamiset",
                "Cash and cash equivalents",
                "Kassa och bank",
                (1910, "Pankkitili", "Bank account", "Bankkonto", 180000),
                (1920, "Säästötili", "Savings account", None, 20000),
            ),
        ),
    ),
    _liabilities(
        "Vastattavaa",
        "Equity and liabilities",
        "Passiva",
        _liabilities(
            "Oma pääoma",
            "Equity",
            "Eget kapital",
            (2000, "Osakepääoma", "Share capital", "Aktiekapital", -2500),
            (2250, "Edellisten tilikausien voitto", "Retained earnings", None, -244500),
            (RESULT_OF_PERIOD, "Tilikauden voitto (tappio)", "Result of the accounting period", None, 0),
            (RESULT_OF_EARLIER_PERIODS, "Edellisten tilikausien tulos", "Result of earlier periods", None, 0),
        ),
        _liabilities(
            "Vieras pääoma",
            "Liabilities",
            "Främmande kapital",
            _liabilities(
                "Pitkäaikainen vieras pääoma",
                "Non-current liabilities",
                None,
                (2610, "Pankkilaina", "Bank loan", "Banklån", -20000),
            ),
            _liabilities(
                "Lyhytaikainen vieras pääoma",
                "Current liabilities",
                None,
                (2871, "Ostovelat", "Trade payables", "Leverantörsskulder", 0),
                (2921, "Ennakonpidätysvelka", "Withholding tax payable", None, 0),
                (2923, "Työeläkevakuutusmaksuvelka", "Pension insurance payable", None, 0),
                (2939, "Arvonlisäverovelka", "VAT payable", None, 0),
                (TAX_ACCOUNT, "Verotilivelka", "Tax account", None, 0),
                (2960, "Siirtovelat", "Accrued expenses", None, 0),
            ),
        ),
    ),
    _income(
        "Liikevaihto",
        "Revenue",
        "Omsättning",
        (3000, "Myynti 25,5 %", "Sales 25.5%", "Försäljning 25,5 %", 0),
        (3010, "Myynti 14 %", "Sales 14%", None, 0),
        (3020, "Myynti 10 %", "Sales 10%", None, 0),
        (3090, "Veroton myynti", "Sales without VAT", None, 0),
        (3100, "EU-myynti", "EU sales", None, 0),
        (3200, "Vientimyynti", "Export sales", None, 0),
        (3500, "Myyntialennukset", "Sales discounts", None, 0),
        (3590, "Myynnin kurssierot", "Exchange differences of sales", None, 0),
    ),
    _income(
        "Liiketoiminnan muut tuotot",
        "Other operating income",
        None,
        (3650, "Vuokratuotot", "Rental income", "Hyresintäkter", 0),
    ),
    _costs(
        "Materiaalit ja palvelut",
        "Materials and services",
        None,
        _costs(
            "Aineet, tarvikkeet ja tavarat",
            "Materials, supplies and goods",
            None,
            (4000, "Ostot", "Purchases", "Inköp", 0),
            (4100, "EU-ostot", "EU purchases", None, 0),
            (4200, "Maahantuonti", "Imports", None, 0),
            (4300, "Ostoalennukset", "Purchase discounts", None, 0),
            (4390, "Ostojen kurssierot", "Exchange differences of purchases", None, 0),
        ),
        _costs("Ulkopuoliset palvelut", "External services", None, (4450, "Alihankinta", "Subcontracting", None, 0)),
    ),
    _costs(
        "Henkilöstökulut",
        "Personnel expenses",
        "Personalkostnader",
        (5000, "Palkat", "Wages and salaries", "Löner", 0),
        _costs(
            "Henkilösivukulut",
            "Social expenses",
            "Lönebikostnader",
            (6130, "Työeläkevakuutusmaksut", "Pension insurance", None, 0),
            (6300, "Sosiaalivakuutusmaksut", "Social security", None, 0),
        ),
    ),
    _costs(
        "Poistot",
        "Depreciation",
        "Avskrivningar",
        (6870, "Poistot koneista & kalustosta", "Depreciation of machinery & equipment", None, 0),
    ),
    _costs(
        "Liiketoiminnan muut kulut",
        "Other operating expenses",
        None,
        (7230, "Toimitilavuokrat", "Rent of premises", "Lokalhyror", 0),
        (7430, "Ohjelmistot", "Software", None, 0),
        (7770, "Matkakulut", "Travel", "Resekostnader", 0),
        (8000, "Markkinointi", "Marketing", None, 0),
        (8450, "Puhelin- ja tietoliikennekulut", "Telephone and data", None, 0),
        (8560, "Toimistotarvikkeet", "Office supplies", None, 0),
        (8700, "Pankin palvelumaksut", "Bank charges", None, 0),
        (8780, "Luottotappiot", "Credit losses", "Kreditförluster", 0),
        (8790, "Pyöristyserot", "Rounding differences", None, 0),
        (8990, "Vanha kulutili", None, None, 0),
    ),
    _costs(
        "Rahoitustuotot ja -kulut",
        "Financial items",
        None,
        (9140, "Korkotuotot", "Interest income", "Ränteintäkter", 0),
        (9440, "Korkokulut", "Interest expenses", "Räntekostnader", 0),
        (9500, "Perintäkulut", "Collection costs", None, 0),
    ),
    _costs("Tuloverot", "Income taxes", "Inkomstskatter", (9900, "Tuloverot", "Income taxes", "Inkomstskatter", 0)),
)
