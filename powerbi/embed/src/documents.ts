import cases from '../../../schema/operations/reports-cases.graphql?raw';
import choices from '../../../schema/operations/reports-choices.graphql?raw';
import comparison from '../../../schema/operations/reports-comparison.graphql?raw';
import exceptions from '../../../schema/operations/reports-exceptions.graphql?raw';
import exceptionsMargin from '../../../schema/operations/reports-exceptions-margin.graphql?raw';
import figures from '../../../schema/operations/reports-figures.graphql?raw';
import frame from '../../../schema/operations/reports-frame.graphql?raw';
import funnel from '../../../schema/operations/reports-funnel.graphql?raw';
import powerBi from '../../../schema/operations/power-bi-embed.graphql?raw';
import stalled from '../../../schema/operations/reports-stalled.graphql?raw';
import trend from '../../../schema/operations/reports-trend.graphql?raw';
import type {
  CasesData,
  ChoicesData,
  ComparisonData,
  ExceptionsData,
  FiguresData,
  FrameData,
  FunnelData,
  PowerBiData,
  StalledData,
  TrendData,
} from './data.js';
import type { Step } from './pure/period.js';
import type { Slice } from './pure/state.js';

/** A trusted document with what it is asked with and what it answers. Its text is the file's, word for word. */
export interface Document<Variables, Data> {
  readonly text: string;
  /** For the types alone. */
  readonly variables?: Variables;
  readonly data?: Data;
}

const document = <Variables, Data>(text: string): Document<Variables, Data> => ({ text });

interface Span {
  readonly from: string;
  readonly to: string;
  readonly slice: Slice;
}
interface Paged {
  readonly first: number;
  readonly after: string | null;
}
type None = Record<string, never>;

/** Everything that the page asks; schema/operations has the documents. */
export const DOCUMENTS = {
  frame: document<None, FrameData>(frame),
  choices: document<None, ChoicesData>(choices),
  figures: document<Span, FiguresData>(figures),
  trend: document<Span & { readonly key: string; readonly step: Step }, TrendData>(trend),
  comparison: document<{ readonly keys: readonly string[] }, ComparisonData>(comparison),
  cases: document<Span & Paged & { readonly key: string }, CasesData>(cases),
  funnel: document<Span, FunnelData>(funnel),
  stalled: document<Paged & { readonly slice: Slice }, StalledData>(stalled),
  exceptions: document<Span & Paged, ExceptionsData>(exceptions),
  exceptionsMargin: document<Span & Paged, ExceptionsData>(exceptionsMargin),
  powerBi: document<None, PowerBiData>(powerBi),
};
