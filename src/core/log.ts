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

/** What of a request, an answer and an error is told: no header, no body, no variable. */
const SERIALIZERS = {
  req: (request: { id: string; method: string; url: string }) => ({
    id: request.id,
    method: request.method,
    path: request.url.split('?')[0],
  }),
  res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
  err: errorLine,
};

/** Structured logs on standard output; requests by id, method, path and status, never headers, bodies or variables. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: { paths: PATHS, censor: '[redacted]' },
    serializers: SERIALIZERS,
  };
  return pino(options, destination ?? standardOutput());
}

/** Lines leave together, and none waits for longer than the blink of an eye; what is left leaves when the process ends. */
function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, minLength: 4096, periodicFlush: 100 });
}

/** The same log for lines that hold nothing but a request and its answer as they are told above: no secret is looked for. */
export function requestLog(log: Logger): Logger {
  return log.child({}, { redact: [], serializers: SERIALIZERS });
}

/** An error as name, code, message and stack: its other fields may hold rows or parameters. */
function errorLine(error: Error & { code?: string }): Record<string, unknown> {
  return { name: error.name, code: error.code, message: error.message, stack: error.stack };
}
