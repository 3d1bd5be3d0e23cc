import { Ctx, Query, Resolver } from 'type-graphql';
import { allows } from '../../core/ability.js';
import { RequestContext } from '../../core/graphql/context.js';
import { Allow } from '../../core/graphql/rights.js';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { Connections } from '../connection/connection.secret.js';
import { embedFor, notShown, POWER_BI, UNCONFIGURED } from './embed.js';
import { EmbedKind, PowerBiEmbed } from './embed.types.js';
import { connectedPowerBi } from './powerbi.queries.js';

/** The tenant's report in Power BI, for the reports page. */
@Resolver()
export class PowerBiEmbedResolver {
  @Allow('read', 'PowerBiReport')
  @Query(() => PowerBiEmbed, {
    description:
      "Whether and how the tenant's Power BI report can be shown to you, with an embed token of your own where it can.",
  })
  async powerBiEmbed(@Ctx() ctx: RequestContext): Promise<PowerBiEmbed> {
    const { reader, actor, ability, vault } = ctx;
    const connectionId = await reader.ask(connectedPowerBi());
    if (connectionId === null) return UNCONFIGURED;
    const powerBi = ctx.beside(POWER_BI);
    if (!powerBi) return UNCONFIGURED;
    try {
      const connections = new Connections(vault);
      const connection = await connections.byId({ read: (queries) => reader.askAll(queries) }, connectionId);
      const sees = (fieldClass: string): boolean => allows(ability, 'see', fieldClass);
      return await embedFor(powerBi, connection, { personId: actor.id, tenantId: actor.tenantId, sees });
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      return notShown(EmbedKind.NEEDS_CONSENT, error.code, error.remedy);
    }
  }
}
