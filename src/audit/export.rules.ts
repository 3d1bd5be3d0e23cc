import { handOutFindings, type HandOutWords } from '../core/download-address.js';
import { type Finding, finding } from '../core/finding.js';
import type { AuditExport } from './audit-export.entity.js';

/** Who fetches, by which secret, and the file that was made. */
export interface Taking {
  readonly actorId: string;
  readonly secretHash: string;
  readonly file: { readonly idsSha256: string | null } | null;
}

const WORDS: HandOutWords = {
  path: 'exportId',
  notYours: 'This is not the address of an export that you asked for.',
  askYourOwn: 'Ask for an export of your own (exportPopulation, makeEvidencePack) and fetch its url.',
  askAgain: 'Ask for it again; the rows of a period and the evidence stay the same.',
};

/** Everything that keeps a file from being handed out, at once; whose it is not, learns nothing of its rows. */
export function takeFindings(row: AuditExport, { actorId, secretHash, file }: Taking, now: Date): Finding[] {
  const findings = handOutFindings(row, { actorId, secretHash }, now, WORDS);
  if (findings.some(({ code }) => code === 'NOT_YOURS')) return findings;
  if (file && file.idsSha256 !== row.idsSha256) {
    findings.push(
      finding({
        code: 'POPULATION_CHANGED',
        path: 'exportId',
        message: 'The rows of this period are not those that were counted.',
        facts: { counted: row.idsSha256, found: file.idsSha256 },
        remedy: 'Rows of a period that is over never change: have the ledger verified (countersign ledger verify).',
      }),
    );
  }
  return findings;
}
