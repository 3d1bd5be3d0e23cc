import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DOCUMENT_KINDS } from '../../src/catalogue/configuration.documents.js';
import { parseConfigurationFile } from '../../src/catalogue/configuration-file.js';
import { CONFIGURATION_SCHEMA, configurationSchemaText } from '../../src/catalogue/configuration.schema.js';
import { shapeFaults } from '../../src/catalogue/configuration-shape.js';
import type { JsonSchema } from '../../src/catalogue/schema.parts.js';
import { sample, SAMPLES, sampleText } from './catalogue.kit.js';
import { complete } from './complete-configuration.js';

const FILE = resolve('tenants/tenant.schema.json');

describe('tenants/tenant.schema.json', () => {
  test('is what the code says (WRITE_TENANT_SCHEMA=1 rewrites it)', () => {
    if (process.env.WRITE_TENANT_SCHEMA) writeFileSync(FILE, configurationSchemaText());
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(configurationSchemaText()));
  });

  test.each(SAMPLES)('%s points editors at it', (name) => {
    expect(sampleText(name).split('\n')[0]).toBe('# yaml-language-server: $schema=./tenant.schema.json');
  });

  test('describes every field, and allows no unknown one', () => {
    const closed: string[] = [];
    visit(CONFIGURATION_SCHEMA, '$', (schema, path) => {
      for (const [name, inner] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
        expect([`${path}.${name}`, typeof inner.description]).toEqual([`${path}.${name}`, 'string']);
      }
      if (schema.type !== 'object') return;
      expect([path, schema.additionalProperties]).not.toEqual([path, undefined]);
      if (schema.additionalProperties === false) closed.push(path);
    });
    expect(closed.length).toBeGreaterThan(20);
  });
});

describe('schema and type', () => {
  test.each(SAMPLES)('agree on %s', (name) => {
    const parsed = parseConfigurationFile(sampleText(name));
    expect(parsed.ok).toBe(true);
    expect(shapeFaults(sample(name)).faults).toEqual([]);
  });

  test('agree on a configuration that has every field', () => {
    expect(shapeFaults(complete).faults).toEqual([]);
  });

  test('name the same fields, and the same of them as optional', () => {
    const unknown: string[] = [];
    const optional = new Set<string>();
    walk(CONFIGURATION_SCHEMA, complete, '', (schema, value, path) => {
      const known = Object.keys(schema.properties as object);
      const required = schema.required as string[];
      for (const name of known) if (!required.includes(name)) optional.add(`${path}.${name}`);
      for (const name of Object.keys(value)) if (!known.includes(name)) unknown.push(`${path}.${name}`);
      // What the complete sample does not hold, the type does not have: single weekdays and clock exceptions aside.
      const absent = known.filter((name) => !Object.hasOwn(value, name));
      if (!/^\.(calendar\.hours|slaProfile\.byDealType|serviceTemplates\..*\.tasks)/.test(path))
        expect([path, absent]).toEqual([path, []]);
    });
    expect(unknown).toEqual([]);
    const named = [...optional]
      .map((path) => path.replaceAll(/\[\d+\]/g, '[]'))
      .filter((path) => !/\.(hours|byDealType|byTier)\./.test(path));
    const fields = named.map((path) =>
      path.replace(/serviceTemplates\.[^.]+\.taskPacks\.[^.]+\./, 'serviceTemplates.?.taskPacks.?.'),
    );
    const rule = (name: string): string[] =>
      [
        'byDealType',
        'clientWindowDays',
        'grave',
        'grave.beyond.shortfallShareBps',
        'materiality.shortfallShareBps',
        ...['above', 'below', 'grave.level'].flatMap(levelOf),
      ].map((field) => `.approvalPolicy.${name}.${field}`);
    const policy = [
      ...['breakGlass', 'exchangeRates', 'roleCoolDownHours', ...levelOf('configurationChange')].map(
        (field) => `.approvalPolicy.${field}`,
      ),
      ...rule('marginException'),
      ...rule('rebaseline'),
    ];
    expect([...new Set(fields)].toSorted()).toEqual([
      '.acceptance',
      '.acceptance.climbFromReturn',
      '.acceptance.coaching',
      '.acceptance.feedbackAfterDays',
      '.acceptance.feedbackWithin',
      '.acceptance.processReview',
      ...policy.toSorted(),
      '.capacity',
      '.capacity.people',
      '.capacity.roles[].tasksOf',
      '.dealImport',
      '.dealImport.halopsa',
      '.dealImport.halopsa.currencyNames',
      '.dealImport.halopsa.defaultCurrency',
      '.dealImport.halopsa.lineKinds',
      '.dealImport.halopsa.lineKinds.itemGroups',
      '.dealImport.halopsa.lineKinds.nominalCodes',
      '.dealImport.halopsa.lineKinds.productCodes',
      '.documents',
      '.documents.currentDays',
      '.documents.templates',
      ...DOCUMENT_KINDS.toSorted().flatMap((kind) =>
        ['sections[].heading', 'sections[].intro', 'title'].map((field) => `.documents.templates.${kind}.${field}`),
      ),
      '.meetingPolicy',
      '.meetingPolicy.agendaLeadHours',
      '.meetingPolicy.byTier',
      '.meetingPolicy.checklist',
      '.meetingPolicy.confirmHours',
      '.meetingPolicy.holdFromPercent',
      '.meetingPolicy.segments',
      '.meetingPolicy.segments[].shows',
      '.people[].accounts[].issuer',
      '.quality',
      '.quality.redFlags',
      '.quality.redFlags.escalatedBps',
      '.quality.redFlags.firstTouchHours',
      '.quality.redFlags.firstTouchInARow',
      '.quality.redFlags.openExceptions',
      '.quality.remediationBusinessDays',
      '.quality.reviews',
      '.quality.reviews.monthly',
      '.quality.reviews.monthly.deputy',
      '.quality.reviews.monthly.heldWithinBusinessDays',
      '.quality.reviews.monthly.hour',
      '.quality.reviews.monthly.owner',
      '.quality.reviews.quarterly',
      '.quality.reviews.quarterly.deputy',
      '.quality.reviews.quarterly.heldWithinBusinessDays',
      '.quality.reviews.quarterly.hour',
      '.quality.reviews.quarterly.owner',
      '.quality.reviews.weekly',
      '.quality.reviews.weekly.deputy',
      '.quality.reviews.weekly.heldWithinBusinessDays',
      '.quality.reviews.weekly.hour',
      '.quality.reviews.weekly.owner',
      '.quality.reviews.weekly.weekday',
      '.quality.spotCheckBusinessDays',
      '.quality.spotCheckShareBps',
      '.questions[].options',
      '.rollout',
      '.rollout.pilot',
      '.rollout.pilot.dealTypes',
      '.rollout.pilot.least',
      '.rollout.pilot.most',
      '.rollout.pilot.tiers',
      '.rollout.testedWithinDays',
      '.rollout.thresholds',
      '.rollout.thresholds.extendBps',
      '.rollout.thresholds.matureBps',
      '.rollout.thresholds.monthlyBps',
      '.rollout.thresholds.weekFourBps',
      '.rollout.thresholds.weekOneBps',
      '.serviceTemplates.?.taskPacks.?.tasks[].when',
      '.slaProfile.byDealType',
      '.slaProfile.clocks.HANDOFF_MEETING',
      '.slaProfile.escalateEvery',
      '.tenant.locale',
      '.tiers[].when',
      '.tiers[].when.dealTypes',
      '.tiers[].when.maxValueMinor',
      '.tiers[].when.minValueMinor',
      '.tiers[].when.segments',
      '.training',
      '.training.buddyHandoffs',
      '.training.validDays',
      '.variants',
      '.variants.conflictDueBusinessDays',
      '.variants.phases',
      '.variants.phases[].checkpoints[].checklistItems',
      '.variants.phases[].checkpoints[].milestones',
      '.variants.phases[].dealTypes',
      '.variants.phases[].serviceTemplates',
      '.variants.phases[].tiers',
      '.variants.preClose',
      '.variants.preClose.dealTypes',
      '.variants.preClose.fromProbabilityPercent',
      '.variants.preClose.leastDaysBefore',
      '.variants.preClose.opensDaysBefore',
      '.variants.preClose.tiers',
    ]);
  });
});

/** What a level may leave out. */
function levelOf(path: string): string[] {
  const fields = ['approvers', 'freshSignInMinutes', 'rejections', 'roles', 'steps', 'steps[].people', 'steps[].roles'];
  return fields.map((field) => `${path}.${field}`);
}

function visit(schema: JsonSchema, path: string, see: (schema: JsonSchema, path: string) => void): void {
  see(schema, path);
  for (const [name, inner] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>))
    visit(inner, `${path}.${name}`, see);
  if (typeof schema.items === 'object') visit(schema.items as JsonSchema, `${path}[]`, see);
  if (typeof schema.additionalProperties === 'object')
    visit(schema.additionalProperties as JsonSchema, `${path}.*`, see);
}

/** Walks data along its schema and shows every object with named fields. */
function walk(
  schema: JsonSchema,
  value: unknown,
  path: string,
  see: (schema: JsonSchema, value: object, path: string) => void,
): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(schema.items as JsonSchema, item, `${path}[${index}]`, see);
  } else if (typeof value === 'object' && value !== null) {
    if (schema.properties) see(schema, value, path);
    const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
    for (const [name, inner] of Object.entries(value)) {
      walk(properties[name] ?? (schema.additionalProperties as JsonSchema), inner, `${path}.${name}`, see);
    }
  }
}
