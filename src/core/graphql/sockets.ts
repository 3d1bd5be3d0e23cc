import { type IncomingMessage, type Server as HttpServer, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import type { Logger } from 'pino';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../error.js';
import { createProtocol, type ProtocolOptions } from './socket-protocol.js';
import { CLOSE, closingOf, SocketSession } from './socket-session.js';

/** Bounds of the sockets of one process. */
export const SOCKET_LIMITS = {
  /** Bytes of one message: a document of 2,000 tokens and its variables. */
  messageBytes: 64 * 1024,
  /** Messages of one socket within the window, in milliseconds. */
  messages: 200,
  messageWindow: 10_000,
  /** Open sockets of one person or API key. */
  perActor: 10,
  /** Open sockets, and those that have not signed in yet. */
  total: 2000,
  strangers: 200,
  /** Bytes that a client has not read yet; one that reads too slowly is dropped. */
  unreadBytes: 1024 * 1024,
  /** A ping in every such time, in milliseconds; no pong until the next one ends the socket. */
  pingEvery: 20_000,
  /** A socket without a subscription ends after this time, in milliseconds. */
  idleFor: 300_000,
  /** How long clients may take to say goodbye when the process stops, in milliseconds. */
  goodbyeWithin: 2000,
};

export interface SocketsOptions extends Omit<ProtocolOptions, 'seat'> {
  readonly server: HttpServer;
  /** Origins of pages that may open a socket, beside the listener's own. */
  readonly origins: readonly string[];
}

/** One open socket. */
interface Seat {
  readonly socket: WebSocket;
  readonly session: SocketSession;
  isAlive: boolean;
  /** When it last said something, and how often within the window. */
  heardAt: number;
  windowFrom: number;
  messages: number;
}

/** The WebSockets of `/graphql`, on the listener's own port. */
export class Sockets {
  private readonly seats = new Set<Seat>();
  private readonly bySession = new Map<SocketSession, Seat>();
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: SOCKET_LIMITS.messageBytes,
    handleProtocols,
    clientTracking: false,
  });
  private readonly protocol: ReturnType<typeof createProtocol>;
  private readonly log: Logger;
  private readonly heartbeat: NodeJS.Timeout;
  private isClosing = false;

  constructor(private readonly options: SocketsOptions) {
    this.log = options.log;
    this.protocol = createProtocol({ ...options, seat: (session) => this.assertFewOf(session) });
    options.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.heartbeat = setInterval(() => this.beat(), SOCKET_LIMITS.pingEvery).unref();
  }

  /** Tells every client that the process goes away, and takes no new one. */
  async close(): Promise<void> {
    this.isClosing = true;
    clearInterval(this.heartbeat);
    for (const { socket } of this.seats) socket.close(CLOSE.GOING_AWAY, 'Going away');
    const until = performance.now() + SOCKET_LIMITS.goodbyeWithin;
    while (this.seats.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const { socket } of this.seats) socket.terminate();
    this.sockets.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const refused = this.refusalOf(request);
    if (refused !== null) {
      socket.end(`HTTP/1.1 ${refused} ${STATUS_CODES[refused]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (opened) => this.open(opened));
  }

  /** The HTTP status with which an upgrade is refused, or null. */
  private refusalOf({ url, headers }: IncomingMessage): number | null {
    if (url?.split('?')[0] !== '/graphql') return 404;
    if (headers.upgrade?.toLowerCase() !== 'websocket') return 400;
    if (!this.isOwnPage(headers.origin, headers.host)) return 403;
    const strangers = [...this.seats].filter(({ session }) => !session.isSignedIn).length;
    const isFull = this.seats.size >= SOCKET_LIMITS.total || strangers >= SOCKET_LIMITS.strangers;
    return this.isClosing || isFull ? 503 : null;
  }

  /** A browser always sends its page's origin, a program none. Nobody signs in by cookie; this is the second lock. */
  private isOwnPage(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.options.origins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }

  private open(socket: WebSocket): void {
    const session = new SocketSession((code, reason) => socket.close(code, reason));
    const now = performance.now();
    const seat: Seat = {
      socket,
      session,
      isAlive: true,
      heardAt: now,
      windowFrom: now,
      messages: 0,
    };
    this.seats.add(seat);
    this.bySession.set(session, seat);
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => this.send(seat, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => socket.on('message', (data, isBinary) => void this.take(seat, take, data, isBinary)),
      },
      { session },
    );
    socket.on('pong', () => (seat.isAlive = true));
    // Too large a message, a malformed frame: `ws` closes with the code for it.
    socket.on('error', (error) => this.log.info({ err: error }, 'a socket failed'));
    socket.once('close', (code, reason) => {
      session.end();
      this.seats.delete(seat);
      this.bySession.delete(session);
      closed(code, String(reason)).catch((error: unknown) => this.log.error({ err: error }, 'a socket ended badly'));
    });
  }

  private async take(
    seat: Seat,
    take: (text: string) => Promise<void>,
    data: RawData,
    isBinary: boolean,
  ): Promise<void> {
    const { socket } = seat;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (isBinary) return socket.close(CLOSE.UNSUPPORTED_DATA, 'Send text');
    if (!this.isWithinRate(seat)) return socket.close(CLOSE.POLICY, 'RATE_LIMITED: Too many messages');
    try {
      // `ws` gives one buffer a message unless it is told otherwise.
      await take((data as Buffer).toString('utf8'));
    } catch (error) {
      const { code, reason } = closingOf(error);
      if (code === CLOSE.INTERNAL) this.log.error({ err: error }, 'a message of a socket failed');
      socket.close(code, reason);
    }
  }

  private isWithinRate(seat: Seat): boolean {
    const now = performance.now();
    seat.heardAt = now;
    if (now - seat.windowFrom > SOCKET_LIMITS.messageWindow) Object.assign(seat, { windowFrom: now, messages: 0 });
    seat.messages += 1;
    return seat.messages <= SOCKET_LIMITS.messages;
  }

  private async send({ socket }: Seat, text: string): Promise<void> {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > SOCKET_LIMITS.unreadBytes) return socket.terminate();
    // One that is gone by now has its own close event; there is nobody to tell.
    await new Promise<void>((resolve) => socket.send(text, () => resolve()));
  }

  /** Refuses one socket more than an actor may have; called once they have signed in. */
  private assertFewOf(session: SocketSession): void {
    const { tenantId, id } = session.actor;
    const own = [...this.bySession.keys()].filter(
      (other) => other.isSignedIn && other.actor.id === id && other.actor.tenantId === tenantId,
    );
    if (own.length > SOCKET_LIMITS.perActor)
      throw new AppError('RATE_LIMITED', `At most ${SOCKET_LIMITS.perActor} connections may be open at once.`);
  }

  private beat(): void {
    const now = performance.now();
    for (const seat of this.seats) {
      const { socket } = seat;
      if (!seat.isAlive) socket.terminate();
      else if (seat.session.openOperations === 0 && now - seat.heardAt > SOCKET_LIMITS.idleFor)
        socket.close(CLOSE.NORMAL, 'Idle');
      else {
        seat.isAlive = false;
        socket.ping();
      }
    }
  }
}
