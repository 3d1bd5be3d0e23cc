import { setTimeout as pause } from 'node:timers/promises';
import { adoptEffect, confirmEffect } from '../../../src/integrations/outbox/outbox.commands.js';
import { Role } from '../../../src/identity/roles.js';
import { breaksOf, type Counts, countsOf, plannedOf } from './count.js';
import { Desk, winDeals } from './deals.js';
import { Ground } from './ground.js';
import { Chance } from './random.js';
import { askedCards, cards, expectedOf, found } from './vendors.js';
import {
  attempts,
  drafts,
  effectsByKind,
  helpless,
  lastDone,
  latest,
  type Left,
  missing,
  openEffects,
  tasksWritten,
} from './watch.js';

/** How large a campaign is. */
export interface CampaignOptions {
  readonly handoffs: number;
  readonly kills: number;
  readonly tenants: number;
  readonly workers: number;
  readonly seed: number;
  readonly leaseSeconds: number;
  /** It is broken when the work is not done after so long, in milliseconds. */
  readonly withinMs: number;
  readonly say: (line: string) => void;
}

/** What a campaign came to. */
export interface CampaignResult {
  readonly kills: number;
  readonly workersStarted: number;
  readonly seconds: number;
  /** From the last kill to the last effect that was done, in milliseconds. */
  readonly afterLastKillMs: number;
  readonly counts: Counts;
  readonly planned: Counts;
  /** What waited for a person when the workers had nothing left to do, and what the person found at the vendor. */
  readonly explained: readonly (Left & { readonly decided: string })[];
  readonly attempts: Awaited<ReturnType<typeof attempts>>;
  readonly effects: Awaited<ReturnType<typeof effectsByKind>>;
  /** Requests that the simulators answered, and how many of them were broken by script. */
  readonly answers: Readonly<Record<'HaloPSA' | 'Microsoft 365', Readonly<Record<string, number>>>>;
  /** What was done last before the workers had nothing left to do. */
  readonly latest: Awaited<ReturnType<typeof latest>>;
  readonly breaks: readonly string[];
}

/** Three in a hundred of HaloPSA's and of Microsoft's answers, and what a cut connection adds to it. */
const HALO_FAULTS = [
  { path: '/api/', times: null, chance: 0.03, when: 'BEFORE', breaks: throttled('1') },
  { path: '/api/', times: null, chance: 0.03, when: 'AFTER', breaks: { kind: 'STATUS', status: 500 } },
  { path: '/api/', times: null, chance: 0.01, when: 'AFTER', breaks: { kind: 'RESET' } },
  { path: '/api/', times: null, chance: 0.005, when: 'BEFORE', breaks: { kind: 'RESET' } },
];
const MICROSOFT_FAULTS = [
  { times: 0, chance: 0.03, kind: 'status', status: 429, retryAfter: '1' },
  { times: 0, chance: 0.03, kind: 'status', status: 500, at: 'after' },
  { times: 0, chance: 0.01, kind: 'reset', at: 'after' },
  { times: 0, chance: 0.005, kind: 'cut' },
];

function throttled(seconds: string): object {
  return { kind: 'STATUS', status: 429, headers: { 'retry-after': seconds } };
}

/** The scripted rate of faults is to be the only one: HaloPSA's own limit would make 429 of every second request. */
const HALO_SETTINGS = { rateLimit: 1_000_000 };

/** How long the workers may take for the last things after the last kill, beside the lease. */
const GRACE_MS = 30_000;
const SUBMITTED_AT_ONCE = 4;
/** What is submitted ahead of the kills: a sixteenth of everything. */
const AHEAD = 16;
const LOOK_EVERY_MS = 250;

/** Runs a campaign to its end; what it breaks stands in the result. */
export async function campaign(options: CampaignOptions): Promise<CampaignResult> {
  const { say } = options;
  const ground = await Ground.lay(options);
  try {
    say(`${ground.tenants.length} tenants are connected; ${options.workers} workers begin`);
    await armFaults(ground, options.seed);
    ground.workers.start(options.workers);
    return await new Campaign(ground, options).run();
  } finally {
    await ground.close();
  }
}

async function armFaults({ tenants, halopsa, microsoft }: Ground, seed: number): Promise<void> {
  for (const [n, { slug }] of tenants.entries()) {
    const control = `${halopsa.origin}/sandbox/halopsa/${slug}/control/settings`;
    const headers = { 'content-type': 'application/json' };
    await fetch(control, { method: 'PATCH', headers, body: JSON.stringify({ ...HALO_SETTINGS, seed: seed + n }) });
    for (const fault of HALO_FAULTS) await halopsa.control(`/sandbox/halopsa/${slug}/control/faults`, fault);
  }
  for (const fault of MICROSOFT_FAULTS) await microsoft.control('/sandbox/microsoft/control/faults', fault);
}

async function answers({ halopsa, microsoft, tenants }: Ground): Promise<CampaignResult['answers']> {
  const slugs = tenants.map(({ slug }) => slug);
  return {
    HaloPSA: await halopsa.ask<Record<string, number>>('faults', { slugs }),
    'Microsoft 365': await microsoft.ask<Record<string, number>>('faults'),
  };
}

class Campaign {
  private readonly chance: Chance;
  private readonly breaks: string[] = [];
  private readonly since = Date.now();
  private killed = 0;
  private lastKill = new Date();

  constructor(
    private readonly ground: Ground,
    private readonly options: CampaignOptions,
  ) {
    this.chance = new Chance(options.seed);
  }

  async run(): Promise<CampaignResult> {
    const { ground, options } = this;
    await this.until('every connection is watched', async () => {
      const [row] = await ground.rows<{ n: number }>(
        'select count(*)::int as n from psa_sweep where since is not null',
      );
      return row!.n === ground.tenants.length;
    });
    const work = Promise.all([winDeals(ground, options.handoffs, new Chance(options.seed + 1)), this.submitAll()]);
    await Promise.all([work, this.kill()]);
    await this.quiet();
    const finished = await lastDone(ground);
    const tail = await latest(ground);
    this.say('the workers have nothing left to do');
    await this.count('when the workers had nothing left to do');
    const explained = await this.resolve();
    await this.quiet();
    const { counts, planned } = await this.count('after a person has decided about every card of unknown outcome');
    const afterLastKillMs = Math.max(0, finished.getTime() - this.lastKill.getTime());
    if (this.killed > 0 && afterLastKillMs > options.leaseSeconds * 1000 + GRACE_MS)
      this.breaks.push(`finished ${Math.round(afterLastKillMs / 1000)} s after the last kill`);
    if (this.killed < options.kills) this.breaks.push(`${this.killed} kills of ${options.kills}`);
    return {
      kills: this.killed,
      workersStarted: ground.workers.started,
      seconds: Math.round((Date.now() - this.since) / 1000),
      afterLastKillMs,
      counts,
      planned,
      explained,
      attempts: await attempts(ground),
      effects: await effectsByKind(ground),
      answers: await answers(ground),
      latest: tail,
      breaks: [...new Set(this.breaks)],
    };
  }

  /** As sales and delivery do, some handoffs at a time, as soon as the intake has opened them. */
  private async submitAll(): Promise<void> {
    const { ground, options } = this;
    const desk = new Desk(new Chance(options.seed + 2));
    const taken = new Set<string>();
    while (taken.size < options.handoffs) {
      this.assertInTime('submitted');
      const room = Math.min(SUBMITTED_AT_ONCE, this.allowed() - taken.size);
      const waiting = (await drafts(ground)).filter(({ id }) => !taken.has(id)).slice(0, room);
      await Promise.all(
        waiting.map(async ({ id, tenantId }) => {
          taken.add(id);
          await desk.submit(
            ground.tenants.find(({ world }) => world.tenantId === tenantId)!,
            id,
          );
        }),
      );
      if (waiting.length === 0) await pause(LOOK_EVERY_MS);
    }
  }

  /** How many handoffs may be submitted by now: a kill is to meet workers that have something in hand. */
  private allowed(): number {
    const { handoffs, kills } = this.options;
    const ahead = Math.max(2, Math.ceil(kills / AHEAD));
    return Math.ceil((handoffs * (this.killed + ahead)) / (kills + 1));
  }

  /** Each kill comes when so much of the work is done, at a random moment then; the last one is never at its end. */
  private async kill(): Promise<void> {
    const { ground, options, chance } = this;
    const all = options.handoffs * 8;
    while (this.killed < options.kills) {
      const share = (this.killed + chance.next()) / (options.kills + 1);
      while ((await tasksWritten(ground)) < share * all) {
        this.assertInTime(`${this.killed} kills`);
        await pause(LOOK_EVERY_MS);
      }
      await pause(chance.below(400));
      while (!ground.workers.kill(chance.below(1000))) await pause(50);
      this.killed += 1;
      this.lastKill = new Date();
      if (this.killed % 10 === 0 || options.kills < 10)
        this.say(`${this.killed} kills, ${Math.round(share * 100)} % of the tasks`);
    }
  }

  /** The workers have nothing left to do, and nothing new comes: late webhooks, cards of the next look. */
  private async quiet(): Promise<void> {
    const { ground, options } = this;
    let calm = 0;
    await this.until('everything is done', async () => {
      for (const { slug } of ground.tenants) await ground.halopsa.ask('settled', { slug });
      const left = await missing(ground, options.handoffs);
      calm = left.length === 0 ? calm + 1 : 0;
      return calm >= 3;
    });
  }

  /** As the remedy says: an administrator looks into the channel, adopts what is there and confirms what is not. */
  private async resolve(): Promise<CampaignResult['explained']> {
    const { ground } = this;
    const [asked, there] = [await askedCards(ground), await cards(ground)];
    const explained: (Left & { decided: string })[] = [];
    for (const left of await helpless(ground)) {
      const card = asked.find(({ effectId }) => effectId === left.id);
      if (!left.reason || !left.remedy) this.breaks.push(`${left.kind} ${left.id} is ${left.state} without a remedy`);
      if (!card) {
        explained.push({ ...left, decided: 'nothing: no card' });
        continue;
      }
      const posted = there.find(({ tenant, title }) => tenant === card.tenant && title === card.title);
      const { world } = ground.tenants.find(({ slug }) => slug === card.tenant)!;
      const admin = await world.as(Role.REVOPS_ADMIN);
      if (posted) await admin.done(adoptEffect, { effectId: left.id, receipt: posted.id });
      else await admin.done(confirmEffect, { effectId: left.id });
      explained.push({ ...left, decided: posted ? 'adopted: it is there' : 'confirmed: it is not there' });
    }
    return explained;
  }

  private say(what: string): void {
    this.options.say(`${Math.round((Date.now() - this.since) / 1000)} s: ${what}`);
  }

  private async count(when: string): Promise<Pick<CampaignResult, 'counts' | 'planned'>> {
    const { ground, options } = this;
    const [expected, asked, there] = [await expectedOf(ground), await askedCards(ground), await found(ground)];
    const breaks = breaksOf(expected, asked, there);
    if (expected.length !== options.handoffs)
      breaks.push(`${expected.length} handoffs of ${options.handoffs} opportunities that were won`);
    const open = await openEffects(ground, GRACE_MS * 2);
    breaks.push(...open.map(({ kind, id, reason }) => `${kind} ${id} is still open (${reason ?? 'no reason'})`));
    this.breaks.push(...breaks.map((text) => `${when}: ${text}`));
    return { counts: countsOf(there), planned: plannedOf(expected, asked) };
  }

  private async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      if (Date.now() - this.since > this.options.withinMs) {
        const left = await missing(this.ground, this.options.handoffs);
        const open = (await openEffects(this.ground, GRACE_MS * 2)).slice(0, 5);
        throw new Error(`Not in time: ${what}; ${left.join(', ')}; ${JSON.stringify(open)}`);
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  private assertInTime(what: string): void {
    if (Date.now() - this.since > this.options.withinMs) throw new Error(`Not in time: ${what}`);
  }
}
