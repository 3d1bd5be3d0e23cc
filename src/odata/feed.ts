import type { FeedDatabase } from './feed.database.js';
import type { FeedReader } from './feed.reader.js';
import { rowWriter, selectList } from './json.js';
import { metadataXml, serviceDocument } from './metadata.js';
import { type FeedModel, type FeedSet, modelFor } from './model.js';
import {
  checkXmlFormat,
  type JsonFormat,
  jsonFormat,
  jsonType,
  PAGE_ROWS,
  preferences,
  XML_TYPE,
} from './negotiate.js';
import { badRequest, ODataError } from './odata.error.js';
import { pageSlices, type Slice } from './pages.js';
import { type OptionName, optionTexts, type OptionTexts, parseOptions } from './query/options.js';
import { FeedStatement, type Position } from './query/statement.js';
import { type Address, addressOf, type Resource, resourceOf } from './resource.js';
import { type Asked, type Continuation, openToken, sealToken } from './skip-token.js';
import type { Release, Slots } from './slots.js';

/** A request to the feed, as far as the feed needs to know it. */
export interface FeedRequest {
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** An answer with status 200. */
export interface FeedAnswer {
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The text, or its parts as they are asked for. */
  readonly body: string | AsyncIterable<string>;
  /** To be called once when the answer has been sent, or never will be. */
  readonly release: Release;
}

export interface FeedOptions {
  readonly database: FeedDatabase;
  /** Answers under way, by tenant. */
  readonly streams: Slots;
  /** The feed's address as its readers know it, without a slash at the end: never taken from a request. */
  readonly root: () => string;
  /** How long one answer may take to be read, in milliseconds. */
  readonly longest: number;
}

/** What each kind of resource can be asked with. */
const ALLOWED: Readonly<Record<Resource['kind'], readonly OptionName[]>> = {
  service: ['$format'],
  metadata: ['$format'],
  collection: ['$filter', '$orderby', '$select', '$expand', '$top', '$skip', '$count', '$format', '$skiptoken'],
  count: ['$filter', '$format'],
  entity: ['$select', '$expand', '$format'],
};
const NOTHING: Release = () => undefined;

/** Answers what readers ask, after they have signed in. */
export class Feed {
  constructor(private readonly options: FeedOptions) {}

  /** The answer, or ODataError. */
  async answer(reader: FeedReader, request: FeedRequest): Promise<FeedAnswer> {
    const address = addressOf(request.url);
    const model = modelFor(reader.sees);
    const resource = resourceOf(address, model);
    const texts = optionsOf(resource, address);
    switch (resource.kind) {
      case 'metadata':
        checkXmlFormat(texts.$format);
        return textAnswer(XML_TYPE, metadataXml(model));
      case 'service': {
        const format = formatOf(request, texts);
        const document = serviceDocument(model, this.options.root(), format.metadata === 'none');
        return textAnswer(jsonType(format), JSON.stringify(document));
      }
      case 'count':
        return this.count(reader, request, { model, texts, set: resource.set });
      case 'entity':
        return this.entity(reader, request, { model, texts, ...resource });
      default:
        return this.page(reader, request, { model, texts, set: resource.set });
    }
  }

  private async count(reader: FeedReader, { url }: FeedRequest, { model, texts, set }: Ask): Promise<FeedAnswer> {
    const statement = new FeedStatement(model, set, parseOptions(texts));
    await reader.record({ set: set.dataset.name, address: url, asked: null });
    const { count } = await this.options.database.ask(reader.tenantId, { count: statement.count() });
    return textAnswer('text/plain;charset=utf-8', String(count));
  }

  private async entity(
    reader: FeedReader,
    request: FeedRequest,
    { model, texts, set, key }: Ask & Pick<Extract<Resource, { kind: 'entity' }>, 'key'>,
  ): Promise<FeedAnswer> {
    const format = formatOf(request, texts);
    const statement = new FeedStatement(model, set, parseOptions(texts), key);
    await reader.record({ set: set.dataset.name, address: request.url, asked: null });
    const { rows } = await this.options.database.ask(reader.tenantId, {
      rows: statement.rows({ after: null, skip: 0, limit: 1 }),
    });
    const [row] = rows;
    if (!row) throw new ODataError(404, `There is no such ${set.dataset.entity}.`);
    const context = format.metadata === 'none' ? '' : `${this.context(statement, '/$entity')},`;
    const object = rowWriter(statement, format)(row).slice(1);
    return textAnswer(jsonType(format), `{${object === '}' ? context.slice(0, -1) : context}${object}`);
  }

  private async page(reader: FeedReader, request: FeedRequest, ask: Ask): Promise<FeedAnswer> {
    const format = formatOf(request, ask.texts);
    const { pageRows } = preferences(request.headers.prefer);
    const secret = await this.options.database.signingSecret(reader.tenantId);
    const plan = planOf(ask, pageRows, (token) => openToken(secret, reader.tenantId, token));
    const set = ask.set.dataset.name;
    const asked = await reader.record({ set, address: request.url, asked: plan.asked });
    const release = await this.options.streams.take(reader.tenantId);
    try {
      const count = await this.countOf(reader, plan);
      const slices = this.slices(reader, plan);
      // The first rows are read before the status is sent: until then a refusal has one of its own.
      const first = await slices.next();
      const next = (after: Position): string => {
        const { texts, size } = plan;
        const left = plan.left === null ? null : plan.left - size;
        const token = sealToken(secret, reader.tenantId, { set, texts, left, size, count, after, asked });
        return `${this.options.root()}/${set}?$skiptoken=${token}`;
      };
      const parts = format.metadata === 'none' ? [] : [this.context(plan.statement, '')];
      if (count !== null) parts.push(`"@odata.count":${format.ieee754Compatible ? `"${count}"` : count}`);
      const head = `{${[...parts, '"value":['].join(',')}`;
      return {
        type: jsonType(format),
        headers: pageRows === null ? {} : { 'preference-applied': `odata.maxpagesize=${pageRows}` },
        body: written({ head, first, slices, write: rowWriter(plan.statement, format), next }),
        release,
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  private async countOf({ tenantId }: FeedReader, { wantsCount, count, statement }: Plan): Promise<string | null> {
    if (!wantsCount || count !== null) return count;
    return String((await this.options.database.ask(tenantId, { count: statement.count() })).count);
  }

  private slices({ tenantId }: FeedReader, { statement, after, skip, left, size }: Plan): AsyncGenerator<Slice> {
    const { database, longest } = this.options;
    const end = performance.now() + longest;
    return pageSlices({
      statement,
      after,
      skip,
      size: left === null ? size : Math.min(left, size),
      mayFollow: left === null || left > size,
      ask: async (of, slice) => {
        if (performance.now() > end) throw new ODataError(503, 'The answer took too long to read.');
        return (await database.ask(tenantId, { rows: of.rows(slice) })).rows;
      },
    });
  }

  private context(statement: FeedStatement, suffix: string): string {
    const address = `${this.options.root()}/$metadata#${statement.set.dataset.name}${selectList(statement)}${suffix}`;
    return `"@odata.context":${JSON.stringify(address)}`;
  }
}

interface Ask {
  readonly model: FeedModel;
  readonly set: FeedSet;
  readonly texts: OptionTexts;
}

/** How a page is read: by the request's own options, or by those in its $skiptoken. */
interface Plan {
  readonly statement: FeedStatement;
  /** The options that every page has. */
  readonly texts: OptionTexts;
  readonly after: Position | null;
  readonly skip: number;
  readonly left: number | null;
  readonly size: number;
  readonly wantsCount: boolean;
  /** The count that an earlier page gave. */
  readonly count: string | null;
  /** The question that an earlier page began. */
  readonly asked: Asked | null;
}

function planOf({ model, set, texts }: Ask, pageRows: number | null, open: (token: string) => Continuation): Plan {
  if (texts.$skiptoken === undefined) {
    const options = parseOptions(texts);
    const { $filter, $orderby, $select, $expand } = texts;
    const kept = Object.entries({ $filter, $orderby, $select, $expand }).filter(([, text]) => text !== undefined);
    return {
      statement: new FeedStatement(model, set, options),
      texts: Object.fromEntries(kept),
      after: null,
      skip: options.skip,
      left: options.top,
      size: pageRows ?? PAGE_ROWS,
      wantsCount: options.count,
      count: null,
      asked: null,
    };
  }
  const beside = Object.keys(texts).find((name) => name !== '$skiptoken' && name !== '$format');
  if (beside) throw badRequest(`${beside} is in the $skiptoken already: follow the nextLink as it was given`, beside);
  const continuation = open(texts.$skiptoken);
  const statement = new FeedStatement(model, set, parseOptions(continuation.texts));
  if (continuation.set !== set.dataset.name || !statement.fits(continuation.after))
    throw badRequest('This $skiptoken belongs to another set or model: read the set from its beginning', '$skiptoken');
  const { left, size, count, after, asked } = continuation;
  return {
    statement,
    texts: continuation.texts,
    after,
    skip: 0,
    left,
    size: pageRows ?? size,
    wantsCount: count !== null,
    count,
    asked,
  };
}

interface Written {
  readonly head: string;
  readonly first: IteratorResult<Slice, void>;
  readonly slices: AsyncGenerator<Slice>;
  readonly write: (row: Slice['rows'][number]) => string;
  readonly next: (after: Position) => string;
}

/** The text of a page, a slice at a time. */
async function* written({ head, first, slices, write, next }: Written): AsyncGenerator<string> {
  let lead = head;
  for (let slice = first; !slice.done; slice = await slices.next()) {
    const { rows } = slice.value;
    if (rows.length > 0) yield lead + rows.map(write).join(',');
    else if (lead === head) yield head;
    if (slice.value.next) {
      yield `],"@odata.nextLink":${JSON.stringify(next(slice.value.next))}}`;
      return;
    }
    lead = ',';
  }
  yield ']}';
}

function optionsOf(resource: Resource, { options }: Pick<Address, 'options'>): OptionTexts {
  const texts = optionTexts(options);
  const wrong = Object.keys(texts).find((name) => !ALLOWED[resource.kind].includes(name as OptionName));
  if (wrong) throw badRequest(`${wrong} has no meaning here`, wrong);
  return texts;
}

const formatOf = ({ headers: { accept } }: FeedRequest, { $format }: OptionTexts): JsonFormat =>
  jsonFormat(typeof accept === 'string' ? accept : accept?.join(','), $format);

const textAnswer = (type: string, body: string): FeedAnswer => ({ type, headers: {}, body, release: NOTHING });
