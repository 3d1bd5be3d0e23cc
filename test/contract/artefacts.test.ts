import { pino } from 'pino';
import { AUTOMATIONS } from '../../src/artefact/automations.js';
import { CONTROLS } from '../../src/artefact/controls.js';
import { VENDOR_NEEDS } from '../../src/artefact/operations.js';
import { readConfig } from '../../src/core/config.js';
import { MemoryKeyRing, newKeyBytes } from '../../src/core/keys.js';
import { Vault } from '../../src/core/vault.js';
import { effectHandlers } from '../../src/effects.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import type { VendorHttp } from '../../src/integrations/http/client.js';
import { rootRights } from '../../src/core/graphql/rights.js';
import { buildApiSchema } from '../../src/schema.js';

/** Never asked: the handlers are only listed. */
const nowhere = {} as VendorHttp;

describe('the runbook', () => {
  it('names every side effect that the worker can do, and no other', () => {
    const vault = new Vault(new MemoryKeyRing([newKeyBytes()]));
    const handlers = effectHandlers(readConfig({}, '.'), vault, pino({ level: 'silent' }), nowhere, nowhere);
    const told = AUTOMATIONS.flatMap(({ kinds }) => kinds);
    expect(told.toSorted()).toEqual(Object.keys(handlers).toSorted());
  });

  it('says what each connection needs', () => {
    expect(VENDOR_NEEDS.map(({ vendor }) => vendor).toSorted()).toEqual(Object.values(Vendor).toSorted());
  });

  it('names mutations that there are', () => {
    const mutations = rootRights(buildApiSchema())
      .filter(({ operation }) => operation === 'mutation')
      .map(({ field }) => field);
    const words = AUTOMATIONS.flatMap(({ rollback }) => rollback.join(' ').match(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g) ?? []);
    expect(words.filter((word) => !mutations.includes(word))).toEqual([]);
  });
});

it('the controls of the register are seen by actions that commands have', () => {
  const mutations = new Set(rootRights(buildApiSchema()).map(({ command }) => command));
  // Commands of the worker and of downloads, which no mutation runs.
  const others = ['invalidateEvidence', 'openConflicts', 'recordDrifts', 'takeExport', 'takeReportFile'];
  const worker = [
    'tightenException',
    'openIntegrationReview',
    'sampleOverrides',
    'makeWeeklyReview',
    'makePeriodReview',
  ];
  const known = new Set([...mutations, ...others, ...worker]);
  expect(CONTROLS.flatMap(({ actions }) => actions).filter((action) => !known.has(action))).toEqual([]);
});
