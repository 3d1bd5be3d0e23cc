import { expectedClocks } from '../deadlines.js';
import type { Kind } from '../kinds.js';
import { at, NO_WORKER, numberOf } from './lines.js';

const CLOCKS = `query QuarterClocks($first: Int!, $after: String) {
  handoffs(first: $first, after: $after) {
    edges { node { number clocks { key startedAt remindAt dueAt stoppedAt state } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Answer {
  readonly edges: readonly { readonly node: { readonly number: string; readonly clocks: readonly Clock[] } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

type Clock = Readonly<Record<'key' | 'startedAt' | 'state', string>> &
  Readonly<Record<'remindAt' | 'dueAt' | 'stoppedAt', string | null>>;

const text = (instant: string | null): string => at(instant === null ? null : new Date(instant));

/** What the API says of every clock when the quarter is over: when it was due, and whether it was met. */
export const clocks: Kind = {
  ...NO_WORKER,
  name: 'clocks',
  expected: ({ tenant, calendar, histories, looks }) =>
    histories.flatMap((history) =>
      expectedClocks(tenant, calendar, history, looks.at(-1)!.at).map((one) =>
        [
          numberOf(history.tale),
          one.key,
          one.startedAt,
          at(one.remindAt),
          at(one.dueAt),
          at(one.stoppedAt),
          one.state,
        ].join(' '),
      ),
    ),
  found: async ({ world }) => {
    const auditor = await world.as('audrey.audit');
    const lines: string[] = [];
    for (let after: string | null = null; ;) {
      const { data, errors } = await auditor.graphql(CLOCKS, { first: 20, after });
      if (!data) throw new Error(JSON.stringify(errors));
      const { edges, pageInfo } = data.handoffs as Answer;
      for (const { node } of edges)
        for (const { key, startedAt, remindAt, dueAt, stoppedAt, state } of node.clocks)
          lines.push([node.number, key, startedAt, text(remindAt), text(dueAt), text(stoppedAt), state].join(' '));
      if (!pageInfo.hasNextPage) return lines;
      after = pageInfo.endCursor;
    }
  },
};
