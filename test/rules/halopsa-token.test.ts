import type { OpenConnection } from '../../src/integrations/connection/connection.secret.js';
import { settingsOf } from '../../src/integrations/halopsa/halopsa.settings.js';
import { HaloTokens } from '../../src/integrations/halopsa/halopsa.token.js';
import type { VendorHttp } from '../../src/integrations/http/client.js';

const connection = { id: 'one', secretVersion: 1, credentials: {} } as OpenConnection;
const settings = settingsOf({ baseUrl: 'https://x.halopsa.com/', settings: { opportunityTypeIds: '30' } });

/** A token endpoint that answers token 1, 2, and so on, and fails where it is told to. */
function endpoint(lastsS = 3600) {
  const asked = { times: 0, fails: false };
  const send = async () => {
    asked.times += 1;
    const n = asked.times;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (asked.fails) throw new Error('no answer');
    return { status: 200, json: () => ({ access_token: `token ${n}`, expires_in: lastsS }) };
  };
  return { asked, tokens: new HaloTokens({ send } as unknown as VendorHttp) };
}

const many = (tokens: HaloTokens): Promise<string[]> =>
  Promise.all(Array.from({ length: 5 }, () => tokens.of(connection, settings)));

describe('a token of HaloPSA', () => {
  it('is asked for once by all who wait, the first time and when it has ended', async () => {
    const { asked, tokens } = endpoint(1);
    expect(new Set(await many(tokens))).toEqual(new Set(['token 1']));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(new Set(await many(tokens))).toEqual(new Set(['token 2']));
    expect(asked.times).toBe(2);
  });

  it('that was refused is dropped, and not the one that somebody has renewed meanwhile', async () => {
    const { asked, tokens } = endpoint();
    const old = await tokens.of(connection, settings);
    tokens.forget(connection, settings, old);
    expect(await tokens.of(connection, settings)).toBe('token 2');
    tokens.forget(connection, settings, old);
    expect(await tokens.of(connection, settings)).toBe('token 2');
    expect(asked.times).toBe(2);
  });

  it('is asked for again after it could not be had', async () => {
    const { asked, tokens } = endpoint();
    asked.fails = true;
    await expect(many(tokens)).rejects.toThrow('no answer');
    expect(asked.times).toBe(1);
    asked.fails = false;
    expect(await tokens.of(connection, settings)).toBe('token 2');
  });
});
