"""What went wrong on the way to Netvisor and on this machine, in a sentence."""

from __future__ import annotations

import os
import ssl

import requests
from airbyte_cdk.models import FailureType
from urllib3.exceptions import LocationParseError

from source_netvisor.errors import NetvisorError
from source_netvisor.redaction import safe_text


def network_error(resource: str, error: Exception, by_proxy: bool) -> NetvisorError:
    """The error of a call that got no answer, or none whole.

    Args:
        resource: that was asked.
        error: what `requests` and urllib3 raised.
        by_proxy: whether this machine's environment names a proxy for the call.
    """
    text = str(error)
    if isinstance(error, requests.exceptions.SSLError):
        return _not_secure(resource, text)
    if isinstance(error, LocationParseError | requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return _unusable_address(by_proxy)
    if isinstance(error, requests.exceptions.ProxyError):
        code, sentence = "proxy", (
            f"The proxy that this machine's environment names (HTTPS_PROXY, ALL_PROXY) did not let {resource} through; "
            "check it, or name Netvisor's host in NO_PROXY."
        )  # fmt: skip
    elif isinstance(error, requests.Timeout):
        code = "timeout"
        sentence = f"Netvisor did not answer {resource} in time; try again later, best outside office hours."
    elif any(mark in text for mark in ("NameResolutionError", "getaddrinfo", "Name or service")):
        code = "connection"
        sentence = "The Netvisor address could not be found (DNS); check the address and the network, and try again."
    else:
        code = "connection"
        sentence = f"The connection to Netvisor failed or broke off at {resource}; check the network and try again."
    return NetvisorError(code, sentence, FailureType.transient_error, retry=True)


def _not_secure(resource: str, text: str) -> NetvisorError:
    """The error of a connection without TLS, or without a certificate that can be trusted."""
    if "CERTIFICATE" in text.upper() or "hostname" in text:
        return NetvisorError(
            "tls",
            "The certificate of the Netvisor address could not be verified, so nothing was sent; check the Netvisor "
            "address and the certificates of this machine.",
            FailureType.config_error,
        )
    return NetvisorError(
        "connection",
        f"No secure connection (TLS) to Netvisor could be made at {resource}; check the Netvisor address, and any "
        "firewall on the way, and try again.",
        FailureType.transient_error,
        retry=True,
    )


def _unusable_address(by_proxy: bool) -> NetvisorError:
    """The error of an address that cannot be called, Netvisor's or the proxy's."""
    if by_proxy:
        return NetvisorError(
            "proxy",
            "The proxy that this machine's environment names (HTTPS_PROXY, ALL_PROXY) cannot be used: correct it or "
            "take it away.",
            FailureType.config_error,
        )
    return NetvisorError(
        "address",
        "This machine cannot call the Netvisor address; check the Netvisor address of the configuration.",
        FailureType.config_error,
    )


def usable_bundle(path: str) -> bool:
    """Whether certificates can be verified with this file or folder.

    requests and urllib3 report one that cannot be used in many kinds of errors, before or after they connect.
    """
    if os.path.isdir(path):
        return os.access(path, os.R_OK | os.X_OK)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(path)
    except OSError:
        return False
    return context.cert_store_stats()["x509"] > 0


def bundle_error(path: str) -> NetvisorError:
    """The error of certificates that cannot be used.

    Args:
        path: of the file or folder.
    """
    names = [name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name) == path]
    by = f" that {names[0]} names" if names else ""
    return NetvisorError(
        "tls",
        f"The file of certificates{by} ({safe_text(path, 200)}) cannot be used: it is not there, cannot be read, or "
        "has no certificate in it. Nothing was sent; correct it or take it away.",
        FailureType.config_error,
    )


def local_error(resource: str, error: OSError) -> NetvisorError:
    """The error of a reply that this machine could not keep, or of a call that it could not make."""
    return NetvisorError(
        "disk",
        f"The reply of {resource} could not be kept on this machine's temporary disk "
        f"({error.strerror or 'disk error'}); make room "
        "and try again.",
        FailureType.transient_error,
    )
