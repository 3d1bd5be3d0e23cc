import { inspect } from 'node:util';
import fc from 'fast-check';
import { type Actor, sameActor } from '../../src/core/actor.js';
import { ActorChanged, confirming } from '../../src/core/assumed-actor.js';
import { createBearerVerifier } from '../../src/core/bearer.js';
import { AppError } from '../../src/core/error.js';
import { SIGN_IN_MEMORY, SignInMemory } from '../../src/identity/sign-in.memory.js';
import { createForge, type Forge, GOOD, now } from '../kit/token-forge.js';

const ACTOR: Actor = {
  kind: 'PERSON',
  tenantId: 't',
  id: 'p',
  roles: ['AUDITOR', 'REVOPS_ADMIN'],
  scopes: [],
  authTime: new Date(now * 1000),
  accountId: 'a',
};

describe('the memory of who signed in', () => {
  it('keeps for a minute from the verification, however often it is used', () => {
    let at = 0;
    const memory = new SignInMemory(() => at);
    memory.keep('secret', { actor: ACTOR, stamp: null, token: null });
    at = SIGN_IN_MEMORY.verifiedFor - 1;
    expect(memory.find('secret')?.actor).toBe(ACTOR);
    at += 1;
    expect(memory.find('secret')).toBeNull();
    expect(memory.size).toBe(0);
  });

  it('is bounded: the oldest goes; and forgets what it is told to forget', () => {
    const memory = new SignInMemory(() => 0);
    for (let n = 0; n <= SIGN_IN_MEMORY.most; n++)
      memory.keep(`secret ${n}`, { actor: ACTOR, stamp: null, token: null });
    expect(memory.size).toBe(SIGN_IN_MEMORY.most);
    expect(memory.find('secret 0')).toBeNull();
    expect(memory.find('secret 1')).not.toBeNull();
    memory.forget('secret 1');
    expect(memory.find('secret 1')).toBeNull();
  });

  it('holds no secret', () => {
    const memory = new SignInMemory(() => 0);
    memory.keep('a very secret text', { actor: ACTOR, stamp: null, token: null });
    const held = inspect(memory, { depth: null });
    expect(held).toContain('accountId');
    expect(held).not.toContain('secret');
  });
});

describe('the times of a token that was verified before', () => {
  let forge: Forge;
  beforeAll(async () => {
    forge = await createForge();
  });

  it('hold at another time exactly when the token would be accepted then', async () => {
    const seconds = fc.integer({ min: -200, max: 200 });
    await fc.assert(
      fc.asyncProperty(seconds, seconds, seconds, async (exp, nbf, later) => {
        const claims = { ...GOOD, exp: now + exp, nbf: now + nbf, auth_time: now - 300 };
        const token = await forge.sign(claims);
        const times = {
          expiresAt: new Date(claims.exp * 1000),
          notBefore: new Date(claims.nbf * 1000),
          authTime: null,
        };
        const verifier = createBearerVerifier({ ...forge.oidc, now: () => new Date((now + later) * 1000 + 999) });
        const accepted = await verifier.verify(token).then(
          () => true,
          () => false,
        );
        expect(verifier.holdsNow(times)).toBe(accepted);
      }),
      { numRuns: 150 },
    );
  });
});

describe('an actor who is only assumed', () => {
  const confirm = (current: () => Actor | null): Actor =>
    confirming(ACTOR, { text: '', values: [], read: current }).read([]);

  it('is confirmed by the same rights alone', () => {
    expect(confirm(() => ({ ...ACTOR, roles: [...ACTOR.roles] }))).toBe(ACTOR);
  });

  it.each([
    { what: 'nobody', current: null },
    { what: 'another person', current: { ...ACTOR, id: 'q' } },
    { what: 'another account', current: { ...ACTOR, accountId: 'b' } },
    { what: 'a role less', current: { ...ACTOR, roles: ['AUDITOR'] } },
    { what: 'a role more', current: { ...ACTOR, roles: [...ACTOR.roles, 'SALES_MANAGER'] } },
    { what: 'another scope', current: { ...ACTOR, scopes: ['handoffs:read'] } },
    { what: 'another sign-in', current: { ...ACTOR, authTime: null } },
  ])('has changed: $what', ({ current }) => {
    expect(() => confirm(() => current)).toThrow(ActorChanged);
    if (current) expect(sameActor(current, ACTOR)).toBe(false);
  });

  it('has changed when the seat has ended, and a fault stays a fault', () => {
    const thrown = (error: Error) => () =>
      confirm(() => {
        throw error;
      });
    expect(thrown(new AppError('FORBIDDEN', 'Your seat ended.'))).toThrow(ActorChanged);
    expect(thrown(new TypeError('a fault'))).toThrow(TypeError);
  });
});
