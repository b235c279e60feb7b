// Is the quota exact, over any window, and does the log prove it?
import { describe, expect, test } from 'vitest';
import { createQuota } from '../../../simulator/quota.ts';
import { ask, control, DATA_PATH, still } from '../../support/simulator/ask.ts';

const FROM = '2026-04-20T00:00:00Z';
const TO = '2026-04-20T01:00:00Z';

/** A simulation with the publisher's quota over a monotonic clock that the test moves. */
function limited(options = {}) {
  const time = { nowMs: 1_000_000.25 };
  const simulation = still({ quotaRequests: 100, monotonicMs: () => time.nowMs, ...options });
  const burst = (count: number) => Array.from({ length: count }, () => ask(simulation, FROM, TO).status);
  return { time, simulation, burst };
}

describe('the quota', () => {
  test('lets exactly 100 requests pass and refuses the next', () => {
    const { burst } = limited();
    const statuses = burst(105);
    expect(statuses.slice(0, 100).every((status) => status === 200)).toBe(true);
    expect(statuses.slice(100)).toEqual([429, 429, 429, 429, 429]);
  });

  test('slides: each request frees its place one window later, to the millisecond', () => {
    const { burst, time } = limited();
    burst(60);
    time.nowMs += 30_000;
    expect(burst(41).filter((status) => status === 200)).toHaveLength(40);
    time.nowMs += 29_999;
    expect(burst(1)).toEqual([429]);
    time.nowMs += 1;
    expect(burst(61).filter((status) => status === 200)).toHaveLength(60);
    time.nowMs += 30_000;
    expect(burst(41).filter((status) => status === 200)).toHaveLength(40);
  });

  test('does not count refused requests', () => {
    const { burst, time } = limited();
    burst(100);
    time.nowMs += 59_000;
    burst(500);
    time.nowMs += 1_000;
    expect(burst(100).every((status) => status === 200)).toBe(true);
  });

  test('answers a short plain text without Retry-After', () => {
    const { burst, simulation } = limited();
    burst(100);
    const answer = ask(simulation, FROM, TO);
    expect(answer).toMatchObject({ status: 429, contentType: 'text/plain' });
    expect(answer.body).toBe('API calls quota exceeded! maximum admitted 100 per 1m.');
    expect(answer.headers).not.toHaveProperty('retry-after');
  });

  test('answers Retry-After in whole seconds, rounded up, when switched on', () => {
    const { burst, simulation, time } = limited({ retryAfter: true });
    burst(100);
    time.nowMs += 12_300;
    expect(ask(simulation, FROM, TO).headers['retry-after']).toBe('48');
  });

  test('counts wrong requests and faults too, but neither control calls nor the front page', () => {
    const { burst, simulation } = limited();
    simulation.faults.add({ name: 'status', code: 503, times: 1 });
    burst(1);
    for (let n = 0; n < 49; n += 1) ask(simulation, FROM, FROM);
    for (let n = 0; n < 300; n += 1) {
      control(simulation, 'GET', 'state');
      simulation.handle({ method: 'GET', target: '/' });
    }
    expect(burst(51)).toEqual([...Array(50).fill(200), 429]);
  });

  test('can be turned off', () => {
    expect(new Set(limited({ quotaRequests: 0 }).burst(500))).toEqual(new Set([200]));
  });

  test('holds for any limit and any window at any pace', () => {
    const accepted: number[] = [];
    const quota = createQuota({ requests: 7, windowMs: 1000 });
    for (let index = 0, nowMs = 0.1; index < 5000; index += 1) {
      nowMs += ((index * 7919) % 251) / 1.7;
      if (quota.waitMs(nowMs) === 0) accepted.push(nowMs);
    }
    const fullest = Math.max(
      ...accepted.map((endMs) => accepted.filter((atMs) => atMs <= endMs && atMs > endMs - 1000).length),
    );
    expect(fullest).toBe(7);
  });
});

describe('the request log', () => {
  test('tells how full the fullest window was, answered and asked', () => {
    const { burst, simulation, time } = limited();
    burst(70);
    time.nowMs += 30_000;
    burst(50);
    time.nowMs += 60_000;
    burst(3);
    expect(simulation.requests.counts()).toEqual({
      total: 123,
      answered: 103,
      throttled: 20,
      byStatus: { 200: 103, 429: 20 },
      greatestAnsweredInWindow: 100,
      greatestRequestedInWindow: 120,
    });
  });

  test('measures without a quota as well', () => {
    const { burst, simulation } = limited({ quotaRequests: 0 });
    burst(130);
    expect(simulation.requests.counts()).toMatchObject({ throttled: 0, greatestAnsweredInWindow: 130 });
  });

  test('keeps the last 1000 requests with window, status and faults', () => {
    const { burst, simulation } = limited({ quotaRequests: 0 });
    burst(1000);
    simulation.faults.add({ name: 'reset', times: 1 });
    burst(1);
    simulation.handle({ method: 'POST', target: DATA_PATH });
    const latest = simulation.requests.latest();
    expect(latest).toHaveLength(1000);
    expect(latest.at(-2)).toMatchObject({
      clock: '2026-11-20T12:00:00.000Z',
      method: 'GET',
      path: DATA_PATH,
      window: { from: FROM, to: TO },
      status: 0,
      faults: ['reset'],
      throttled: false,
    });
    expect(latest.at(-1)).toMatchObject({ method: 'POST', window: null, status: 405, faults: [] });
  });

  test('can be read and cleared over the control path', () => {
    const { burst, simulation } = limited();
    burst(3);
    expect(control(simulation, 'GET', 'requests').body).toMatchObject({ total: 3, byStatus: { 200: 3 } });
    expect(control(simulation, 'DELETE', 'requests').body).toMatchObject({
      total: 0,
      greatestRequestedInWindow: 0,
    });
    expect(control(simulation, 'GET', 'requests').body.requests).toEqual([]);
  });
});
