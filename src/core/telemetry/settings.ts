import { StartupError } from '../startup-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where traces and metrics are sent by OTLP over HTTP (opentelemetry.io/docs/specs/otel/protocol/exporter). */
export interface OtlpSettings {
  /** The collector's base address; `/v1/traces` and `/v1/metrics` stand under it. */
  readonly endpoint: string;
  /** Sent with every export, such as an access token. Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** The share of operations that leave a trace, 0 to 1. */
  readonly traceShare: number;
}

/** Where Prometheus finds the metrics. */
export interface MetricsSettings {
  /** A port of its own; null: `/metrics` of the API's listener. */
  readonly port: number | null;
  readonly host: string;
  /** What a scraper sends as `Authorization: Bearer`; null only on a port that this machine alone reaches. Secret. */
  readonly token: string | null;
}

/** What a process tells of itself, and to whom. */
export interface TelemetrySettings {
  /** The name under which it tells: OTEL_SERVICE_NAME. */
  readonly service: string;
  readonly otlp: OtlpSettings | null;
  readonly metrics: MetricsSettings | null;
  /** From how many milliseconds on an operation is warned of; 0 for never. */
  readonly slowOperationMs: number;
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/**
 * Reads OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER_ARG,
 * METRICS_PORT, METRICS_HOST, METRICS_TOKEN and SLOW_OPERATION_MS. StartupError for half a setting or an open one.
 */
export function readTelemetry(env: Environment): TelemetrySettings {
  return {
    service: readService(env),
    otlp: readOtlp(env),
    metrics: readMetrics(env),
    slowOperationMs: whole(env, 'SLOW_OPERATION_MS', 0, 600_000) ?? 1000,
  };
}

function readService(env: Environment): string {
  const name = env.OTEL_SERVICE_NAME || 'countersign';
  if (/^[\w.-]{1,60}$/.test(name)) return name;
  throw new StartupError(`OTEL_SERVICE_NAME is "${name}": write 1 to 60 letters, digits, dots, dashes or underscores.`);
}

function readOtlp(env: Environment): OtlpSettings | null {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) {
    for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_TRACES_SAMPLER_ARG'])
      if (env[name])
        throw new StartupError(`${name} is set without OTEL_EXPORTER_OTLP_ENDPOINT: set both, or neither.`);
    return null;
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isPlain = url !== null && url.username === '' && url.search === '' && url.hash === '';
  if (!url || !['http:', 'https:'].includes(url.protocol) || !isPlain)
    throw new StartupError(
      'OTEL_EXPORTER_OTLP_ENDPOINT is not a base address: write it as https://collector.example.com:4318.',
    );
  const headers = readHeaders(env);
  if (Object.keys(headers).length > 0 && url.protocol === 'http:' && !LOOPBACK.includes(url.hostname))
    throw new StartupError(
      'OTEL_EXPORTER_OTLP_HEADERS would be sent in clear: use an https address in OTEL_EXPORTER_OTLP_ENDPOINT.',
    );
  return { endpoint: endpoint.replace(/\/+$/, ''), headers, traceShare: readShare(env) };
}

/** `name=value` pairs separated by commas, values percent-encoded, as the specification of OTLP's exporter says. */
function readHeaders(env: Environment): Record<string, string> {
  const pairs = (env.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',').flatMap((pair) => pair.trim() || []);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([\w-]+)\s*=\s*([\x21-\x7e ]+)$/.exec(pair) ?? [];
      // The text may be a secret, so it is not repeated.
      if (!name || !value) throw new StartupError('OTEL_EXPORTER_OTLP_HEADERS has no name=value: separate by commas.');
      return [name.toLowerCase(), decoded(value)];
    }),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new StartupError('OTEL_EXPORTER_OTLP_HEADERS has a value that is not percent-encoded.');
  }
}

function readShare(env: Environment): number {
  const text = env.OTEL_TRACES_SAMPLER_ARG;
  if (!text) return 1;
  const share = Number(text);
  if (share >= 0 && share <= 1) return share;
  throw new StartupError(`OTEL_TRACES_SAMPLER_ARG is "${text}": it must be a share from 0 to 1, such as 0.1.`);
}

function readMetrics(env: Environment): MetricsSettings | null {
  const port = whole(env, 'METRICS_PORT', 0, 65_535);
  const token = env.METRICS_TOKEN || null;
  const host = env.METRICS_HOST || '127.0.0.1';
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw new StartupError('METRICS_TOKEN has characters that no header holds: use printable ASCII without spaces.');
  if (token !== null && token.length < SHORTEST_TOKEN)
    throw new StartupError(`METRICS_TOKEN is shorter than ${SHORTEST_TOKEN} characters: use a long random one.`);
  if (env.METRICS_HOST && port === null)
    throw new StartupError('METRICS_HOST is set without METRICS_PORT: set both, or METRICS_TOKEN alone.');
  if (port === null) return token === null ? null : { port, host, token };
  if (token === null && !LOOPBACK.includes(host))
    throw new StartupError(
      `METRICS_PORT would be open to others on ${host}: set METRICS_TOKEN, or leave METRICS_HOST out.`,
    );
  return { port, host, token };
}

function whole(env: Environment, name: string, least: number, most: number): number | null {
  const text = env[name];
  if (!text) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new StartupError(`${name} is "${text}": it must be a whole number from ${least} to ${most}.`);
  return value;
}
