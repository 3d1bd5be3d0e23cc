import { CONTROLS, type Control } from './controls.js';
import { type Edition, issuedLine, provenance, WITHHELD } from './edition.js';
import type { BusinessFacts, RiskLine } from './facts.business.js';
import type { ControlFacts, ControlLine } from './facts.controls.js';
import type { KpiLine } from './facts.kpi.js';
import { FRAMEWORK_CONTROLS } from './frameworks.js';
import { PROCESS_RISKS } from './process-risks.js';
import { definitions, tracker, trend } from './register.kpis.js';
import { riskSentence, stateCounts } from './sentences.js';
import { COLOUR, plain } from './theme.js';
import { type Look, sheetOf, type SheetPlan, workbook, WRAP } from './workbook.js';

/** What the register is made of. */
export interface RegisterFacts {
  readonly kpis: readonly KpiLine[];
  readonly business: BusinessFacts;
  readonly controls: ControlFacts;
}

/** kpi-and-risk-register.xlsx: KPIs against baseline and target, risks, and controls with test and live evidence. */
export function register(edition: Edition, facts: RegisterFacts): Promise<Uint8Array> {
  const sheets = [
    sheetOf(overview(edition, facts)),
    sheetOf(tracker(edition, facts.kpis)),
    sheetOf(trend(edition, facts.kpis)),
    sheetOf(definitions(edition, facts.kpis)),
    sheetOf(processRisks(facts.controls)),
    sheetOf(deliveryRisks(edition, facts.business.risks)),
    sheetOf(controls(facts.controls)),
    sheetOf(mapping(facts.controls)),
  ];
  return workbook(sheets, edition.generatedAt);
}

interface Statement {
  readonly what: string;
  readonly says: string;
}

function overview(
  edition: Edition,
  { kpis, business, controls: { lines, fromSeq, toSeq } }: RegisterFacts,
): SheetPlan<Statement> {
  const { period, configurationVersion, configurationDigest, checkpoint } = edition;
  const unseen = lines.filter(({ lastSeq }) => lastSeq === null).length;
  const rows: Statement[] = [
    {
      what: 'Figures',
      says: `The last 90 days, ${period.fromOn} to ${period.toOn}, where a column says nothing else.`,
    },
    { what: 'Targets', says: stateCounts(kpis) },
    { what: 'Delivery risks', says: riskSentence(business.risks) },
    {
      what: 'Controls',
      says: `${lines.length} controls, ${lines.length - unseen} of them seen at work in ledger entries ${fromSeq} to ${toSeq}.`,
    },
    { what: 'Configuration', says: `Version ${configurationVersion}, SHA-256 ${configurationDigest}` },
    {
      what: 'Signed checkpoint',
      says: checkpoint
        ? `${checkpoint.size} entries, root ${checkpoint.rootHash}, key ${checkpoint.keyId}, ${checkpoint.at.toISOString()}`
        : 'None yet.',
    },
    { what: 'Margin', says: edition.sees.has('MARGIN') ? 'Shown.' : WITHHELD },
    {
      what: 'Sources',
      says: 'Targets and controls are those of documents 002, 000 and 001; figures are those of the API and the OData feed.',
    },
  ];
  return {
    name: 'Overview',
    title: `KPI and risk register, ${plain(edition.tenantName)}`,
    notes: [issuedLine(edition), provenance(edition)],
    columns: [
      { title: 'What', width: 20, value: ({ what }) => what, look: { fontWeight: 'bold' } },
      { title: 'Says', width: 120, value: ({ says }) => says, look: WRAP },
    ],
    rows,
    whenEmpty: '',
  };
}

function processRisks({ lines }: ControlFacts): SheetPlan<(typeof PROCESS_RISKS)[number]> {
  const named = (ids: readonly string[]): ControlLine[] => lines.filter(({ control }) => ids.includes(control.id));
  const stops = (ids: readonly string[]): number =>
    named(ids).reduce((sum, { refused, denied }) => sum + refused + denied, 0);
  return {
    name: 'Process risks',
    title: 'What can go wrong with the process, and what stands against it',
    notes: ['The failure modes and the sector rules of document 002.'],
    columns: [
      { title: 'Id', width: 8, value: ({ id }) => id },
      { title: 'Risk', width: 48, value: ({ risk }) => risk, look: WRAP },
      { title: 'Source', width: 34, value: ({ source }) => source, look: WRAP },
      {
        title: 'Controls',
        width: 60,
        value: ({ controls: ids }) =>
          named(ids)
            .map(({ control }) => `${control.id} ${control.name}`)
            .join('; '),
        look: WRAP,
      },
      { title: 'Stopped so far', width: 14, value: ({ controls: ids }) => stops(ids), look: { format: '#,##0' } },
      {
        title: 'Owner',
        width: 24,
        value: ({ id }) => (['PR-1', 'PR-2'].includes(id) ? 'Service delivery lead' : 'RevOps administrator'),
      },
    ],
    rows: PROCESS_RISKS,
    whenEmpty: '',
  };
}

function deliveryRisks(_edition: Edition, risks: readonly RiskLine[]): SheetPlan<RiskLine> {
  const look: Readonly<Record<string, Look>> = {
    CRITICAL: { textColor: `#${COLOUR.bad}`, fontWeight: 'bold' },
    HIGH: { textColor: `#${COLOUR.warn}`, fontWeight: 'bold' },
  };
  return {
    name: 'Delivery risks',
    title: riskSentence(risks),
    notes: ['Risks named in handoffs that have not ended, the gravest first.'],
    columns: [
      { title: 'Level', width: 11, value: ({ level }) => level, look: ({ level }) => look[level] ?? {} },
      { title: 'Handoff', width: 12, value: ({ handoff }) => handoff },
      { title: 'Client', width: 28, value: ({ client }) => client, look: WRAP },
      { title: 'Stage', width: 20, value: ({ stage }) => stage },
      { title: 'Risk', width: 60, value: ({ text }) => text, look: WRAP },
      { title: 'Mitigation', width: 60, value: ({ mitigation }) => mitigation ?? 'none named', look: WRAP },
    ],
    rows: risks,
    whenEmpty: 'No risk is open.',
  };
}

const testsOf = ({ tests }: Control): string => tests.map(({ file, name }) => `${file}: ${name}`).join('\n');

function controls({ lines, fromSeq, toSeq }: ControlFacts): SheetPlan<ControlLine> {
  return {
    name: 'Controls',
    title: 'Each control with the test that proves it and where it was seen at work',
    notes: [
      `Evidence: entries ${fromSeq} to ${toSeq} of the ledger, numbered without gaps; a refusal is the control at work.`,
    ],
    columns: [
      { title: 'Id', width: 8, value: ({ control }) => control.id },
      { title: 'Control', width: 34, value: ({ control }) => control.name, look: { fontWeight: 'bold', wrap: true } },
      { title: 'Prevents', width: 34, value: ({ control }) => control.prevents, look: WRAP },
      { title: 'How', width: 56, value: ({ control }) => control.how, look: WRAP },
      { title: 'PSF', width: 10, value: ({ control }) => control.psf.join(', ') },
      { title: 'PAI-8', width: 10, value: ({ control }) => control.pai8.join(', ') },
      { title: 'Proven by test', width: 80, value: ({ control }) => testsOf(control), look: WRAP },
      { title: 'Done', width: 9, value: ({ done }) => done, look: { format: '#,##0' } },
      { title: 'Refused', width: 9, value: ({ refused }) => refused, look: { format: '#,##0' } },
      { title: 'Denied', width: 9, value: ({ denied }) => denied, look: { format: '#,##0' } },
      { title: 'Last seen (UTC)', width: 20, value: ({ lastAt }) => lastAt ?? 'not yet' },
      { title: 'Ledger entry', width: 12, value: ({ lastSeq }) => lastSeq, look: { format: '0' } },
      { title: 'Actions counted', width: 44, value: ({ control }) => control.actions.join(', '), look: WRAP },
    ],
    rows: lines,
    whenEmpty: '',
  };
}

function mapping({ lines }: ControlFacts): SheetPlan<(typeof FRAMEWORK_CONTROLS)[number]> {
  const of = (framework: string, id: string): Control[] =>
    CONTROLS.filter((control) => (framework === 'PSF' ? control.psf : control.pai8).includes(id));
  const seen = (ids: readonly string[]): number =>
    lines.filter(({ control, lastSeq }) => ids.includes(control.id) && lastSeq !== null).length;
  return {
    name: 'PSF and PAI-8',
    title: 'Every control of the two frameworks that documents 002 and 000 name is covered',
    notes: ['Document 000 maps to PSF D1, D2, D4 and PAI-8 C1, C2, C4 alone, and words three of them otherwise.'],
    columns: [
      { title: 'Framework', width: 12, value: ({ framework }) => framework },
      { title: 'Control', width: 10, value: ({ id }) => id },
      { title: 'Name in document 002', width: 28, value: ({ name }) => name },
      { title: 'Name in document 000', width: 28, value: ({ other, name }) => other ?? name },
      {
        title: 'Met by',
        width: 90,
        value: ({ framework, id }) =>
          of(framework, id)
            .map((control) => `${control.id} ${control.name}`)
            .join('; '),
        look: WRAP,
      },
      { title: 'Controls', width: 10, value: ({ framework, id }) => of(framework, id).length },
      {
        title: 'Seen at work',
        width: 13,
        value: ({ framework, id }) => seen(of(framework, id).map((control) => control.id)),
      },
    ],
    rows: FRAMEWORK_CONTROLS,
    whenEmpty: '',
  };
}
