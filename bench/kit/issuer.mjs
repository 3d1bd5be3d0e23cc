// An OpenID provider of the benchmark's own: it publishes one key and signs access tokens for the people of its tenants.
import { createServer } from 'node:http';
import { load } from './product.mjs';

const { exportJWK, generateKeyPair, SignJWT } = await import('jose');
const { newId } = await load('src/core/id');

export const AUDIENCE = 'countersign-bench';

/** Listens on a free port. `token(tenant, person)` is good for twelve hours. */
export async function openIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', use: 'sig', alg: 'ES256' };
  let issuer = '';
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    const body = isKeys ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${server.address().port}`;
  return {
    issuer,
    token: (tenant, person) =>
      new SignJWT({ tid: tenant.entraTid, oid: person.oid, scope: 'access', auth_time: Math.trunc(Date.now() / 1000) })
        .setProtectedHeader({ alg: 'ES256', kid: 'bench', typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setSubject(person.id)
        .setJti(newId())
        .setIssuedAt()
        .setExpirationTime('12h')
        .sign(privateKey),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
