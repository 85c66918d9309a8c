"""Whether a TLS certificate and its key can be served with: asked before the service starts, and answered in words."""

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def faults(certificate: Path, key: Path) -> list[str]:
    """What is wrong with the two files, in sentences that name the setting; empty: nothing.

    1. both can be read
    2. one holds certificates, the other a private key without a password
    3. the key is that of the first certificate
    4. OpenSSL takes them
    """
    found: list[str] = []
    for name, file, read in (("tls_certificate", certificate, _certificate), ("tls_key", key, _key)):
        try:
            read(file)  # 1. 2.
        except OSError as error:
            found.append(f"{name} says {str(file)!r}: it cannot be read: {error.strerror}.")
        except ValueError as error:
            found.append(f"{name} says {str(file)!r}: {error}.")
    if found:
        return found
    if _certificate(certificate).public_key() != _key(key).public_key():  # 3.
        return [f"tls_key says {str(key)!r}: it is not the key of the first certificate in {certificate}."]
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)  # 4.
    except ssl.SSLError as error:
        return [f"tls_certificate says {str(certificate)!r}: OpenSSL does not take it with its key ({error.reason})."]
    return []


def _certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())[0]
    except ValueError:
        raise ValueError("it must be a certificate in PEM, followed by its chain") from None


def _key(file: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(file.read_bytes(), None)
    except TypeError:
        raise ValueError("it must be a key without a password, as nobody is there to type one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("it must be a private key in PEM") from None
