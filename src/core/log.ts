import { pino, type DestinationStream, type Logger } from 'pino';

/** Fields that never reach a log line, wherever a library puts them. */
const SECRET = [
  'authorization',
  'cookie',
  'token',
  'secret',
  'password',
  'accessToken',
  'access_token',
  'client_secret',
  'apiKey',
  'variables',
  'parameters',
];

const PATHS = SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Structured logs on standard output; requests by id, method, path and status, never headers, bodies or variables. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: { paths: PATHS, censor: '[redacted]' },
    serializers: {
      req: (request: { id: string; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        path: request.url.split('?')[0],
      }),
      res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
      err: errorLine,
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** An error as name, code, message and stack: its other fields may hold rows or parameters. */
function errorLine(error: Error & { code?: string }): Record<string, unknown> {
  return { name: error.name, code: error.code, message: error.message, stack: error.stack };
}
