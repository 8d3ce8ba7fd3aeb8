"""The installation's key: made once, for its owner's eyes alone, and a certificate that C2PA takes."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_pem_x509_certificates

from halfgig.errors import BadSetting, OutputUnwritable
from halfgig.origin.certificate import KEY, OWN_ALGORITHM, algorithm_of, joint_coordinates, make_own, signature
from halfgig.settings import CHAIN

if TYPE_CHECKING:
    from pathlib import Path


def made(folder: Path) -> tuple[str, str]:
    """Make an installation's identity; return its key and its chain."""
    list(make_own(folder))
    return (folder / KEY).read_text(), (folder / CHAIN).read_text()


def pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_nobody_else_reads_the_key(tmp_path: Path) -> None:
    made(tmp_path / "signing")
    assert stat.S_IMODE((tmp_path / "signing" / KEY).stat().st_mode) == 0o600


def test_of_two_processes_that_begin_together_the_first_ones_key_stays(tmp_path: Path) -> None:
    first = made(tmp_path / "signing")
    assert made(tmp_path / "signing") == first
    assert [path.name for path in tmp_path.iterdir()] == ["signing"]


def test_the_certificate_is_signed_by_an_authority_that_signs_nothing_else(tmp_path: Path) -> None:
    key, chain = made(tmp_path / "signing")
    leaf, authority = load_pem_x509_certificates(chain.encode())
    leaf.verify_directly_issued_by(authority)
    assert list(algorithm_of(chain, key)) == [OWN_ALGORITHM]
    with pytest.raises(BadSetting, match="does not belong"):
        list(algorithm_of(chain, pem(ec.generate_private_key(ec.SECP256R1()))))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputUnwritable, match="cannot be kept"):
        made(tmp_path / "file" / "signing")


@pytest.mark.parametrize(
    ("key", "length"),
    [
        (ec.generate_private_key(ec.SECP256R1()), 64),
        (ec.generate_private_key(ec.SECP384R1()), 96),
        (ed25519.Ed25519PrivateKey.generate(), 64),
        (rsa.generate_private_key(65537, 2048), 256),
    ],
    ids=["P-256", "P-384", "Ed25519", "RSA"],
)
def test_every_kind_of_key_signs_as_c2pa_stores_it(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey, length: int
) -> None:
    (made,) = signature(pem(key), b"bytes")
    assert len(made) == length


def test_a_command_may_write_its_signature_as_der() -> None:
    from cryptography.hazmat.primitives.hashes import SHA256

    der = ec.generate_private_key(ec.SECP256R1()).sign(b"bytes", ec.ECDSA(SHA256()))
    joined = joint_coordinates(der, "es256")
    assert len(joined) == 64
    assert joint_coordinates(joined, "es256") == joined
    with pytest.raises(BadSetting, match="64 bytes"):
        joint_coordinates(b"no signature", "es256")


def test_what_is_no_key_is_not_quoted() -> None:
    with pytest.raises(BadSetting) as refused:
        list(signature("-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----", b"bytes"))
    assert "secret" not in str(refused.value)
