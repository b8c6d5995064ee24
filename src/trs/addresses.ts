/** Which addresses are private, and looking up names without them. */
import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const PRIVATE = new BlockList();

/** Private, shared, link-local, loopback, documentation, multicast and reserved networks of RFC 6890 and its kin. */
for (const [network, length] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, length, 'ipv4');
}
/** Of IPv6 only global unicast is public; what embeds IPv4 addresses could lead to private ones. */
for (const [network, length] of [
  ['::', 3],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['4000::', 2],
  ['8000::', 1],
] as const) {
  PRIVATE.addSubnet(network, length, 'ipv6');
}

/** True for an address that is not of the public internet. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Looks a name up for a connection, so that what was checked is what is connected to. Fails with the code EPRIVATE
 * when one of the name's addresses is private: such a name is nothing public, whichever address comes first.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const refused = error ?? privateAmong(addresses);
    if (refused) callback(refused, '', 0);
    else if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 0);
  });
};

function privateAmong(addresses: readonly LookupAddress[]): Error | undefined {
  if (!addresses.some(({ address }) => isPrivateAddress(address))) return undefined;
  return Object.assign(new Error('the name leads to a private address'), { code: 'EPRIVATE' });
}
