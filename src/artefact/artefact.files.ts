import { type Edition, type EditionAsk, editionOf } from './edition.js';
import { businessFacts } from './facts.business.js';
import { controlFacts } from './facts.controls.js';
import { kpiLines } from './facts.kpi.js';
import { operationsFacts } from './facts.operations.js';
import { proofFacts } from './facts.proof.js';
import { ArtefactKind } from './report-file.entity.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** The file of each artefact, by the names of document 002. */
export const ARTEFACT_FILES: Readonly<Record<ArtefactKind, { readonly name: string; readonly type: string }>> = {
  [ArtefactKind.RUNBOOK]: {
    name: 'implementation-runbook.docx',
    type: `${OFFICE}.wordprocessingml.document`,
  },
  [ArtefactKind.REGISTER]: { name: 'kpi-and-risk-register.xlsx', type: `${OFFICE}.spreadsheetml.sheet` },
  [ArtefactKind.EXEC_BRIEF]: { name: 'exec-brief.pptx', type: `${OFFICE}.presentationml.presentation` },
  [ArtefactKind.PROOF_BRIEF]: { name: 'proof-brief.pdf', type: 'application/pdf' },
};

/** Makes an artefact of live data, with the eyes of whoever asks. */
export async function makeArtefact(kind: ArtefactKind, ask: EditionAsk): Promise<Uint8Array> {
  const edition = await editionOf(ask);
  return MAKERS[kind](ask, edition);
}

/** Each loads what writes its format when it is first asked for: 30 MB that most processes never need. */
const MAKERS: Readonly<Record<ArtefactKind, (ask: EditionAsk, edition: Edition) => Promise<Uint8Array>>> = {
  [ArtefactKind.RUNBOOK]: async ({ reader }, edition) => {
    const { runbook } = await import('./runbook.docx.js');
    return runbook(edition, await operationsFacts((queries) => reader.askAll(queries), edition));
  },
  [ArtefactKind.REGISTER]: async (ask, edition) => {
    const read: typeof ask.reader.askAll = (queries) => ask.reader.askAll(queries);
    const [kpis, business, controls] = await Promise.all([
      kpiLines(ask, edition),
      businessFacts(read, edition),
      controlFacts(read, edition),
    ]);
    const { register } = await import('./register.xlsx.js');
    return register(edition, { kpis, business, controls });
  },
  [ArtefactKind.EXEC_BRIEF]: async (ask, edition) => {
    const [kpis, business] = await Promise.all([
      kpiLines(ask, edition),
      businessFacts((queries) => ask.reader.askAll(queries), edition),
    ]);
    const { execBrief } = await import('./brief.pptx.js');
    return execBrief(edition, { kpis, business });
  },
  [ArtefactKind.PROOF_BRIEF]: async (ask, edition) => {
    const [kpis, proof] = await Promise.all([
      kpiLines(ask, edition),
      proofFacts((queries) => ask.reader.askAll(queries), edition),
    ]);
    const { proofBrief } = await import('./proof.pdf.js');
    return proofBrief(edition, { kpis, proof });
  },
};
