import { type Answer, type Exchange, jsonOf, Refusal } from './exchange.js';
import type { People } from './people.js';
import type { Column, User, Workflow } from './records.js';
import { assertBody, exactly, type RequestSchema, text } from './request-schema.js';
import { DEFAULT_SETTINGS } from './settings.js';
import type { MicrosoftSimulator } from './simulator.js';
import { stateOf } from './state.js';

const TID = text(36, 36);
const PATH = text(400, 1);
const NAMES = { type: 'array', items: text(100) };

const FAULT: RequestSchema = exactly({
  operation: text(60),
  tid: TID,
  path: text(400),
  times: { type: 'integer', minimum: 0 },
  skip: { type: 'integer', minimum: 0 },
  chance: { type: 'number', minimum: 0, maximum: 1 },
  delayMs: { type: 'integer', minimum: 0, maximum: 600_000 },
  kind: { enum: ['status', 'reset', 'cut', 'malformed', 'slow'] },
  at: { enum: ['before', 'after'] },
  status: { type: 'integer', minimum: 400, maximum: 599 },
  code: text(60),
  retryAfter: text(60),
  form: { enum: ['graph', 'html', 'empty'] },
});

const SETTINGS: RequestSchema = exactly(
  Object.fromEntries(Object.entries(DEFAULT_SETTINGS).map(([name, value]) => [name, { type: typeof value }])),
);

/** What acts take; each one's schema demands what it uses. */
interface Input {
  readonly tid: string;
  readonly path: string;
  readonly folder: string;
  readonly name: string;
  readonly text: string;
  readonly open: boolean;
  readonly kind: Column['kind'];
  readonly messageId: string;
  readonly change: Parameters<People['consent']>[1];
  readonly roles: readonly string[];
  readonly state: Workflow['state'];
  readonly oid: string;
  readonly challenge: User['challenge'];
  readonly servicePrincipals: boolean;
  readonly executeQueries: boolean;
  readonly refreshOutcome: 'Completed' | 'Failed' | 'Disabled';
}

interface Act {
  readonly schema: RequestSchema;
  readonly run: (simulator: MicrosoftSimulator, input: Input) => unknown;
}

/** What can be done as people and administrators, by name; `POST control/acts/<name>`. */
const ACTS: Readonly<Record<string, Act>> = {
  editDocument: act({ tid: TID, path: PATH, text: text(1_000_000) }, ({ people }, { tid, path, text: content }) =>
    people.editDocument(tid, path, content),
  ),
  rename: act({ tid: TID, path: PATH, name: PATH }, ({ people }, { tid, path, name }) =>
    people.rename(tid, path, name),
  ),
  move: act({ tid: TID, path: PATH, folder: text(400) }, ({ people }, { tid, path, folder }) =>
    people.move(tid, path, folder),
  ),
  remove: act({ tid: TID, path: PATH }, ({ people }, { tid, path }) => people.remove(tid, path)),
  hold: act({ tid: TID, path: PATH, open: { type: 'boolean' } }, ({ people }, { tid, path, open }) =>
    people.hold(tid, path, open),
  ),
  deleteSite: act({ tid: TID }, ({ people }, { tid }) => people.deleteSite(tid)),
  addColumn: act(
    { tid: TID, name: text(32, 1), kind: { enum: ['text', 'number', 'boolean', 'dateTime', 'choice'] } },
    ({ people }, { tid, name, kind }) => people.addColumn(tid, name, kind),
  ),
  reply: act({ tid: TID, messageId: text(40, 1), text: text(20_000) }, ({ people }, { tid, messageId, text: words }) =>
    people.reply(tid, messageId, words),
  ),
  buttons: act({ messageId: text(40, 1) }, ({ people }, { messageId }) => people.buttons(messageId)),
  consent: act(
    {
      tid: TID,
      change: {
        anyOf: [
          { type: 'null' },
          exactly({ roles: NAMES, scopes: NAMES, mailboxes: { anyOf: [{ type: 'null' }, NAMES] } }),
        ],
      },
    },
    ({ people }, { tid, change }) => people.consent(tid, change),
  ),
  grantSite: act({ tid: TID, roles: NAMES }, ({ people }, { tid, roles }) => people.grantSite(tid, roles)),
  setWorkflow: act({ tid: TID, state: { enum: ['on', 'off', 'deleted'] } }, ({ people }, { tid, state }) =>
    people.setWorkflow(tid, state),
  ),
  challenge: act(
    { tid: TID, oid: TID, challenge: { enum: ['mfa', 'conditionalAccess', null] } },
    ({ people }, { tid, oid, challenge }) => people.challenge(tid, oid, challenge),
  ),
  deleteChannel: act({ tid: TID }, ({ people }, { tid }) => people.deleteChannel(tid)),
  revokeTokens: act({ tid: TID }, ({ people }, { tid }) => people.revokeTokens(tid)),
  loseUploadSessions: act({ tid: TID }, ({ people }, { tid }) => people.loseUploadSessions(tid)),
  allowPowerBi: act(
    { tid: TID, servicePrincipals: { type: 'boolean' }, executeQueries: { type: 'boolean' } },
    ({ powerBi }, { tid, servicePrincipals, executeQueries }) =>
      powerBi.allow(tid, { servicePrincipals, executeQueries }),
  ),
  deletePushedDatasets: act({ tid: TID }, ({ powerBi }, { tid }) => powerBi.deletePushed(tid)),
  setRefreshOutcome: act(
    { tid: TID, refreshOutcome: { enum: ['Completed', 'Failed', 'Disabled'] } },
    ({ powerBi }, { tid, refreshOutcome }) => powerBi.publish(tid, { refreshOutcome }),
  ),
  expireDeltaLinks: act({}, ({ people }) => people.expireDeltaLinks()),
};

/** The names of the acts. */
export const ACT_NAMES = Object.keys(ACTS);

/**
 * The control interface under `control/`: `state` (GET), `log` (GET, DELETE), `faults` (GET, POST, DELETE), `settings` (GET, PATCH),
 * `acts/<name>` (POST). Writing takes JSON alone, so that no form of a foreign page can reach it.
 */
export async function control(simulator: MicrosoftSimulator, exchange: Exchange): Promise<Answer> {
  const { world } = simulator;
  const { method, path, query } = exchange;
  if (['POST', 'PATCH'].includes(method) && !exchange.headers['content-type']?.startsWith('application/json')) {
    throw new Refusal(415, 'unsupportedMediaType', 'Send application/json.');
  }
  const body = jsonOf(exchange.body) ?? {};
  const [what, name = ''] = path.split('/').slice(1);
  switch (`${method} ${what ?? ''}`) {
    case 'GET state':
      return { status: 200, body: { value: stateOf(simulator) } };
    case 'GET log':
      return { status: 200, body: { value: world.log.list(query.get('operation') ?? '*') } };
    case 'DELETE log':
      world.log.clear();
      return { status: 204 };
    case 'GET faults':
      return { status: 200, body: { value: world.faults.list() } };
    case 'POST faults':
      assertBody(FAULT, body);
      return { status: 201, body: { id: world.faults.arm(body) } };
    case 'DELETE faults':
      world.faults.disarm();
      return { status: 204 };
    case 'GET settings':
      return { status: 200, body: world.settings };
    case 'PATCH settings':
      assertBody(SETTINGS, body);
      world.settings = { ...world.settings, ...body };
      return { status: 200, body: world.settings };
    case 'POST acts':
      return { status: 200, body: { result: (await perform(simulator, name, body)) ?? null } };
    default:
      throw new Refusal(
        404,
        'itemNotFound',
        `There is no ${method} control/${what ?? ''}: see docs/sandbox-microsoft.md.`,
      );
  }
}

function perform(simulator: MicrosoftSimulator, name: string, body: unknown): unknown {
  const found = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (!found) throw new Refusal(404, 'itemNotFound', `There is no act "${name}"; there are ${ACT_NAMES.join(', ')}.`);
  assertBody(found.schema, body);
  return found.run(simulator, body as Input);
}

function act(properties: Record<string, unknown>, run: Act['run']): Act {
  return { schema: exactly(properties, Object.keys(properties)), run };
}
