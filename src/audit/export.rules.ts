import { isSecretOf } from '../core/download-address.js';
import { type Finding, finding } from '../core/finding.js';
import type { AuditExport } from './audit-export.entity.js';

/** Who fetches, by which secret, and the file that was made. */
export interface Taking {
  readonly actorId: string;
  readonly secretHash: string;
  readonly file: { readonly idsSha256: string | null } | null;
}

/**
 * Everything that keeps a file from being handed out, at once. Who is not the one that asked for it, or does not have the
 * address, learns nothing else.
 */
export function takeFindings(row: AuditExport, { actorId, secretHash, file }: Taking, now: Date): Finding[] {
  if (row.requestedBy !== actorId || !isSecretOf(row.secretHash, secretHash)) {
    return [
      finding({
        code: 'NOT_YOURS',
        path: 'exportId',
        message: 'This is not the address of an export that you asked for.',
        facts: {},
        remedy: 'Ask for an export of your own (exportPopulation, makeEvidencePack) and fetch its url.',
      }),
    ];
  }
  const findings: Finding[] = [];
  const again = 'Ask for it again; the rows of a period and the evidence stay the same.';
  if (row.takenAt !== null) {
    const facts = { takenAt: row.takenAt.toISOString() };
    const message = 'It was fetched already; an address works once.';
    findings.push(finding({ code: 'ALREADY_TAKEN', path: 'exportId', message, facts, remedy: again }));
  }
  if (row.expiresAt <= now) {
    const facts = { expiresAt: row.expiresAt.toISOString() };
    const message = 'Its time has run out.';
    findings.push(finding({ code: 'EXPIRED', path: 'exportId', message, facts, remedy: again }));
  }
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
