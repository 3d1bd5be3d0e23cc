import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { sealerOf } from '../kit/sealer.js';
import { startServer, type TestServer } from '../kit/server.js';
import { playStory, type Story } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

export type Json = any; // oxlint-disable-line typescript/no-explicit-any -- a test reads what the files hold
export type Pack = Readonly<Record<string, Buffer>>;

/** The files of a zip. */
export const opened = (zip: Buffer): Pack =>
  Object.fromEntries(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes)]));

export const json = (pack: Pack, name: string): Json => JSON.parse(pack[name]!.toString('utf8'));

export const EXPORT = `mutation ($input: ExportPopulationInput!) { exportPopulation(input: $input) {
  ... on AuditExport { id url rows idsSha256 } ... on Refused { findings { code } } } }`;
export const PACK = `mutation ($input: MakeEvidencePackInput!) { makeEvidencePack(input: $input) {
  ... on AuditExport { id url rows } ... on Refused { findings { code } } } }`;
export const DRAW = `mutation ($input: DrawSampleInput!) { drawSample(input: $input) {
  ... on AuditSample { id seed size rows idsSha256 items { position rowId rowKind } } ... on Refused { findings { code } } } }`;

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
export const PERIOD = { from: '2026-11-23T00:00:00.000Z', to: '2026-11-24T00:00:00.000Z' };

/** An answer over HTTP. */
export interface Taken {
  readonly status: number;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

/** A server with a tenant whose sample request went all the way a day ago, sealed and signed; and who asks it. */
export class Desk {
  private constructor(
    readonly suite: Suite,
    readonly server: TestServer,
    readonly world: World,
    readonly story: Story,
  ) {}

  static async open(): Promise<Desk> {
    const suite = await openSuite();
    const server = await startServer(suite);
    const world = await suite.tenant();
    const story = await playStory(world);
    suite.clock.advanceHours(24);
    await sealerOf(world).cover(world.tenantId);
    return new Desk(suite, server, world, story);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.suite.close();
  }

  async ask(who: string, query: string, input: object): Promise<Json> {
    const authorization = `Bearer ${await this.server.token(this.world, who)}`;
    const { json: answer } = await this.server.send({ query, variables: { input } }, { authorization });
    return answer;
  }

  async take(url: string, who: string | null, of = this.world): Promise<Taken> {
    const headers: Record<string, string> = who ? { authorization: `Bearer ${await this.server.token(of, who)}` } : {};
    const response = await fetch(`${this.server.address}${url}`, { headers });
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  }

  async zipOf(input: object): Promise<Buffer> {
    const { data } = await this.ask('audrey.audit', PACK, input);
    const { status, bytes } = await this.take(data.makeEvidencePack.url as string, 'audrey.audit');
    expect(status).toBe(200);
    return bytes;
  }

  async packOf(input: object): Promise<Pack> {
    return opened(await this.zipOf(input));
  }

  /** The ledger's entries of an action, oldest first. */
  async entries(action: string): Promise<Json[]> {
    const rows = await this.world.rows(
      'select outcome, content from ledger_entry where tenant_id = $1 and action = $2 order by id',
      [action],
    );
    return rows.map(({ outcome, content }) => ({ outcome, ...JSON.parse(content as string) }));
  }
}
