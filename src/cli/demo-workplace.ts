import { setTimeout as pause } from 'node:timers/promises';
import type { ActName } from '../sandbox/halopsa/people.js';
import { SANDBOX_HALOPSA_PATH } from '../sandbox/halopsa/mount.js';
import type { HaloState } from '../sandbox/halopsa/state.js';
import type { HaloRecord } from '../sandbox/halopsa/store.js';
import { textOf } from '../sandbox/halopsa/values.js';
import { MICROSOFT_PATH } from '../sandbox/microsoft/constants.js';
import type { DirectoryState } from '../sandbox/microsoft/state.js';
import { SAMPLE_NAME } from '../sandbox/connections/sample-connection.js';
import { CAST } from '../sandbox/demo/cast.js';
import type { Json, Teller } from '../sandbox/demo/teller.js';
import type { Workplace } from '../sandbox/demo/workplace.js';

const LOOK_EVERY_MS = 200;
const LONGEST_MS = 30_000;

interface Quotation {
  readonly id: number;
  readonly lines: readonly { readonly id: number; readonly baseprice?: number }[];
}

const quotationOf = (deal: string): Quotation => (JSON.parse(deal) as { quotation: Quotation }).quotation;

/** The vendors of which the tenant is connected to a simulator, when it is. */
const SIMULATED = ['HALOPSA', 'SHAREPOINT', 'TEAMS'];

/** Where a person sees a tenant's simulated systems. */
export function pagesOf(url: string, slug: string): string {
  return `${url}${SANDBOX_HALOPSA_PATH}/${slug}/ and ${url}${MICROSOFT_PATH}/#${slug}`;
}

/** The simulators that the tenant is connected to; null where it is not, and deals are brought in by hand. */
export async function workplaceBeside(url: string, slug: string, teller: Teller): Promise<Workplace | null> {
  const asked = { vendor: null, first: 100, after: null };
  const { integrations } = await teller.read(CAST.revops, 'integrations', asked);
  const connected = ((integrations as Json).edges as Json[]).flatMap(({ node }) =>
    node.name === SAMPLE_NAME && node.state === 'CONNECTED' ? [node.vendor as string] : [],
  );
  return SIMULATED.every((vendor) => connected.includes(vendor)) ? workplaceOf(url, slug) : null;
}

/** The simulators of a tenant in a running sandbox, as their pages' buttons and readers use them; over HTTP. */
function workplaceOf(url: string, slug: string): Workplace {
  const halo = `${url}${SANDBOX_HALOPSA_PATH}/${slug}/control`;
  const act = (name: ActName, input: HaloRecord): Promise<unknown> => send(`${halo}/acts/${name}`, input);
  const state = () => read<HaloState>(`${halo}/state`);
  const directory = async (): Promise<DirectoryState | undefined> => {
    const { value } = await read<{ value: readonly DirectoryState[] }>(`${url}${MICROSOFT_PATH}/control/state`);
    return value.find((one) => one.slug === slug);
  };
  return {
    win: async (deal) => {
      const { id } = (await send(`${halo}/deals`, { deal: JSON.parse(deal), stage: 4 })) as { id: number };
      await act('win', { id });
    },
    winStanding: async (id) => {
      const found = (await state()).opportunities.find((one) => one.id === id);
      if (!found) throw new Error(`HaloPSA has no opportunity ${id}`);
      if (found.status_name !== 'Won') await act('win', { id });
    },
    reprice: async (deal, corrected) => {
      const before = new Map(quotationOf(deal).lines.map((line) => [line.id, line.baseprice]));
      const { id, lines } = quotationOf(corrected);
      for (const line of lines)
        if (line.baseprice !== before.get(line.id)) await act('quote', { id, line: line.id, price: line.baseprice });
    },
    told: async (opportunityId) => {
      const found = (await state()).opportunities.find(({ id }) => id === opportunityId);
      const missing = fieldOf(found, 'CFHandoffMissing');
      const listed = missing === '' ? [] : missing.split('; ');
      const more = /^and (\d+) more$/.exec(listed.at(-1) ?? '')?.[1];
      return {
        gate: fieldOf(found, 'CFHandoffGate'),
        missing: more === undefined ? listed.length : listed.length - 1 + Number(more),
        notes: found?.notes.length ?? 0,
      };
    },
    project: async (opportunityId) => {
      const found = (await state()).projects.find(({ createdfrom_id }) => createdfrom_id === opportunityId);
      if (!found) return null;
      const { summary, status_name, milestones, budgets, tasks } = found as HaloRecord & {
        readonly milestones: readonly unknown[];
        readonly budgets: readonly unknown[];
        readonly tasks: readonly unknown[];
      };
      return {
        title: String(summary),
        status: String(status_name),
        milestones: milestones.length,
        budgets: budgets.length,
        tasks: tasks.length,
      };
    },
    files: async (handoff) => {
      const files = (await directory())?.files ?? [];
      return files
        .filter(({ path }) => path.includes(handoff))
        .map(({ path, shownAt }) => ({ name: path.split('/').at(-1) ?? path, url: `${url}${shownAt}` }));
    },
    cards: async (handoff) => ((await directory())?.cards ?? []).filter((title) => title.includes(handoff)),
    until: async (what, look) => {
      for (const deadline = Date.now() + LONGEST_MS; Date.now() < deadline; await pause(LOOK_EVERY_MS)) {
        const found = await look();
        if (found !== null) return found;
      }
      throw new Error(`${what} did not appear; "outbox-effects" and "integrations" say why`);
    },
  };
}

function fieldOf(ticket: HaloRecord | undefined, name: string): string {
  const fields = (ticket?.customfields ?? []) as readonly HaloRecord[];
  return textOf(fields.find((field) => field.name === name)?.value);
}

async function read<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

async function send(url: string, body: HaloRecord): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as { message?: string };
  if (!response.ok) throw new Error(`HaloPSA refused it: ${answer.message ?? response.status}`);
  return answer;
}
