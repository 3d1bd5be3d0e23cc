import { type FieldClass } from '../../src/core/graphql/rights.js';
import { type FeedModel, FEED_CLASSES, modelFor } from '../../src/odata/model.js';
import { ODataError } from '../../src/odata/odata.error.js';
import { optionTexts, parseOptions } from '../../src/odata/query/options.js';
import { FeedStatement } from '../../src/odata/query/statement.js';
import { addressOf, FEED_PATH, resourceOf } from '../../src/odata/resource.js';

/** The model of a reader who sees everything, and of one who sees no class. */
export const FULL: FeedModel = modelFor(new Set(FEED_CLASSES));
export const BARE: FeedModel = modelFor(new Set<FieldClass>());

/** What a request comes to before any row is read: its statement, null for what needs none; or ODataError. */
export function resolved(path: string, model: FeedModel = FULL): FeedStatement | null {
  const address = addressOf(`${FEED_PATH}${path}`);
  const resource = resourceOf(address, model);
  if (!('set' in resource)) return null;
  const options = parseOptions(optionTexts(address.options));
  return new FeedStatement(model, resource.set, options, resource.kind === 'entity' ? resource.key : null);
}

/** The status that the work ends with: 200, or that of its ODataError; anything else that is thrown is passed on. */
export function statusOf(work: () => unknown): number {
  try {
    work();
    return 200;
  } catch (error) {
    if (error instanceof ODataError) return error.status;
    throw error;
  }
}

/** The SQL of a request's first rows, on one line. */
export function sqlOf(path: string, model: FeedModel = FULL): { text: string; values: readonly unknown[] } {
  const { text, values } = resolved(path, model)!.rows({ after: null, skip: 0, limit: 10 });
  return { text: text.replaceAll(/\s+/g, ' '), values };
}
