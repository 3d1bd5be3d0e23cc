import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import type { StoredConfiguration } from '../catalogue/stored-configuration.js';
import type { FieldClass } from '../core/graphql/rights.js';
import { lastCheckpoint } from '../core/ledger/proof.js';
import type { LedgerCheckpoint } from '../core/ledger/seal.entity.js';
import { dayAfter } from '../core/local-day.js';
import { selectFirst, sql } from '../core/statement.js';
import { TenantProfile } from '../identity/tenant.entity.js';
import { KPI_DIGEST, KPI_SET_VERSION } from '../kpi/kpi.definitions.js';
import type { Period } from '../reporting/kpi-figure.js';
import { classesOf, type FigureReader, presentOf } from '../reporting/kpi-figure.view.js';
import { reportingProgress, sealedSeq } from '../reporting/watermark.queries.js';

/** Raised when the layout or the meaning of an artefact changes. */
export const ARTEFACT_VERSION = 1;

/** Days that the figures of an artefact are of, up to the day on which it is made. */
export const PERIOD_DAYS = 90;

/** When, for whom and of which state of the tenant an artefact is made. */
export interface Edition {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly slug: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly generatedAt: Date;
  /** The day of `generatedAt` by the tenant's calendar. */
  readonly today: string;
  /** The days that its figures are of, the last one being today. */
  readonly period: Period;
  /** The handle of whoever asked for it. */
  readonly issuedBy: string;
  readonly sees: ReadonlySet<FieldClass>;
  readonly configuration: StoredConfiguration;
  readonly configurationVersion: number;
  readonly configurationDigest: string;
  /** The newest signed checkpoint of the ledger; null before the first. */
  readonly checkpoint: LedgerCheckpoint | null;
  /** How many entries of the ledger are sealed, and how many of them the reporting model holds. */
  readonly sealedSeq: number;
  readonly projectedSeq: number;
  /** Every person by id. */
  readonly people: ReadonlyMap<string, string>;
}

/** Who asks for an artefact: with their own eyes. */
export interface EditionAsk extends FigureReader {
  readonly tenantId: string;
  /** The id of the person, or the name of the operator's job. */
  readonly issuedBy: string;
}

/** Reads what every artefact says of itself. */
export async function editionOf({ reader, ability, tenantId, issuedBy }: EditionAsk): Promise<Edition> {
  const [present, facts] = await Promise.all([
    presentOf(reader),
    reader.askAll({
      profile: selectFirst(TenantProfile, {}),
      ruling: rulingConfiguration(),
      checkpoint: lastCheckpoint(),
      sealed: sealedSeq(),
      progress: reportingProgress(),
      people: sql('select id, handle, name from person where tenant_id = $1', [], (rows) => rows),
    }),
  ]);
  const sees = classesOf(ability);
  const configuration = configurationOf(facts.ruling);
  const { at: generatedAt, on: today, timeZone } = present;
  const called = (row: (typeof facts.people)[number]): string =>
    (sees.has('PERSONAL') ? row.name : row.handle) as string;
  const people = new Map(facts.people.map((row) => [row.id as string, called(row)]));
  const handle = facts.people.find((row) => row.id === issuedBy)?.handle as string | undefined;
  return {
    tenantId,
    tenantName: facts.profile?.name ?? configuration.tenant.name,
    slug: facts.profile?.slug ?? configuration.tenant.slug,
    currency: configuration.tenant.currency,
    timeZone,
    generatedAt,
    today,
    period: { fromOn: dayAfter(today, 1 - PERIOD_DAYS), toOn: today },
    issuedBy: handle ?? issuedBy,
    sees,
    configuration,
    configurationVersion: facts.ruling.version,
    configurationDigest: facts.ruling.digest,
    checkpoint: facts.checkpoint,
    sealedSeq: facts.sealed,
    projectedSeq: facts.progress?.projectedSeq ?? 0,
    people,
  };
}

/** Where the figures stand, in one sentence: it says so itself when the reporting model is behind the ledger. */
export function provenance({ projectedSeq, sealedSeq: sealed, configurationVersion }: Edition): string {
  const state =
    projectedSeq >= sealed
      ? `Figures as of ledger entry ${sealed}`
      : `Figures as of ledger entry ${projectedSeq}; entries up to ${sealed} are not in them yet`;
  return `${state}, KPI definitions version ${KPI_SET_VERSION} (${KPI_DIGEST.slice(0, 12)}), configuration version ${configurationVersion}.`;
}

/** When and by whom, in one line; the instant in UTC. */
export const issuedLine = ({ generatedAt, issuedBy }: Edition): string =>
  `Generated ${generatedAt.toISOString()} by Countersign for ${issuedBy}, artefact version ${ARTEFACT_VERSION}.`;

/** Somebody by id, for a text. */
export const nameOf = ({ people }: Edition, id: string | null): string =>
  id === null ? 'nobody' : (people.get(id) ?? id);

/** What stands where a reader does not see margin. */
export const WITHHELD = 'Withheld: your role does not see margin.';
