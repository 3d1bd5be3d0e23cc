import { PowerBiPeople } from '../powerbi/people.js';
import { POWERBI_HOST, powerBiPlan } from '../powerbi/host.js';
import type { Token } from './world.js';
import { GRAPH_HOST, LOGIN_HOST } from './constants.js';
import { tokenEndpoint } from './entra/token.js';
import { type AssertionVerifier, uncheckedAssertions } from './entra/user-assertion.js';
import { type Answer, type Exchange, notSimulated, type Outcome, Refusal } from './exchange.js';
import type { FaultRule } from './faults.js';
import { faultAnswer } from './fault-answer.js';
import { answerGraph } from './graph.js';
import { People } from './people.js';
import { keptBody, keptHeaders } from './request-log.js';
import { findRoute } from './router.js';
import { type DirectorySeed, type SampleConnection, seedDirectory } from './seed.js';
import { answerSharePointHost, sharePointOperation } from './sharepoint/host.js';
import { notifyChange } from './sharepoint/subscriptions.js';
import { Tree } from './sharepoint/tree.js';
import { workflowTrigger } from './teams/workflow.js';
import { MicrosoftWorld, type WorldOptions } from './world.js';

export interface SimulatorOptions extends WorldOptions {
  /** Checks users' tokens for on-behalf-of; without it their claims are taken unchecked. */
  readonly verifyAssertion?: AssertionVerifier;
}

/** Operations whose answers open a door: they are in no log. */
const SECRET_ANSWERS = ['token', 'powerbi.token'];

/** What a request is about, before it is answered. */
interface Plan {
  readonly operation: string;
  readonly tid: string | null;
  readonly run: () => Promise<Answer> | Answer;
}

/** The simulated Entra ID, Microsoft Graph, SharePoint and Workflows behind all of their hosts. */
export class MicrosoftSimulator {
  readonly world: MicrosoftWorld;
  readonly tree: Tree;
  /** What people and administrators do, beside the API. */
  readonly people: People;
  /** The same in Power BI. */
  readonly powerBi: PowerBiPeople;
  readonly #verify: AssertionVerifier;
  readonly #notifications = new Set<Promise<void>>();

  constructor(options: SimulatorOptions = {}) {
    this.world = new MicrosoftWorld(options);
    this.tree = new Tree(this.world);
    this.people = new People(this.world, this.tree);
    this.powerBi = new PowerBiPeople(this.world);
    this.#verify = options.verifyAssertion ?? uncheckedAssertions;
    this.tree.onChange((library) => {
      const sending = notifyChange(this.world, library).finally(() => this.#notifications.delete(sending));
      this.#notifications.add(sending);
    });
  }

  /** Makes a customer's directory with site, team, workflow and people; what is there stays. */
  seed(directory: DirectorySeed): SampleConnection {
    return seedDirectory(this.world, directory);
  }

  /** Resolves when all change notifications so far have been sent. */
  async settled(): Promise<void> {
    await Promise.all(this.#notifications);
  }

  /** Answers a request as Microsoft would, with whatever fault is armed for it, and records it. */
  async handle(exchange: Exchange): Promise<Outcome> {
    const { world } = this;
    const at = world.now().toISOString();
    const plan = this.#plan(exchange);
    const target = { operation: plan.operation, tid: plan.tid, path: `${exchange.host}${exchange.path}` };
    const fault = world.faults.take(target);
    if (fault?.delayMs && fault.kind !== 'slow') await pause(fault.delayMs);
    const real = isBefore(fault) ? null : await this.#answer(plan);
    const effects = world.takeEffects();
    const outcome = this.#outcome(plan.operation, fault, real);
    const answer = outcome.answer ?? real;
    world.log.add({
      at,
      operation: plan.operation,
      tid: plan.tid,
      method: exchange.method,
      host: exchange.host,
      path: exchange.path,
      headers: keptHeaders(exchange.headers),
      request: keptBody(exchange.headers['content-type'] ?? '', exchange.body),
      status: answer?.status ?? null,
      response:
        SECRET_ANSWERS.includes(plan.operation) || Buffer.isBuffer(answer?.body) ? null : (answer?.body ?? null),
      effects,
      fault: fault ? (fault.kind ?? 'delay') : null,
    });
    return { ...outcome, answer: outcome.answer && this.#withHeaders(exchange, outcome.answer) };
  }

  async #answer(plan: Plan): Promise<Answer> {
    try {
      return await plan.run();
    } catch (error) {
      if (error instanceof Refusal) return this.#refusal(error);
      // A fault of the simulator itself must be seen in the log, not looked for.
      return this.#refusal(new Refusal(500, 'sandboxFault', `The sandbox failed: ${String(error)}`));
    }
  }

  #plan(exchange: Exchange): Plan {
    const { world, tree } = this;
    const { host, path, method } = exchange;
    if (host === LOGIN_HOST && method === 'POST' && /^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path)) {
      const tid = path.split('/')[1]!.toLowerCase();
      return { operation: 'token', tid, run: () => tokenEndpoint(world, this.#verify, exchange) };
    }
    if (host === GRAPH_HOST) {
      const tid = this.#tokenOf(exchange)?.tid ?? null;
      const found = findRoute(exchange);
      return {
        operation: found?.route.operation ?? 'unknown',
        tid,
        run: () => answerGraph(world, tree, exchange, found),
      };
    }
    if (host === POWERBI_HOST) return powerBiPlan(world, exchange);
    if (host.endsWith('.sharepoint.com')) {
      const tid = world.store.all('directory').find((directory) => directory.host === host)?.id ?? null;
      return { operation: sharePointOperation(exchange), tid, run: () => answerSharePointHost(world, tree, exchange) };
    }
    if (host.endsWith('.environment.api.powerplatform.com') && method === 'POST') {
      const tid = world.store.all('workflow').find((workflow) => workflow.host === host)?.tid ?? null;
      return { operation: 'workflow.trigger', tid, run: () => workflowTrigger(world, exchange) };
    }
    if (host.endsWith('.webhook.office.com') || host.endsWith('.logic.azure.com')) {
      return { operation: 'retired', tid: null, run: () => Promise.reject(retired()) };
    }
    return {
      operation: 'unknown',
      tid: null,
      run: () => Promise.reject(notSimulated(`${method} https://${host}${path}`)),
    };
  }

  #tokenOf(exchange: Exchange): Token | undefined {
    return this.world.tokens.get(/^Bearer (\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1] ?? '');
  }

  #outcome(operation: string, fault: FaultRule | null, real: Answer | null): Outcome {
    const plain = { cut: false, pauseMs: 0 };
    if (fault?.kind === 'reset') return { ...plain, answer: null };
    if (fault?.kind === 'status') return { ...plain, answer: faultAnswer(this.world, operation, fault) };
    if (fault?.kind === 'malformed')
      return {
        ...plain,
        answer: {
          ...(real ?? { status: 200 }),
          headers: { 'content-type': 'application/json' },
          body: Buffer.from('{"id": "01'),
        },
      };
    if (fault?.kind === 'cut') return { ...plain, cut: true, answer: real };
    return { cut: false, pauseMs: fault?.kind === 'slow' ? (fault.delayMs ?? 0) : 0, answer: real };
  }

  #refusal(error: Refusal): Answer {
    const { status, code, message, more } = error;
    const innerError = {
      ...(more.inner === undefined ? {} : { code: more.inner }),
      date: this.world.stamp().slice(0, 19),
      'request-id': this.world.newGuid(),
    };
    return { status, headers: more.headers, body: { error: { code, message, innerError } } };
  }

  /** The ids that support asks for; the one in the body is the one in the header. */
  #withHeaders(exchange: Exchange, answer: Answer): Answer {
    if (exchange.host !== GRAPH_HOST) return answer;
    const inner = (answer.body as { error?: { innerError?: Record<string, unknown> } } | undefined)?.error?.innerError;
    const id = (inner?.['request-id'] as string | undefined) ?? this.world.newGuid();
    const clientId = exchange.headers['client-request-id'] ?? id;
    if (inner) inner['client-request-id'] = clientId;
    return { ...answer, headers: { ...answer.headers, 'request-id': id, 'client-request-id': clientId } };
  }
}

/** Office 365 connectors and the first Workflows addresses (30 Nov 2025) are gone. What is answered now is UNVERIFIED. */
function retired(): Refusal {
  return new Refusal(410, 'Gone', 'This address is retired: make a webhook with Workflows and use its new address.');
}

/** Whether the work stays undone: a status and a reset come before it unless asked otherwise, the rest after it. */
function isBefore(fault: FaultRule | null): boolean {
  if (fault?.kind === undefined) return false;
  return (fault.at ?? (fault.kind === 'status' || fault.kind === 'reset' ? 'before' : 'after')) === 'before';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
