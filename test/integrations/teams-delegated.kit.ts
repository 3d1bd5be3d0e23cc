import { UnsecuredJWT } from 'jose';
import { pino } from 'pino';
import type { Command, CommandResult } from '../../src/core/command.js';
import type { Queries } from '../../src/core/statement.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { DelegatedHand } from '../../src/integrations/microsoft/teams/delegated.hand.js';
import { OboTokens } from '../../src/integrations/microsoft/teams/obo.tokens.js';
import { Presence } from '../../src/integrations/microsoft/teams/presence.js';
import { PresentPoster } from '../../src/integrations/microsoft/teams/present.poster.js';
import { cardHandler } from '../../src/integrations/microsoft/teams/teams.handler.js';
import { TEAMS_CARD } from '../../src/integrations/microsoft/teams/teams.plan.js';
import { SANDBOX_APP } from '../../src/sandbox/microsoft/constants.js';
import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import { PUBLIC_URL, type TeamsBench } from './teams.kit.js';

/** A process in which people act, as the API's: it knows who is present, and posts in their name. */
export class Desk {
  readonly presence = new Presence();
  readonly poster: PresentPoster;

  constructor(
    private readonly teams: TeamsBench,
    app: { clientId: string; clientSecret: string } = SANDBOX_APP,
  ) {
    const { suite } = teams.bench;
    this.poster = new PresentPoster({
      gateway: suite.gateway,
      clock: suite.clock,
      pipeline: suite.pipeline,
      handlers: this.handlers(app),
      planner: teams.planner(),
      presence: this.presence,
      leaseMs: 30_000,
      random: () => 0,
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    });
  }

  /** Somebody acts: their request comes with their token, the change commits, and their card is posted. */
  async act<I, F extends Queries>(keyOrRole: string, command: Command<I, F>, input: I): Promise<string> {
    const { world } = this.teams.bench;
    const persona = await world.as(keyOrRole);
    this.arrives(keyOrRole, persona.actor.id);
    const result: CommandResult = await persona.run(command, input);
    if (result.kind === 'refused') throw new Error(JSON.stringify(result.findings));
    this.poster.acted(persona.actor);
    await this.poster.settled();
    return result.id;
  }

  /** Somebody is present, and what was left to them is looked at. */
  async returns(keyOrRole: string): Promise<void> {
    const { actor } = await this.teams.bench.world.as(keyOrRole);
    this.arrives(keyOrRole, actor.id);
    this.poster.acted(actor);
    await this.poster.settled();
  }

  private arrives(keyOrRole: string, personId: string): void {
    const { tenantId } = this.teams.bench.world;
    const { entraTid: tid } = this.teams.bench.world.configuration.tenant;
    const expiresAt = new Date(Date.now() + 3_600_000);
    this.presence.note({ tenantId, personId, tid, token: this.tokenOf(keyOrRole), expiresAt });
  }

  /** A token for our API, as the identity provider makes it; the simulator of a test does not check its signature. */
  private tokenOf(keyOrRole: string): string {
    const { configuration } = this.teams.bench.world;
    const claims = {
      tid: configuration.tenant.entraTid,
      oid: this.teams.oidOf(keyOrRole),
      scp: 'access_as_user',
      ver: '2.0',
    };
    return new UnsecuredJWT(claims).setAudience('countersign-api').setExpirationTime('1h').setIssuedAt().encode();
  }

  private handlers(app: { clientId: string; clientSecret: string }): EffectHandlers {
    const { http, suite } = this.teams.bench;
    const { clientId, clientSecret } = app;
    const connections = new Connections(suite.vault);
    const obo = new OboTokens(http, { clientId, clientSecret });
    const ownHand = new DelegatedHand({ http, obo, presence: this.presence });
    return { [TEAMS_CARD]: cardHandler({ http, connections, publicUrl: PUBLIC_URL, ownHand }) };
  }
}
