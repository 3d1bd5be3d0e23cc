import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where a connection is cut: before COMMIT reaches the database, after it before the answer, or anywhere. */
export type Cut = 'before commit' | 'after commit' | 'anywhere' | 'never';

const COMMIT = Buffer.from('commit\0');

/** Stands between a process and its database, and cuts the first connection that comes to the point. */
export class CrashProxy {
  private readonly sockets = new Set<Socket>();
  private server!: Server;
  private used = false;

  private constructor(
    private readonly target: URL,
    private readonly cut: Cut,
    private readonly bytes: number,
  ) {}

  /** Listens on a free port. `bytes` is how many pass before a cut `anywhere`. */
  static async open(databaseUrl: string, cut: Cut, bytes: number): Promise<CrashProxy> {
    const proxy = new CrashProxy(new URL(databaseUrl), cut, bytes);
    proxy.server = createServer((client) => proxy.serve(client));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The database's address by way of this proxy. */
  get url(): string {
    const { port } = this.server.address() as { port: number };
    return Object.assign(new URL(this.target), { hostname: '127.0.0.1', port: String(port) }).href;
  }

  /** Whether it has cut a connection. */
  get hasCut(): boolean {
    return this.used;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    let sent = 0;
    let silent = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    const cutNow = (): void => {
      this.used = true;
      end();
    };
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      const commits = chunk.includes(COMMIT);
      if (!this.used && this.cut === 'anywhere' && sent > this.bytes) return cutNow();
      if (!this.used && commits && this.cut === 'before commit') return cutNow();
      if (!this.used && commits && this.cut === 'after commit') {
        this.used = true;
        silent = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      // The database has answered, and nobody hears it.
      if (silent) return end();
      client.write(chunk);
    });
  }
}
