import { exactly, faultsOf, type RequestSchema, text } from '../request-schema.js';

/** Teams opens https; http on this machine stands for the product's own address in the sandbox. */
const LINK = { type: 'string', pattern: '^(https://|http://(127\\.0\\.0\\.1|localhost)[:/])', maxLength: 4000 };
const SPACING = { enum: ['None', 'Small', 'Default', 'Medium', 'Large', 'ExtraLarge', 'Padding'] };
const ALIGNMENT = { enum: ['Left', 'Center', 'Right'] };
const HEIGHT = { enum: ['auto', 'stretch'] };
const STYLE = { enum: ['default', 'emphasis', 'good', 'attention', 'warning', 'accent'] };
const COMMON = {
  id: text(100),
  spacing: SPACING,
  separator: { type: 'boolean' },
  isVisible: { type: 'boolean' },
  height: HEIGHT,
};
const FONT = {
  color: { enum: ['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'] },
  fontType: { enum: ['Default', 'Monospace'] },
  isSubtle: { type: 'boolean' },
  size: { enum: ['Default', 'Small', 'Medium', 'Large', 'ExtraLarge'] },
  weight: { enum: ['Default', 'Lighter', 'Bolder'] },
};
const ELEMENTS = { type: 'array', items: { $ref: '#/definitions/element' } };
const ACTIONS = { type: 'array', maxItems: 6, items: { $ref: '#/definitions/action' } };

function named(type: string, properties: Record<string, unknown>, required: readonly string[] = []): RequestSchema {
  return exactly({ type: { const: type }, ...COMMON, ...properties }, ['type', ...required]);
}

const COLUMN = exactly({
  type: { const: 'Column' },
  ...COMMON,
  items: ELEMENTS,
  width: { type: ['string', 'number'] },
  style: STYLE,
  verticalContentAlignment: { enum: ['Top', 'Center', 'Bottom'] },
});
const CELL = exactly({ type: { const: 'TableCell' }, items: ELEMENTS, style: STYLE }, ['items']);
const ROW = exactly({ type: { const: 'TableRow' }, cells: { type: 'array', items: CELL }, style: STYLE });

/** What the product may put on a card: the part of Adaptive Cards 1.5 that works in a channel posted by a webhook. */
export const CARD_SCHEMA: RequestSchema = {
  ...exactly(
    {
      $schema: { const: 'http://adaptivecards.io/schemas/adaptive-card.json' },
      type: { const: 'AdaptiveCard' },
      version: { type: 'string', pattern: '^1\\.[0-6]$' },
      fallbackText: text(2000),
      lang: text(35),
      body: ELEMENTS,
      actions: ACTIONS,
      msteams: exactly({
        width: { const: 'Full' },
        entities: {
          type: 'array',
          items: exactly(
            {
              type: { const: 'mention' },
              text: { type: 'string', pattern: '^<at>.+</at>$' },
              mentioned: exactly({ id: text(200, 1), name: text(256, 1) }, ['id', 'name']),
            },
            ['type', 'text', 'mentioned'],
          ),
        },
      }),
    },
    ['type', 'version', 'body'],
  ),
  definitions: {
    action: {
      type: 'object',
      discriminator: { propertyName: 'type' },
      required: ['type'],
      oneOf: [
        exactly(
          {
            type: { const: 'Action.OpenUrl' },
            id: text(100),
            title: text(200, 1),
            url: LINK,
            tooltip: text(200),
            style: { enum: ['default', 'positive', 'destructive'] },
          },
          ['type', 'title', 'url'],
        ),
      ],
    },
    element: {
      type: 'object',
      discriminator: { propertyName: 'type' },
      required: ['type'],
      oneOf: [
        named(
          'TextBlock',
          {
            ...FONT,
            text: text(20_000),
            wrap: { type: 'boolean' },
            maxLines: { type: 'integer', minimum: 1 },
            horizontalAlignment: ALIGNMENT,
            style: { enum: ['default', 'heading'] },
          },
          ['text'],
        ),
        named(
          'FactSet',
          { facts: { type: 'array', items: exactly({ title: text(500), value: text(5000) }, ['title', 'value']) } },
          ['facts'],
        ),
        named('Container', { items: ELEMENTS, style: STYLE, bleed: { type: 'boolean' } }, ['items']),
        named('ColumnSet', { columns: { type: 'array', items: COLUMN }, style: STYLE, bleed: { type: 'boolean' } }),
        named('Image', { url: LINK, altText: text(500), size: text(20), horizontalAlignment: ALIGNMENT }, [
          'url',
          'altText',
        ]),
        named('ActionSet', { actions: ACTIONS }, ['actions']),
        named('Table', {
          columns: { type: 'array', items: exactly({ width: { type: ['string', 'number'] } }) },
          rows: { type: 'array', items: ROW },
          firstRowAsHeader: { type: 'boolean' },
          showGridLines: { type: 'boolean' },
          gridStyle: STYLE,
        }),
      ],
    },
  },
};

/**
 * Why Teams would not show this card; null when it would. A card without a version or with a higher one than the clients
 * know does not render; a mention must stand in the text.
 */
export function cardFault(card: unknown, highestVersion: string): string | null {
  const faults = faultsOf(CARD_SCHEMA, card);
  if (faults) return `the card is malformed: ${faults}`;
  const { version, msteams, ...rest } = card as { version: string; msteams?: { entities?: { text: string }[] } };
  if (version > highestVersion)
    return `the card's version ${version} is above ${highestVersion}: clients show the fallback text`;
  const words = JSON.stringify(rest);
  const lost = (msteams?.entities ?? []).find(
    ({ text: mention }) => !words.includes(JSON.stringify(mention).slice(1, -1)),
  );
  return lost ? `the mention ${lost.text} does not stand in the card's text` : null;
}
