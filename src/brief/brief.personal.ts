import type { Moment } from '../core/command.js';
import type { DataKey } from '../core/keys.js';
import { type Mention, mentionsOf, replaceMentions } from '../core/mention.js';
import { insertAll, type Statement } from '../core/statement.js';
import { type OpenedTexts, PersonalText, type PersonalKey, sealedRow, textKey } from '../core/vault.js';
import type { BriefDocument, BriefStatement, StoredBriefDocument } from './brief.document.js';
import type { BriefFacts } from './brief.facts.js';

/** What stands for names and contacts of people whose data was erased. */
export const ERASED_DATA = '[personal data erased]';

/** What stands for a name within a statement's text; the full text is part of its personal data. */
export const SOMEBODY = '[a person]';

/** What finds the names and contacts that the facts of a brief tell of. */
export function mentionsIn({ stakeholders, evidence, commitments }: BriefFacts): Mention[] {
  return mentionsOf([
    ...stakeholders.flatMap(({ name, email, phone }) => [name, email, phone]),
    ...evidence.flatMap(({ signers }) => signers.map(({ name }) => name)),
    ...commitments.map(({ promisedTo }) => promisedTo),
  ]);
}

/**
 * The document with known names taken out of what people wrote, into the personal part of the statement: a person who
 * is erased must not live on in somebody's free text that can never be changed.
 */
export function withoutNames(document: BriefDocument, mentions: readonly Mention[]): BriefDocument {
  const cut = (statement: BriefStatement): BriefStatement => {
    const text = replaceMentions(statement.text, mentions, SOMEBODY);
    const label = replaceMentions(statement.source.label, mentions, SOMEBODY);
    const whole = [
      ...(text === statement.text ? [] : [`in full: ${statement.text}`]),
      ...(label === statement.source.label ? [] : [`source: ${statement.source.label}`]),
    ];
    if (whole.length === 0) return statement;
    const personal = [...(statement.personal === null ? [] : [statement.personal]), ...whole].join('; ');
    return { text, personal, about: null, source: { ...statement.source, label } };
  };
  const sections = document.sections.map((section) => ({ ...section, statements: section.statements.map(cut) }));
  return { ...document, sections };
}

/** A brief made ready to be stored: its content without names, and the statements that keep those sealed. */
export interface SealedBrief {
  readonly stored: StoredBriefDocument;
  readonly writes: readonly Statement[];
}

/**
 * Takes the personal parts out of a document. What belongs to one stakeholder is sealed under the stakeholder's key, all
 * else under the brief's own; a stakeholder who is erased is then gone from every version, and the others stay.
 */
export function sealBrief(
  document: BriefDocument,
  briefId: string,
  stakeholderKeys: readonly PersonalKey[],
  { now, actor, newId, vault }: Moment,
): SealedBrief {
  const scope = { tenantId: actor.tenantId, newId };
  const known = new Map(stakeholderKeys.map((row) => [row.id, row]));
  const keys = new Map<string, DataKey>();
  const made: Statement[] = [];
  const texts: Partial<PersonalText>[] = [];
  const keyOf = (subjectId: string): DataKey => {
    const used = keys.get(subjectId);
    if (used) return used;
    const row = known.get(subjectId);
    const fresh = row ? null : vault.create(subjectId === briefId ? 'BRIEF' : 'STAKEHOLDER', subjectId, now);
    if (fresh) made.push(fresh.write);
    const key = fresh ? fresh.key : vault.open(row)!;
    keys.set(subjectId, key);
    return key;
  };
  const sections = document.sections.map((section) => ({
    ...section,
    statements: section.statements.map(({ text, personal, about, source }, index) => {
      if (personal === null) return { text, personal: null, source };
      const field = `${section.key}/${index}`;
      // Nothing is sealed for an erased stakeholder again: what the row says now is another's, or nobody's.
      const subject = about === null || known.get(about)?.destroyedAt ? briefId : about;
      texts.push(sealedRow(scope, keyOf(subject), { recordId: briefId, field, text: personal }));
      return { text, personal: { subject, field }, source };
    }),
  }));
  return { stored: { ...document, sections }, writes: [...made, ...insertAll(PersonalText, texts)] };
}

/** The document with its names again; where a key was destroyed, the text says so. */
export function joinBrief(stored: StoredBriefDocument, texts: OpenedTexts): BriefDocument {
  const sections = stored.sections.map((section) => ({
    ...section,
    statements: section.statements.map(({ text, personal, source }): BriefStatement => {
      const said = personal && (texts.get(textKey(personal.subject, personal.field)) ?? ERASED_DATA);
      return { text, personal: said, about: personal?.subject ?? null, source };
    }),
  }));
  return { ...stored, sections };
}
