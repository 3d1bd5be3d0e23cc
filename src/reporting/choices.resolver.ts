import { Ctx, Query, Resolver } from 'type-graphql';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { allows } from '../core/ability.js';
import { RequestContext } from '../core/graphql/context.js';
import { Allow } from '../core/graphql/rights.js';
import { sliceChoices } from './choices.queries.js';
import { ReportingChoices } from './choices.types.js';
import { presentOf } from './kpi-figure.view.js';

/** What the reports page begins with. */
@Resolver()
export class ReportingChoicesResolver {
  @Allow('read', 'Reporting')
  @Query(() => ReportingChoices, {
    description: 'What a page of figures begins with: today, the currency, and what figures can be narrowed to.',
  })
  async reportingChoices(@Ctx() { reader, ability }: RequestContext): Promise<ReportingChoices> {
    const [present, ruling, choices] = await Promise.all([
      presentOf(reader),
      reader.once('rulingConfiguration', rulingConfiguration),
      reader.ask(sliceChoices()),
    ]);
    return {
      ...choices,
      today: present.on,
      currency: configurationOf(ruling).tenant.currency,
      seesMargin: allows(ability, 'see', 'MARGIN'),
    };
  }
}
