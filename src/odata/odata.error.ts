/** Statuses by which the feed refuses (OData 4.0 part 1, section 9). */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 406 | 413 | 414 | 429 | 501 | 503;

interface Details {
  /** What of the request is meant: a query option, or the name of a property. */
  readonly target?: string;
  /** Where in it, counted from 0. */
  readonly at?: number;
  /** Seconds after which a repeat is worth it. */
  readonly retryAfter?: number;
  /** The methods that are allowed. */
  readonly allow?: string;
}

const CODES: Readonly<Record<RefusalStatus, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  413: 'PayloadTooLarge',
  414: 'UriTooLong',
  429: 'TooManyRequests',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

/** A refusal of the feed, with the status and the words that the protocol answers with. Safe to show. */
export class ODataError extends Error {
  readonly code: string;

  constructor(
    readonly status: RefusalStatus,
    message: string,
    readonly details: Details = {},
  ) {
    super(message);
    this.name = 'ODataError';
    this.code = CODES[status];
  }

  /** The body that the protocol gives it (OData JSON format 4.0, section 19). */
  body(): { readonly error: { readonly code: string; readonly message: string; readonly target?: string } } {
    const { target } = this.details;
    return { error: { code: this.code, message: this.message, ...(target !== undefined && { target }) } };
  }
}

const where = (at: number | undefined): string => (at === undefined ? '' : ` (at position ${at})`);

/** 400: the request is not what the protocol or the model allows; `at` is its place in the option `target`. */
export function badRequest(message: string, target?: string, at?: number): ODataError {
  return new ODataError(400, `${message}${where(at)}`, {
    ...(target !== undefined && { target }),
    ...(at !== undefined && { at }),
  });
}

/** 501: the protocol knows it, this feed does not offer it (OData 4.0 part 1, section 9.3.1). */
export function notImplemented(what: string, target?: string, at?: number): ODataError {
  return new ODataError(501, `${what} is not offered by this feed${where(at)}.`, {
    ...(target !== undefined && { target }),
    ...(at !== undefined && { at }),
  });
}
