"""A service of time stamps (RFC 3161) on this machine: OpenSSL answers, as an authority made for the test."""

from __future__ import annotations

import contextlib
import datetime as dt
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Key = ec.EllipticCurvePrivateKey

AUTHORITY = "authority.pem"
"""Name of the file with the certificate of those who vouch for the service."""

_CONFIG = """
[tsa]
serial = {folder}/serial
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
signer_digest = sha256
ess_cert_id_alg = sha256
"""


class TimeStamps(NamedTuple):
    """A running service."""

    url: str
    asked: list[str]
    """The content type of each request so far."""


@contextlib.contextmanager
def time_stamps(folder: Path) -> Iterator[TimeStamps]:
    """Run a service during a block; `folder` is for its own files."""
    folder.mkdir()
    _make_authority(folder)
    asked = list[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Content-Type"])
            answer = _answer(folder, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Keep the test quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield TimeStamps(f"http://127.0.0.1:{server.server_address[1]}", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _make_authority(folder: Path) -> None:
    """Write the certificates and the key; C2PA takes none for a clock that signs itself, or may do other things."""
    top, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("Test authority", top, "Test authority", top)
    clock = _certificate("Test clock", own, "Test authority", top)
    (folder / AUTHORITY).write_bytes(authority.public_bytes(Encoding.PEM))
    (folder / "certificate.pem").write_bytes(clock.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "serial").write_text("01\n", encoding="ascii")
    (folder / "openssl.cnf").write_text(_CONFIG.format(folder=folder), encoding="utf-8")


def _certificate(name: str, key: Key, issuer: str, signer: Key) -> x509.Certificate:
    is_authority, now = key is signer, dt.datetime.now(dt.UTC)
    subject, above = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer))
    uses = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    uses |= dict.fromkeys(("encipher_only", "decipher_only"), False) | {"digital_signature": not is_authority}
    usage = x509.KeyUsage(key_cert_sign=is_authority, crl_sign=is_authority, **uses)
    made = (
        x509.CertificateBuilder(above, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not is_authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(purpose, critical=True)
    return made.sign(signer, hashes.SHA256())


def _answer(folder: Path, question: bytes) -> bytes:
    (folder / "question").write_bytes(question)
    command = ["openssl", "ts", "-reply", "-config", "openssl.cnf", "-section", "tsa", "-queryfile", "question"]
    command += ["-signer", "certificate.pem", "-inkey", "key.pem", "-out", "answer"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "answer").read_bytes()
