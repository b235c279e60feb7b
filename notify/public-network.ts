/**
 * Connections to the public network only. A receiver's address may have been chosen by others, and must not give access to
 * the private network of this process. The resolved address decides; it is checked before connecting, so that nothing is sent
 * to a private one.
 */
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { Agent, buildConnector } from 'undici';

/** Blocks that no public receiver has: own machine, private, carrier, link-local (metadata of clouds), documentation, multicast. */
const PRIVATE: readonly (readonly [string, number])[] = [
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
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const blocked = new BlockList();
for (const [net, bits] of PRIVATE) blocked.addSubnet(net, bits, isIPv6(net) ? 'ipv6' : 'ipv4');

/** The refusal of a private address, with the hint. */
export class PrivateAddress extends Error {
  constructor(host: string) {
    super(`${host} is inside a private network: use a public address, or set NOTIFY_PRIVATE_ADDRESSES=allow`);
    this.name = 'PrivateAddress';
  }
}

/** Whether an IP address is not of the public network. An IPv4 address within an IPv6 one counts as itself. */
export function isPrivateAddress(address: string): boolean {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  const [, hex] = /^::ffff:([0-9a-f]{1,4}:[0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (mapped ?? hex) return blocked.check(mapped ?? dotted(hex ?? ''), 'ipv4');
  return blocked.check(address.replace(/%.*$/, ''), isIPv6(address) ? 'ipv6' : 'ipv4');
}

function dotted(hex: string): string {
  const [high = 0, low = 0] = hex.split(':').map((part) => Number.parseInt(part, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** An agent that connects to public addresses alone; to any where `allowPrivate` is set. */
export function receiverAgent(allowPrivate: boolean, connectMs: number): Agent {
  if (allowPrivate) return new Agent({ connect: { timeout: connectMs }, pipelining: 0 });
  const connect = buildConnector({ timeout: connectMs, lookup: publicLookup as typeof lookup });
  return new Agent({
    pipelining: 0,
    connect(options, callback) {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      // An address in place of a name is never looked up.
      if (isIP(host) && isPrivateAddress(host)) return callback(new PrivateAddress(host), null);
      connect(options, (error, socket) => {
        if (error) return callback(error, null);
        const { remoteAddress } = socket;
        if (remoteAddress && !isPrivateAddress(remoteAddress)) return callback(null, socket);
        socket.destroy();
        callback(new PrivateAddress(options.hostname), null);
      });
    },
  });
}

type Found = (error: Error | null, addresses: LookupAddress[] | string, family?: number) => void;

/** Refuses a name if any of its addresses is private, because we do not control which one is used. */
function publicLookup(host: string, options: LookupOptions, callback: Found): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    if (addresses.some(({ address }) => isPrivateAddress(address)))
      return callback(new PrivateAddress(host), []);
    const [first] = addresses;
    if (options.all) return callback(null, addresses);
    callback(null, first?.address ?? '', first?.family);
  });
}

/** @throws PrivateAddress; Error with the hint where no machine has that name. */
export async function assertPublic(hostname: string): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const found = await new Promise<LookupAddress[]>((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => {
      if (error?.code === 'ENOTFOUND')
        reject(new Error(`no machine has the name ${host}: check the address`));
      else resolve(error ? [] : addresses);
    });
  });
  if (found.some(({ address }) => isPrivateAddress(address))) throw new PrivateAddress(host);
}
