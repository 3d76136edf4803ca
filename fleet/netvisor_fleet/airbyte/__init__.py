"""Airbyte's API, as far as a fleet needs it.

The official client does the calls. Facts about Airbyte that its API's description leaves open are from the platform's
own source code (github.com/airbytehq/airbyte-platform) and said where they matter.
"""
