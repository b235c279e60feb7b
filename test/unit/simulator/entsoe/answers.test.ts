// Does the simulated platform say what it is asked, in every form in which the platform says it?
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../../kit/decode/xml.ts';
import { startSimulator } from '../../../../simulator/server.ts';
import { ENTSOE_RECORDINGS, HAS_RECORDINGS } from '../../../support/recordings.ts';
import { control, still } from '../../../support/simulator/ask.ts';
import {
  askEntsoe,
  daysOf,
  documentsOf,
  EIC,
  KIND,
  reasonOf,
  slotsOf,
  TOKEN,
} from '../../../support/simulator/entsoe.ts';

const DAY = '2026-11-18';
const open = (entsoe = {}, more = {}) => still({ entsoe: { requests: 0, ...entsoe }, ...more });

describe.each([
  ['A44', 'price.amount', [96]],
  ['A65_A16', 'quantity', [96]],
  ['A65_A01', 'quantity', [96]],
  ['A69_A01', 'quantity', [96, 96, 96]],
  ['A69_A40', 'quantity', [96, 96, 96]],
  ['A69_A18', 'quantity', [96, 96, 96]],
  ['A75', 'quantity', [96, 96, 96, 96, 96, 96, 96, 96]],
  ['A11', 'quantity', [96]],
  ['A85', 'imbalance_Price.amount', [96, 96]],
] as const)('%s', (kind, name, slots) => {
  const ask = (simulation = open(), day = DAY) =>
    askEntsoe(simulation, { ...KIND[kind]('NL'), ...daysOf(day) });

  test('a past day is whole, at both clock changes too', () => {
    expect(slotsOf(documentsOf(ask()), name).map((series) => series.length)).toEqual(slots);
    for (const [day, hours] of [
      ['2026-03-29', 23],
      ['2026-10-25', 25],
    ] as const)
      expect(slotsOf(documentsOf(ask(open(), day)), name)[0]).toHaveLength(hours * 4);
  });

  test('an answer says the same again under another id and instant', () => {
    const simulation = open();
    const first = ask(simulation);
    simulation.clock.set({ nowMs: simulation.clock.nowMs() + 90_000 });
    const second = ask(simulation);
    const [one, other] = [documentsOf(first)[0], documentsOf(second)[0]];
    expect(second.body).not.toBe(first.body);
    expect([one?.mrid, one?.createdAt]).not.toContain(other?.mrid);
    expect(other?.createdAt).toBe('2026-11-20T12:01:30Z');
    expect(slotsOf([other as never], name)).toEqual(slotsOf([one as never], name));
  });

  test('the same seed says the same, another one something else; curve A01 the same as A03', () => {
    expect(ask().body).toBe(ask().body);
    expect(slotsOf(documentsOf(ask(open({}, { seed: 2 }))), name)).not.toEqual(
      slotsOf(documentsOf(ask()), name),
    );
    const whole = ask(open({ curve: 'A01' }));
    expect(slotsOf(documentsOf(whole), name)).toEqual(slotsOf(documentsOf(ask()), name));
  });

  test('nothing of a day that is far away, and nothing of an area that nobody knows', () => {
    const later = ask(open(), '2027-03-01');
    expect(later.status).toBe(200);
    expect(reasonOf(later)).toMatch(
      /^No matching data found for Data item .+ and interval 2027-02-28T23:00:00Z\//,
    );
    const elsewhere = Object.fromEntries(
      Object.entries(KIND[kind]('NL')).map(([field, value]) => [
        field,
        value === EIC.NL ? '10YXX-NOWHERE--X' : value,
      ]),
    );
    expect(reasonOf(askEntsoe(open(), { ...elsewhere, ...daysOf(DAY) }))).toContain('No matching data found');
  });
});

test('prices come in whole days, a TimeSeries each; all else is cut to the window', () => {
  const window = { periodStart: '202611171000', periodEnd: '202611181200' };
  const prices = documentsOf(askEntsoe(open(), { ...KIND.A44('NL'), ...window }));
  expect(slotsOf(prices, 'price.amount').map((series) => series.length)).toEqual([96, 96]);
  const load = documentsOf(askEntsoe(open(), { ...KIND.A65_A16('NL'), ...window }));
  expect(slotsOf(load, 'quantity').map((series) => series.length)).toEqual([104]);
  expect(load[0]?.series[0]?.periods[0]?.startMs).toBe(Date.parse('2026-11-17T10:00Z'));
});

test('prices are of hours until quarter-hours began; one answer may have both', () => {
  const switching = documentsOf(
    askEntsoe(open(), { ...KIND.A44('NL'), ...daysOf('2025-09-30', '2025-10-01') }),
  );
  expect(slotsOf(switching, 'price.amount').map((series) => series.length)).toEqual([24, 96]);
});

test('what was measured grows with the day', () => {
  const at = (now: string) =>
    slotsOf(
      documentsOf(askEntsoe(open({}, { now }), { ...KIND.A65_A16('NL'), ...daysOf(DAY) })),
      'quantity',
    )[0]?.length;
  expect(['2026-11-18T01:00:00Z', '2026-11-18T12:00:00Z', '2026-11-19T02:00:00Z'].map(at)).toEqual([
    5, 49, 96,
  ]);
});

test('consumption stands apart from generation', () => {
  const [document] = documentsOf(askEntsoe(open(), { ...KIND.A75('NL'), ...daysOf(DAY) }));
  const pumped = document?.series.filter(({ element }) => textAt(element, 'MktPSRType', 'psrType') === 'B10');
  expect(pumped?.map(({ element }) => textAt(element, 'outBiddingZone_Domain.mRID'))).toEqual([
    undefined,
    EIC.NL,
  ]);
});

describe('refusals', () => {
  const ask = (parameters: Record<string, string>, entsoe = {}) => askEntsoe(open(entsoe), parameters);
  const day = daysOf(DAY);

  test.each([
    [{ ...KIND.A44('NL'), ...day, curveType: 'A03' }, 'Input parameter does not exist: curveType'],
    [
      { ...KIND.A44('NL'), ...day, documentType: 'a44' },
      'The combination of [DOCUMENT_TYPE=a44] is not valid',
    ],
    [{ ...KIND.A65_A16('NL'), ...day, processType: 'A99' }, 'PROCESS_TYPE=A99] is not valid'],
    [{ documentType: 'A75', processType: 'A16', ...day }, 'Mandatory parameter is missing: in_Domain'],
    [{ ...KIND.A75('NL'), periodStart: '202611172300' }, 'Mandatory parameter is missing: periodEnd'],
    [{ ...KIND.A75('NL'), ...day, periodEnd: 'x' }, 'The value of parameter periodEnd is not valid: x'],
    [{ ...KIND.A75('NL'), periodStart: day.periodEnd, periodEnd: day.periodStart }, 'is not valid'],
  ])('%o', (parameters, reason) => {
    const refused = ask(parameters as Record<string, string>);
    expect(refused.status).toBe(400);
    expect(reasonOf(refused)).toContain(reason);
  });

  test('names of parameters count in any case, and a time may be one interval', () => {
    const { documentType, in_Domain, out_Domain } = KIND.A44('NL');
    const parameters = { DOCUMENTTYPE: documentType, IN_domain: in_Domain, out_domain: out_Domain };
    const timeInterval = '2026-11-17T23:00Z/2026-11-18T23:00Z';
    expect(documentsOf(ask({ ...parameters, timeInterval }))).toHaveLength(1);
  });

  test('a range that is too long is refused with its limit, which changes', () => {
    const local = daysOf('2026-05-01', '2026-05-31');
    const refused = ask({ ...KIND.A65_A16('NL'), ...local });
    expect([refused.status, reasonOf(refused)]).toEqual([
      400,
      "Provided time interval (2026-04-30T22:00:00Z - 2026-05-31T22:00:00Z) is larger than maximum allowed period 'P1M' for 'ACTUAL_TOTAL_LOAD_R3:XML' export.",
    ]);
    expect(ask({ ...KIND.A44('NL'), ...local }).status).toBe(200);
    const simulation = open();
    const parameters = { ...KIND.A65_A16('NL'), ...daysOf('2026-05-01', '2026-05-10') };
    expect(askEntsoe(simulation, parameters).status).toBe(200);
    expect(control(simulation, 'POST', 'entsoe', { limits: { A65: 'P7D' } }).body.limits).toMatchObject({
      A44: 'P1Y',
      A65: 'P7D',
    });
    expect(reasonOf(askEntsoe(simulation, parameters))).toContain("maximum allowed period 'P7D'");
  });

  test('too many instances are refused, unless asked for by pages', () => {
    const wide = { ...KIND.A75('NL'), ...day };
    expect(reasonOf(ask(wide, { instances: 3 }))).toBe(
      'The number of instances (8) exceeds the allowed maximum (3) for data item AGGREGATED_GENERATION_PER_TYPE_R3:XML.',
    );
    const page = (offset: string) =>
      documentsOf(ask({ ...wide, offset }, { instances: 3 }))[0]?.series.length;
    expect(['0', '3', '6'].map(page)).toEqual([3, 3, 2]);
    expect(ask({ ...wide, offset: '3' }, { instances: 3, offset: 'ignored' }).status).toBe(400);
  });
});

describe('who may ask', () => {
  const parameters = { ...KIND.A44('NL'), ...daysOf(DAY) };

  test('no token, one that is none, and another than the right one are refused', () => {
    for (const securityToken of ['', 'abc'])
      expect(askEntsoe(open(), { ...parameters, securityToken })).toMatchObject({
        status: 401,
        contentType: 'text/html; charset=utf-8',
        body: expect.stringContaining('Missing or invalid security token'),
      });
    expect(askEntsoe(open({ token: 'mine' }), parameters).status).toBe(401);
    expect(askEntsoe(open({ token: 'mine' }), { ...parameters, securityToken: 'mine' }).status).toBe(200);
    const bare = open();
    expect(bare.handle({ method: 'GET', target: '/api?documentType=A44' }).status).toBe(401);
  });

  test('one request too many bans the token, and only it, for a while', () => {
    let monotonicMs = 0;
    const simulation = still({ entsoe: { requests: 2, banMs: 600_000 }, monotonicMs: () => monotonicMs });
    const ask = (securityToken = TOKEN) => askEntsoe(simulation, { ...parameters, securityToken }).status;
    expect([ask(), ask(), ask(), ask()]).toEqual([200, 200, 429, 429]);
    expect(askEntsoe(simulation, parameters).body).toContain('throttling limit of 2 requests per minute');
    expect(ask('22222222-2222-4333-8444-555555555555')).toBe(200);
    monotonicMs = 599_999;
    expect(ask()).toBe(429);
    monotonicMs = 600_001;
    expect(ask()).toBe(200);
    expect(simulation.requests.counts()).toMatchObject({ throttled: 4, answered: 4 });
  });

  test('requests are logged with what was asked, without the token', () => {
    const simulation = open();
    askEntsoe(simulation, parameters);
    askEntsoe(simulation, { documentType: 'A44' });
    expect(simulation.requests.latest()).toMatchObject([
      {
        path: '/api',
        parameters,
        window: { from: '2026-11-17T23:00:00Z', to: '2026-11-18T23:00:00Z' },
        status: 200,
      },
      { path: '/api', parameters: { documentType: 'A44' }, window: null, status: 400 },
    ]);
    expect(JSON.stringify(control(simulation, 'GET', 'requests').body)).not.toContain(TOKEN);
    const settings = control(open({ token: 'mine' }), 'GET', 'entsoe').body;
    expect(settings).not.toHaveProperty('token');
  });
});

test.each([
  [503, 'text/html; charset=utf-8', 'Scheduled maintenance is currently underway'],
  [404, 'text/plain; charset=utf-8', '404 page not found'],
  [599, 'application/json; charset=utf-8', 'uu-gateway-router/connectTimeout'],
] as const)('the platform is away for days: %i', (status, contentType, words) => {
  const outages = [{ status, from: '2026-11-20T00:00:00Z', to: '2026-11-22T00:00:00Z' }];
  const at = (now: string) => askEntsoe(open({ outages }, { now }), { ...KIND.A44('NL'), ...daysOf(DAY) });
  expect(at('2026-11-21T10:00:00Z')).toMatchObject({ status, contentType });
  expect(at('2026-11-21T10:00:00Z').body).toContain(words);
  expect([at('2026-11-19T23:59:00Z').status, at('2026-11-22T00:00:00Z').status]).toEqual([200, 200]);
});

test('wrong settings are named', () => {
  expect(() => open({ limits: { A65: 'x' } })).toThrow(
    'A65 is "x" but must be a period such as P1Y, P1M or P28D.',
  );
  expect(() => open({ outages: [{ status: 200 }] })).toThrow(
    'outages.status is 200 but must be one of 404, 503, 599.',
  );
  expect(control(open(), 'POST', 'entsoe', { tokens: 1 })).toMatchObject({
    status: 400,
    body: { field: 'tokens' },
  });
});

describe('over HTTP', () => {
  const servers: { close(): Promise<void> }[] = [];
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  test('a zip keeps its bytes, and the settings come with a flag', async () => {
    const simulator = await startSimulator({ now: '2026-11-20T12:00:00Z', clockRate: 0 });
    servers.push(simulator);
    const query = new URLSearchParams({ securityToken: TOKEN, ...KIND.A85('NL'), ...daysOf(DAY) });
    const answer = await fetch(`${simulator.url}/api?${query}`);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('x-tidemark-simulator')).toBe('seed=1');
    const body = Buffer.from(await answer.arrayBuffer());
    expect(body.toString('latin1')).toBe(askEntsoe(still(), { ...KIND.A85('NL'), ...daysOf(DAY) }).body);
  });
});

if (HAS_RECORDINGS)
  describe('a recording', () => {
    const recorded = still({ recorded: ENTSOE_RECORDINGS, entsoe: { requests: 0 } });
    test.each([
      ['a44_es_20250929_20251002_switch_60_to_15.xml', { ...KIND.A44('ES'), ...daysOf('2025-10-01') }],
      ['a44_de_lu_20260202_20260203_seq1_seq2.xml', { ...KIND.A44('DE_LU'), ...daysOf('2026-02-03') }],
      ['a65_actual_nl_20240902.xml', { ...KIND.A65_A16('NL'), ...daysOf('2024-09-02') }],
      ['a65_forecast_nl_20240902.xml', { ...KIND.A65_A01('NL'), ...daysOf('2024-09-02') }],
      ['a69_dayahead_nl_20240902_rev3.xml', { ...KIND.A69_A01('NL'), ...daysOf('2024-09-02') }],
      ['a75_se4_20251020_20251023.xml', { ...KIND.A75('SE_4'), ...daysOf('2025-10-21') }],
      ['a11_nl_de_lu_20240902.xml', { ...KIND.A11('NL'), ...daysOf('2024-09-02') }],
      ['a80_be_202401_planned.zip', { ...KIND.A80('BE'), ...daysOf('2024-01-10') }],
      ['a85_at_20240101_20240104.zip', { ...KIND.A85('AT'), ...daysOf('2024-01-02') }],
    ])('%s comes back byte for byte', (file, parameters) => {
      const { status, body, binary, headers } = askEntsoe(recorded, parameters);
      expect(status).toBe(200);
      expect(
        Buffer.from(body, binary ? 'latin1' : 'utf8').equals(readFileSync(ENTSOE_RECORDINGS + file)),
      ).toBe(true);
      expect(headers).toHaveProperty('x-tidemark-recording');
    });

    test('nothing is invented beside it', () => {
      expect(readdirSync(ENTSOE_RECORDINGS).length).toBeGreaterThan(9);
      expect(reasonOf(askEntsoe(recorded, { ...KIND.A44('ES'), ...daysOf('2025-10-05') }))).toContain(
        'No matching',
      );
      expect(reasonOf(askEntsoe(recorded, { ...KIND.A44('BE'), ...daysOf('2025-10-01') }))).toContain(
        'No matching',
      );
    });
  });
