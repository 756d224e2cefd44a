"""Which addresses are public: the others (this computer, the office's network, a cloud's metadata) are not for sources.

A feed that could make us read http://127.0.0.1:631/ or http://169.254.169.254/ would mail out what only we may see.
"""

from __future__ import annotations

import ipaddress
import re
import socket

_IPv4 = ipaddress.IPv4Address
_IPv6 = ipaddress.IPv6Address

# Beside `is_global`, whose meaning has changed between patch releases of Python.
_CLOSED_4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network; 0.0.0.0 reaches this computer
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and the metadata of some clouds (100.100.100.200)
        "127.0.0.0/8",
        "168.63.129.16/32",  # a public number, but always the host a virtual machine runs on
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
_OPEN_6 = ipaddress.IPv6Network("2000::/3")  # global unicast; everything outside it is special
_CLOSED_6 = [
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries any IPv4 address in it
        "3fff::/20",  # documentation
    )
]
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)  # the words before an IPv4 address in an interface identifier, RFC 5214 section 6.1

_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}", re.I)
_LOCAL_NAMES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".home.arpa", ".corp")


def is_public(address: str) -> bool:
    """Return whether an IP address, as `getaddrinfo` writes it, is one of the open internet.

    What is no address is not public.
    """
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _public_4(read) if isinstance(read, _IPv4) else _public_6(read)


def literal_address(host: str) -> str:
    """Return the address that a host spells out, empty where it is a name.

    All spellings that connecting would understand: `127.1`, `2130706433`, `0x7f000001`, `0177.0.0.1`, `::1`.
    """
    if ":" in host:
        return host
    if not _NUMBERS.fullmatch(host):
        return ""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return "0.0.0.0"  # noqa: S104  # numbers that are no address, such as 256.1.1.1: nothing public


def is_local_name(host: str) -> bool:
    """Return whether a name can only mean a machine of this network: `localhost`, `printer.local`, `intranet`."""
    return "." not in host or f".{host}".endswith(_LOCAL_NAMES)


def _public_4(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _CLOSED_4)


def _public_6(address: ipaddress.IPv6Address) -> bool:
    carried = _IPv4(int(address) & 0xFFFFFFFF)
    # Where a network has IPv6 only, NAT64 is how every host that has IPv4 only is reached: what counts is which.
    if address in _MAPPED or address in _NAT64:
        return _public_4(carried)
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP and not _public_4(carried):
        return False
    return address in _OPEN_6 and address.is_global and not any(address in network for network in _CLOSED_6)
