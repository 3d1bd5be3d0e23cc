import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { seedDeal } from '../../src/sandbox/halopsa/seed.js';
import { OTHER_SPELLINGS } from '../../src/sandbox/halopsa/shapes.quotations.js';
import { type FieldKind, shapeOf, type ShapeName, SHAPES, VENDOR_NAMES } from '../../src/sandbox/halopsa/shapes.js';
import { HaloClient, type Json } from '../kit/halopsa.js';

const SAMPLES = JSON.parse(readFileSync('test/integrations/samples/halopsa-calls.json', 'utf8')) as Record<
  string,
  Json[]
>;
const OPENAPI = join(
  process.env.VENDOR_SPECS ?? resolve('..', 'shared', 'specs'),
  'halopsa/halo-api.trimmed.openapi.json',
);

let client: HaloClient;

beforeEach(async () => {
  client = await HaloClient.start();
});
afterEach(() => client.close());

describe('the sample calls', () => {
  it('a token is got as the sample says', async () => {
    const { status, body } = await client.askToken();
    expect(status).toBe(200);
    expect({ ...body, access_token: 'EXAMPLE' }).toEqual(SAMPLES.token_response);
  });

  it('a project and its task are created, found, and read back', async () => {
    const made = await client.post('/Projects', SAMPLES.create_project);
    expect(made.status).toBe(200);
    const project = made.body.id as number;
    const task = {
      ...SAMPLES.create_project_task?.[0],
      parent_id: project,
      milestone_id: (made.body.milestones as Json[])[1]?.id,
    };
    expect((await client.post('/Tickets', [task])).status).toBe(200);
    const { body } = await client.get(`/Projects/${project}?includedetails=true`);
    expect(body).toMatchObject({
      createdfrom_summary: 'Acme – managed network',
      third_party_id_string: 'handoff:H-1042',
      startdate: '2026-10-05T12:00:00',
      is_project: true,
      projecttimebudget: 120,
      projectmoneybudget: 11400,
      budgets: [{ budgettype_id: 1, hours: 120, rate: 95, money: 11400, actual_hours: 0, remaining_hours: 120 }],
      customfields: [{ name: 'CFHandoffId', value: 'H-1042' }],
      milestones: [
        { name: 'Discovery', start_date: '2026-10-05T00:00:00', tickets: [] },
        { name: 'Build', tickets: [{ ticket_name: '[H-1042/T-03] Kick-off call' }] },
      ],
    });
    expect(await client.rows(`/Tickets?parent_id=${project}&pageinate=true&page_size=100&page_no=1`)).toMatchObject([
      { summary: '[H-1042/T-03] Kick-off call', parent_id: project },
    ]);
  });

  it('an opportunity is moved, flagged and tried out', async () => {
    await client.control('POST', 'acts/win', { id: 2205 });
    expect((await client.post('/Actions', SAMPLES.action_move_stage)).body).toMatchObject({
      outcome: 'Handoff gate blocked',
      old_status: 9,
      new_status: 4,
      hiddenfromuser: true,
    });
    expect((await client.post('/Opportunities', SAMPLES.update_flag)).status).toBe(200);
    expect((await client.post('/Opportunities', SAMPLES.validate_only)).status).toBe(200);
    const { body } = await client.get('/Opportunities/2205?includedetails=true');
    expect(body).toMatchObject({ status_id: 4, dateclosed: '1899-12-30T00:00:00' });
    expect(body.customfields).toContainEqual(expect.objectContaining({ name: 'CFHandoffGate', value: 'Blocked' }));
  });

  it.each([
    { file: 'managed-network-healthy.json' },
    { file: 'managed-network-below-floor.json' },
    { file: 'managed-network-missing-cost.json' },
    { file: 'managed-workplace-recurring-only.json' },
  ])('$file reads back with the same terms', async ({ file }) => {
    const raw = readFileSync(join('samples/halopsa', file), 'utf8');
    const sample = JSON.parse(raw) as Json;
    const id = seedDeal(client.halo, sample);
    const [row] = await client.rows(`/Quotation?ticket_id=${id}`);
    expect(row?.lines).toBeUndefined();
    const opportunity = (await client.get(`/Opportunities/${id}?includedetails=true`)).body;
    const quotation = (await client.get(`/Quotation/${String(row?.id)}?includedetails=true`)).body;
    const [asSample, asRead] = [raw, JSON.stringify({ opportunity, quotation })].map((text) =>
      normaliseHaloExport(text),
    );
    if (!asSample?.ok || !asRead?.ok) throw new Error('not read');
    expect(asRead.termsDigest).toBe(asSample.termsDigest);
    expect(asRead.deal).toEqual(asSample.deal);
  });
});

describe('the records', () => {
  const ifThere = existsSync(OPENAPI) ? it : it.skip;
  ifThere("every field is one of the vendor's OpenAPI, of its type", () => {
    const { components } = JSON.parse(readFileSync(OPENAPI, 'utf8')) as {
      components: { schemas: Record<string, { properties: Record<string, Json> }> };
    };
    const theirs = (kind: Json): string =>
      typeof kind.$ref === 'string'
        ? kind.$ref.split('/').at(-1)!
        : kind.type === 'array'
          ? `[${theirs(kind.items as Json)}]`
          : String(kind.type);
    const ours = (kind: FieldKind): string[] => {
      if (typeof kind !== 'string') return [`[${VENDOR_NAMES[kind[0]]}]`];
      const words: Record<string, string[]> = {
        int: ['integer'],
        number: ['number'],
        flag: ['boolean'],
        objects: ['[object]', '[STDToDo]'],
        any: ['undefined'],
      };
      return words[kind] ?? ['string'];
    };
    const wrong = (Object.keys(SHAPES) as ShapeName[]).flatMap((name) =>
      Object.entries(shapeOf(name)).flatMap(([field, kind]) => {
        const vendor = components.schemas[VENDOR_NAMES[name]]?.properties[field];
        if (name === 'QuotationLine' && Object.hasOwn(OTHER_SPELLINGS, field)) return [];
        return vendor && ours(kind).includes(theirs(vendor))
          ? []
          : [`${name}.${field} ${vendor ? theirs(vendor) : 'does not exist'}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('no answer names an internal of the simulator', async () => {
    for (const path of ['/TicketType', '/Status', '/Outcome', '/Template', '/Opportunities']) {
      const text = JSON.stringify(await client.rows(path));
      expect(text).not.toMatch(/"(kind|closed|firstStatus|madeAt|wins|children)"/);
    }
  });
});
