import { ConfidentialClientApplication, type INetworkModule, type NodeAuthOptions } from '@azure/msal-node';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { existsSync, readFileSync } from 'node:fs';
import { startMicrosoft } from '../../src/sandbox/microsoft/mount.js';
import type { SampleConnection } from '../../src/sandbox/microsoft/seed.js';
import { SANDBOX_APP, sandboxAddress } from '../../src/sandbox/microsoft/constants.js';
import type { LogEntry } from '../../src/sandbox/microsoft/request-log.js';

/** Entra tenants of the tests. */
export const TID = 'f41fcb28-e1ec-4229-9aa5-148c01a8c3f5';
export const OTHER_TID = '6a7ec306-4bba-4fac-b36f-740492a3e182';
export const OID = '0b6d1a52-6c1f-4f0e-8b8e-5b1f0c9d7e11';

/** The real MSAL; only its transport is turned round, as the product's is. A new instance has no cache and no back-off. */
export function msal(base: string, auth: Partial<NodeAuthOptions> = {}): ConfidentialClientApplication {
  const send = async (url: string, init: RequestInit) => {
    const response = await fetch(sandboxAddress(base, url), init);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.json() };
  };
  const networkClient: INetworkModule = {
    sendGetRequestAsync: (url: string, options?: { headers?: Record<string, string> }) =>
      send(url, { headers: options?.headers }),
    sendPostRequestAsync: (url: string, options?: { headers?: Record<string, string>; body?: string }) =>
      send(url, { method: 'POST', headers: options?.headers, body: options?.body }),
  };
  const secret = auth.clientCertificate ? {} : { clientSecret: SANDBOX_APP.clientSecret };
  return new ConfidentialClientApplication({
    auth: { clientId: SANDBOX_APP.clientId, ...secret, ...auth },
    system: { networkClient },
  });
}

/** An app-only token of Graph for a tenant. */
export async function appToken(base: string, tid = TID): Promise<string> {
  const result = await msal(base).acquireTokenByClientCredential({
    scopes: ['https://graph.microsoft.com/.default'],
    authority: authorityOf(tid),
  });
  return result!.accessToken;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}

export interface Call {
  readonly token?: string;
  readonly json?: unknown;
  readonly bytes?: Buffer;
  readonly headers?: Record<string, string>;
}

/** A call of one of Microsoft's addresses; a path alone is Graph's. */
export async function call(base: string, method: string, target: string, options: Call = {}): Promise<Reply> {
  const url = target.startsWith('https://') ? target : `https://graph.microsoft.com/v1.0${target}`;
  const body = options.bytes ?? (options.json === undefined ? undefined : JSON.stringify(options.json));
  const response = await fetch(sandboxAddress(base, url), {
    method,
    redirect: 'manual',
    headers: {
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.bytes ? { 'content-type': 'application/octet-stream' } : {}),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: body as BodyInit }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, json: isJson && text ? JSON.parse(text) : { text } };
}

const SPEC = '../shared/specs/microsoft-graph/graph-v1.0-subset.openapi.json';
const CARD_SPEC = '../shared/specs/adaptive-cards/adaptive-card-1.5.0.schema.json';

/** Whether the vendors' own schemas are at hand; they do not come with the product. */
export const specsPresent = existsSync(SPEC) && existsSync(CARD_SPEC);

interface Operation {
  readonly responses?: Record<string, { content?: Record<string, { schema: object }> }>;
  readonly requestBody?: { content: Record<string, { schema: object }> };
}

interface Reference {
  readonly spec: { readonly paths: Record<string, Record<string, Operation>> };
  readonly ajv: Ajv2020;
}

let reference: Reference | null = null;

function readReference(): Reference {
  const spec = JSON.parse(readFileSync(SPEC, 'utf8')) as Reference['spec'];
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  ajv.addFormat('base64url', true).addSchema(spec, 'graph');
  return { spec, ajv };
}

/** What in recorded exchanges does not fit Microsoft Graph's metadata, and how many exchanges were looked at. */
export function conformance(entries: readonly LogEntry[]): { faults: string[]; checked: number } {
  const { spec, ajv } = (reference ??= readReference());
  const at = (...keys: string[]): string =>
    `graph#/${keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
  const faults: string[] = [];
  let checked = 0;
  for (const entry of entries.filter((one) => one.host === 'graph.microsoft.com' && one.fault === null)) {
    const path = Object.keys(spec.paths).find(
      (one) => spec.paths[one]![entry.method.toLowerCase()] && pattern(one).test(entry.path.replace('/v1.0', '')),
    );
    if (path === undefined) continue;
    const method = entry.method.toLowerCase();
    const operation = spec.paths[path]![method]!;
    const status = operation.responses?.[String(entry.status)] ? String(entry.status) : 'default';
    const known = entry.status !== null && (entry.status >= 400 || status !== 'default');
    if (!known) faults.push(`${entry.operation}: ${entry.status} is not in the reference`);
    const parts: [string[], unknown][] = [];
    if (operation.responses?.[status]?.content?.['application/json'] && entry.response !== null) {
      parts.push([
        ['paths', path, method, 'responses', status, 'content', 'application/json', 'schema'],
        entry.response,
      ]);
    }
    if (operation.requestBody?.content['application/json'] && entry.request !== null && Number(entry.status) < 300) {
      parts.push([['paths', path, method, 'requestBody', 'content', 'application/json', 'schema'], entry.request]);
    }
    for (const [keys, value] of parts) {
      const validate = ajv.getSchema(at(...keys))!;
      checked += 1;
      if (!validate(value)) faults.push(`${entry.operation} ${entry.status}: ${ajv.errorsText(validate.errors)}`);
    }
  }
  return { faults, checked };
}

/** `/drives/{drive-id}/root:/{item-path}:/content` as an expression. */
function pattern(template: string): RegExp {
  const quoted = template.replaceAll('$', '\\$').replaceAll('.', '\\.');
  return new RegExp(`^${quoted.replace(/\{(item-path|site-path)\}/g, '[^:]+').replace(/\{[^}]+\}/g, '[^/:]+')}$`);
}

/** A validator of the published Adaptive Card schema (draft 6, `id` in place of `$id`); `msteams` is Teams' own. */
export function cardConforms(card: Record<string, unknown>): string | null {
  const { id: _id, ...schema } = JSON.parse(readFileSync(CARD_SPEC, 'utf8')) as Record<string, unknown>;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false });
  addFormats.default(ajv);
  delete schema.$schema;
  const { msteams: _teams, ...plain } = card;
  return ajv.validate(schema, plain) ? null : ajv.errorsText(ajv.errors);
}

export type Running = Awaited<ReturnType<typeof startMicrosoft>>;

/** What a test has at hand: a simulator with two tenants, a token of the first one's application and its library. */
export class Microsoft {
  running: Running;
  sample: SampleConnection;
  now: Date;
  token: string;
  drive: string;

  graph(method: string, path: string, options: Call = {}): Promise<Reply> {
    return call(this.running.base, method, path, { token: this.token, ...options });
  }

  atPath(path: string): string {
    return `/drives/${this.drive}/root:/${path}`;
  }

  put(path: string, text: string | Buffer, headers: Record<string, string> = {}): Promise<Reply> {
    return this.graph('PUT', `${this.atPath(path)}:/content`, { bytes: Buffer.from(text), headers });
  }
}

/** Starts a simulator for each test; afterwards everything that went over the wire must fit Microsoft's metadata. */
export function useMicrosoft(): Microsoft {
  const m = new Microsoft();
  beforeEach(async () => {
    m.now = new Date();
    m.running = await startMicrosoft({ now: () => m.now, settings: { httpNotifications: true } });
    const people = [{ oid: OID, name: 'Dana Delivery', handle: 'dana' }];
    m.sample = m.running.simulator.seed({ tid: TID, slug: 'northwind-managed', people });
    m.running.simulator.seed({ tid: OTHER_TID, slug: 'harbor-it' });
    m.token = await appToken(m.running.base);
    const site = await m.graph('GET', `/sites/${m.sample.siteHost}:/${m.sample.sitePath}`);
    m.drive = (await m.graph('GET', `/sites/${site.json.id}/drive`)).json.id as string;
  });
  afterEach(async () => {
    await m.running.simulator.settled();
    await m.running.close();
    const log = m.running.simulator.world.log.list();
    expect(log.filter((entry) => entry.status === 500 && entry.fault === null)).toEqual([]);
    expect(specsPresent ? conformance(log).faults : []).toEqual([]);
  });
  return m;
}

/** The scope of an app-only token. */
export const GRAPH_SCOPE = ['https://graph.microsoft.com/.default'];

/** A card as the product may post it. */
export const CARD = {
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  type: 'AdaptiveCard',
  version: '1.5',
  body: [
    {
      type: 'TextBlock',
      text: 'Decision D-42: approved by <at>Dana</at>',
      weight: 'Bolder',
      size: 'Medium',
      wrap: true,
    },
    { type: 'FactSet', facts: [{ title: 'Owner', value: 'Dana' }] },
  ],
  actions: [{ type: 'Action.OpenUrl', title: 'Open decision', url: 'https://countersign.example/d/42' }],
  msteams: {
    width: 'Full',
    entities: [{ type: 'mention', text: '<at>Dana</at>', mentioned: { id: OID, name: 'Dana' } }],
  },
};

/** What the template flow takes: one card, as an object. */
export function payload(card: unknown): Record<string, unknown> {
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content: card }] };
}

/** The authority of a tenant, given to MSAL with each request. */
export function authorityOf(tid: string): string {
  return `https://login.microsoftonline.com/${tid}`;
}
