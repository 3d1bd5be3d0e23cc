import { newId } from '../../src/core/id.js';
import { ballot, cast, count, financeNeed, open } from '../command/approval.kit.js';
import { startServer, type TestServer } from '../kit/server.js';
import type { Persona, World } from '../kit/world.js';
import { type Arena, attack, openArena, type Run } from './attack.kit.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const VOTE =
  'castVote(input: $input) { __typename ... on ApprovalRequest { state } ... on Refused { findings { code } } }';
const TYPE = 'CastVoteInput!';
/** The server's clock is one for all runs: one at a time. */
const ALONE = { lanes: 1 };

let arena: Arena;
let world: World;
let server: TestServer;
let token: string;
let sofia: Persona;
beforeAll(async () => {
  arena = await openArena();
  world = await arena.tenant();
  // From here on the server's clock is the machine's.
  arena.suite.clock.at = new Date();
  server = await startServer(arena.suite);
  token = await server.token(world, 'freda.finance');
  ({ sofia } = await cast(world));
}, 120_000);
afterAll(async () => {
  await server.close();
  await arena.close();
});

const stage = () => arena;
async function request(run: Run, parts: Parameters<typeof open>[1] = {}): Promise<{ id: string; subjectId: string }> {
  arena.suite.clock.at = new Date();
  const opened = await open(world, { approvers: 2, ...parts }, run.by(sofia));
  run.requests.push(opened.id);
  // The server's requests of this run come after it.
  arena.suite.clock.at = new Date(Date.now() + 1000);
  return opened;
}

/** Sends a body; answers the codes in it, and counts a status of 500 and above as a fault. */
async function send(run: Run, body: unknown, headers: Record<string, string> = {}): Promise<string[]> {
  const { status, json } = await server.send(body, { authorization: `Bearer ${token}`, ...headers });
  if (status >= 500) run.count(`HTTP ${status}`);
  const answers = Object.values<{ findings?: { code: string }[] } | null>(json?.data ?? {});
  const codes = [
    ...((json?.errors ?? []) as { extensions?: { code?: string } }[]).map((e) => e.extensions?.code ?? 'NO CODE'),
    ...answers.filter((one) => one !== null).map((one) => one.findings?.[0]!.code ?? 'done'),
  ];
  for (const code of codes) run.count(code);
  return codes;
}
const inputOf = ({ expectedRevision: _none, ...input }: ReturnType<typeof ballot>) => input;

attack(
  'A16: two hundred votes in one document',
  stage,
  async (run) => {
    const { id } = await request(run);
    const variables = { input: inputOf(ballot(id)) };
    const aliases = (many: number, answer = VOTE) =>
      `mutation($input: ${TYPE}) { ${Array.from({ length: many }, (_, n) => `a${n}: ${answer}`).join(' ')} }`;
    const short = 'castVote(input: $input) { __typename }';
    // Two hundred are too many words for the parser; a hundred and fifty are too many aliases, and so they are by a fragment.
    const many = Math.floor(100 + run.chance() * 60);
    const spread = `mutation($input: ${TYPE}) { ...V } fragment V on Mutation { ${Array.from({ length: many }, (_, n) => `b${n}: ${short}`).join(' ')} }`;
    const refused = [
      ...(await send(run, { query: aliases(200), variables })),
      ...(await send(run, { query: run.pick([aliases(many, short), spread]), variables })),
    ];
    const batch = await send(
      run,
      Array.from({ length: 200 }, () => ({ query: aliases(1), variables })),
    );
    const before = await count(world, 'approval_vote', id);
    // As many as a document may have, once or several times at once, with one key or none.
    const key: Record<string, string> = run.chance() < 0.5 ? { 'idempotency-key': newId() } : {};
    const sendings = Array.from({ length: 1 + Math.floor(run.chance() * 3) }, () =>
      send(run, { query: aliases(2 + Math.floor(run.chance() * 18)), variables }, key),
    );
    const answers = (await Promise.all(sendings)).flat();
    const kept = await count(world, 'approval_vote', id);
    return [
      ...(refused.join() === 'GRAPHQL_PARSE_FAILED,QUERY_TOO_COSTLY' ? [] : [`two hundred came to ${refused.join()}`]),
      ...(batch.includes('done') || before > 0 ? ['a vote by an oversized document or a batch'] : []),
      ...(kept === 1 && answers.includes('done') ? [] : [`${kept} votes, ${answers.join()}`]),
    ];
  },
  ALONE,
);

attack(
  'Votes with a stale or a spoilt token',
  stage,
  async (run) => {
    const { id } = await request(run, { need: financeNeed(1, { freshSignInMinutes: 5 }) });
    const body = { query: `mutation($input: ${TYPE}) { ${VOTE} }`, variables: { input: inputOf(ballot(id)) } };
    const [head, claims, signature] = token.split('.') as [string, string, string];
    const payload = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    const pack = (parts: object): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const later = { ...payload, exp: Math.floor(Date.now() / 1000) + 9999, auth_time: Math.floor(Date.now() / 1000) };
    const spoilt = run.pick([
      `${head}.${pack(later)}.${signature}`,
      `${pack({ alg: 'none' })}.${pack(later)}.`,
      `${head}.${claims}.${signature.slice(0, -2)}`,
      `${head}.${claims}`,
      newId(),
    ]);
    const refused = await send(run, body, { authorization: `Bearer ${spoilt}` });
    arena.suite.clock.at = new Date(Date.now() + 10 * MINUTE + run.chance() * DAY);
    const old = await send(run, body);
    const none = await count(world, 'approval_vote', id);
    return [
      ...(refused.join() === 'UNAUTHENTICATED' ? [] : [`a spoilt token came to ${refused.join()}`]),
      ...(['SIGN_IN_TOO_OLD', 'EXPIRED'].includes(old.join()) ? [] : [`an old sign-in came to ${old.join()}`]),
      ...(none === 0 ? [] : [`${none} votes`]),
    ];
  },
  ALONE,
);

attack(
  'Reasons with lone surrogates and NUL',
  stage,
  async (run) => {
    const { id } = await request(run);
    const bad = run.pick(['\u0000', '\ud800', '\udfff', '\ud83d', 'a\udc00b']);
    const at = Math.floor(run.chance() * 12);
    const reason = `${'It is fine.'.slice(0, at)}${bad}${'It is fine.'.slice(at)}`;
    const query = `mutation($input: ${TYPE}) { ${VOTE} }`;
    const asVariable = await send(run, { query, variables: { input: { ...inputOf(ballot(id)), reason } } });
    const literal = `mutation { castVote(input: { requestId: "${id}", decision: APPROVE, digest: "${'a'.repeat(64)}", reason: ${JSON.stringify(reason)} }) { __typename } }`;
    const asLiteral = await send(run, { query: literal });
    const answers = [...asVariable, ...asLiteral];
    const kept = await count(world, 'approval_vote', id);
    return [
      ...(answers.every((code) => /^(BAD_USER_INPUT|GRAPHQL_PARSE_FAILED)$/.test(code)) ? [] : [answers.join()]),
      ...(kept === 0 ? [] : [`${kept} votes`]),
    ];
  },
  ALONE,
);
