"""No address that is not one of the public Internet's, in whatever spelling, passes for one."""

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renderer.addresses import Networks, is_public

# The IANA IPv4 Special-Purpose Address Registry, then multicast, reserved addresses, and Azure's platform.
SPECIAL_V4 = [
    *("0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/31"),
    *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
    *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32"),
    *("224.0.0.0/4", "168.63.129.16/32"),
]
# The IANA IPv6 Special-Purpose Address Registry but for what stands for IPv4, then what else is no global unicast.
SPECIAL_V6 = [
    *("::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128"),
    *("2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28"),
    *("2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16"),
    *("fc00::/7", "fe80::/10"),
    *("fec0::/10", "ff00::/8", "::/96", "::ffff:0:0:0/96", "4000::/2", "8000::/1", "0200::/7", "1000::/4"),
]
STAND_FOR_V4 = {"mapped": "::ffff:0:0", "NAT64": "64:ff9b::"}
HIDE_V4 = {
    "compatible": lambda v4: v4,
    "SIIT": lambda v4: int(IPv6Address("::ffff:0:0:0")) | v4,
    "local NAT64": lambda v4: int(IPv6Address("64:ff9b:1::")) | v4,
    "6to4": lambda v4: int(IPv6Address("2002::")) | v4 << 80,
    "Teredo server": lambda v4: int(IPv6Address("2001::")) | v4 << 64,
    "Teredo client": lambda v4: int(IPv6Address("2001::")) | v4 ^ 0xFFFFFFFF,
    "ISATAP": lambda v4: int(IPv6Address("2606:4700::5efe:0:0")) | v4,
    "universal ISATAP": lambda v4: int(IPv6Address("2606:4700::200:5efe:0:0")) | v4,
}
any_v4 = st.integers(0, 2**32 - 1).map(IPv4Address)
any_v6 = st.integers(0, 2**128 - 1).map(IPv6Address)
global_v6 = st.integers(int(IPv6Address("2000::")), int(IPv6Address("3fff:ffff::"))).map(IPv6Address)


def inside(network: IPv4Network | IPv6Network) -> st.SearchStrategy[int]:
    ends = st.sampled_from([int(network.network_address), int(network.broadcast_address)])
    return ends | st.integers(int(network.network_address), int(network.broadcast_address))


special_v4 = st.sampled_from(SPECIAL_V4).flatmap(lambda text: inside(IPv4Network(text))).map(IPv4Address)
special_v6 = st.sampled_from(SPECIAL_V6).flatmap(lambda text: inside(IPv6Network(text))).map(IPv6Address)


def is_special(address: IPv4Address) -> bool:
    return any(address in IPv4Network(network) for network in SPECIAL_V4)


@pytest.mark.parametrize("network", SPECIAL_V4)
def test_no_special_purpose_network_is_public(network: str) -> None:
    first, last = IPv4Network(network)[0], IPv4Network(network)[-1]
    assert not is_public(first)
    assert not is_public(last)


@pytest.mark.parametrize("network", SPECIAL_V6)
def test_no_special_purpose_network_of_ipv6_is_public(network: str) -> None:
    first, last = IPv6Network(network)[0], IPv6Network(network)[-1]
    assert not is_public(first)
    assert not is_public(last)


@given(special_v4)
def test_nothing_inside_is_public_nor_what_stands_for_it(address: IPv4Address) -> None:
    assert not is_public(address)
    for prefix in STAND_FOR_V4.values():
        assert not is_public(IPv6Address(int(IPv6Address(prefix)) | int(address)))


@given(special_v6)
def test_nothing_inside_those_of_ipv6_is_public(address: IPv6Address) -> None:
    assert not is_public(address)


@given(any_v4)
def test_all_other_addresses_are_public_and_so_is_what_stands_for_them(address: IPv4Address) -> None:
    assert is_public(address) is not is_special(address)
    for prefix in STAND_FOR_V4.values():
        assert is_public(IPv6Address(int(IPv6Address(prefix)) | int(address))) is not is_special(address)


@given(any_v4 | special_v4, st.sampled_from(sorted(HIDE_V4)))
@example(IPv4Address("8.8.8.8"), "6to4")
@example(IPv4Address("127.0.0.1"), "ISATAP")
def test_no_address_with_an_ipv4_address_hidden_in_it_is_public(address: IPv4Address, way: str) -> None:
    assert not is_public(IPv6Address(HIDE_V4[way](int(address))))


@given(any_v4 | any_v6 | global_v6)
def test_python_agrees_that_what_is_public_is_global(address: IPv4Address | IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


@given(global_v6)
def test_other_addresses_of_ipv6_are_public(address: IPv6Address) -> None:
    hidden = (int(address) >> 32) & 0xFFFFFFFF in {0x5EFE, 0x2005EFE}
    special = any(address in IPv6Network(network) for network in SPECIAL_V6)
    assert is_public(address) is not (hidden or special)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "168.63.129.15", "168.63.129.17", "192.0.1.0", "223.255.255.255"]
)
def test_neighbours_of_special_addresses_are_public(address: str) -> None:
    assert is_public(IPv4Address(address))


@pytest.mark.parametrize("address", ["2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888", "2001:200::1"])
def test_well_known_addresses_of_ipv6_are_public(address: str) -> None:
    assert is_public(IPv6Address(address))


@pytest.mark.parametrize("address", ["fe80::1%eth0", "2606:4700::1111%1", "::ffff:1.1.1.1%1", "64:ff9b::1.1.1.1%1"])
def test_an_address_with_a_zone_is_neither_public_nor_allowed(address: str) -> None:
    zoned = IPv6Address(address)
    assert not is_public(zoned)
    assert zoned not in Networks([IPv6Network("::/0"), IPv4Network("0.0.0.0/0")])


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd00:1::5"])
def test_what_an_operator_allows_is_allowed_however_it_is_written(address: str) -> None:
    assert ipaddress.ip_address(address) in Networks([IPv4Network("10.1.0.0/16"), IPv6Network("fd00:1::/32")])


@pytest.mark.parametrize("address", ["10.2.0.1", "::10.1.2.3", "2002:a01:203::", "fd00:2::5", "1.1.1.1"])
def test_nothing_else_is(address: str) -> None:
    networks = Networks([IPv4Network("10.1.0.0/16"), IPv6Network("fd00:1::/32")])
    assert networks
    assert ipaddress.ip_address(address) not in networks
    assert not Networks()
