"""The installation's own certificate, and signatures by a private key.

C2PA refuses a certificate that signs itself, so an authority is made as well, which signs the one certificate and whose
key is then forgotten.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

from halfgig.errors import BadSetting, OutputUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "key.pem"
"""Name of the private key, next to the certificate with its authority."""

OWN_ALGORITHM = "es256"
"""How the installation's own key signs."""

YEARS = 25
"""How long the installation's certificate holds: without a time stamp, files are not valid for longer."""

_ENTITY = "halfgig installation"
_PURPOSES = ("1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.4")
"""C2PA claim signing, and e-mail protection, by which validators knew a signer before that had a number."""

_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_COORDINATE_BYTES = {"es256": 32, "es384": 48, "es512": 66}


def load() -> Iterator[None]:
    """Load what a signature needs, and make one, as the first takes ten times as long as those that follow."""
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: F401
    from cryptography.hazmat.primitives.asymmetric import ec, padding  # noqa: F401

    ec.generate_private_key(ec.SECP256R1()).sign(b"", ec.ECDSA(hashes.SHA256()))
    yield None


def make_own(folder: Path) -> Iterator[str]:
    """Make the installation's key and certificate in a folder, unless another process was first; yield the folder.

    Raises `OutputUnwritable` where nothing can be kept.
    """
    # Here, as a cell that only signs does not need the settings, whose import takes a tenth of its time.
    from halfgig.settings import CHAIN

    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    key, chain = _new_identity()
    try:
        part.mkdir(mode=0o700, parents=True)
        for name, text in ((KEY, key), (CHAIN, chain)):
            handle = os.open(part / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "wb") as file:  # noqa: PTH123 - a handle, so that the key was never readable by others
                file.write(text)
        try:
            part.rename(folder)  # onto a folder with files it fails: the first process's key stays
        except OSError:
            if not (folder / CHAIN).exists():
                raise
    except OSError as error:
        raise OutputUnwritable(
            f"the key that signs files cannot be kept in {str(folder)!r}: {error.strerror}"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    yield str(folder)


def algorithm_of(chain: str, key: str) -> Iterator[str]:
    """Yield how the first certificate of a chain signs: "es256", "ps256", "ed25519"; `key` may be "" if not at hand.

    Raises `BadSetting` for what is no certificate, for a key that does not belong to it, and for other kinds of keys.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.x509 import load_pem_x509_certificates

    try:
        public: Any = load_pem_x509_certificates(chain.encode())[0].public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadSetting(f"SIGNING_CERT has no certificate in PEM that can be read: {error}") from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key and _private(key).public_key().public_bytes(*form) != public.public_bytes(*form):
        raise BadSetting("SIGNING_KEY does not belong to the first certificate of SIGNING_CERT; give the one that does")
    yield _algorithm(public)


def signature(key: str, data: bytes) -> Iterator[bytes]:
    """Yield the signature of some bytes by a private key in PEM, as C2PA stores it.  Raises `BadSetting`."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding

    private: Any = _private(key)
    algorithm = _algorithm(private.public_key())
    if algorithm == "ed25519":
        yield private.sign(data)
        return
    digest = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[algorithm[2:]]
    if algorithm.startswith("ps"):
        yield private.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    else:
        yield joint_coordinates(private.sign(data, ec.ECDSA(digest)), algorithm)


def joined(given: bytes, algorithm: str) -> Iterator[bytes]:
    """Yield the signature that a command gave, as C2PA stores it.  Raises `BadSetting`."""
    yield joint_coordinates(given, algorithm)


def joint_coordinates(given: bytes, algorithm: str) -> bytes:
    """Return an elliptic curve's signature as its two coordinates; key stores and OpenSSL write them as DER."""
    width = _COORDINATE_BYTES.get(algorithm, 0)
    if not width or len(given) == 2 * width:
        return given
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    try:
        r, s = decode_dss_signature(given)
        return r.to_bytes(width, "big") + s.to_bytes(width, "big")
    except (ValueError, OverflowError) as error:
        raise BadSetting(
            f"{len(given)} bytes are no signature by {algorithm}; give DER, or {2 * width} bytes"
        ) from error


def _private(key: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # the message may quote the key
        raise BadSetting("SIGNING_KEY has no private key in PEM without a password; give one") from None


def _algorithm(public: Any) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(public, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(public, rsa.RSAPublicKey):
        return "ps256"
    if isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in _CURVES:
        return _CURVES[public.curve.name]
    raise BadSetting("C2PA knows keys of P-256, P-384, P-521, Ed25519 and RSA; give a certificate with one of them")


def _new_identity() -> tuple[bytes, bytes]:
    """Return a new private key, and its certificate followed by the authority's, in PEM."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    number = os.urandom(4).hex()
    top = _certificate(f"{_ENTITY} {number}, authority", authority.public_key(), authority, None)
    leaf = _certificate(f"{_ENTITY} {number}", own.public_key(), authority, top)
    key = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key, leaf.public_bytes(Encoding.PEM) + top.public_bytes(Encoding.PEM)


def _certificate(name: str, public: Any, signer: Any, authority: Any) -> Any:
    """Return a certificate for a public key, of an authority if `authority` is None."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    is_authority, now = authority is None, dt.datetime.now(dt.UTC)
    names = {x509.NameOID.ORGANIZATION_NAME: "halfgig", x509.NameOID.COMMON_NAME: name}
    subject = x509.Name([x509.NameAttribute(each, text) for each, text in names.items()])
    uses = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
    )
    uses |= {"decipher_only": False, "digital_signature": not is_authority}
    usage = x509.KeyUsage(key_cert_sign=is_authority, crl_sign=is_authority, **uses)
    made = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject if is_authority else authority.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(is_authority, 0 if is_authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not is_authority:
        purposes = x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in _PURPOSES])
        made = made.add_extension(purposes, critical=False)
    return made.sign(signer, SHA256())
