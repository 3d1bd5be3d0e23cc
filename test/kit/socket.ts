import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A message of graphql-transport-ws, whatever it holds. */
export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: any; // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever was answered
}

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export interface SocketOptions {
  readonly protocol?: string;
  readonly headers?: Record<string, string>;
  readonly path?: string;
}

/** A bare WebSocket that says whatever a test wants, and keeps what it hears. */
export class RawSocket {
  readonly messages: SocketMessage[] = [];
  readonly closed: Promise<Closing>;
  private woken = (): void => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.messages.push(JSON.parse((data as Buffer).toString('utf8')) as SocketMessage);
      this.woken();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  /** Opens one; rejects with the status when the upgrade is refused. */
  static async open(address: string, options: SocketOptions = {}): Promise<RawSocket> {
    const { protocol = 'graphql-transport-ws', headers = {}, path = '/graphql' } = options;
    const socket = new WebSocket(`${address.replace('http', 'ws')}${path}`, protocol, { headers });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, { statusCode }) => reject(new Error(String(statusCode))));
    });
    return new RawSocket(socket);
  }

  /** Opens one and signs in. */
  static async signedIn(address: string, token: string): Promise<RawSocket> {
    const socket = await RawSocket.open(address);
    socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await socket.heard(({ type }) => type === 'connection_ack');
    return socket;
  }

  say(message: SocketMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, query: string, more: Record<string, unknown> = {}): void {
    this.say({ type: 'subscribe', id, payload: { query, ...more } });
  }

  /** The first message that fits, heard already or within the time. */
  async heard(fits: (message: SocketMessage) => boolean, withinMs = 5000): Promise<SocketMessage> {
    const until = performance.now() + withinMs;
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      const left = until - performance.now();
      if (left <= 0) throw new Error(`Not heard within ${withinMs} ms; heard ${JSON.stringify(this.messages)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.woken = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The codes of the error that answered an operation. */
  async refused(id: string): Promise<string[]> {
    const { payload } = await this.heard((message) => message.type === 'error' && message.id === id);
    return (payload as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);
  }
}

/** A client as a page uses it. */
export function socketClient(address: string, token: string): Client {
  return createClient({
    url: `${address.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
}
