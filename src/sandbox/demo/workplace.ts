import { CAST } from './cast.js';
import type { Json, Teller } from './teller.js';

/** A project as it stands in the simulated HaloPSA. */
export interface ProjectThere {
  readonly title: string;
  readonly status: string;
  readonly milestones: number;
  readonly budgets: number;
  readonly tasks: number;
}

/** The systems in which people work beside Countersign: the simulated HaloPSA, SharePoint and Teams of the MSP. */
export interface Workplace {
  /** Puts the deal of an export into HaloPSA, and marks it as won there. */
  win(deal: string): Promise<void>;
  /** Marks an opportunity that stands in HaloPSA as won, unless somebody has. */
  winStanding(opportunityId: number): Promise<void>;
  /** Changes the prices of its quotation to those of another export of the same deal. */
  reprice(deal: string, corrected: string): Promise<void>;
  /** What Countersign has written on the opportunity. */
  told(opportunityId: number): Promise<{ readonly gate: string; readonly missing: number; readonly notes: number }>;
  /** The project that was made for the opportunity; null while there is none. */
  project(opportunityId: number): Promise<ProjectThere | null>;
  /** The files in SharePoint under a handoff's number, with the address that shows each. */
  files(handoff: string): Promise<readonly { readonly name: string; readonly url: string }[]>;
  /** The titles of the cards in Teams that name a handoff. */
  cards(handoff: string): Promise<readonly string[]>;
  /** Looks again and again until there is something; an error after half a minute. */
  until<T>(what: string, look: () => Promise<T | null>): Promise<T>;
}

/**
 * The won deal as a handoff. With a workplace it is won in HaloPSA and arrives by itself; without one sales brings in
 * what HaloPSA exports. Answers the handoff's id.
 */
export async function arrive(
  teller: Teller,
  workplace: Workplace | null,
  deal: string,
  told: { readonly byHand: string; readonly byItself: string },
): Promise<string> {
  if (!workplace) {
    const input = { payload: deal, serviceTemplate: 'managed-network', dealType: 'NEW_BUSINESS' };
    return (await teller.done(CAST.sales, 'import-deal', input, told.byHand)).id as string;
  }
  await workplace.win(deal);
  return arrived(teller, workplace, opportunityOf(deal), told.byItself);
}

/** What was won in HaloPSA, once it is a handoff; answers its id. */
export async function arrived(
  teller: Teller,
  workplace: Workplace,
  opportunityId: number,
  told: string,
): Promise<string> {
  const externalId = String(opportunityId);
  const handoff = await workplace.until('the won deal in Countersign', async () => {
    const { psaDeals } = await teller.read(CAST.revops, 'psa-deals', { state: 'WON', first: 100, after: null });
    const found = ((psaDeals as Json).edges as Json[]).find(({ node }) => node.externalId === externalId);
    return (found?.node.handoff as Json | null | undefined) ?? null;
  });
  const said = `${told} It is ${String(handoff.number)} now.`;
  teller.note(CAST.sales, 'HaloPSA: Mark as won', said, 'DONE');
  return handoff.id as string;
}

/** The number of an export's opportunity. */
export function opportunityOf(deal: string): number {
  return (JSON.parse(deal) as { opportunity: { id: number } }).opportunity.id;
}

/** A win before the gate: HaloPSA shows what is missing, and makes no project. */
export async function seeFlag(teller: Teller, workplace: Workplace, opportunityId: number): Promise<void> {
  const { gate, missing, notes } = await workplace.until('the verdict in HaloPSA', async () => {
    const told = await workplace.told(opportunityId);
    return told.gate !== '' && told.notes > 0 ? told : null;
  });
  if (gate !== 'BLOCKED' || (await workplace.project(opportunityId)))
    throw new Error('HaloPSA was not told that the gate is closed');
  const text = `HaloPSA shows the gate ${gate}, ${missing} things that are missing and ${notes} private note; no project is made.`;
  teller.note(CAST.sales, 'HaloPSA', text);
}

/** After the gate: the project stands in HaloPSA, the brief in SharePoint. */
export async function seeProject(
  teller: Teller,
  workplace: Workplace,
  handoff: string,
  opportunityId: number,
): Promise<void> {
  const project = await workplace.until('the project in HaloPSA', async () => {
    const there = await workplace.project(opportunityId);
    return there && there.tasks > 0 ? there : null;
  });
  const parts = `${project.milestones} milestones, ${project.budgets} budgets; its tasks follow one by one (${project.tasks} by now)`;
  teller.note(CAST.delivery, 'HaloPSA', `HaloPSA has the project ${project.title} (${project.status}): ${parts}.`);
  const [brief] = await workplace.until('the brief in SharePoint', async () => {
    const files = await workplace.files(handoff);
    return files.length > 0 ? files : null;
  });
  teller.note(CAST.delivery, 'SharePoint', `SharePoint has the brief: ${brief!.name}, to be seen at ${brief!.url}.`);
}

/** At the end: what the channel was told, and where a person sees all of it. */
export async function seeCards(teller: Teller, workplace: Workplace, handoff: string, pages: string): Promise<void> {
  const cards = await workplace.until('a card in Teams', async () => {
    const found = await workplace.cards(handoff);
    return found.length > 0 ? found : null;
  });
  teller.note(
    CAST.delivery,
    'Teams',
    `The channel has ${cards.length === 1 ? 'one card' : `${cards.length} cards`} of ${handoff}, such as "${cards[0]!}".`,
  );
  teller.note(CAST.delivery, 'browser', `A person sees all of it: ${pages}`);
}
