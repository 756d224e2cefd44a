"""What is public and what is not, in all the ways an address can be written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.addresses import is_local_name, is_public, literal_address

PRIVATE = [
    address
    for line in (
        "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16",
        "169.254.169.254 172.16.0.1",
        "172.31.255.255 192.0.0.8 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7",
        "203.0.113.9 224.0.0.1",
        "239.255.255.255 240.0.0.1 255.255.255.255",
        ":: ::1 ::7f00:1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "64:ff9b:1::808:808 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1",
        "2001:db8::1",
        "2002:7f00:1:: 2002:0808:0808::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 fe80::1%eth0",
        "fec0::1 ff02::1",
        "2400::5efe:7f00:1 2400::200:5efe:10.0.0.1",
    )
    for address in line.split()
]
PUBLIC = [
    address
    for line in (
        "1.1.1.1 8.8.8.8 114.114.114.114 172.15.0.1 172.32.0.1 100.63.255.255 100.128.0.1 192.0.1.1",
        "223.255.255.254",
        "2400:3200::1 2606:4700:4700::1111 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::808:808",
    )
    for address in line.split()
]


@pytest.mark.parametrize("address", PRIVATE)
def test_every_private_address_is_private(address: str) -> None:
    """Loopback, offices, providers, metadata, documentation, multicast and what carries one of them are not public."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_every_public_address_is_public(address: str) -> None:
    """The neighbours of private ranges, and networks that have IPv4 only behind NAT64, can be reached."""
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_carrying_an_address_does_not_make_it_public(address: ipaddress.IPv4Address) -> None:
    """An IPv4 address in an IPv6 one is never more public than it is by itself."""
    number = int(address)
    for prefix in (0, 0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112 | number << 80, 0x24000000 << 96 | 0x5EFE << 32):
        carrier = ipaddress.IPv6Address(prefix | number if prefix >> 112 != 0x2002 else prefix)
        assert is_public(str(address)) or not is_public(str(carrier))


@given(st.text(max_size=20))
def test_what_is_no_address_is_not_public(text: str) -> None:
    """Anything may be asked; only a true address can be public."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        assert not is_public(text)


@pytest.mark.parametrize(
    ("spelling", "address"),
    [
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7F.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0177.0.0.01", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("10.1", "10.0.0.1"),
        ("::1", "::1"),
        ("256.1.1.1", "0.0.0.0"),
        ("1.2.3.4.5", ""),
        ("news.example", ""),
        ("1a.example", ""),
    ],
)
def test_an_address_is_read_in_every_spelling(spelling: str, address: str) -> None:
    """Decimal, hexadecimal, octal and short forms are the addresses that connecting would take them for."""
    assert literal_address(spelling) == address


@pytest.mark.parametrize("name", ["localhost", "a.localhost", "printer.local", "metadata.google.internal", "intranet"])
def test_a_name_of_this_network_is_known_by_its_spelling(name: str) -> None:
    """Where a proxy looks names up, those that can only be private are refused unseen."""
    assert is_local_name(name)
    assert not is_local_name(f"{name}.example.cn")
