import {
  type AskedCard,
  breaksOf,
  countsOf,
  type Expected,
  type Found,
  type HaloTicket,
  plannedOf,
} from '../faults/campaign/count.js';

/** The campaign's own counting: whatever is there twice, or not at all, is seen. */
const expected: Expected = {
  tenant: 'msp-1',
  handoff: 'H-1',
  opportunity: 10,
  stage: 'IN_REVIEW',
  tasks: ['P-1/T-01', 'P-1/T-02'],
  milestones: 2,
  budgets: 1,
  briefs: [1],
};
const status = [{ name: 'CFHandoffStatus', value: 'IN_REVIEW' }];
const opportunity: HaloTicket = { id: 10, tickettype_id: 30, summary: 'Acme', customfields: status };
const project: HaloTicket = {
  id: 20,
  tickettype_id: 5,
  summary: '[P-1] Acme',
  createdfrom_id: 10,
  milestones: [{ name: 'Build' }, { name: 'Run' }],
  budgets: [{ budgettype_id: 1 }],
  customfields: status,
};
const task = (id: number, label: string): HaloTicket => ({
  id,
  tickettype_id: 6,
  summary: `[${label}] Do`,
  parent_id: 20,
});
const tickets = [opportunity, project, task(31, 'P-1/T-01'), task(32, 'P-1/T-02')];
const files = ['md', 'docx'].map((end) => ({
  tenant: 'msp-1',
  path: `Handoffs/Acme/H-1/brief-v1.${end}`,
  versions: 1,
}));
const card: AskedCard = { tenant: 'msp-1', title: 'Decision D-1 of H-1 is open', state: 'DONE', isNeeded: true };

const foundOf = (more: {
  tickets?: readonly HaloTicket[];
  files?: Found['files'];
  cards?: readonly string[];
}): Found => ({
  tickets: new Map([['msp-1', more.tickets ?? tickets]]),
  files: more.files ?? files,
  cards: new Map([['msp-1', more.cards ?? [card.title]]]),
});
const without = (id: number): readonly HaloTicket[] => tickets.filter((ticket) => ticket.id !== id);
const changed = (id: number, change: Partial<HaloTicket>): readonly HaloTicket[] =>
  tickets.map((ticket) => (ticket.id === id ? { ...ticket, ...change } : ticket));

it('a handoff that is whole breaks nothing, and is counted as it was planned', () => {
  expect(breaksOf([expected], [card], foundOf({}))).toEqual([]);
  expect(countsOf(foundOf({}))).toEqual(plannedOf([expected], [card]));
});

it('a Word file may be put again: it cannot be compared', () => {
  const again = files.map((file) => (file.path.endsWith('.docx') ? { ...file, versions: 2 } : file));
  expect(breaksOf([expected], [card], foundOf({ files: again }))).toEqual([]);
});

it.each<{ what: string; found: Found; cards?: readonly AskedCard[]; says: string }>([
  { what: 'no project', found: foundOf({ tickets: without(20) }), says: '0 projects' },
  { what: 'two projects', found: foundOf({ tickets: [...tickets, { ...project, id: 21 }] }), says: '2 projects' },
  { what: 'a task that is missing', found: foundOf({ tickets: without(31) }), says: '0 tasks P-1/T-01' },
  {
    what: 'a task that is there twice',
    found: foundOf({ tickets: [...tickets, task(33, 'P-1/T-02')] }),
    says: '2 tasks P-1/T-02',
  },
  {
    what: 'a task without its project',
    found: foundOf({ tickets: changed(31, { parent_id: 0 }) }),
    says: 'is not in the project',
  },
  {
    what: 'a task of nobody',
    found: foundOf({ tickets: [...tickets, { ...task(34, 'x'), summary: 'Welcome pack' }] }),
    says: '1 projects and 3 tasks in HaloPSA',
  },
  {
    what: 'a milestone twice',
    found: foundOf({ tickets: changed(20, { milestones: [{ name: 'Build' }, { name: 'Build' }] }) }),
    says: '2 milestones (1 different), 2 planned',
  },
  { what: 'no budget', found: foundOf({ tickets: changed(20, { budgets: [] }) }), says: '0 budgets' },
  { what: 'an old status', found: foundOf({ tickets: changed(10, { customfields: [] }) }), says: 'not IN_REVIEW' },
  { what: 'a file that is missing', found: foundOf({ files: files.slice(1) }), says: '0 files msp-1 H-1/brief-v1.md' },
  {
    what: 'a file that was put twice',
    found: foundOf({ files: files.map((file) => ({ ...file, versions: 2 })) }),
    says: 'was written 2 times',
  },
  {
    what: 'a file of no brief',
    found: foundOf({ files: [...files, { ...files[0]!, path: 'Handoffs/Acme/H-1/brief-v2.md' }] }),
    says: 'belongs to no brief',
  },
  { what: 'a card twice', found: foundOf({ cards: [card.title, card.title] }), says: '2 cards' },
  { what: 'a card that is missing', found: foundOf({ cards: [] }), says: '0 cards' },
  {
    what: 'a card of unknown outcome that is there twice',
    found: foundOf({ cards: [card.title, card.title] }),
    cards: [{ ...card, state: 'UNKNOWN' }],
    says: '2 cards',
  },
  {
    what: 'a card that nobody asked for',
    found: foundOf({ cards: [card.title, 'Alert'] }),
    says: 'nobody asked for the card msp-1 Alert',
  },
])('sees $what', ({ found, cards = [card], says }) => {
  expect(breaksOf([expected], cards, found).join('; ')).toContain(says);
});

it.each([0, 1])('a card of unknown outcome may be there or not: %d', (count) => {
  const cards = Array.from({ length: count }, () => card.title);
  expect(breaksOf([expected], [{ ...card, state: 'UNKNOWN' }], foundOf({ cards }))).toEqual([]);
});
