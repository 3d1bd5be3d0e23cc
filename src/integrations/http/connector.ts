import { Agent, buildConnector } from 'undici';
import { VendorError } from '../../core/outbox/vendor-error.js';
import { checkedAddress } from './address.rules.js';
import { NotSent } from './fault.rules.js';
import type { Resolve } from './resolve.js';

const CONNECT_MS = 5000;
const HEADERS_MS = 30_000;
const BODY_MS = 10_000;

type Connector = ReturnType<typeof buildConnector>;

/**
 * Connections to addresses that were checked, and to no other that the name may resolve to a moment later: the name
 * is resolved here, every address of it judged, and the connection made to the judged one. IP literals come through
 * here as well; a filter in `lookup` alone would never see them (reliability 6).
 */
export function guardedAgent(resolve: Resolve, wantsLoopback: boolean): Agent {
  const connect = buildConnector({ timeout: CONNECT_MS, allowH2: false });
  return new Agent({
    pipelining: 1,
    connections: 16,
    // Shorter than any vendor's own: a connection that it closes under a request leaves a doubt.
    keepAliveTimeout: 2000,
    keepAliveMaxTimeout: 2000,
    headersTimeout: HEADERS_MS,
    bodyTimeout: BODY_MS,
    connect: (target, done) => {
      const failed = (cause: unknown): void =>
        done(cause instanceof VendorError ? cause : new NotSent('not connected', { cause }), null);
      void checkedName(resolve, target, wantsLoopback).then(
        (checked) => connectTo(connect, checked, failed, done),
        failed,
      );
    },
  });
}

async function checkedName(
  resolve: Resolve,
  target: buildConnector.Options,
  wantsLoopback: boolean,
): Promise<buildConnector.Options> {
  const name = target.hostname.replaceAll(/^\[|\]$/g, '');
  const hostname = checkedAddress(await resolve(name), wantsLoopback);
  return { ...target, hostname, servername: target.servername ?? name };
}

function connectTo(
  connect: Connector,
  target: buildConnector.Options,
  failed: (cause: unknown) => void,
  done: buildConnector.Callback,
): void {
  connect(target, (...[error, socket]) => {
    if (error) failed(error);
    else done(null, socket);
  });
}
