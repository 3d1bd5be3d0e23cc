import { type OpenedTexts, openTexts, PersonalKey, PersonalText } from '../vault.js';
import type { RequestContext } from './context.js';

/**
 * The personal texts of an immutable record, opened; read together with those of every other record of the page. Empty
 * for roles that may not read personal texts.
 */
export async function personalTextsOf({ reader, vault }: RequestContext, recordId: string): Promise<OpenedTexts> {
  const texts = await reader.many(PersonalText, 'recordId', recordId);
  const keys = await Promise.all(texts.map(({ subjectId }) => reader.one(PersonalKey, subjectId)));
  return openTexts(
    vault,
    texts,
    keys.filter((key) => key !== null),
  );
}
