import { badRequest, ODataError } from './odata.error.js';

/** How JSON is written for a reader. */
export interface JsonFormat {
  readonly metadata: 'minimal' | 'none';
  /** Whether numbers of 64 bits travel as text (OData JSON format 4.0, section 3.2). */
  readonly ieee754Compatible: boolean;
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** Rows a page: without a wish, and at most. */
export const PAGE_ROWS = 5_000;

const ANYTHING = new Set(['*/*', 'application/*', 'application/json']);
const FORMATS: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  atom: 'application/atom+xml',
};

/** The type of $metadata: XML always, which is the one that every client reads. */
export const XML_TYPE = 'application/xml;charset=utf-8';

/** The Content-Type of JSON in this format. */
export const jsonType = ({ metadata, ieee754Compatible }: JsonFormat): string =>
  `application/json;odata.metadata=${metadata};odata.streaming=true;IEEE754Compatible=${ieee754Compatible};charset=utf-8`;

/**
 * The format of JSON by $format, else by Accept: the first of the best that we can write. 406 when there is none. A reader
 * that names Atom or XML beside JSON gets JSON.
 */
export function jsonFormat(accept: string | undefined, format: string | undefined): JsonFormat {
  const wanted = format === undefined ? accept : (FORMATS[format.toLowerCase()] ?? format);
  if (wanted === undefined || wanted.trim() === '') return { metadata: 'minimal', ieee754Compatible: false };
  const ranges = wanted
    .split(',')
    .slice(0, 50)
    .map(mediaRange)
    .toSorted((a, b) => b.quality - a.quality);
  for (const range of ranges) {
    const found = range.quality > 0 ? formatOf(range) : null;
    if (found) return found;
  }
  throw new ODataError(406, 'Data is written as application/json, with odata.metadata=minimal or none.');
}

function formatOf({ type, parameters }: MediaRange): JsonFormat | null {
  if (!ANYTHING.has(type)) return null;
  const metadata = parameters.get('odata.metadata') ?? parameters.get('metadata') ?? 'minimal';
  if (metadata !== 'minimal' && metadata !== 'none') return null;
  // `odata=verbose` and its like are of the versions before 4.
  if (parameters.has('odata')) return null;
  return { metadata, ieee754Compatible: parameters.get('ieee754compatible') === 'true' };
}

/** 406 when $format asks $metadata for anything but XML. */
export function checkXmlFormat(format: string | undefined): void {
  if (format === undefined) return;
  const { type } = mediaRange(FORMATS[format.toLowerCase()] ?? format);
  if (type !== 'application/xml') throw new ODataError(406, '$metadata is written as application/xml.');
}

function mediaRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [name.trim().toLowerCase(), value.trim().toLowerCase()] as const;
    }),
  );
  const quality = Number(parameters.get('q') ?? '1');
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}

/** What a `Prefer` header asks for that we honour. */
export interface Preferences {
  readonly pageRows: number | null;
}

/** Reads `odata.maxpagesize`, from 1 to PAGE_ROWS; what is asked beyond is a wish that we fulfil as far as we do. */
export function preferences(header: string | readonly string[] | undefined): Preferences {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  const wish = /(?:^|[,;\s])(?:odata\.)?maxpagesize\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i.exec(text)?.[1];
  if (wish === undefined || Number(wish) === 0) return { pageRows: null };
  return { pageRows: Math.min(Number(wish), PAGE_ROWS) };
}

/** Whether an answer may be packed with gzip. */
export function acceptsGzip(header: string | readonly string[] | undefined): boolean {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  return text.split(',').some((part) => {
    const { type, quality } = mediaRange(part);
    return (type === 'gzip' || type === 'x-gzip') && quality > 0;
  });
}

/** 400 for a reader that understands nothing as new as 4.0, and for a request that is written in something newer. */
export function checkVersions(headers: Readonly<Record<string, string | string[] | undefined>>): void {
  const { 'odata-maxversion': most, 'odata-version': written } = headers;
  if (typeof most === 'string' && !/^4\.\d+$/.test(most.trim()))
    throw badRequest('This feed answers in OData 4.0, which OData-MaxVersion excludes', 'OData-MaxVersion');
  if (typeof written === 'string' && !/^4\.0[01]?$/.test(written.trim()))
    throw badRequest('This feed reads OData 4.0', 'OData-Version');
}
