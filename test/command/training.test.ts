import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import {
  confirmKpiBaseline,
  correctKpiBaseline,
  freezeKpiBaseline,
  signOffKpiDefinitions,
} from '../../src/kpi/kpi.commands.js';
import { KPI_DIGEST, kpiByKey } from '../../src/kpi/kpi.definitions.js';
import { KpiBaseline, KpiSide } from '../../src/kpi/kpi.entity.js';
import { startRollout, switchEnforcementOn } from '../../src/rollout/rollout.commands.js';
import { certifyMember, nameBuddy, recordTraining, revokeCertification } from '../../src/rollout/training.commands.js';
import { TrainingKind } from '../../src/rollout/training.entity.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { operation } from '../kit/operation.js';
import { codes, FIGURES, Tenant } from './rollout.kit.js';

let suite: Suite;
let tenant: Tenant;
let world: World;
let admin: Persona;
let lead: Persona;
let sales: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

async function open(change?: (configuration: TenantConfiguration) => void): Promise<void> {
  tenant = await Tenant.open(suite, change);
  ({ world, admin, lead, sales } = tenant);
}

describe('baselines', () => {
  beforeAll(() => open());

  it('are frozen once, and corrected by a second person', async () => {
    const kpi = 'COMPLETION_RATE';
    const results = await Promise.all([1, 2].map(() => admin.run(freezeKpiBaseline, { kpi, ...FIGURES })));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused']);
    const baselineId = (await tenant.row('select id from kpi_baseline where tenant_id = $1')).id as string;
    const correction = { baselineId, ...FIGURES, numerator: '11', reason: 'One deal was missing in the report.' };
    const first = await admin.done(correctKpiBaseline, correction);
    const second = await admin.done(correctKpiBaseline, { ...correction, numerator: '12' });
    expect(codes(await admin.refused(confirmKpiBaseline, { baselineId: first }))).toEqual(['SELF_APPROVAL']);
    expect(codes(await lead.refused(confirmKpiBaseline, { baselineId }))).toEqual(['NOT_OPEN']);
    await lead.done(confirmKpiBaseline, { baselineId: first });
    expect(codes(await lead.refused(confirmKpiBaseline, { baselineId: second }))).toEqual(['SUPERSEDED']);
    const { data } = await sales.graphql(operation('kpi-definitions'));
    const shown = (data!.kpiDefinitions.definitions as { key: string; baseline: object | null }[]).find(
      (d) => d.key === kpi,
    )!;
    expect(shown.baseline).toMatchObject({ id: first, numerator: '11', value: '0.55' });
  });

  it('of an older definition keep enforcement off until a correction is confirmed by a second person', async () => {
    const { key: kpi, version } = kpiByKey('QUALITY_SCORE')!;
    const by = { frozenBy: admin.actor.id, frozenAt: START, supersedesId: null, reason: null };
    const figures = { ...FIGURES, numerator: 10n, denominator: 20n, sourceSha256: null, isMargin: false };
    const former = { id: newId(), kpi, definitionVersion: version - 1, ...figures, ...by };
    await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([insert(KpiBaseline, former)]));
    await admin.done(startRollout, { startedOn: '2026-11-23' });
    const isMissing = async (): Promise<boolean> => {
      const findings = await admin.refused(switchEnforcementOn, { expectedRevision: 1 });
      return findings.some(({ code, facts }) => code === 'BASELINE_MISSING' && facts.kpi === kpi);
    };
    const reason = 'Counted again by the present definition.';
    const correction = await admin.done(correctKpiBaseline, { baselineId: former.id, ...FIGURES, reason });
    expect(await isMissing()).toBe(true);
    await lead.done(confirmKpiBaseline, { baselineId: correction });
    expect(await isMissing()).toBe(false);
  });

  it('of margin are frozen and read by those who see margin', async () => {
    const kpi = 'MARGIN_EROSION_MONEY';
    expect(codes(await admin.refused(freezeKpiBaseline, { kpi, ...FIGURES }))).toEqual(['NOT_ELIGIBLE']);
    const finance = await world.as(Role.FINANCE_APPROVER);
    await finance.done(freezeKpiBaseline, { kpi, ...FIGURES, numerator: '-125000' });
    const seen = async (who: Persona): Promise<unknown> => {
      const { data } = await who.graphql(operation('kpi-definitions'));
      return (data!.kpiDefinitions.definitions as { key: string; baseline: { numerator: string } | null }[]).find(
        (d) => d.key === kpi,
      )!.baseline?.numerator;
    };
    expect([await seen(finance), await seen(admin)]).toEqual(['-125000', undefined]);
  });

  it('are of definitions that two people have signed, one a side', async () => {
    await sales.done(signOffKpiDefinitions, { digest: KPI_DIGEST, side: KpiSide.SALES });
    const again = await sales.refused(signOffKpiDefinitions, { digest: KPI_DIGEST, side: KpiSide.DELIVERY });
    expect(codes(again)).toEqual(['NOT_ELIGIBLE', 'SAME_PERSON']);
    await lead.done(signOffKpiDefinitions, { digest: KPI_DIGEST, side: KpiSide.DELIVERY });
    const { data } = await sales.graphql(operation('kpi-definitions'));
    expect(data!.kpiDefinitions.unsigned).toEqual([]);
  });
});

describe('training', () => {
  beforeAll(() =>
    open((configuration) => {
      configuration.training = {
        courses: [{ key: 'for-sales', label: 'Sales', roles: ['SALES_MANAGER'], minutes: 45 }],
        certify: ['SALES_MANAGER'],
        validDays: 30,
      };
    }),
  );

  it('certifies whoever has learned it, by somebody else, until it expires', async () => {
    const personId = await world.idOf('sam.sales');
    const handoffId = await tenant.unproven();
    const day = { completedOn: '2026-11-20' };
    const missing = await lead.refused(certifyMember, { personId });
    expect(missing.map(({ facts }) => facts.missing)).toEqual(['COURSE for-sales', 'SHADOWING', 'OBSERVED_HANDOFF']);
    expect(
      codes(
        await lead.refused(recordTraining, {
          personId: lead.actor.id,
          kind: TrainingKind.COURSE,
          course: 'no',
          ...day,
        }),
      ),
    ).toEqual(['SELF_CERTIFICATION', 'COURSE_UNKNOWN']);
    await lead.done(recordTraining, { personId, kind: TrainingKind.COURSE, course: 'for-sales', ...day });
    for (const kind of [TrainingKind.SHADOWING, TrainingKind.OBSERVED_HANDOFF])
      await lead.done(recordTraining, { personId, kind, handoffId, ...day });
    const results = await Promise.all([lead, admin].map((who) => who.run(certifyMember, { personId })));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused']);
    suite.clock.at = new Date('2026-12-24T14:00:00Z');
    const certificationId = await admin.done(certifyMember, { personId });
    await admin.done(revokeCertification, { certificationId, reason: 'Hands over without reading the contract.' });
    expect(
      codes(await admin.refused(revokeCertification, { certificationId, reason: 'Once more, to be sure.' })),
    ).toEqual(['NOT_OPEN']);
    const { data } = await admin.graphql(operation('certifications'), { personId, first: 10 });
    expect((data!.certifications.edges as { node: { state: string } }[]).map(({ node }) => node.state)).toEqual([
      'ENDED',
      'ENDED',
    ]);
    suite.clock.at = START;
    await admin.done(certifyMember, { personId });
  });

  it('asks for a buddy in the first handoffs of a rep who is not certified', async () => {
    const handoffId = await tenant.unproven();
    expect(await tenant.submitted(handoffId)).toContain('BUDDY_MISSING');
    const alone = { ...(await tenant.on(handoffId)), buddyId: sales.actor.id };
    expect(codes(await sales.refused(nameBuddy, alone))).toEqual(['BUDDY_IS_REP']);
    const green = { ...(await tenant.on(handoffId)), buddyId: await world.idOf('dana.delivery') };
    expect(codes(await sales.refused(nameBuddy, green))).toEqual(['BUDDY_NOT_CERTIFIED']);
    await sales.done(nameBuddy, { ...(await tenant.on(handoffId)), buddyId: await world.idOf('sam.sales') });
    expect(await tenant.submitted(handoffId)).not.toContain('BUDDY_MISSING');
    const { data } = await sales.graphql('query ($id: ID!) { handoff(id: $id) { buddy { person { handle } } } }', {
      id: handoffId,
    });
    expect(data!.handoff.buddy.person.handle).toBe('sam.sales');
    const sam = await world.as('sam.sales');
    expect(await tenant.submitted(await tenant.unproven('managed-network-healthy', sam), sam)).not.toContain(
      'BUDDY_MISSING',
    );
  });
});
