import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';

/** A POST to the sandbox's token endpoint, by default as the command line. */
export function postToken(
  origin: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const all = { grant_type: 'urn:countersign:sandbox:person', client_id: 'countersign-cli', ...form };
  return fetch(`${origin}/sandbox/identity/token`, { method: 'POST', body: new URLSearchParams(all), headers });
}

/** `fetch` neither sends a Host header of our choice nor keeps `..` in a path. */
export function rawGet(origin: string, path: string, host?: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path: `/sandbox/identity${path}`, headers: host ? { host } : {} };
    httpRequest(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

/** A browser of the pages: follows redirects with cookies, as far as the client's own address. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  readonly #verifier = randomBytes(32).toString('base64url');

  constructor(readonly origin: string) {}

  async send(url: string, body?: URLSearchParams | string): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie };
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      body,
      headers,
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
    return response;
  }

  async #follow(url: string, body?: URLSearchParams): Promise<{ url: string; response: Response; html: string }> {
    let response = await this.send(url, body);
    let at = url;
    for (let hops = 0; hops < 10 && response.status === 303; hops += 1) {
      at = new URL(response.headers.get('location') ?? '', at).href;
      if (new URL(at).pathname === '/graphql') return { url: at, response, html: '' };
      response = await this.send(at);
    }
    return { url: at, response, html: await response.text() };
  }

  authorize(over: Record<string, string | undefined> = {}) {
    const params = {
      client_id: 'countersign-pages',
      response_type: 'code',
      redirect_uri: `${this.origin}/graphql`,
      scope: 'openid access_as_user',
      state: 'kept',
      code_challenge: createHash('sha256').update(this.#verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...over,
    };
    const given = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return this.#follow(`${this.origin}/sandbox/identity/auth?${new URLSearchParams(given).toString()}`);
  }

  async pick(url: string, person: string): Promise<string> {
    const back = new URL((await this.#follow(url, new URLSearchParams({ person }))).url);
    expect(back.searchParams.get('state')).toBe('kept');
    return back.searchParams.get('code') ?? '';
  }

  async redeem(code: string): Promise<Record<string, unknown>> {
    const response = await postToken(this.origin, {
      grant_type: 'authorization_code',
      client_id: 'countersign-pages',
      redirect_uri: `${this.origin}/graphql`,
      code_verifier: this.#verifier,
      code,
    });
    return (await response.json()) as Record<string, unknown>;
  }
}
