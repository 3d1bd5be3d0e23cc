import { overviewPage } from '../../src/sandbox/halopsa/page.js';
import type { HaloState } from '../../src/sandbox/halopsa/state.js';

const opportunity = (status_name: string, handoff = ''): HaloState['opportunities'][number] => ({
  id: 2205,
  status_name,
  notes: [],
  customfields: [{ name: 'CFHandoffId', value: handoff }],
});
const page = (...opportunities: HaloState['opportunities']): string =>
  overviewPage({ slug: 'msp', opportunities, projects: [], webhooks: [], requests: 0, unanswered: 0 });

describe("the page of the simulated HaloPSA's instance", () => {
  it.each([
    ['a won opportunity has no handoff yet', [opportunity('Open'), opportunity('Won')], true],
    ['each won one has its handoff', [opportunity('Won', 'H-2205'), opportunity('Lost')], false],
    ['nothing is won', [opportunity('Open')], false],
  ])('looks again by itself while %s: %#', (_what, opportunities, again) => {
    expect(page(...opportunities).includes('http-equiv="refresh"')).toBe(again);
  });
});
