import { writeFileSync } from 'node:fs';
import { campaign } from './campaign/campaign.js';

/**
 * The campaign of kills, small; `npm run campaign` runs the same with the figures of its arguments, which it gives in
 * the environment, and reads the result from a file.
 */
const figure = (name: string, otherwise: number): number => Number(process.env[`CAMPAIGN_${name}`] ?? otherwise);
const handoffs = figure('HANDOFFS', 12);
const withinMs = figure('WITHIN_SECONDS', 240) * 1000;

test(
  'workers that are killed leave one project, one set of tasks, one brief a version and one card, and nothing open',
  async () => {
    const result = await campaign({
      handoffs,
      kills: figure('KILLS', 6),
      tenants: figure('TENANTS', 12),
      workers: 2,
      seed: figure('SEED', 20_261_121),
      leaseSeconds: figure('LEASE_SECONDS', 3),
      withinMs,
      say: (line) => void (process.env.CAMPAIGN_RESULT && process.stderr.write(`${line}\n`)),
    });
    if (process.env.CAMPAIGN_RESULT) writeFileSync(process.env.CAMPAIGN_RESULT, JSON.stringify(result));
    expect(result.breaks).toEqual([]);
    expect(result.counts.projects).toBe(handoffs);
    expect(
      result.explained.filter(({ kind, effectClass }) => kind !== 'teams.card' || effectClass !== 'CONFIRM'),
    ).toEqual([]);
  },
  withinMs + 60_000,
);
