"""A fake Airbyte: its public API over HTTP, with state.

It is built from Airbyte's description of its API and, where that is silent, from the platform's source code; where both
leave something open it is stricter than Airbyte is known to be:

* a stream without a mode is refused, where Airbyte would overwrite it each time;
* unknown properties and parameters are refused;
* a call that repeats a POST makes a second thing, as Airbyte's does;
* secrets are never shown again.

It knows the connector by the repository's own files: the form in the manifest, and the catalog.
"""
