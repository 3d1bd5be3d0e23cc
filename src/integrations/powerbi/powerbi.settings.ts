import type { FieldClass } from '../../core/graphql/rights.js';
import type { ConnectionSettings } from '../connection/connection.entity.js';
import { GrantedClass } from './powerbi.entity.js';

/** What a connection to Power BI is set to. */
export interface PowerBiSettings {
  readonly workspaceId: string;
  readonly reportId: string | null;
  readonly datasetId: string | null;
  readonly profileId: string | null;
  readonly pushes: boolean;
  readonly refreshes: boolean;
  readonly isPremium: boolean;
  readonly refreshesPerDay: number;
  readonly embedRole: string;
  /** Who reads the report must see all of these. */
  readonly reportShows: readonly FieldClass[];
}

/** Refreshes a day on shared capacity, scheduled ones included (learn.microsoft.com/power-bi/connect-data/refresh-data). */
export const SHARED_REFRESHES = 8;
/** Some are left for the schedule that people set in Power BI. */
const USUAL_REFRESHES = 6;
/** The role of the model in powerbi/. */
const USUAL_ROLE = 'TenantReader';

/** The settings as they were typed in, read; whatever the form let through has a meaning here. */
export function powerBiSettings(settings: ConnectionSettings): PowerBiSettings {
  const {
    workspaceId = '',
    reportId,
    datasetId,
    profileId,
    push,
    refresh,
    capacity,
    embedRole,
    reportShows,
  } = settings;
  const isPremium = capacity === 'PREMIUM';
  const asked = Number(settings.refreshesPerDay ?? USUAL_REFRESHES);
  return {
    workspaceId: workspaceId.toLowerCase(),
    reportId: reportId?.toLowerCase() ?? null,
    datasetId: datasetId?.toLowerCase() ?? null,
    profileId: profileId?.toLowerCase() ?? null,
    pushes: push === 'ON',
    refreshes: refresh === 'ON',
    isPremium,
    refreshesPerDay: isPremium ? asked : Math.min(asked, SHARED_REFRESHES),
    embedRole: embedRole?.trim() ?? USUAL_ROLE,
    reportShows: shown(reportShows),
  };
}

/** What is not said is taken for the most that a report could show. */
function shown(text: string | undefined): FieldClass[] {
  const all = Object.values(GrantedClass);
  if (text === undefined) return all;
  const words = text.split(',').map((word) => word.trim().toUpperCase());
  return all.filter((one) => words.includes(one));
}

/** The least time between two refreshes that the worker asks for, in milliseconds: so many fit into any day. */
export const refreshEveryMs = ({ refreshesPerDay }: Pick<PowerBiSettings, 'refreshesPerDay'>): number =>
  Math.ceil(86_400_000 / refreshesPerDay);
