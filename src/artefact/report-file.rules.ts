import { handOutFindings, type HandOutWords } from '../core/download-address.js';
import { type Finding, finding } from '../core/finding.js';
import type { Dataset } from '../reporting/dataset.js';
import { DatasetFormat, type ReportFile } from './report-file.entity.js';

/** Cells that a workbook holds at most: it is made in memory, at about 500 bytes a cell. CSV has no limit. */
export const MOST_XLSX_CELLS = 400_000;

/** What is asked for, and how large it would be. */
export interface AskedExport {
  readonly dataset: Dataset;
  readonly format: DatasetFormat;
  readonly from: string | null;
  readonly to: string | null;
  /** Rows there are, counted no further than a workbook would hold. */
  readonly rows: number;
  /** Columns that the asker sees. */
  readonly columns: number;
}

/** Rows that a workbook of so many columns holds at most. */
export const mostXlsxRows = (columns: number): number => Math.floor(MOST_XLSX_CELLS / columns);

/** Everything that keeps a dataset from being exported as asked. */
export function exportFindings({ dataset, format, from, to, rows, columns }: AskedExport): Finding[] {
  const findings: Finding[] = [];
  if (dataset.happenedAt === null && (from !== null || to !== null)) {
    findings.push(
      finding({
        code: 'NO_PERIOD',
        path: 'from',
        message: 'Rows of a dimension happen at no time.',
        facts: { dataset: dataset.name },
        remedy: 'Leave from and to out.',
      }),
    );
  }
  if (from !== null && to !== null && to < from) {
    findings.push(
      finding({
        code: 'PERIOD',
        path: 'to',
        message: 'The period ends before it begins.',
        facts: { from, to },
        remedy: 'Give a last day that is not before the first.',
      }),
    );
  }
  const most = mostXlsxRows(columns);
  if (format === DatasetFormat.XLSX && rows > most) {
    findings.push(
      finding({
        code: 'DATASET_TOO_LARGE',
        path: 'format',
        message: 'A workbook would not hold so many rows.',
        facts: { most },
        remedy: 'Ask for CSV, which has no limit, or for a shorter period.',
      }),
    );
  }
  return findings;
}

const WORDS: HandOutWords = {
  path: 'fileId',
  notYours: 'This is not the address of a file that you asked for.',
  askYourOwn: 'Ask for a file of your own (exportDataset, issueArtefact) and fetch its url.',
  askAgain: 'Ask for it again.',
};

/** Everything that keeps a file from being handed out, at once. */
export const takeFindings = (row: ReportFile, actorId: string, secretHash: string, now: Date): Finding[] =>
  handOutFindings(row, { actorId, secretHash }, now, WORDS);
