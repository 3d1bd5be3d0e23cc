import pg from 'pg';
import { castVote, revokeVote } from '../../src/approval/approval.commands.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { rulingConfiguration } from '../../src/catalogue/catalogue.queries.js';
import { ConfigurationState } from '../../src/catalogue/configuration-version.entity.js';
import type { CommandResult } from '../../src/core/command.js';
import { AppError } from '../../src/core/error.js';
import { enactConfiguration } from '../../src/governance/enact.command.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { approved, ASK_THREE, enactment, proposal, rename, requestAbout, versionOf, voteOn } from './governance.kit.js';

const RUNS = 12;

let suite: Suite;
let world: World;
let ravi: Persona;
let rita: Persona;
let freda: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  world = await suite.tenant();
  [ravi, rita, freda] = (await Promise.all(
    ['ravi.revops', 'rita.revops', 'freda.finance'].map((key) => world.as(key)),
  )) as [Persona, Persona, Persona];
});
afterAll(() => suite.close());

/** What each of the calls came to: done, the refusal's first code, or the error's code. */
async function race(...calls: (() => Promise<CommandResult>)[]): Promise<string[]> {
  const settled = await Promise.allSettled(calls.map((call) => call()));
  return settled.map((s) => {
    if (s.status === 'rejected') return s.reason instanceof AppError ? s.reason.code : String(s.reason);
    return s.value.kind === 'done' ? 'done' : s.value.findings[0]!.code;
  });
}

/** Every version after the first that rules was approved by somebody else, about its content, and that was used once. */
async function invariant(): Promise<void> {
  const bad = await world.rows(
    `select v.version from configuration_version v where v.tenant_id = $1 and v.state = 'EFFECTIVE' and v.version > 1 and not exists (
      select 1 from approval_grant g
        join approval_request r on r.tenant_id = $1 and r.id = g.request_id and r.state = 'USED' and r.subject_id = v.id
        join approval_use u on u.tenant_id = $1 and u.grant_id = g.id
        join approval_vote o on o.tenant_id = $1 and o.request_id = r.id and o.round = g.round and o.decision = 'APPROVE'
          and o.digest = v.digest and o.voter_id::text <> v.proposed_by
          and not exists (select 1 from approval_revocation x where x.tenant_id = $1 and x.vote_id = o.id)
        where g.tenant_id = $1 and g.id = v.grant_id)`,
  );
  expect(bad).toEqual([]);
}

const enact = (who: Persona, input: { versionId: string; digest: string }) => () => who.run(enactConfiguration, input);
const ruling = async (): Promise<string> => (await world.read({ row: rulingConfiguration() })).row.id;

describe('at once', () => {
  afterEach(invariant);

  it('two who enact a version: it happens once', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const input = await enactment(world, await approved(world, rename(`Once ${run}`)));
      expect((await race(enact(ravi, input), enact(rita, input))).toSorted()).toEqual(['NOT_PROPOSED', 'done']);
    }
    const uses = await world.rows("select 1 from approval_use where tenant_id = $1 and effect = 'enactConfiguration'");
    expect(uses).toHaveLength(RUNS);
  });

  it('two versions that are enacted: one of them rules, and the other was overtaken', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const [one, other] = [await approved(world, rename(`One ${run}`)), await approved(world, rename(`Other ${run}`))];
      const inputs = [await enactment(world, one), await enactment(world, other)];
      const ended = await race(enact(ravi, inputs[0]!), enact(rita, inputs[1]!));
      expect(ended.toSorted()).toEqual(['SUPERSEDED', 'done']);
      expect(await ruling()).toBe(ended[0] === 'done' ? one : other);
    }
  });

  it('an enactment and the revocation of its only vote: never both', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const id = await approved(world, rename(`Torn ${run}`));
      const { id: requestId, revision } = await requestAbout(world, id);
      const revocation = { requestId, expectedRevision: revision, reason: 'I looked again.' };
      const input = await enactment(world, id);
      const ended = await race(enact(rita, input), () => freda.run(revokeVote, revocation));
      const { state } = await versionOf(world, id);
      if (ended[0] === 'done') {
        expect(['ALREADY_USED', 'STALE_REVISION']).toContain(ended[1]);
        expect(state).toBe(ConfigurationState.EFFECTIVE);
      } else {
        expect(ended).toEqual(['NOT_APPROVED', 'done']);
        expect(state).toBe(ConfigurationState.PROPOSED);
        expect((await requestAbout(world, id)).state).toBe(ApprovalState.PENDING);
      }
    }
  });

  it('the deciding vote and the enactment: it is enacted only after the vote', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const id = await ravi.done(proposeConfiguration, proposal(world, rename(`Voted ${run}`)));
      const vote = await voteOn(world, id);
      const input = await enactment(world, id);
      const ended = await race(() => freda.run(castVote, vote), enact(rita, input));
      expect(ended[0]).toBe('done');
      expect(['done', 'NOT_APPROVED']).toContain(ended[1]);
      expect((await versionOf(world, id)).state).toBe(ended[1] === 'done' ? 'EFFECTIVE' : 'PROPOSED');
    }
  });

  it('two proposals have numbers of their own; of the same content there is one', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const propose = (who: Persona, name: string) => () =>
        who.run(proposeConfiguration, proposal(world, rename(name)));
      expect(await race(propose(ravi, `Mine ${run}`), propose(rita, `Hers ${run}`))).toEqual(['done', 'done']);
      expect((await race(propose(ravi, `Ours ${run}`), propose(rita, `Ours ${run}`))).toSorted()).toEqual([
        'ALREADY_PROPOSED',
        'done',
      ]);
    }
    const rows = await world.rows('select version from configuration_version where tenant_id = $1 order by version');
    expect(rows.map(({ version }) => version)).toEqual(Array.from({ length: 1 + 3 * RUNS }, (_, index) => index + 1));
  });
});

describe('a gate against a stricter policy (attack A8)', () => {
  const send = async (
    who: string,
    name: string,
    input: object,
  ): Promise<{ __typename: string; findings?: { code: string }[] }> => {
    const document = operation(name);
    const { data, errors } = await (await world.as(who)).graphql(document, { input });
    if (!data) throw new Error(JSON.stringify(errors));
    return Object.values(data)[0] as { __typename: string };
  };

  it('waits for a version that is being enacted, and judges by it', async () => {
    const { handoffId } = await playStory(world);
    const on = async () => {
      const [row] = await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
      return { handoffId, expectedRevision: row!.revision as number };
    };
    await send('dana.delivery', 'revoke-sign-off', { ...(await on()), reason: 'The engineer has left.' });
    const gaps = [{ path: 'terms.lines', text: 'A line is missing.' }];
    await send('dana.delivery', 'return-handoff', { ...(await on()), gaps });
    const blocking = async (): Promise<string[]> => {
      const { data } = await (
        await world.as('sofia.sales')
      ).graphql('query ($id: ID!) { handoff(id: $id) { readiness(for: SUBMIT) { findings { code severity } } } }', {
        id: handoffId,
      });
      const findings = data!.handoff.readiness.findings as { code: string; severity: string }[];
      return findings.filter(({ severity }) => severity === 'BLOCKING').map(({ code }) => code);
    };
    expect(await blocking()).toEqual([]);
    const versionId = await approved(world, ASK_THREE);
    const enacting = new pg.Client({ connectionString: suite.superuserUrl });
    await enacting.connect();
    try {
      await enacting.query('begin');
      await enacting.query(
        'select 1 from configuration_version where tenant_id = $1 order by version desc for update',
        [world.tenantId],
      );
      const submitting = send('sofia.sales', 'submit-handoff', await on());
      await new Promise((done) => setTimeout(done, 300));
      await enacting.query(
        `update configuration_version v set state = 'EFFECTIVE', grant_id = g.id from approval_grant g
          where v.tenant_id = $1 and v.id = $2 and g.tenant_id = $1 and g.subject_id = v.id`,
        [world.tenantId, versionId],
      );
      await enacting.query('commit');
      expect((await submitting).findings?.map(({ code }) => code)).toContain('MARGIN_BELOW_FLOOR');
    } finally {
      await enacting.end();
    }
  });
});
