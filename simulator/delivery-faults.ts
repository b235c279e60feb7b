// Faults in the finished body and in its delivery.
import { fault, otherwise } from './fault-kind.ts';
import { line } from './fault-params.ts';
import { integerBetween } from './input.ts';

const MIB = 1024 * 1024;

/** The faults of this group by name. */
export const deliveryFaults = {
  'truncated-json': fault('body', 'answers complete HTTP with JSON cut in the middle', {}, () => (whole) => ({
    ...whole,
    body: whole.body.slice(0, Math.floor(whole.body.length / 2)),
  })),
  'empty-body': fault('body', 'answers 200 with a body of no bytes', {}, () => (whole) => ({
    ...whole,
    body: '',
  })),
  'wrong-content-type': fault(
    'body',
    'answers the data under another content type',
    { contentType: otherwise('text/plain', line, 'which one') },
    ({ contentType }) =>
      (whole) => ({ ...whole, contentType }),
  ),
  slow: fault(
    'delivery',
    'waits before the headers',
    { delayMs: otherwise(30_000, integerBetween(0, 86_400_000), 'how long, in milliseconds') },
    ({ delayMs }) => ({ delayMs }),
  ),
  drip: fault(
    'delivery',
    'sends the body slowly',
    { bytesPerSecond: otherwise(1000, integerBetween(1, 1_000_000_000), 'how fast') },
    ({ bytesPerSecond }) => ({ bytesPerSecond }),
  ),
  'truncated-body': fault('delivery', 'announces the whole length and hangs up half way', {}, () => ({
    ending: 'cut' as const,
  })),
  reset: fault('delivery', 'resets the connection without an answer', {}, () => ({
    ending: 'reset' as const,
  })),
  oversize: fault(
    'delivery',
    'sends spaces after the body, without announcing a length',
    { sizeMiB: otherwise(64, integerBetween(1, 100_000), 'how many MiB') },
    ({ sizeMiB }) => ({ paddingBytes: sizeMiB * MIB }),
  ),
  'gzip-bomb': fault(
    'delivery',
    'sends the body gzip-coded and followed by spaces: small on the wire, large when decoded',
    { sizeMiB: otherwise(64, integerBetween(1, 100_000), 'how many MiB it decodes to') },
    ({ sizeMiB }) => ({ paddingBytes: sizeMiB * MIB, gzip: true }),
  ),
};
