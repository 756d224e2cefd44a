"""TLS: verified, always; and where it fails, the setting that would help is named."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from digest.collect.access import Access
from digest.collect.sending import is_home
from digest.collect.targets import read_target
from tests.collect.fetching import POLITE_ENOUGH, QUICK, make_fetcher, refusal
from tests.web_server import Answer, Names, WebServer, confine


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """The only network these tests have."""
    return confine(monkeypatch)


@contextmanager
def secure(names: Names, certificate: trustme.LeafCert, *, chain: bool = True) -> Iterator[WebServer]:
    """A server with a certificate, that is news.example; without its chain, only the last certificate is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if chain:
        certificate.configure_cert(context)
    else:
        pems = certificate.private_key_pem.bytes() + certificate.cert_chain_pems[0].bytes()
        _load(context, pems)
    with WebServer(tls=context) as web:
        names.serve("news.example", web)
        web.routes |= {"/": "page", "/drip": Answer(b"x" * 99, drip=0.1)}
        yield web


def _load(context: ssl.SSLContext, pems: bytes) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(pems)
        file.flush()
        context.load_cert_chain(file.name)


def test_a_known_issuer_is_trusted_and_an_unknown_one_is_not(names: Names, authority: trustme.CA, cafile: Path) -> None:
    """With `cafile` the page is read; without it the error names it; a source's trust is not another source's."""
    with secure(names, authority.issue_cert("news.example")) as web, make_fetcher() as fetcher:
        url = web.url("/", "news.example")
        trusting = replace(POLITE_ENOUGH, cafile=cafile)
        assert fetcher.fetch(url, trusting).data == b"page"
        error = refusal(fetcher, url)
        assert "unknown issuer" in error.message
        assert "cafile" in error.hint
        assert not error.passing
        assert fetcher.fetch(url, trusting).data == b"page"


def test_a_certificate_must_be_the_hosts_own_and_valid(names: Names, authority: trustme.CA, cafile: Path) -> None:
    """One for another name, and one that has expired, are refused, with legacy_tls as well."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for certificate, word in (
        (authority.issue_cert("other.example"), "not one of news.example"),
        (authority.issue_cert("news.example", not_before=long_ago, not_after=long_ago + timedelta(1)), "expired"),
    ):
        for legacy in (False, True):
            access = replace(POLITE_ENOUGH, cafile=cafile, legacy_tls=legacy)
            with secure(names, certificate) as web, make_fetcher() as fetcher:
                assert word in refusal(fetcher, web.url("/", "news.example"), access).message
                assert not web.log


def test_a_missing_intermediate_can_be_given(names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An intermediate in `cafile` closes the chain to an authority of the system; by itself it is none."""
    root = trustme.CA()
    middle = root.create_child_ca()
    root.cert_pem.write_to_path(str(tmp_path / "system.pem"))
    middle.cert_pem.write_to_path(str(tmp_path / "middle.pem"))
    given = replace(POLITE_ENOUGH, cafile=tmp_path / "middle.pem")
    with secure(names, middle.issue_cert("news.example"), chain=False) as web:
        url = web.url("/", "news.example")
        with make_fetcher() as fetcher:
            assert "unknown issuer" in refusal(fetcher, url, given).message
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
        with make_fetcher() as fetcher:
            assert "intermediate" in refusal(fetcher, url).message
            assert fetcher.fetch(url, given).data == b"page"


def test_weak_encryption_is_read_only_where_it_is_allowed(names: Names, authority: trustme.CA, cafile: Path) -> None:
    """A key of 1024 bits is refused with a hint at legacy_tls; with it the page is read, still verified."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    _load(context, _weak_certificate(authority))
    with WebServer(tls=context) as web, make_fetcher() as fetcher:
        names.serve("news.example", web)
        web.routes["/"] = "page"
        url = web.url("/", "news.example")
        error = refusal(fetcher, url, replace(POLITE_ENOUGH, cafile=cafile))
        assert "weaker" in error.message
        assert "legacy_tls = true" in error.hint
        assert fetcher.fetch(url, replace(POLITE_ENOUGH, cafile=cafile, legacy_tls=True)).data == b"page"
        assert "unknown issuer" in refusal(fetcher, url, replace(POLITE_ENOUGH, legacy_tls=True)).message


def _weak_certificate(authority: trustme.CA) -> bytes:
    """A certificate of news.example with a key of 1024 bits, by a good authority."""
    key = rsa.generate_private_key(65_537, 1_024)  # its weakness is the point
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    signer = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("news.example")]), critical=True)
        .sign(signer, hashes.SHA256())  # type: ignore[arg-type]  # an authority's key can sign
    )
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return pem + made.public_bytes(serialization.Encoding.PEM)


def test_a_step_back_to_http_is_refused(names: Names, authority: trustme.CA, cafile: Path) -> None:
    """A redirect from https to http ends the fetch; the one from http to https is followed."""
    access = replace(POLITE_ENOUGH, cafile=cafile)
    with secure(names, authority.issue_cert("news.example")) as web, WebServer() as plain, make_fetcher() as fetcher:
        names.serve("plain.example", plain)
        web.routes["/down"] = Answer(status=302, headers={"Location": plain.url("/", "plain.example")})
        plain.routes |= {"/up": Answer(status=301, headers={"Location": web.url("/", "news.example")}), "/": "open"}
        assert "from https to http" in refusal(fetcher, web.url("/down", "news.example"), access).message
        assert not plain.log
        assert fetcher.fetch(plain.url("/up", "plain.example"), access).data == b"page"


def test_the_step_up_to_https_stays_at_home() -> None:
    """A source's cookies follow it from http to https of one host, and nowhere else."""
    for url, home in (
        ("https://a.cn/", True),
        ("http://a.cn/x", True),
        ("https://a.cn:8443/", False),
        ("https://b.cn/", False),
        ("http://a.cn:8080/", False),
    ):
        assert is_home(read_target(url), "a.cn:80") is home
    assert not is_home(read_target("http://a.cn/"), "a.cn:443")


def test_a_plain_server_is_told_from_a_broken_one(names: Names) -> None:
    """https at a port that speaks http, and a port that hangs up, each have their word."""
    with WebServer() as plain, make_fetcher() as fetcher:
        names.serve("news.example", plain)
        url = plain.url("/", "news.example").replace("http:", "https:")
        assert "does not speak TLS" in refusal(fetcher, url).message


def test_slowness_ends_in_time_under_encryption_too(names: Names, authority: trustme.CA, cafile: Path) -> None:
    """A handshake that never comes and a body that drips are over after their time, and no page."""
    access = replace(POLITE_ENOUGH, cafile=cafile)
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, secure(names, authority.issue_cert("news.example")) as web:
        for port in (web.port, silent.getsockname()[1]):
            begun = time.monotonic()
            with make_fetcher(limits=replace(QUICK, seconds=1.0)) as fetcher:
                error = refusal(fetcher, f"https://news.example:{port}/drip", access)
            assert "longer than 1 s" in error.message
            assert time.monotonic() - begun < 2


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_cafile_that_is_none_is_told(tmp_path: Path, content: str | None) -> None:
    """A missing, empty or broken file is the user's to mend, and is named."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with make_fetcher() as fetcher:
        assert str(path) in refusal(fetcher, "https://news.example/", Access(robots=False, cafile=path)).message
