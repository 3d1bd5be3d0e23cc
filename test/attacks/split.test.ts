import { castVote } from '../../src/approval/approval.commands.js';
import { importDeal } from '../../src/passage/intake.commands.js';
import { handoffOf, passMargin, payloadOf, plainPolicy, ballotOn, bring } from '../command/exception.kit.js';
import { cast } from '../command/approval.kit.js';
import { requestMarginException } from '../../src/margin/margin.commands.js';
import type { Persona, World } from '../kit/world.js';
import { type Arena, attack, openArena, type Run } from './attack.kit.js';

/** What one approver may let a client's deals miss together, in minor units (plainPolicy). */
const THRESHOLD = 10_000;
const REASON = 'A foothold: the second year pays for it.';

let arena: Arena;
let world: World;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
let sam: Persona;
let deals = 0;
beforeAll(async () => {
  arena = await openArena();
  world = await arena.tenant(plainPolicy);
  ({ freda, femi, sofia } = await cast(world));
  sam = await world.as('sam.sales');
}, 120_000);
afterAll(() => arena.close());

interface Half {
  readonly deal: number;
  readonly handoffId: string;
  readonly sales: Persona;
  requestId: string | null;
}

/** A price of 1000 at a cost that misses so much. */
const missing = (id: number, client: number, missed: number) => ({ id, client, price: 1000, cost: 700 + missed });

const asking = (run: Run, half: Half) => {
  const by = run.by(half.sales);
  return async () => {
    const { revision: expectedRevision } = await handoffOf(world, half.handoffId);
    const result = await by.run(requestMarginException, {
      handoffId: half.handoffId,
      expectedRevision,
      reason: REASON,
    });
    if (result.kind === 'done') {
      half.requestId = result.id;
      run.requests.push(result.id);
    }
    return result;
  };
};
const voting = (run: Run, half: Half, persona: Persona) => {
  const by = run.by(persona);
  return async () => by.run(castVote, await ballotOn(world, half.requestId!));
};
const passing = (run: Run, { handoffId, sales }: Half) => {
  const by = run.by(sales);
  return () => by.run(passMargin, { handoffId });
};
const growing = (run: Run, { deal, sales }: Half, client: number, missed: number) => {
  const by = run.by(sales);
  const payload = payloadOf(missing(deal, client, missed));
  const input = { payload, serviceTemplate: null, dealType: null, segment: null };
  return () => by.run(importDeal, input);
};

/**
 * What the client's deals missed that passed with one approver each: of a deal that passed, grew and passed again the last
 * passage counts, which was judged on all of it.
 */
async function passedByOne(client: number): Promise<number> {
  const [row] = await world.rows(
    `select coalesce(sum(missed), 0)::int as missed from (
      select distinct on (g.subject_id)
        (select max(x.shortfall_minor) from margin_exception x where x.tenant_id = $1 and x.request_id = u.request_id
          and x.content_revision = g.content_revision) as missed,
        (select count(*) from approval_vote v where v.tenant_id = $1 and v.request_id = u.request_id and v.round = u.round
          and v.cast_at <= u.used_at) as votes
      from approval_use u join approval_grant g on g.tenant_id = $1 and g.id = u.grant_id
      join handoff h on h.tenant_id = $1 and h.id = g.subject_id
      join client c on c.tenant_id = $1 and c.id = h.client_id
      where u.tenant_id = $1 and c.external_id = $2
      order by g.subject_id, g.content_revision desc) p where votes < 2`,
    [String(client)],
  );
  return row!.missed as number;
}

attack(
  'A17: a deal is split below the threshold',
  () => arena,
  async (run) => {
    const client = 1000 + run.number;
    // Each half misses less than the threshold, both together more.
    const sizes = [55 + run.chance() * 45, 55 + run.chance() * 45].map((size) => Math.round(size * 100) / 100);
    const grows = run.chance() < 0.5;
    const halves: Half[] = [];
    for (const [index, size] of sizes.entries()) {
      const deal = ++deals;
      const sales = [sofia, sam][index]!;
      const handoffId = await bring(run.by(sales), missing(deal, client, grows ? 5 : size));
      halves.push({ deal, handoffId, sales, requestId: null });
    }
    const [one, two] = halves as [Half, Half];
    await run.race(asking(run, one), asking(run, two));
    if (grows) await run.race(growing(run, one, client, sizes[0]!), growing(run, two, client, sizes[1]!));
    await run.race(voting(run, one, freda), voting(run, two, freda), passing(run, one), passing(run, two));
    if (grows && run.chance() < 0.5) await run.race(growing(run, one, client, sizes[0]! + 1), passing(run, two));
    await run.race(voting(run, one, freda), passing(run, one), passing(run, two));
    await run.race(passing(run, one), passing(run, two));
    const missed = await passedByOne(client);
    run.count(missed > 0 ? 'passed within the threshold' : 'nothing passed by one');
    await run.race(voting(run, one, femi), voting(run, two, femi));
    return missed > THRESHOLD ? [`${missed} passed by one approver each, of ${sizes.join(' and ')}`] : [];
  },
);
