import { DOCUMENT_KINDS, DOCUMENT_PARTS } from './configuration.documents.js';
import { DATE, integer, type JsonSchema, list, object, pattern, record, text, word } from './schema.parts.js';

const VERSION = '^v[0-9]+\\.[0-9]+$';
const version = (description: string): JsonSchema => pattern(description, VERSION, 20);

const template = object(
  'One template in one version. A version that ruled never changes: an edit is a new version.',
  {
    version: version('The version, such as v2.3.'),
    date: pattern('The day of this version.', DATE),
    title: text('The name of the document; its name in document 004 when absent.', 100),
    sections: list(
      'What it shows, in this order.',
      object(
        'One section.',
        {
          part: word('What of the handoff it shows.', DOCUMENT_PARTS),
          heading: text('The heading; that of the part when absent.', 100),
          intro: text("The tenant's own text before the statements; none when absent.", 1000),
        },
        ['heading', 'intro'],
      ),
      1,
      DOCUMENT_PARTS.length,
    ),
    changes: list(
      'The change log: what each version changed.',
      object('One entry.', {
        version: version('The version that it made.'),
        date: pattern('The day.', DATE),
        author: pattern('The handle of the person who wrote it.', '^[a-z0-9][a-z0-9._-]*$', 60),
        text: text('What it changed.', 500),
      }),
      1,
      200,
    ),
  },
  ['title'],
);

/** The documents of a handoff. */
export const documents: JsonSchema = object(
  'The seven documents of a handoff (document 004); all of it is optional.',
  {
    templates: record(
      "The tenant's own templates; the built-in one for each that is absent.",
      { type: 'string', enum: DOCUMENT_KINDS },
      template,
    ),
    currentDays: integer('Days for which an issued document is current before the handoff; 7 when absent.', 1, 90),
  },
  ['templates', 'currentDays'],
);
