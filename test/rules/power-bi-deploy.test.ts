import { resolve } from 'node:path';
import {
  deploy,
  DeployError,
  type DeployServices,
  faultsOf,
  type Part,
  partsOf,
  planOf,
} from '../../powerbi/deployment.mjs';

const WORKSPACE = '11111111-1111-4111-8111-111111111111';
const TENANT = '22222222-2222-4222-8222-22222222222A';
const MODEL_ID = '33333333-3333-4333-8333-333333333333';
const REPORT_ID = '44444444-4444-4444-8444-444444444444';
const options = {
  root: resolve('powerbi'),
  workspace: WORKSPACE,
  feed: 'https://countersign.example.com/odata/v4/',
  tenantId: TENANT,
  utcOffset: 60,
};

interface Call {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body: Record<string, unknown> | null;
}

/** A workspace of Fabric as its documentation has it: creating answers 202 with an operation that takes two looks. */
class FakeFabric {
  readonly calls: Call[] = [];
  readonly lines: string[] = [];
  slept = 0;
  items: { id: string; displayName: string; kind: string; parts: Part[] }[] = [];
  tooFast = 0;
  failure: { errorCode: string; message: string } | null = null;
  isStuck = false;
  private looks = 0;
  private last: { id: string } | null = null;

  readonly services: DeployServices = {
    fetch: ((url: string, init: RequestInit) => Promise.resolve(this.answer(url, init))) as unknown as typeof fetch,
    sleep: (ms) => {
      this.slept += ms;
      return Promise.resolve();
    },
    now: () => this.slept,
    log: (line) => this.lines.push(line),
    tokens: { fabric: 'f', powerBi: 'p' },
    fabricUrl: 'https://fabric.test/v1',
    powerBiUrl: 'https://powerbi.test/v1.0/myorg',
  };

  private answer(url: string, init: RequestInit): Response {
    const { pathname, searchParams } = new URL(url);
    const body = init.body ? (JSON.parse(init.body as string) as Record<string, unknown>) : null;
    const token = (init.headers as Record<string, string>).authorization!;
    this.calls.push({ method: init.method!, path: pathname, token, body });
    if (this.tooFast-- > 0) return Response.json({}, { status: 429, headers: { 'retry-after': '7' } });
    if (pathname.includes('/datasets/'))
      return new Response(null, { status: pathname.endsWith('/refreshes') ? 202 : 200 });
    if (pathname.endsWith('/operations/op')) return this.operation();
    if (pathname.endsWith('/operations/op/result'))
      return this.last ? Response.json(this.last) : Response.json({}, { status: 400 });
    const [, kind = '', id] = /\/workspaces\/[^/]+\/(\w+)(?:\/([^/]+)\/updateDefinition)?$/.exec(pathname)!;
    if (init.method === 'GET') return this.page(kind, searchParams.get('page'));
    return this.keep(kind, id, body as { displayName: string; definition: { parts: Part[] } });
  }

  /** One item a page. */
  private page(kind: string, page: string | null): Response {
    const all = this.items.filter((item) => item.kind === kind);
    const at = Number(page ?? 0);
    const next = `https://fabric.test/v1/workspaces/${WORKSPACE}/${kind}?page=${at + 1}`;
    return Response.json({
      value: all.slice(at, at + 1).map(({ id, displayName }) => ({ id, displayName })),
      ...(at + 1 < all.length ? { continuationUri: next } : {}),
    });
  }

  private keep(
    kind: string,
    id: string | undefined,
    { displayName, definition }: { displayName: string; definition: { parts: Part[] } },
  ): Response {
    const known = this.items.find((item) => item.id === id);
    if (known) known.parts = definition.parts;
    else this.items.push({ id: kind === 'reports' ? REPORT_ID : MODEL_ID, displayName, kind, parts: definition.parts });
    this.last = known ? null : { id: kind === 'reports' ? REPORT_ID : MODEL_ID };
    this.looks = 0;
    return new Response(null, { status: 202, headers: { 'x-ms-operation-id': 'op', 'retry-after': '3' } });
  }

  private operation(): Response {
    if (this.isStuck || this.looks++ === 0)
      return Response.json({ status: 'Running' }, { headers: { 'retry-after': '20' } });
    return this.failure
      ? Response.json({ status: 'Failed', error: this.failure })
      : Response.json({ status: 'Succeeded' });
  }
}

const textOf = (parts: readonly Part[], path: string): string =>
  Buffer.from(parts.find((part) => part.path === path)!.payload, 'base64').toString();

describe('deploying', () => {
  it('creates model and report, binds them by id, sets the parameters and refreshes', async () => {
    const fabric = new FakeFabric();
    const made = await deploy({ ...options, refresh: true }, fabric.services);
    expect(made).toEqual({ modelId: MODEL_ID, reportId: REPORT_ID });
    const [model, report] = fabric.items;
    expect(model!.parts.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['definition.pbism', 'definition/model.tmdl', 'definition/tables/KpiCases.tmdl']),
    );
    expect(textOf(model!.parts, 'definition/model.tmdl')).toContain('ref table Handoffs');
    expect(JSON.parse(textOf(report!.parts, 'definition.pbir'))).toMatchObject({
      datasetReference: { byConnection: { connectionString: `semanticmodelid=${MODEL_ID}` } },
    });
    expect(textOf(report!.parts, 'definition.pbir')).not.toContain('byPath');
    const dataset = `/v1.0/myorg/groups/${WORKSPACE}/datasets/${MODEL_ID}`;
    expect(fabric.calls.filter(({ path }) => path.includes('/datasets/'))).toEqual([
      { method: 'POST', path: `${dataset}/Default.TakeOver`, token: 'Bearer p', body: null },
      {
        method: 'POST',
        path: `${dataset}/Default.UpdateParameters`,
        token: 'Bearer p',
        body: {
          updateDetails: [
            { name: 'ODataBaseUrl', newValue: 'https://countersign.example.com/odata/v4' },
            { name: 'TenantId', newValue: TENANT.toLowerCase() },
            { name: 'UtcOffsetMinutes', newValue: '60' },
          ],
        },
      },
      { method: 'POST', path: `${dataset}/refreshes`, token: 'Bearer p', body: {} },
    ]);
    expect(
      fabric.calls.filter(({ path }) => !path.includes('/datasets/')).every(({ token }) => token === 'Bearer f'),
    ).toBe(true);
  });

  it('updates what is there, on whatever page of the list it stands, and makes no second one', async () => {
    const fabric = new FakeFabric();
    const other = { displayName: 'Another', kind: 'semanticModels', parts: [] };
    fabric.items.push({ id: 'a', ...other }, { ...other, id: MODEL_ID, displayName: 'Countersign' });
    await deploy({ ...options, withReport: false }, fabric.services);
    await deploy({ ...options, withReport: false }, fabric.services);
    expect(fabric.items).toHaveLength(2);
    expect(fabric.items[1]!.parts.length).toBeGreaterThan(20);
    expect(fabric.calls.some(({ path }) => path.endsWith('/refreshes'))).toBe(false);
  });

  it('refuses two of the same name, since nobody could tell which is meant', async () => {
    const fabric = new FakeFabric();
    for (const id of ['a', 'b'])
      fabric.items.push({ id, displayName: 'Countersign', kind: 'semanticModels', parts: [] });
    await expect(deploy(options, fabric.services)).rejects.toThrow('2 semanticModels called "Countersign"');
    expect(fabric.calls.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('waits as long as a busy service asks for, and no more than five times', async () => {
    const fabric = new FakeFabric();
    fabric.tooFast = 2;
    await deploy({ ...options, withReport: false }, fabric.services);
    expect(fabric.slept).toBeGreaterThanOrEqual(14_000);
    const stubborn = new FakeFabric();
    stubborn.tooFast = 99;
    await expect(deploy(options, stubborn.services)).rejects.toBeInstanceOf(DeployError);
    expect(stubborn.calls).toHaveLength(5);
  });

  it('says why Fabric refused a definition, and gives up on an operation that does not end', async () => {
    const fabric = new FakeFabric();
    fabric.failure = { errorCode: 'Workload_FailedToParseFile', message: 'tables/Handoffs.tmdl' };
    await expect(deploy(options, fabric.services)).rejects.toThrow('Workload_FailedToParseFile tables/Handoffs.tmdl');
    const stuck = new FakeFabric();
    stuck.isStuck = true;
    await expect(deploy(options, stuck.services)).rejects.toThrow('still running');
  });

  it('plans without a call and names every fault of its options', () => {
    const plan = planOf(options).join('\n');
    expect(plan).toContain('set ODataBaseUrl = https://countersign.example.com/odata/v4\n');
    expect(plan).toContain(`from ${partsOf(resolve('powerbi/Countersign.SemanticModel')).length} parts`);
    expect(faultsOf({ workspace: 'mine', feed: 'http://x', tenantId: '', utcOffset: 0.5 })).toHaveLength(4);
    expect(faultsOf(options)).toEqual([]);
  });
});
