"""Which addresses of the Internet anybody may be made to connect to."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# Python's own `is_global` says yes to some of these, and to others from version to version: a table says what holds.
NOT_PUBLIC_V4: Final = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by the customers of a carrier
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's platform, though its network is public
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112, delegated directly
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
NOT_PUBLIC_V6: Final = [
    IPv6Network(network)
    for network in (
        "2001::/23",  # IETF protocol assignments: Teredo, benchmarking, AMT, AS112, ORCHID, DRIP
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112, delegated directly
        "3fff::/20",  # documentation
    )
]
V4_MAPPED: Final = IPv6Network("::ffff:0:0/96")
NAT64: Final = IPv6Network("64:ff9b::/96")
# Interface identifiers that hold an IPv4 address, the second with the bit for "universal" (RFC 5214 §6.1).
ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)
IPV4_MASK: Final = 0xFFFF_FFFF


def is_public(address: Address) -> bool:
    """Return whether *address* belongs to one host of the public Internet.

    Not public is all that IANA's IPv4 and IPv6 Special-Purpose Address Registries list, multicast, what is reserved,
    and what lies outside of the IPv6 Global Unicast space. An IPv6 address that stands for an IPv4 address (mapped, or
    of NAT64's well-known prefix) is as public as that; every other embedding of one, and a zone, is never public.
    """
    address = unwrapped(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_V4)
    if address.scope_id is not None or address not in GLOBAL_UNICAST:
        return False
    return not _is_isatap(address) and not any(address in network for network in NOT_PUBLIC_V6)


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address that *address* stands for, or *address* itself."""
    if isinstance(address, IPv6Address) and address.scope_id is None and (address in V4_MAPPED or address in NAT64):
        return IPv4Address(int(address) & IPV4_MASK)
    return address


class Networks:
    """Networks that an operator has opened besides the public Internet."""

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    def __bool__(self) -> bool:
        return bool(self._allowed)

    def __contains__(self, address: Address) -> bool:
        """Tell whether what *address* stands for is in one of the networks; never with a zone."""
        address = unwrapped(address)
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        return any(address in network for network in self._allowed)


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & IPV4_MASK in ISATAP
