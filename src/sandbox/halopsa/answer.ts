import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from './actor.js';
import { Query } from './answers.js';
import type { CallContext, HaloCall } from './call.js';
import { findCall } from './calls.js';
import type { Breakage, Struck } from './faults.js';
import type { HaloInstance } from './instance.js';
import { badRequest, HaloRefusal } from './refusal.js';
import type { Trace } from './request-log.js';
import { allows, type TokenHolder } from './tokens.js';
import { takeBody } from './validation.js';

/** A request to an instance, as it came in. */
export interface HaloRequest {
  readonly method: string;
  /** Under the instance: `/auth/token` or `/api/...`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly body: string;
}

/** What goes back: an answer, perhaps broken on its way, or none. */
export interface HaloAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How the answer breaks on its way. */
  readonly broken: Exclude<Breakage, { readonly kind: 'STATUS' }> | null;
}

/**
 * Answers one request: scripted faults, rate limit, token, scope, shape, then the call itself. What a fault does before
 * the call leaves no effect; what it does after leaves the effect and breaks the answer; a late one leaves it afterwards.
 */
export async function answer(halo: HaloInstance, request: HaloRequest): Promise<HaloAnswer> {
  const { method, path, query } = request;
  const trace = halo.log.begin({ at: halo.now().toISOString(), method, path, query });
  const struck = halo.faults.strike(method, path, request.body);
  if (struck.delayMs > 0) await pause(struck.delayMs);
  const early = struck.before ?? struck.late;
  const work = (): HaloAnswer => respond(halo, request, struck, trace);
  if (struck.late) halo.faults.hold(work);
  const given = early ? broken(early, null) : finish(struck, work());
  const fault = early ?? struck.after;
  trace.fault = fault?.kind ?? null;
  trace.status = given.broken?.kind === 'RESET' || given.broken?.kind === 'HANG' ? null : given.status;
  return given;
}

function finish(struck: Struck, given: HaloAnswer): HaloAnswer {
  return struck.after ? broken(struck.after, given) : given;
}

function broken(breaks: Breakage, given: HaloAnswer | null): HaloAnswer {
  if (breaks.kind === 'STATUS') {
    const { status, body = '{"message":"An error has occurred."}', headers = {} } = breaks;
    return { status, body, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, broken: null };
  }
  return { ...(given ?? json(200, {})), broken: breaks };
}

function respond(halo: HaloInstance, request: HaloRequest, struck: Struck, trace: Trace): HaloAnswer {
  try {
    if (request.path.toLowerCase() === '/auth/token') return tokenAnswer(halo, request);
    return json(200, called(halo, request, struck, trace));
  } catch (error) {
    if (error instanceof TooMany) return throttled(halo, error.seconds);
    if (error instanceof HaloRefusal) return json(error.status, { message: error.message });
    throw error;
  }
}

class TooMany extends Error {
  constructor(readonly seconds: number) {
    super('too many requests');
  }
}

function called(halo: HaloInstance, request: HaloRequest, struck: Struck, trace: Trace): unknown {
  const { settings } = halo;
  const wait = halo.rate.spend(halo.now().getTime(), settings.rateLimit, settings.rateWindowSeconds);
  if (wait !== null) throw new TooMany(wait);
  const holder = halo.tokens.holder(request.authorization, halo.now());
  if (!holder) throw new HaloRefusal(401, 'Authorization has been denied for this request.');
  trace.clientId = holder.application.clientId;
  const found = request.path.startsWith('/api/') ? findCall(request.method, request.path.slice('/api'.length)) : null;
  if (!found) throw new HaloRefusal(501, `The simulator does not know ${request.method} ${request.path}.`);
  assertScope(halo, holder, found.call);
  trace.ignored.push(...unknownParameters(halo, request, found.call));
  const { application } = holder;
  const actor: Actor = {
    agentId: application.agentId,
    clientId: application.clientId,
    silentFields: [...application.silentFields, ...struck.drop],
  };
  const query = new Query(request.query, settings.ignoredFilters);
  const context: CallContext = {
    halo,
    id: found.id,
    query,
    records: records(halo, request, found.call, trace),
    actor,
    notes: trace,
  };
  return found.call.answer(context);
}

function records(halo: HaloInstance, request: HaloRequest, call: HaloCall, trace: Trace): CallContext['records'] {
  if (!call.body) return [];
  if (!/^application\/(\w+\+)?json\b/i.test(request.contentType)) throw new HaloRefusal(415, 'Send application/json.');
  const body = parsed(request.body);
  // A webhook's password is a secret of its receiver.
  trace.body = call.body === 'Webhook' ? null : body;
  const { singleObjectBody: singleObject, utcOffsetMinutes } = halo.settings;
  const taken = takeBody(call.body, body, { singleObject, utcOffsetMinutes });
  trace.dropped.push(...taken.dropped);
  return taken.records;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw badRequest('The body is no JSON.');
  }
}

/** The token's scope and the agent's role must both allow the call (facts 3.1). */
function assertScope(halo: HaloInstance, { application, scopes }: TokenHolder, call: HaloCall): void {
  const scope = `${call.method === 'GET' ? 'read' : 'edit'}:${halo.settings.scopes[call.scope]}`;
  if (allows(scopes, scope) && allows(application.agentScopes, scope)) return;
  throw new HaloRefusal(403, `You do not have permission (${scope}).`);
}

function unknownParameters(halo: HaloInstance, request: HaloRequest, call: HaloCall): readonly string[] {
  const { ignoredFilters } = halo.settings;
  return Object.keys(request.query).filter((name) => {
    const lower = name.toLowerCase();
    return !call.query.includes(lower) || ignoredFilters.includes(lower);
  });
}

function tokenAnswer(halo: HaloInstance, request: HaloRequest): HaloAnswer {
  if (request.method !== 'POST') return json(405, { error: 'invalid_request' });
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.contentType))
    return json(400, { error: 'invalid_request' });
  const form = new URLSearchParams(request.body);
  const { status, body } = halo.tokens.issue(form, halo.slug, request.query.tenant ?? null, halo.settings, halo.now());
  return json(status, body);
}

function throttled(halo: HaloInstance, seconds: number): HaloAnswer {
  const { retryAfter } = halo.settings;
  const refused = json(429, { message: 'Too many requests.' });
  if (retryAfter === 'NONE') return refused;
  const value =
    retryAfter === 'SECONDS' ? String(seconds) : new Date(halo.now().getTime() + seconds * 1000).toUTCString();
  return { ...refused, headers: { ...refused.headers, 'retry-after': value } };
}

function json(status: number, body: unknown): HaloAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    broken: null,
  };
}
