import { AppError } from '../../src/core/error.js';
import { castVote, withdrawRequest } from '../../src/approval/approval.commands.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import type { CommandResult } from '../../src/core/command.js';
import { revokeRole } from '../../src/identity/role.commands.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { ballot, cast, changePaper, count, financeNeed, open, read } from './approval.kit.js';

const RUNS = 15;

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let fiona: Persona;
let sofia: Persona;
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  ({ freda, femi, fiona, sofia } = await cast(world));
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

/** reliability 4.1, read from the tables: whatever was granted, was granted by as many different people as needed. */
async function invariant(): Promise<void> {
  const bad = await world.rows(
    `select g.request_id from approval_grant g
      join approval_round d on d.tenant_id = $1 and d.request_id = g.request_id and d.round = g.round
      join approval_request r on r.tenant_id = $1 and r.id = g.request_id
      where g.tenant_id = $1 and (
        (select count(distinct v.voter_id) from approval_vote v where v.tenant_id = $1 and v.request_id = g.request_id and v.round = g.round
          and v.digest = g.digest and v.content_revision = g.content_revision and v.decision = 'APPROVE' and v.cast_at <= g.granted_at) < (d.need::json#>>'{quorums,0,0,approvers}')::int
        or exists (select 1 from approval_vote v join approval_participant p
            on p.tenant_id = $1 and p.request_id = v.request_id and p.round = v.round and p.person_id = v.voter_id
          where v.tenant_id = $1 and v.request_id = g.request_id and (v.voter_id = r.requester_id or p.part <> 'VOTER'))
        or (select count(*) from approval_vote v where v.tenant_id = $1 and v.request_id = g.request_id and v.round = g.round) > (d.need::json#>>'{quorums,0,0,approvers}')::int)`,
  );
  expect(bad).toEqual([]);
}

describe('races', () => {
  it('two approvers at once make exactly one grant', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const { id } = await open(world);
      expect(await race(...[freda, femi].map((p) => () => p.run(castVote, ballot(id))))).toEqual(['done', 'done']);
      expect([await count(world, 'approval_vote', id), await count(world, 'approval_grant', id)]).toEqual([2, 1]);
      expect(await read(world, id)).toMatchObject({ state: ApprovalState.APPROVED, revision: 2 });
    }
    await invariant();
  });

  it('three approvers at once: never three of two', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const { id } = await open(world);
      const ended = await race(...[freda, femi, fiona].map((p) => () => p.run(castVote, ballot(id))));
      expect(ended.toSorted()).toEqual(['NOT_PENDING', 'done', 'done']);
      expect([await count(world, 'approval_vote', id), await count(world, 'approval_grant', id)]).toEqual([2, 1]);
    }
    await invariant();
  });

  it('one approver who clicks twenty times votes once', async () => {
    const { id } = await open(world);
    const ended = await race(...Array.from({ length: 20 }, () => () => freda.run(castVote, ballot(id))));
    expect(ended.filter((code) => code === 'done')).toHaveLength(1);
    expect(ended.filter((code) => code === 'ALREADY_VOTED')).toHaveLength(19);
    expect(await count(world, 'approval_vote', id)).toBe(1);
    expect(await read(world, id)).toMatchObject({ state: ApprovalState.PENDING });
  });

  it('a vote against a withdrawal: one of them is first, and the other sees it', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const { id } = await open(world, { approvers: 1 });
      const ended = await race(
        () => freda.run(castVote, ballot(id)),
        () => sofia.run(withdrawRequest, { requestId: id, expectedRevision: 1 }),
      );
      const { state } = await read(world, id);
      expect([['done', 'STALE_REVISION'].join(), ['NOT_PENDING', 'done'].join()]).toContain(ended.join());
      expect(state).toBe(ended[0] === 'done' ? ApprovalState.APPROVED : ApprovalState.WITHDRAWN);
      expect(await count(world, 'approval_grant', id)).toBe(ended[0] === 'done' ? 1 : 0);
    }
    await invariant();
  });

  it('a vote against a change of the content: no vote ever counts for what its voter did not see', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const { id, subjectId } = await open(world, { approvers: 1 });
      const ended = await race(
        () => freda.run(castVote, ballot(id)),
        () => sofia.run(changePaper, { subjectId, letter: 'b', revision: 2 }),
      );
      expect(['done', 'STALE_CONTENT']).toContain(ended[0]);
      expect(ended[1]).toBe('done');
      expect(await read(world, id)).toMatchObject({ state: ApprovalState.PENDING, round: 2, need: financeNeed(2) });
      const second = await world.rows(
        'select 1 from approval_vote where tenant_id = $1 and request_id = $2 and round = 2',
        [id],
      );
      expect(second).toHaveLength(0);
    }
    await invariant();
  });

  it('a vote against an edit by the same person: never both', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const { id, subjectId } = await open(world);
      await race(
        () => freda.run(castVote, ballot(id)),
        () => freda.run(changePaper, { subjectId, letter: 'b', revision: 2 }),
      );
      expect(await race(() => freda.run(castVote, ballot(id, 'b')))).toEqual(['CONTRIBUTOR']);
    }
  });

  it("the deciding vote against the end of its voter's role: the role was held when it was counted", async () => {
    const admin = await world.as(Role.REVOPS_ADMIN);
    const { id } = await open(world);
    await freda.done(castVote, ballot(id));
    const ended = await race(
      () => femi.run(castVote, ballot(id)),
      () => admin.run(revokeRole, { personId: freda.actor.id, role: Role.FINANCE_APPROVER, expectedRevision: 1 }),
    );
    expect(ended).toEqual(['done', 'done']);
    const rows = await world.rows(
      `select (select granted_at from approval_grant where tenant_id = $1 and request_id = $2) as granted,
        (select count(*)::int from approval_vote where tenant_id = $1 and request_id = $2) as votes`,
      [id],
    );
    // Either the count came first and granted, or the role ended first and one vote is missing; never in between.
    const state = (await read(world, id)).state;
    expect(rows[0]).toMatchObject({ votes: 2 });
    expect(rows[0]!.granted === null ? ApprovalState.PENDING : ApprovalState.APPROVED).toBe(state);
  });
});
