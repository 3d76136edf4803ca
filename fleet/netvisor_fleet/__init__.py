"""Makes Airbyte read hundreds of Visma Netvisor companies from one list.

The list (`companies/`) says what is wanted, `airbyte/` knows Airbyte's API, `fleet/` compares the two and carries out
the difference. Nothing here reads Netvisor: Airbyte's workers do.
"""
