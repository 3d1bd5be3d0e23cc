import type { Socket } from 'node:net';
import type { FastifyServerOptions } from 'fastify';

/** How long a client may take to send its headers, and its whole request, in milliseconds. */
export interface RequestPatience {
  readonly headers: number;
  readonly whole: number;
}

const PATIENCE: RequestPatience = { headers: 10_000, whole: 30_000 };

/** The listener's settings by which a client that sends drop by drop ends, so that it holds nothing for long. */
export function against(patience: RequestPatience = PATIENCE): Required<
  Pick<FastifyServerOptions, 'requestTimeout' | 'clientErrorHandler'>
> & {
  readonly http: { readonly headersTimeout: number; readonly connectionsCheckingInterval: number };
} {
  return {
    requestTimeout: patience.whole,
    // Node looks at its connections twice a minute unless told otherwise, which would be the patience then.
    http: { headersTimeout: patience.headers, connectionsCheckingInterval: patience.headers / 5 },
    clientErrorHandler: (error, socket) => tooSlowOrUnreadable(error, socket, patience),
  };
}

/** What cannot be read as a request, or was not sent in time, gets a coded answer too, on the bare socket. */
function tooSlowOrUnreadable(error: NodeJS.ErrnoException, socket: Socket, patience: RequestPatience): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const status = isSlow ? '408 Request Timeout' : '400 Bad Request';
  const message = isSlow ? 'The request was not sent in time.' : 'This is not an HTTP request.';
  const remedy = isSlow
    ? `Send the headers within ${patience.headers / 1000} seconds and the whole request within ${patience.whole / 1000}.`
    : 'Send HTTP/1.1.';
  const extensions = { code: isSlow ? 'REQUEST_TIMEOUT' : 'BAD_REQUEST', field: 'request', remedy };
  const body = JSON.stringify({ errors: [{ message, extensions }] });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
