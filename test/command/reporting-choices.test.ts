import { refreshReporting } from '../kit/reporting.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { read as sample } from '../rules/handoff.kit.js';

const ASK = `{ reportingChoices { today currency seesMargin
  clients { key name } serviceTemplates { key name } dealTypes { key name } tiers { key name }
  owners { key name } deliveryManagers { key name } } }`;

interface Choice {
  readonly key: string;
  readonly name: string;
}
type Choices = Readonly<
  Record<'clients' | 'serviceTemplates' | 'dealTypes' | 'tiers' | 'owners' | 'deliveryManagers', readonly Choice[]>
> & { readonly today: string; readonly currency: string; readonly seesMargin: boolean };

describe('what a page of figures begins with', () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await openSuite();
  });
  afterAll(() => suite.close());

  it("is the tenant's day and currency, what occurs there, and nothing of another tenant", async () => {
    const world = await suite.tenant((configuration) => {
      configuration.tenant.currency = 'GBP';
      // At 14:00 UTC it is the next day there.
      configuration.calendar.timeZone = 'Pacific/Kiritimati';
    });
    const other = await suite.tenant();
    const sofia = await world.as('sofia.sales');
    const { raw } = sample('managed-network-healthy');
    await sofia.graphql('mutation ($payload: String!) { importDeal(input: { payload: $payload }) { __typename } }', {
      payload: raw,
    });
    await refreshReporting(world);
    await refreshReporting(other);
    const { data, errors } = await sofia.graphql(ASK);
    expect(errors).toEqual([]);
    const choices = data!.reportingChoices as Choices;
    expect(choices).toMatchObject({ today: '2026-11-24', currency: 'GBP', seesMargin: true, deliveryManagers: [] });
    expect(choices.owners).toEqual([{ key: await world.idOf('sofia.sales'), name: 'sofia.sales' }]);
    expect(choices.clients).toHaveLength(1);
    expect(choices.serviceTemplates.map(({ key }) => key)).toContain('managed-network');
    expect(choices.dealTypes.map(({ key }) => key)).toContain('RENEWAL');
    expect(choices.tiers.map(({ key }) => key).toSorted()).toEqual(['HIGH_TOUCH', 'LIGHT', 'STANDARD']);

    const theirs = (await (await other.as('dana.delivery')).graphql(ASK)).data!.reportingChoices as Choices;
    expect(theirs).toMatchObject({ clients: [], owners: [], seesMargin: false });
  });
});
