import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  X509Certificate,
} from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compactVerify } from 'jose';
import { sandboxAddress } from '../../src/sandbox/microsoft/constants.js';

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;

/** An Azure Key Vault with real RSA keys, the token endpoint before it and a managed identity, over real HTTP. */
export class KeyVaultServer {
  readonly tenantId = '0f5ea9a6-1f5e-4a8e-9a52-0c3f4c2b7d10';
  readonly clientId = '7d0c8f1e-5b1a-4c55-b0a5-4a6d2f7f3c21';
  readonly clientSecret = 'a secret of the vault test';
  readonly host = 'countersign-test.vault.azure.net';
  /** What the next requests to the vault answer in place of the truth. */
  failing: { status: number; code: string } | null = null;
  /** Requests that arrived, as `<operation> <name>/<version>`. */
  readonly asked: string[] = [];
  /** The certificate that the app registration knows. */
  certificate: X509Certificate | null = null;
  private readonly keys = new Map<string, KeyObject>();
  private readonly tokens = new Set<string>();
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));
  origin: string;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** What openKeys reaches the vault by. */
  get http() {
    const { origin } = this;
    const simulated = (url: URL): string => sandboxAddress(origin, url.href);
    return { loopback: () => [origin], simulated };
  }

  /** A new version of the key; the identifier. */
  version(digit: string, name = 'kek'): string {
    const version = digit.repeat(32);
    this.keys.set(`${name}/${version}`, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    return `https://${this.host}/keys/${name}/${version}`;
  }

  /** A version that nobody may use any more. */
  disable(key: string): void {
    this.keys.delete(key.split('/keys/')[1]!);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { pathname, searchParams } = new URL(request.url!, this.origin);
    const { status, json } = await this.judge(request, pathname, searchParams, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  }

  private async judge(
    { headers, method }: IncomingMessage,
    path: string,
    query: URLSearchParams,
    body: string,
  ): Promise<{ status: number; json: object }> {
    if (path === '/msi/token') return this.identity(headers['x-identity-header'], query);
    if (path === `/login.microsoftonline.com/${this.tenantId}/oauth2/v2.0/token`) return this.token(body);
    const [, operation, name] = this.operation(path);
    if (method !== 'POST' || operation === undefined || query.get('api-version') !== '7.4')
      return { status: 501, json: { error: { code: 'NotSimulated', message: `${method} ${path}` } } };
    this.asked.push(`${operation} ${name}`);
    if (this.failing) return { status: this.failing.status, json: { error: { code: this.failing.code } } };
    if (!this.tokens.has((headers.authorization ?? '').replace('Bearer ', '')))
      return { status: 401, json: { error: { code: 'Unauthorized' } } };
    const key = this.keys.get(name!);
    if (!key) return { status: 403, json: { error: { code: 'Forbidden', innererror: { code: 'KeyDisabled' } } } };
    const { alg, value } = JSON.parse(body) as { alg: string; value: string };
    if (alg !== 'RSA-OAEP-256') return { status: 400, json: { error: { code: 'BadParameter' } } };
    const bytes = Buffer.from(value, 'base64url');
    try {
      const done =
        operation === 'wrapkey'
          ? publicEncrypt({ key: createPublicKey(key), ...OAEP }, bytes)
          : privateDecrypt({ key, ...OAEP }, bytes);
      return { status: 200, json: { kid: `https://${this.host}/keys/${name}`, value: done.toString('base64url') } };
    } catch {
      return { status: 400, json: { error: { code: 'BadParameter' } } };
    }
  }

  private operation(path: string): (string | undefined)[] {
    const found = new RegExp(`^/${this.host}/keys/([\\w-]+/[0-9a-f]{32})/(wrapkey|unwrapkey)$`).exec(path);
    return [found?.[0], found?.[2], found?.[1]];
  }

  private async token(body: string): Promise<{ status: number; json: object }> {
    const form = new URLSearchParams(body);
    const isOurs = form.get('client_id') === this.clientId && form.get('scope')?.startsWith('https://vault.azure.net/');
    const proof = form.get('client_assertion');
    const isProven = proof === null ? form.get('client_secret') === this.clientSecret : await this.signed(proof);
    if (isOurs && isProven) return this.issue();
    const message = 'AADSTS7000215: Invalid client secret provided.';
    return { status: 401, json: { error: 'invalid_client', error_description: message, error_codes: [7000215] } };
  }

  private async signed(assertion: string): Promise<boolean> {
    if (!this.certificate) return false;
    try {
      const { protectedHeader } = await compactVerify(assertion, this.certificate.publicKey);
      const print = Buffer.from(this.certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
      return protectedHeader.alg === 'PS256' && protectedHeader['x5t#S256'] === print;
    } catch {
      return false;
    }
  }

  /** App Service's own form of a managed identity (learn.microsoft.com/azure/app-service/overview-managed-identity). */
  private identity(header: unknown, query: URLSearchParams): { status: number; json: object } {
    if (header !== 'identity-header' || query.get('resource') !== 'https://vault.azure.net')
      return { status: 400, json: { statusCode: 400, message: 'no such identity' } };
    const { access_token } = this.issue().json as { access_token: string };
    const expires_on = String(Math.trunc(Date.now() / 1000) + 3600);
    return { status: 200, json: { access_token, expires_on, resource: query.get('resource'), token_type: 'Bearer' } };
  }

  private issue(): { status: number; json: object } {
    const access_token = `token-${this.tokens.size + 1}`;
    this.tokens.add(access_token);
    return { status: 200, json: { token_type: 'Bearer', expires_in: 3600, ext_expires_in: 3600, access_token } };
  }
}
