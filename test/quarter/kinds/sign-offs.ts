import type { Kind } from '../kinds.js';
import { at, NO_WORKER, numberOf } from './lines.js';

/** Which sign-offs were given, and which lapsed or were taken back, when and why. */
export const signOffs: Kind = {
  ...NO_WORKER,
  name: 'sign-offs',
  expected: ({ histories }) =>
    histories.flatMap(({ tale, signOffs: given }) =>
      given.map(({ signedAt, ended }) =>
        [numberOf(tale), at(signedAt), ended?.state ?? 'LIVE', at(ended?.at ?? null), ended?.why ?? ''].join(' '),
      ),
    ),
  found: async ({ world }) => {
    const rows = await world.rows(
      `select h.number as handoff, s.signed_at, s.state, s.ended_at, s.end_reason from feasibility_sign_off s
       join handoff h on h.tenant_id = $1 and h.id = s.handoff_id where s.tenant_id = $1`,
    );
    return rows.map(({ handoff, signed_at, state, ended_at, end_reason }) =>
      [handoff, at(signed_at as Date), state, at(ended_at as Date | null), end_reason ?? ''].join(' '),
    );
  },
};
