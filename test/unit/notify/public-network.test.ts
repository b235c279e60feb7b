/** Which addresses are of the public network? */
import { expect, test } from 'vitest';
import { isPrivateAddress } from '../../../notify/public-network.ts';

const PRIVATE = [
  ...[
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
  ],
  ...[
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2002:7f00:1::',
  ],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2001:db8::1'],
];
const PUBLIC = [
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '8.8.8.8',
  '2606:4700:4700::1111',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
];

test.each(PRIVATE)('%s is private', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(PUBLIC)('%s is public', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});
