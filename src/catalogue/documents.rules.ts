import { canonicalJson } from '../core/canonical.js';
import { type Finding, finding } from '../core/finding.js';
import {
  DOCUMENT_KINDS,
  type DocumentKind,
  type DocumentPart,
  type DocumentTemplate,
} from './configuration.documents.js';
import type { TenantConfiguration } from './configuration.js';

/** Calendar days for which an issued document is current (document 004 "current within 7 days"). */
export const CURRENT_DAYS = 7;

/** The names of the documents (document 004 "Templates"). */
const TITLES: Readonly<Record<DocumentKind, string>> = {
  DEAL_SUMMARY: 'Deal Summary',
  STAKEHOLDER_MAP: 'Stakeholder Map',
  COMMITMENT_LOG: 'Commitment Log',
  IMPLEMENTATION_PLAN: 'Implementation Plan',
  RISK_REGISTER: 'Risk Register',
  MEETING_NOTES: 'Meeting Notes',
  INTRODUCTION_EMAIL: 'Introduction Email',
};

/** The parts of the built-in templates; the summary has the seven sections of document 004 "Deal summary sections". */
const PARTS: Readonly<Record<DocumentKind, readonly DocumentPart[]>> = {
  DEAL_SUMMARY: [
    'sold',
    'stakeholders',
    'acceptance',
    'scope',
    'out-of-scope',
    'commitments',
    'plan',
    'commercial',
    'risks',
  ],
  STAKEHOLDER_MAP: ['stakeholders'],
  COMMITMENT_LOG: ['commitments', 'scope', 'timelines', 'evidence'],
  IMPLEMENTATION_PLAN: ['plan', 'first-days', 'dependencies', 'integrations', 'timelines', 'budget', 'decisions'],
  RISK_REGISTER: ['risks', 'assumptions', 'decisions'],
  MEETING_NOTES: ['meeting', 'agenda', 'checklist', 'actions'],
  INTRODUCTION_EMAIL: ['introduction'],
};

const BUILT_IN = { version: 'v1.0', date: '2026-11-01' };

/** A template with its name. */
export type NamedTemplate = DocumentTemplate & { readonly title: string };

/** The template of a document that holds in a configuration: the tenant's own, or the built-in one. */
export function documentTemplate(
  { documents }: Pick<TenantConfiguration, 'documents'>,
  kind: DocumentKind,
): NamedTemplate {
  const own: DocumentTemplate = documents?.templates?.[kind] ?? {
    ...BUILT_IN,
    sections: PARTS[kind].map((part) => ({ part })),
    changes: [{ ...BUILT_IN, author: 'countersign', text: 'The template of document 004.' }],
  };
  return { ...own, title: own.title ?? TITLES[kind] };
}

/**
 * A version of a template that ruled never changes (document 004 "versioned, changes logged with author"): what was
 * issued under its name must be readable by it. A finding for each template whose content differs under the same
 * version.
 */
export function templateFindings(
  ruling: Pick<TenantConfiguration, 'documents'>,
  next: Pick<TenantConfiguration, 'documents'>,
): Finding[] {
  return DOCUMENT_KINDS.flatMap((kind) => {
    const before = documentTemplate(ruling, kind);
    const after = documentTemplate(next, kind);
    if (before.version !== after.version || canonicalJson(before) === canonicalJson(after)) return [];
    return [
      finding({
        code: 'TEMPLATE_VERSION_USED',
        path: `documents.templates.${kind}`,
        message: `Version ${before.version} of the ${before.title} rules already with another content.`,
        facts: { kind, version: before.version },
        remedy: 'Give the changed template a new version, with an entry in its change log.',
      }),
    ];
  });
}
