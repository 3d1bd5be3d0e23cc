import type { Choices } from '../data.js';
import { button, element } from '../dom.js';
import { isPeriod, LONGEST, type Period, periodText, PRESETS, type Preset } from '../pure/period.js';
import { periodOf, type ReportState, SLICE_FIELDS, type SliceField } from '../pure/state.js';

const LABELS: Readonly<Record<SliceField, string>> = {
  clientId: 'Client',
  serviceTemplate: 'Service',
  dealType: 'Deal type',
  tier: 'Tier',
  ownerId: 'Sales owner',
  deliveryManagerId: 'Delivery manager',
};
const LISTS: Readonly<Record<SliceField, keyof Choices>> = {
  clientId: 'clients',
  serviceTemplate: 'serviceTemplates',
  dealType: 'dealTypes',
  tier: 'tiers',
  ownerId: 'owners',
  deliveryManagerId: 'deliveryManagers',
};

/** The filters: a change is at once in the address and in the figures. */
export function filterBar(
  state: ReportState,
  choices: Choices,
  change: (to: Partial<ReportState>) => void,
): HTMLElement {
  const chosen = Object.keys(state.slice).length;
  const slices = SLICE_FIELDS.map((field) => sliceField(field, state, choices, change));
  const more = element(
    'details',
    { class: 'more', open: chosen > 0 ? true : null },
    element('summary', {}, chosen === 0 ? 'Filters' : `Filters (${chosen})`),
    element(
      'div',
      { class: 'fields' },
      ...slices,
      chosen === 0 ? null : button('Drop all filters', () => change({ slice: {} })),
    ),
  );
  return element(
    'form',
    { class: 'filters', 'aria-label': 'Period and filters' },
    ...periodFields(state, choices.today, change),
    more,
  );
}

function periodFields(state: ReportState, today: string, change: (to: Partial<ReportState>) => void): HTMLElement[] {
  const current = periodOf(state, today);
  const select = element(
    'select',
    { id: 'period', name: 'period' },
    ...Object.entries(PRESETS).map(([value, name]) => element('option', { value }, name)),
    element('option', { value: 'days' }, 'Days of your choice'),
  );
  select.value = typeof state.period === 'string' ? state.period : 'days';
  select.addEventListener('change', () =>
    change({ period: select.value === 'days' ? current : (select.value as Preset), step: null }),
  );
  const label = element('label', { class: 'field' }, element('span', {}, 'Period'), select);
  if (typeof state.period === 'string') return [label, element('p', { class: 'days' }, periodText(current))];
  return [label, ...dayFields(current, today, (period) => change({ period, step: null }))];
}

function dayFields(current: Period, today: string, change: (to: Period) => void): HTMLElement[] {
  const said = element('p', { class: 'fault', role: 'alert' });
  const day = (id: string, text: string, value: string): HTMLInputElement =>
    element('input', { type: 'date', id, name: id, value, max: today, required: true, 'aria-label': text });
  const from = day('from', 'First day', current.fromOn);
  const to = day('to', 'Last day', current.toOn);
  const changed = (): void => {
    const period = { fromOn: from.value, toOn: to.value };
    if (isPeriod(period)) return change(period);
    said.textContent = `Choose two days in order, at most ${LONGEST} days apart.`;
  };
  for (const one of [from, to]) one.addEventListener('change', changed);
  const field = (text: string, input: HTMLInputElement): HTMLElement =>
    element('label', { class: 'field' }, element('span', {}, text), input);
  return [field('From', from), field('To', to), said];
}

function sliceField(
  field: SliceField,
  { slice }: ReportState,
  choices: Choices,
  change: (to: Partial<ReportState>) => void,
): HTMLElement {
  const list = choices[LISTS[field]] as Choices['clients'];
  const current = slice[field];
  const select = element(
    'select',
    { id: field, name: field },
    element('option', { value: '' }, 'All'),
    ...list.map(({ key, name }) => element('option', { value: key }, name)),
  );
  // An address may name what occurs no more.
  if (current !== undefined && !list.some(({ key }) => key === current))
    select.append(element('option', { value: current }, 'Something unknown'));
  select.value = current ?? '';
  select.addEventListener('change', () => {
    const { [field]: _dropped, ...others } = slice;
    change({ slice: select.value === '' ? others : { ...others, [field]: select.value } });
  });
  return element('label', { class: 'field' }, element('span', {}, LABELS[field]), select);
}
