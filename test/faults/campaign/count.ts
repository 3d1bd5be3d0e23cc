/** A handoff as our own records have it: what must stand at the vendors, once. */
export interface Expected {
  readonly tenant: string;
  readonly handoff: string;
  /** The opportunity's id in HaloPSA. */
  readonly opportunity: number;
  readonly stage: string;
  /** Labels of the project's tasks. */
  readonly tasks: readonly string[];
  readonly milestones: number;
  readonly budgets: number;
  /** Versions of the brief. */
  readonly briefs: readonly number[];
}

/** A card that was asked for: its title, and where the effect stands. */
export interface AskedCard {
  readonly tenant: string;
  readonly title: string;
  readonly state: string;
  /** The card was not needed any more when its turn came. */
  readonly isNeeded: boolean;
}

/** Rows of the simulated HaloPSA. */
export interface HaloTicket {
  readonly id: number;
  readonly tickettype_id: number;
  readonly summary: string;
  readonly parent_id?: number;
  readonly createdfrom_id?: number;
  readonly milestones?: readonly { readonly name: string }[];
  readonly budgets?: readonly { readonly budgettype_id: number }[];
  readonly customfields?: readonly { readonly name: string; readonly value: unknown }[];
}

/** A file in the simulated SharePoint. */
export interface StoredFile {
  readonly tenant: string;
  readonly path: string;
  readonly versions: number;
}

/** What stands at the vendors. */
export interface Found {
  readonly tickets: ReadonlyMap<string, readonly HaloTicket[]>;
  readonly files: readonly StoredFile[];
  /** Titles of the cards in each tenant's channel. */
  readonly cards: ReadonlyMap<string, readonly string[]>;
}

/** What was counted, for the report. */
export interface Counts {
  readonly projects: number;
  readonly tasks: number;
  readonly milestones: number;
  readonly budgets: number;
  readonly files: number;
  readonly cards: number;
}

const BRIEF = /\/brief-v\d+\.(md|docx)$/;
const PROJECT = 5;
const TASK = 6;

const ofType = (tickets: readonly HaloTicket[], type: number): readonly HaloTicket[] =>
  tickets.filter(({ tickettype_id }) => tickettype_id === type);

/** Totals of what stands at the vendors. */
export function countsOf({ tickets, files, cards }: Found): Counts {
  const all = [...tickets.values()].flat();
  const projects = ofType(all, PROJECT);
  const sum = (lists: readonly (readonly unknown[] | undefined)[]): number =>
    lists.reduce((total, list) => total + (list?.length ?? 0), 0);
  return {
    projects: projects.length,
    tasks: ofType(all, TASK).length,
    milestones: sum(projects.map(({ milestones }) => milestones)),
    budgets: sum(projects.map(({ budgets }) => budgets)),
    files: files.filter(({ path }) => BRIEF.test(path)).length,
    cards: sum([...cards.values()]),
  };
}

/** Totals of what should stand there; of the files those of the briefs. */
export function plannedOf(expected: readonly Expected[], asked: readonly AskedCard[]): Counts {
  const sum = (figure: (one: Expected) => number): number => expected.reduce((total, one) => total + figure(one), 0);
  return {
    projects: expected.length,
    tasks: sum(({ tasks }) => tasks.length),
    milestones: sum(({ milestones }) => milestones),
    budgets: sum(({ budgets }) => budgets),
    files: 2 * sum(({ briefs }) => briefs.length),
    cards: asked.filter(({ isNeeded }) => isNeeded).length,
  };
}

/** Whatever stands at a vendor not exactly once, in words; empty when every handoff is whole. */
export function breaksOf(expected: readonly Expected[], cards: readonly AskedCard[], found: Found): string[] {
  return [
    ...expected.flatMap((one) => projectBreaks(one, found.tickets.get(one.tenant) ?? [])),
    ...[...found.tickets].flatMap(([tenant, tickets]) => strangers(tenant, tickets, expected)),
    ...fileBreaks(expected, found.files),
    ...cardBreaks(cards, found.cards),
  ];
}

function projectBreaks({ handoff, opportunity, stage, ...plan }: Expected, tickets: readonly HaloTicket[]): string[] {
  const projects = ofType(tickets, PROJECT).filter(({ createdfrom_id }) => createdfrom_id === opportunity);
  const [project] = projects;
  if (!project || projects.length > 1) return [`${handoff}: ${projects.length} projects`];
  const breaks: string[] = [];
  const expectOnce = (what: string, names: readonly unknown[], count: number): void => {
    if (names.length !== count || new Set(names).size !== count)
      breaks.push(`${handoff}: ${names.length} ${what} (${new Set(names).size} different), ${count} planned`);
  };
  for (const label of plan.tasks) {
    const labelled = ofType(tickets, TASK).filter(({ summary }) => summary.startsWith(`[${label}] `));
    if (labelled.length !== 1) breaks.push(`${handoff}: ${labelled.length} tasks ${label}`);
    else if (labelled[0]!.parent_id !== project.id) breaks.push(`${handoff}: the task ${label} is not in the project`);
  }
  expectOnce('milestones', (project.milestones ?? []).map(({ name }) => name), plan.milestones); // prettier-ignore
  expectOnce('budgets', (project.budgets ?? []).map(({ budgettype_id }) => budgettype_id), plan.budgets); // prettier-ignore
  const told = [project, tickets.find(({ id }) => id === opportunity)!].map((ticket) => statusOf(ticket));
  if (told.some((status) => status !== stage))
    breaks.push(`${handoff}: HaloPSA says ${told.join(' and ')}, not ${stage}`);
  return breaks;
}

const statusOf = ({ customfields = [] }: HaloTicket): unknown =>
  customfields.find(({ name }) => name === 'CFHandoffStatus')?.value;

/** Projects and tasks that belong to no handoff. */
function strangers(tenant: string, tickets: readonly HaloTicket[], expected: readonly Expected[]): string[] {
  const own = expected.filter((one) => one.tenant === tenant);
  const planned = { projects: own.length, tasks: own.reduce((sum, { tasks }) => sum + tasks.length, 0) };
  const there = { projects: ofType(tickets, PROJECT).length, tasks: ofType(tickets, TASK).length };
  return there.projects === planned.projects && there.tasks === planned.tasks
    ? []
    : [
        `${tenant}: ${there.projects} projects and ${there.tasks} tasks in HaloPSA, ${planned.projects} and ${planned.tasks} planned`,
      ];
}

/**
 * Two files a version of a brief. The text is written once; a Word file again after each attempt that was interrupted,
 * since nobody can tell by SharePoint's copy whose text it holds.
 */
function fileBreaks(expected: readonly Expected[], files: readonly StoredFile[]): string[] {
  const wanted = expected.flatMap(({ tenant, handoff, briefs }) =>
    briefs.flatMap((version) => ['md', 'docx'].map((end) => `${tenant} ${handoff}/brief-v${version}.${end}`)),
  );
  const there = new Map<string, StoredFile[]>();
  for (const file of files) {
    const name = `${file.tenant} ${file.path.split('/').slice(-2).join('/')}`;
    there.set(name, [...(there.get(name) ?? []), file]);
  }
  const unwanted = [...there.keys()].filter((name) => !wanted.includes(name) && BRIEF.test(name));
  return [
    ...unwanted.map((name) => `the file ${name} belongs to no brief`),
    ...wanted.flatMap((name) => {
      const found = there.get(name) ?? [];
      if (found.length !== 1) return [`${found.length} files ${name}`];
      const isOnce = found[0]!.versions === 1 || name.endsWith('.docx');
      return isOnce ? [] : [`the file ${name} was written ${found[0]!.versions} times`];
    }),
  ];
}

/** A card that is done is there once; one that nobody knows about, at most once; no other is there. */
function cardBreaks(asked: readonly AskedCard[], cards: Found['cards']): string[] {
  const counted = new Map<string, number>();
  for (const [tenant, titles] of cards)
    for (const title of titles) counted.set(`${tenant} ${title}`, (counted.get(`${tenant} ${title}`) ?? 0) + 1);
  const known = new Set(asked.map(({ tenant, title }) => `${tenant} ${title}`));
  return [
    ...[...counted.keys()].filter((card) => !known.has(card)).map((card) => `nobody asked for the card ${card}`),
    ...asked.flatMap(({ tenant, title, state, isNeeded }) => {
      const there = counted.get(`${tenant} ${title}`) ?? 0;
      const most = isNeeded ? 1 : 0;
      const least = state === 'DONE' ? most : 0;
      return there >= least && there <= most ? [] : [`${there} cards ${tenant} ${title} (${state})`];
    }),
  ];
}
