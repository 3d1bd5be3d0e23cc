import type { Definition, Figure } from './pure/words.js';

interface Page<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A person, by the short name that everybody sees. */
interface Named {
  readonly handle: string;
}

/** A handoff as lists name it. */
export interface HandoffLine {
  readonly id: string;
  readonly number: string;
  readonly stage: string;
  readonly client: { readonly name: string } | null;
  readonly owner: Named | null;
  readonly deliveryManager: Named | null;
}

export interface FrameData {
  readonly me: { readonly id: string; readonly handle: string } | null;
  readonly tenant: { readonly name: string };
  readonly reportingState: ReportingState;
  readonly kpiDefinitions: { readonly definitions: readonly Definition[] };
}

/** How far the reporting model has come. */
export interface ReportingState {
  readonly sealedSeq: number;
  readonly projectedSeq: number;
  readonly projectedAt: string | null;
  readonly isCurrent: boolean;
}

interface Choice {
  readonly key: string;
  readonly name: string;
}
export interface Choices {
  readonly currency: string;
  readonly today: string;
  /** Whether the person may see figures of margin. */
  readonly seesMargin: boolean;
  readonly clients: readonly Choice[];
  readonly serviceTemplates: readonly Choice[];
  readonly dealTypes: readonly Choice[];
  readonly tiers: readonly Choice[];
  readonly owners: readonly Choice[];
  readonly deliveryManagers: readonly Choice[];
}
export interface ChoicesData {
  readonly reportingChoices: Choices;
}
export interface FiguresData {
  readonly kpiFigures: readonly Figure[];
}
export interface TrendData {
  readonly kpiTrend: readonly Figure[];
}

export interface Checkpoint {
  readonly isOver: boolean;
  readonly figure: Figure;
}
export interface Comparison {
  readonly countedFrom: 'ENFORCEMENT' | 'BASELINE' | null;
  readonly startOn: string | null;
  readonly baseline: Figure | null;
  readonly weekFour: Checkpoint | null;
  readonly weekEight: Checkpoint | null;
  readonly quarter: Checkpoint | null;
}
export interface ComparisonData {
  readonly kpiComparison: readonly Comparison[];
}

export interface KpiCase {
  readonly id: string;
  /** The record that makes it a case. */
  readonly sourceId: string;
  readonly countsOn: string;
  readonly countsAt: string;
  readonly numerator: string;
  readonly denominator: string;
  /** Of a span: its days. */
  readonly spanFromOn: string | null;
  readonly spanToOn: string | null;
  readonly clientCaused: boolean;
  readonly handoff: HandoffLine | null;
}
export interface CasesData {
  readonly kpiCases: Page<KpiCase>;
}

export interface FunnelStep {
  readonly stage: string;
  readonly reached: number;
  readonly nowThere: number;
}
export interface FunnelData {
  readonly handoffFunnel: readonly FunnelStep[];
}

export interface Stalled {
  readonly clock: string;
  readonly dueAt: string;
  readonly hoursOverdue: number;
  readonly clientCaused: boolean;
  readonly escalations: number;
  /** Who is to act. */
  readonly owner: Named | null;
  readonly handoff: HandoffLine | null;
}
export interface StalledData {
  readonly stalledHandoffs: Page<Stalled>;
}

export interface ReportedException {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly emergency: boolean;
  readonly openedAt: string;
  readonly decidedAt: string | null;
  readonly usedAt: string | null;
  /** Absent for those who do not see margin; null without a floor. */
  readonly shortfallMinor?: string | null;
  readonly shortfallBps?: number | null;
  readonly requester: Named | null;
  readonly handoff: (HandoffLine & { readonly snapshot?: { readonly currency: string } | null }) | null;
}
export interface ExceptionsData {
  readonly reportedExceptions: Page<ReportedException>;
}

/** Whether a report of Power BI can be shown, and what is missing if not. */
export interface PowerBi {
  readonly kind: 'UNCONFIGURED' | 'NEEDS_CONSENT' | 'NOT_PUBLISHED' | 'READY' | 'ERROR';
  readonly reportId: string | null;
  readonly embedUrl: string | null;
  readonly token: string | null;
  readonly expiresAt: string | null;
  readonly code: string | null;
  readonly remedy: string | null;
}
export interface PowerBiData {
  readonly powerBiEmbed: PowerBi;
}
