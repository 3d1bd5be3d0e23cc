import type { HaloState } from '../../src/sandbox/halopsa/state.js';
import type { DirectoryState } from '../../src/sandbox/microsoft/state.js';
import { operation } from '../kit/operation.js';
import {
  ask,
  countersign,
  dataFolder,
  discard,
  expectSentence,
  type Instance,
  pause,
  startPart,
} from './command-line-kit.js';

jest.setTimeout(90_000);

const data = dataFolder();
const here = { COUNTERSIGN_DATA: data, SAMPLE_CONNECTIONS: 'on' };
const HALOPSA = '/sandbox/halopsa/northwind-managed';
let running: Instance;

beforeAll(async () => {
  running = await startPart('start', 'Ctrl-C stops', { ...here, PORT: '0' });
});
afterAll(() => discard(data));

const tokens = new Map<string, string>();
async function asked(
  person: string,
  name: string,
  variables: object = {},
): Promise<any> /* oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for */ {
  const key = `${running.address} ${person}`;
  const token = tokens.get(key) ?? (await countersign(['token', `${person}@northwind-managed`], here)).out.trim();
  tokens.set(key, token);
  return (await ask(running.address, token, operation(name), variables)).data;
}

interface Connection {
  readonly id: string;
  readonly vendor: string;
  readonly state: string;
  readonly baseUrl: string;
  readonly revision: number;
  readonly checks: readonly { readonly state: string }[];
}
async function connections(): Promise<readonly Connection[]> {
  const { integrations } = await asked('ravi.revops', 'integrations', { vendor: null, first: 10, after: null });
  const found = (integrations.edges as { node: Connection }[]).map(({ node }) => node);
  return found.toSorted((a, b) => a.vendor.localeCompare(b.vendor));
}
const halopsa = async (): Promise<HaloState> =>
  (await (await fetch(`${running.address}${HALOPSA}/control/state`)).json()) as HaloState;

/** The button of the page. */
function press(act: string, id: number): Promise<Response> {
  const body = new URLSearchParams({ id: String(id) });
  return fetch(`${running.address}${HALOPSA}/control/acts/${act}`, { method: 'POST', body, redirect: 'manual' });
}

/** What Countersign has written on an opportunity, once it has. */
async function toldOn(id: number): Promise<Record<string, string>> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(50)) {
    const found = (await halopsa()).opportunities.find((one) => one.id === id);
    const fields = (found?.customfields ?? []) as readonly { name: string; value: string }[];
    const told = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
    if (told.CFHandoffGate) return told;
  }
  throw new Error(`Nothing was written on opportunity ${id}`);
}

it('start says what the sample tenants are connected to, tested by their permissions', async () => {
  for (const tenant of ['northwind-managed', 'harbor-it'])
    expect(running.out()).toContain(`Connected   ${tenant}: HaloPSA, SharePoint, Microsoft Teams, Mail, Power BI\n`);
  const all = await connections();
  expect(all.map(({ vendor, state }) => [vendor, state])).toEqual([
    ['HALOPSA', 'CONNECTED'],
    ['MAIL', 'CONNECTED'],
    ['POWERBI', 'CONNECTED'],
    ['SHAREPOINT', 'CONNECTED'],
    ['TEAMS', 'CONNECTED'],
  ]);
  const states = all.flatMap(({ checks }) => checks.map(({ state }) => state));
  expect(states.length).toBeGreaterThan(5);
  // Power BI's push ends on a day that Microsoft has named, which every test says.
  expect(new Set(states)).toEqual(new Set(['OK', 'RETIRING']));
});

it('a deal that is won in HaloPSA arrives by itself, and HaloPSA is told what is missing and where to see it', async () => {
  const { status, headers } = await press('win', 2205);
  expect([status, headers.get('location')]).toEqual([303, `${HALOPSA}/?acted=win`]);
  expect(await toldOn(2205)).toMatchObject({
    CFHandoffId: 'H-2205',
    CFHandoffStatus: 'DRAFT',
    CFHandoffGate: 'BLOCKED',
    CFHandoffUrl: expect.stringMatching(new RegExp(`^${running.address}/handoffs/[0-9a-f-]{36}$`)),
  });
  expect((await halopsa()).projects).toEqual([]);
});

it('the next start, at another address, keeps the connections, and hears of the next win', async () => {
  const before = await connections();
  const address = running.address;
  expect(await running.stop()).toBe(0);
  running = await startPart('start', 'Ctrl-C stops', { ...here, PORT: '0' });
  expect(running.address).not.toBe(address);
  expect(running.out()).toContain(
    'Connected   northwind-managed: HaloPSA, SharePoint, Microsoft Teams, Mail, Power BI\n',
  );
  const after = await connections();
  expect(after.map(({ id, state }) => [id, state])).toEqual(before.map(({ id, state }) => [id, state]));
  expect(after.map(({ revision }, index) => revision - before[index]!.revision)).toEqual([1, 0, 0, 0, 0]);
  expect((await halopsa()).webhooks).toHaveLength(1);
  await press('win', 2206);
  expect(await toldOn(2206)).toMatchObject({ CFHandoffId: 'H-2206', CFHandoffGate: 'BLOCKED' });
});

it('the demo goes on in the simulators: project, brief and card stand where people work', async () => {
  const { code, out, err } = await countersign(['demo'], here);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const told of [
    /Sales marks the opportunity as won in HaloPSA, and the handoff arrives by itself/,
    /HaloPSA shows the gate BLOCKED, 28 things that are missing and 1 private note; no project is made/,
    /HaloPSA has the project \[P-\d+\] .+ \(Awaiting sign-off\): 5 milestones, 3 budgets/,
    /SharePoint has the brief: brief-v1/,
    /The channel has (one card|\d+ cards) of H-\d+/,
  ])
    expect(out).toMatch(told);
  const shown = /to be seen at (\S+)\./.exec(out)![1]!;
  expect((await fetch(shown)).status).toBe(200);
  const { value } = (await (await fetch(`${running.address}/sandbox/microsoft/control/state`)).json()) as {
    value: readonly DirectoryState[];
  };
  // Of another MSP's work nothing is there: its ledger's checkpoint, and the mail that tests its connection.
  const { cards, files, mails } = value.find(({ slug }) => slug === 'harbor-it')!;
  expect([cards, mails]).toEqual([[], ['Countersign: connection test']]);
  expect(files.filter(({ path }) => !path.startsWith('Handoffs/Ledger/'))).toEqual([]);
});

it('nothing of it stands beside real people or a real database', async () => {
  const sentence = /^SAMPLE_CONNECTIONS is on beside an identity provider or a database of your own: leave it out\.$/;
  const ofTheirOwn: Record<string, string>[] = [
    { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'api' },
    { DATABASE_URL: 'postgresql://u@localhost:1/x' },
  ];
  for (const real of ofTheirOwn)
    expectSentence(await countersign(['start'], { ...here, ...real, SAMPLE_CONNECTIONS: 'on' }), sentence);
});
