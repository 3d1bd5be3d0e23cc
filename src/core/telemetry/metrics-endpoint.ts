import { createHash, timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { StartupError } from '../startup-error.js';
import type { MetricsSettings } from './settings.js';

/** The media type of Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats). */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

export interface MetricsEndpointOptions {
  readonly scrape: () => Promise<string>;
  /** What a scraper must send; null where the listener is this machine's alone. */
  readonly token: string | null;
}

/** Mounts `/metrics`. Without the token it answers 401 and tells nothing else. */
export function mountMetrics(listener: FastifyInstance, { scrape, token }: MetricsEndpointOptions): void {
  const expected = token === null ? null : digest(`Bearer ${token}`);
  listener.get('/metrics', { logLevel: 'warn' }, async (request, reply) => {
    const given = digest(request.headers.authorization ?? '');
    if (expected && !timingSafeEqual(given, expected))
      return reply
        .status(401)
        .header('www-authenticate', 'Bearer')
        .send({
          errors: [
            {
              message: 'Metrics are for the scraper alone.',
              extensions: { code: 'UNAUTHENTICATED', remedy: 'Send the token of METRICS_TOKEN as a bearer token.' },
            },
          ],
        });
    return reply
      .header('cache-control', 'no-store')
      .type(TEXT_FORMAT)
      .send(await scrape());
  });
}

/** A listener of its own for `/metrics`; its address is in the answer. StartupError when the port cannot be had. */
export async function openMetricsListener(
  { port, host, token }: MetricsSettings & { readonly port: number },
  scrape: () => Promise<string>,
  log: Logger,
): Promise<{ readonly address: string; readonly close: () => Promise<void> }> {
  const listener = Fastify({
    loggerInstance: log as unknown as FastifyBaseLogger,
    requestTimeout: 10_000,
  });
  mountMetrics(listener, { scrape, token });
  try {
    const address = await listener.listen({ port, host });
    return { address, close: () => listener.close() };
  } catch (error) {
    throw new StartupError(`METRICS_PORT ${port} on ${host} cannot be listened on: choose another.`, { cause: error });
  }
}

/** Of one length, so that the comparison tells nothing about how much was right. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
