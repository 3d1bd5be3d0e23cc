import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { VendorError } from '../../src/core/outbox/vendor-error.js';
import { wants } from '../../src/integrations/events/delivery.plan.js';
import { afterAttempt, answered, faulted, RETRY_AFTER_MS } from '../../src/integrations/events/delivery.rules.js';
import { urlFindings } from '../../src/integrations/events/endpoint.rules.js';
import { publicResolve } from '../../src/integrations/events/event.dns.js';
import { eventsOf, payloadOf, type SealedEntry, TELLING_ACTIONS } from '../../src/integrations/events/event.rules.js';
import { newSigningSecret, signedHeaders } from '../../src/integrations/events/event.secret.js';
import { EVENT_MEANINGS, EventType } from '../../src/integrations/events/event-type.js';
import { Slots } from '../../src/integrations/events/slots.js';
import { simulatedReceiver } from '../../src/sandbox/receiver.js';
import { rootRights } from '../../src/core/graphql/rights.js';
import { buildApiSchema } from '../../src/schema.js';

const NOW = new Date('2026-11-23T14:00:00.000Z');
const HANDOFF = '0195f0a0-0000-7000-8000-000000000001';
const ID = '0195f0a0-0000-7000-8000-000000000002';

const entry = (action: string, body: Record<string, unknown> = {}, more: Partial<SealedEntry> = {}): SealedEntry => ({
  seq: 1,
  id: ID,
  at: NOW,
  action,
  subject: { type: 'Handoff', id: HANDOFF },
  body,
  ...more,
});
const types = (one: SealedEntry): string[] => eventsOf(one).map(({ type }) => type);

describe('what the ledger tells', () => {
  test.each([
    { action: 'importDeal', body: { opened: true }, told: ['handoff.opened'] },
    { action: 'importDeal', body: { changed: false }, told: [] },
    { action: 'importDeal', body: { adopted: true, termsRevision: 2 }, told: ['handoff.terms_changed'] },
    {
      action: 'importDeal',
      body: { adopted: false, lapsed: ID, from: 'KICKOFF_SCHEDULED', stage: 'IN_REVIEW' },
      told: ['handoff.sign_off_lapsed', 'kickoff.voided'],
    },
    { action: 'revokeSignOff', body: { from: 'SIGNED_OFF' }, told: ['handoff.sign_off_lapsed'] },
    { action: 'withdrawHandoff', body: { from: 'IN_REVIEW' }, told: ['handoff.withdrawn'] },
    {
      action: 'withdrawHandoff',
      body: { from: 'KICKOFF_SCHEDULED' },
      told: ['handoff.withdrawn', 'handoff.sign_off_lapsed', 'kickoff.voided'],
    },
    {
      action: 'submitHandoff',
      body: { baselineCreated: false, briefVersion: 2, grantId: null, decisionsOpened: [3, 4] },
      told: ['handoff.submitted', 'brief.drafted', 'decision.opened', 'decision.opened'],
    },
    { action: 'requestScopeChange', body: { requestId: ID, scopeChangeId: ID }, told: ['approval.requested'] },
    {
      action: 'withdrawScopeChange',
      body: { requestId: ID, scopeChangeId: ID, kind: 'REBASELINE' },
      told: ['approval.withdrawn'],
    },
    {
      action: 'rebaseline',
      body: { baselineVersion: 3, lapsed: ID, from: 'KICKOFF_SCHEDULED', stage: 'IN_REVIEW' },
      told: ['baseline.created', 'handoff.sign_off_lapsed', 'kickoff.voided'],
    },
    {
      action: 'rebaseline',
      body: { baselineVersion: 3, lapsed: null, from: 'IN_REVIEW', stage: 'IN_REVIEW' },
      told: ['baseline.created'],
    },
    { action: 'castVote', body: { state: 'PENDING', kind: 'MARGIN_EXCEPTION' }, told: [] },
    {
      action: 'castVote',
      body: { state: 'REJECTED', kind: 'MARGIN_EXCEPTION', subjectType: 'Handoff', subjectId: HANDOFF },
      told: ['approval.rejected', 'exception.rejected'],
    },
    { action: 'castVote', body: { state: 'APPROVED', kind: 'CONFIGURATION_CHANGE' }, told: ['approval.granted'] },
    { action: 'breakGlass', body: { broken: false }, told: [] },
    { action: 'recordConnectionCheck', body: { isCurrent: true, state: 'ERROR' }, told: ['integration.error'] },
    { action: 'recordConnectionCheck', body: { isCurrent: false, state: 'ERROR' }, told: [] },
    { action: 'recordDrifts', body: { found: [], again: [] }, told: [] },
    { action: 'recordDrifts', body: { found: [ID], again: [] }, told: ['project.drifted'] },
    { action: 'invalidateEvidence', body: { changed: true, evidenceId: ID }, told: ['evidence.invalidated'] },
    { action: 'editHandoff', body: { fields: ['context'] }, told: [] },
  ])('$action $body', ({ action, body, told }) => {
    expect(types(entry(action, body))).toEqual(told);
  });

  test('is told under ids that are always the same, and of which no two are', () => {
    const one = entry('submitHandoff', { baselineCreated: true, grantId: ID, decisionsOpened: [1, 2, 3] });
    const ids = eventsOf(one).map(({ id }) => id);
    expect(eventsOf({ ...one, seq: 9 }).map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(eventsOf({ ...one, id: HANDOFF }).some(({ id }) => ids.includes(id))).toBe(false);
    // The header's own pattern (Standard Webhooks 1.0.0): no dot.
    for (const id of ids) expect(id).toMatch(/^[^.]+$/);
  });

  test('holds no text, no figure and no name, whatever the ledger holds', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.double(),
      fc.bigInt(),
      fc.constant('ada@client.test'),
      fc.constant(-1),
      fc.constant(12_345_678),
    );
    const fields = [
      ...['opened', 'adopted', 'baselineCreated', 'broken', 'isCurrent', 'isDisabled'].map(
        (key) => [key, fc.boolean()] as const,
      ),
      ...['lapsed', 'grantId', 'requestId', 'decisionId', 'kickoffId', 'subjectId'].map(
        (key) => [key, fc.oneof(anything, fc.uuid())] as const,
      ),
      ...[
        'state',
        'kind',
        'vendor',
        'from',
        'stage',
        'number',
        'version',
        'termsRevision',
        'reason',
        'subjectType',
      ].map((key) => [key, anything] as const),
      ['decisionsOpened', fc.array(anything)] as const,
    ];
    fc.assert(
      fc.property(fc.constantFrom(...TELLING_ACTIONS), fc.record(Object.fromEntries(fields)), (action, body) => {
        for (const { id: eventId, ...event } of eventsOf(entry(action, body))) {
          const { data, type } = JSON.parse(payloadOf(HANDOFF, { eventId, ...event })) as {
            data: Record<string, unknown>;
            type: string;
          };
          expect(type).toMatch(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/);
          const { subject, ...flat } = data;
          for (const value of [...Object.values(flat), ...Object.values(subject as object)])
            expect(String(value)).toMatch(
              /^([0-9a-f-]{36}|evt_[0-9a-f]{32}|[A-Z][A-Z0-9_]{0,39}|[A-Z][A-Za-z]{0,39}|\d{1,6})$/,
            );
        }
      }),
    );
  });

  test('comes from commands that exist, and covers every type', () => {
    const system = [
      'recordConnectionCheck',
      'disableFailingEndpoint',
      'invalidateEvidence',
      'recordDrifts',
      'openConflicts',
    ];
    const known = [...rootRights(buildApiSchema()).map(({ command }) => command), ...system];
    expect(TELLING_ACTIONS.filter((action) => !known.includes(action))).toEqual([]);
    const source = readFileSync(resolve('src/integrations/events/event.rules.ts'), 'utf8');
    expect(Object.keys(EventType).filter((name) => !source.includes(`EventType.${name}`))).toEqual([]);
  });

  test('is what docs/events.md lists', () => {
    const page = readFileSync(resolve('docs/events.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z_.]+)` +\| (.*?) +\|$/gm)].map(([, type, meaning]) => [type, meaning]);
    expect(listed).toEqual(Object.entries(EVENT_MEANINGS));
  });

  test('goes to whom wants it; a test to the endpoint that it is about', () => {
    const [event] = eventsOf(entry('closeHandoff'));
    const [trial] = eventsOf(entry('sendTestEvent', {}, { subject: { type: 'EventEndpoint', id: ID } }));
    expect(wants({ id: ID, eventTypes: [] }, event!)).toBe(true);
    expect(wants({ id: ID, eventTypes: [EventType.HANDOFF_CLOSED] }, event!)).toBe(true);
    expect(wants({ id: ID, eventTypes: [EventType.HANDOFF_OPENED] }, event!)).toBe(false);
    expect(wants({ id: ID, eventTypes: [EventType.HANDOFF_OPENED] }, trial!)).toBe(true);
    expect(wants({ id: HANDOFF, eventTypes: [] }, trial!)).toBe(false);
  });
});

describe('an attempt', () => {
  const fault = (status: number | undefined, code = 'X', retryAfterMs?: number): VendorError =>
    new VendorError('RETRY', {
      code,
      message: 'm',
      remedy: 'r',
      ...(status === undefined ? {} : { status }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  const sound = { failures: 0, failingSince: null };

  test('is tried again by the schedule, ten times in all, over three days', () => {
    const total = RETRY_AFTER_MS.reduce((sum, pause) => sum + pause, 0);
    expect(total / 3_600_000).toBeCloseTo(75.58, 2);
    for (const [attempts, pause] of RETRY_AFTER_MS.entries()) {
      const after = afterAttempt({ attempts }, sound, faulted(fault(500)), NOW);
      expect(after.nextAt!.getTime() - NOW.getTime()).toBe(pause);
      expect(after.delivery.state).toBe('PENDING');
    }
    const last = afterAttempt({ attempts: RETRY_AFTER_MS.length }, sound, faulted(fault(500)), NOW);
    expect(last).toMatchObject({ nextAt: null, disabled: null, delivery: { state: 'FAILED', attempts: 10 } });
  });

  test('waits as long as it is asked to, at most a day, and never shorter than the schedule', () => {
    const wait = (ms: number): number =>
      afterAttempt({ attempts: 1 }, sound, faulted(fault(503, 'X', ms)), NOW).nextAt!.getTime() - NOW.getTime();
    expect([wait(1000), wait(900_000), wait(30 * 86_400_000)]).toEqual([300_000, 900_000, 86_400_000]);
  });

  test.each([
    { days: 4.9, failures: 50, disabled: null },
    { days: 5, failures: 8, disabled: null },
    { days: 5, failures: 9, disabled: 'FAILING' },
  ])('after $days days and $failures failures before it: $disabled', ({ days, failures, disabled }) => {
    const failingSince = new Date(NOW.getTime() - days * 86_400_000);
    expect(afterAttempt({ attempts: 0 }, { failures, failingSince }, faulted(fault(500)), NOW).disabled).toBe(disabled);
    expect(afterAttempt({ attempts: 0 }, { failures, failingSince }, answered(200), NOW).disabled).toBeNull();
  });

  test('is what its status says, whatever came behind it', () => {
    expect(faulted(fault(200, 'VENDOR_ANSWER_UNREADABLE')).isDelivered).toBe(true);
    expect(faulted(fault(undefined, 'ADDRESS_REFUSED')).reason).toBe('ADDRESS_REFUSED');
    expect(faulted(fault(308)).reason).toBe('REDIRECTED');
    expect(afterAttempt({ attempts: 0 }, sound, faulted(fault(410)), NOW)).toMatchObject({
      disabled: 'GONE',
      nextAt: null,
      delivery: { state: 'CANCELLED' },
    });
  });

  test('gives the endpoint a rest that grows to five minutes', () => {
    const rest = (failures: number): number =>
      afterAttempt({ attempts: 0 }, { failures, failingSince: NOW }, faulted(fault(500)), NOW).pausedUntil!.getTime() -
      NOW.getTime();
    expect([0, 1, 5, 20, 200].map(rest)).toEqual([1000, 2000, 32_000, 300_000, 300_000]);
  });
});

test('signatures are those of the public library, one for each secret, over the id, the time and the body', () => {
  const secrets = [newSigningSecret(), newSigningSecret()];
  const headers = signedHeaders(secrets, 'evt_1', '{"a":1}', new Date());
  expect(headers['webhook-timestamp']).toMatch(/^\d{10}$/);
  expect(headers['webhook-signature']).toMatch(/^(v\d+a?,[A-Za-z0-9+/=]+)( v\d+a?,[A-Za-z0-9+/=]+)*$/);
  for (const secret of secrets) expect(new Webhook(secret).verify('{"a":1}', { ...headers })).toEqual({ a: 1 });
  expect(() => new Webhook(newSigningSecret()).verify('{"a":1}', { ...headers })).toThrow('No matching signature');
});

test.each([
  'http://hooks.example.com/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://127.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[fd00::1]/',
  'https://①②⑦.⓪.⓪.①/',
  'https://169.254.169.254/latest/meta-data/',
  'https://168.63.129.16/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://metadata.google.internal/',
  'https://printer.local/',
  'https://nas.home.arpa/',
  'https://intranet/',
  'https://user:secret@hooks.example.com/',
  'https://hooks.example.com:22/',
  'https://hooks.example.com/#x',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'not an address',
])('refuses the endpoint %s', (url) => {
  expect(urlFindings(url)).toEqual([expect.objectContaining({ code: 'EVENT_ADDRESS', path: 'url' })]);
});

test.each([
  'https://hooks.example.com/countersign?tenant=1',
  'https://hooks.example.com:8443/',
  'https://93.184.216.34/',
])('takes the endpoint %s', (url) => {
  expect(urlFindings(url)).toEqual([]);
});

test('places on the way are few, fewer a tenant, and given back', () => {
  const slots = new Slots({ most: 3, mostATenant: 2 });
  const crowded = expect.objectContaining({ kind: 'THROTTLED', code: 'DELIVERIES_CROWDED', retryAfterMs: 1000 });
  const give = slots.take('a');
  slots.take('a');
  expect(() => slots.take('a')).toThrow(crowded);
  slots.take('b');
  expect(() => slots.take('c')).toThrow(crowded);
  give();
  expect(() => slots.take('c')).not.toThrow();
});

test('names are resolved without the system, and one family is enough', async () => {
  const resolver = { resolve4: async () => ['93.184.216.34'], resolve6: () => Promise.reject(new Error('ENODATA')) };
  const resolve = publicResolve(resolver as never);
  expect(await resolve('example.com')).toEqual(['93.184.216.34']);
  expect(await resolve('127.0.0.1')).toEqual(['127.0.0.1']);
  const nobody = publicResolve({ ...resolver, resolve4: () => Promise.reject(new Error('ENOTFOUND')) } as never);
  await expect(nobody('example.com')).rejects.toThrow('ENOTFOUND');
});

test('a receiver of the sandbox is only what the operator lists', () => {
  const simulated = simulatedReceiver(['http://127.0.0.1:9000']);
  expect(simulated(new URL('https://9000.receiver.test/hooks?a=1'))).toBe('http://127.0.0.1:9000/hooks?a=1');
  for (const url of [
    'https://9001.receiver.test/',
    'http://9000.receiver.test/',
    'https://9000.receiver.test:8443/',
    'https://x.9000.receiver.test/',
  ])
    expect(simulated(new URL(url))).toBeNull();
});
