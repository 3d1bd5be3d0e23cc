import type { Choices, FrameData } from './data.js';
import type { Period, Step } from './pure/period.js';
import { type ReportState, type Slice, writeState } from './pure/state.js';
import type { Definition } from './pure/words.js';
import { HOME, type Session } from './session.js';

/** What a view has to go by. */
export interface Context {
  readonly session: Session;
  readonly frame: FrameData;
  readonly choices: Choices;
  readonly state: ReportState;
  readonly period: Period;
  readonly step: Step;
  /** The variables that most documents take. */
  readonly span: { readonly from: string; readonly to: string; readonly slice: Slice };
  /** Draws the view anew. */
  readonly again: () => void;
}

/** The address of a state that differs in this. */
export const addressOf = ({ state }: Pick<Context, 'state'>, change: Partial<ReportState>): string =>
  HOME + writeState({ ...state, kpi: null, ...change });

/** The address of a KPI. */
export const kpiAddress = (context: Pick<Context, 'state'>, kpi: string): string =>
  addressOf(context, { view: 'kpi', kpi });

/** The definition with this key, or undefined. */
export const definitionOf = ({ frame }: Pick<Context, 'frame'>, key: string): Definition | undefined =>
  frame.kpiDefinitions.definitions.find((one) => one.key === key);
