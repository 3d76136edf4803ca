"""Where things are in Netvisor, in its English interface and, in parentheses, in its Finnish one.

English: support articles 766837 (API identifiers) and 77000498457 (rights of interface resources). Finnish: the setup
pages of Netvisor KYC (77000568449, the company menu) and of a vendor (intercom.help/finazilla, 9572455, the other
names). The Finnish name of "Custom integrations" is in no public page, so it is not given.
"""

COMPANY_MENU = "Company menu (Finnish: yritysvalikko, under the company's name)"
API_IDENTIFIERS = f"{COMPANY_MENU} > API identifiers (Ohjelmistorajapinta ja tunnisteet)"
RIGHTS = f"{COMPANY_MENU} > Rights of interface resources (Rajapintaresurssien oikeudet) > Custom integrations"
ALLOWED = "Allowed (Sallittu)"
