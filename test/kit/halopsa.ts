import { startHaloSimulator, type HaloSimulator } from '../../src/sandbox/halopsa/server.js';
import type { SimulatorOptions } from '../../src/sandbox/halopsa/instances.js';
import type { HaloInstance } from '../../src/sandbox/halopsa/instance.js';
import { SAMPLE_APPLICATION } from '../../src/sandbox/halopsa/settings.js';

export type Json = Record<string, unknown>;

/** An answer of the simulator, its body parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** Everything that the product may ask for. */
export const SCOPE = 'read:tickets edit:tickets read:customers';

/** One tenant's HaloPSA over HTTP, with a token. */
export class HaloClient {
  private constructor(
    readonly simulator: HaloSimulator,
    readonly halo: HaloInstance,
    private token: string,
  ) {}

  static async start(options: SimulatorOptions = {}, scope = SCOPE): Promise<HaloClient> {
    const simulator = await startHaloSimulator({ samplesFolder: 'samples/halopsa', ...options });
    const client = new HaloClient(simulator, simulator.instance('acme-msp'), '');
    await client.signIn(scope);
    return client;
  }

  /** Asks for a token and keeps it. */
  async signIn(scope = SCOPE): Promise<Answer> {
    const answer = await this.askToken({ scope });
    this.token = String(answer.body.access_token);
    return answer;
  }

  /** The token endpoint, as the facts describe the call; what is given replaces a field. */
  async askToken(over: Partial<Record<string, string>> = {}, tenant: string | null = 'acme-msp'): Promise<Answer> {
    const { clientId: client_id, clientSecret: client_secret } = SAMPLE_APPLICATION;
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope: SCOPE });
    for (const [name, value] of Object.entries(over)) form.set(name, value ?? '');
    const url = `${this.simulator.authServer('acme-msp')}/token${tenant === null ? '' : `?tenant=${tenant}`}`;
    return answerOf(await fetch(url, { method: 'POST', body: form }));
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.call('POST', path, JSON.stringify(body));
  }

  async call(method: string, path: string, body?: string): Promise<Answer> {
    const response = await fetch(`${this.simulator.resourceServer('acme-msp')}${path}`, {
      method,
      signal: AbortSignal.timeout(3000),
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    return answerOf(response);
  }

  /** The simulator's own calls. */
  async control(method: string, path: string, body?: unknown): Promise<Answer> {
    const url = `${this.simulator.origin}/sandbox/halopsa/acme-msp/control/${path}`;
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return answerOf(await fetch(url, { method, ...sent }));
  }

  /** The rows of a list, whatever key they stand under. */
  async rows(path: string): Promise<Json[]> {
    const { body } = await this.get(path);
    return (Array.isArray(body) ? body : Object.values(body).find(Array.isArray)) as Json[];
  }

  /** Creates a project with a milestone, a budget and a task, as a connector would; answers the two numbers. */
  async project(over: Json = {}): Promise<{ readonly projectId: number; readonly taskId: number }> {
    const sent = {
      tickettype_id: 5,
      summary: '[H-1] Rollout',
      client_id: 12,
      createdfrom_id: 2205,
      third_party_id_string: 'handoff:H-1',
      donotapplytemplateintheapi: true,
      milestones: [{ name: 'Build', sequence: 1, start_date: '2026-10-05', target_date: '2026-11-27' }],
      budgets: [{ budgettype_id: 1, hours: 10, rate: 100 }],
    };
    const made = await this.post('/Projects', [{ ...sent, ...over }]);
    const projectId = made.body.id as number;
    const milestoneId = (made.body.milestones as Json[])[0]?.id;
    const task = { tickettype_id: 6, parent_id: projectId, summary: '[H-1/T-01] Install', milestone_id: milestoneId };
    const { body } = await this.post('/Tickets', [{ ...task, budgettype_id: 1 }]);
    return { projectId, taskId: body.id as number };
  }

  close(): Promise<void> {
    return this.simulator.close();
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const { status, headers } = response;
  const isJson = headers.get('content-type')?.includes('json') === true;
  return { status, headers, body: (isJson ? JSON.parse(text) : { text }) as Json };
}
