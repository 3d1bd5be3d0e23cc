import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { newId } from '../../src/core/id.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import { select, selectRequired } from '../../src/core/statement.js';
import { connectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import { DELIVER_EVENT } from '../../src/integrations/events/delivery.plan.js';
import { EventDelivery } from '../../src/integrations/events/delivery.entity.js';
import { deliverHandler } from '../../src/integrations/events/deliver.handler.js';
import { createEventEndpoint } from '../../src/integrations/events/endpoint.commands.js';
import { EventEndpoint } from '../../src/integrations/events/endpoint.entity.js';
import { EventRelay } from '../../src/integrations/events/event.relay.js';
import type { EventType } from '../../src/integrations/events/event-type.js';
import { replayHandler } from '../../src/integrations/events/replay.handler.js';
import { REPLAY_EVENTS } from '../../src/integrations/events/replay.plan.js';
import { Slots } from '../../src/integrations/events/slots.js';
import { VendorHttp } from '../../src/integrations/http/client.js';
import { sealerOf } from '../kit/sealer.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

/** One request that arrived. */
export interface Arrived {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: ServerResponse, arrived: Arrived) => void;

/** A tenant with receivers over real HTTP: `https://receiver.example/<path>` is this process's own server. */
export class EventsBench {
  suite: Suite;
  world: World;
  admin: Persona;
  http: VendorHttp;
  server: Server;
  arrived: Arrived[] = [];
  /** By path; 200 where there is none. */
  answers: Record<string, Answer> = {};
  /** What names resolve to that are not the receiver's. */
  names: Record<string, string[]> = {};

  async open(): Promise<void> {
    this.suite = await openSuite();
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url!;
        const arrived = { path, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
        this.arrived.push(arrived);
        const answer = this.answers[path] ?? ((ok) => void ok.writeHead(200).end());
        answer(response, arrived);
      });
    });
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    this.http = new VendorHttp({
      loopback: () => [origin],
      hosts: null,
      simulated: ({ hostname, pathname, search }) =>
        hostname === 'receiver.example' ? `${origin}${pathname}${search}` : null,
      // The receiver's own address is no name.
      resolve: async (name) => this.names[name] ?? [name],
    });
  }

  async fresh(): Promise<void> {
    this.suite.clock.at = START;
    this.world = await this.suite.tenant();
    this.admin = await this.world.as('REVOPS_ADMIN');
    this.arrived = [];
    this.answers = {};
    this.names = {};
  }

  async close(): Promise<void> {
    await this.http.close();
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
    await this.suite.close();
  }

  /** Makes an endpoint; its secret is known here alone. */
  async endpoint(
    path: string,
    eventTypes: EventType[] = [],
    world = this.world,
  ): Promise<{ id: string; secret: string }> {
    const admin = world === this.world ? this.admin : await world.as('REVOPS_ADMIN');
    const made = await admin.run(createEventEndpoint, { url: `https://receiver.example${path}`, eventTypes });
    if (made.kind !== 'done') throw new Error(JSON.stringify(made.findings));
    return { id: made.id, secret: made.secret! };
  }

  /** Something that one event tells: a connection is made. */
  async happen(world = this.world): Promise<string> {
    const admin = world === this.world ? this.admin : await world.as('REVOPS_ADMIN');
    return admin.done(connectIntegration, {
      vendor: Vendor.HALOPSA,
      name: `PSA ${newId()}`,
      baseUrl: 'https://events.halopsa.com',
      settings: [{ name: 'mode', value: 'FLAG' }],
      credentials: [
        { name: 'clientId', value: newId() },
        { name: 'clientSecret', value: newId() },
      ],
    });
  }

  relay(wake: (tenantId: string) => void = () => undefined): EventRelay {
    const { gateway, clock } = this.suite;
    return new EventRelay({ gateway, clock, tenants: async () => [this.world.tenantId], wake, log: this.log });
  }

  dispatcher(tenants: readonly string[] = [this.world.tenantId], withinMs = 1000): Dispatcher {
    const { gateway, clock, pipeline, vault } = this.suite;
    const nothing = () => Promise.resolve({ receipt: 'nothing', writes: [] });
    const handlers: EffectHandlers = {
      [DELIVER_EVENT]: deliverHandler({ http: this.http, vault, slots: new Slots(), withinMs }),
      [REPLAY_EVENTS]: replayHandler,
      'alert.send': nothing,
      'integration.test': nothing,
    };
    const all = new Proxy(handlers, { get: (known, kind: string) => known[kind] ?? nothing });
    return new Dispatcher({
      gateway,
      clock,
      pipeline,
      handlers: all,
      tenants: async () => tenants,
      log: this.log,
      random: () => 0,
    });
  }

  /** Seals, relays and does what is due; what is asked for later waits for the clock. */
  async flow(): Promise<void> {
    const { tenantId } = this.world;
    await this.seal();
    await this.relay().pass(tenantId);
    const dispatcher = this.dispatcher();
    while ((await dispatcher.pass()) > 0);
  }

  async seal(world = this.world): Promise<void> {
    await sealerOf(world).cover(world.tenantId);
  }

  /** What arrived under a path, the first at the front. */
  at(path: string): Arrived[] {
    return this.arrived.filter((one) => one.path === path);
  }

  /** Verifies with the public library as a receiver does, whose clock shows the test's time. */
  verified(secret: string, { body, headers }: Arrived, laterMs = 0): Payload {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(this.suite.clock.at.getTime() + laterMs);
    try {
      return new Webhook(secret).verify(body, headers as Record<string, string>) as Payload;
    } finally {
      clock.mockRestore();
    }
  }

  async deliveries(endpointId: string): Promise<EventDelivery[]> {
    return (await this.world.read({ found: select(EventDelivery, { endpointId }, { orderBy: ['id'] }) })).found;
  }

  async row(endpointId: string): Promise<EventEndpoint> {
    return (await this.world.read({ row: selectRequired(EventEndpoint, endpointId) })).row;
  }

  private get log() {
    return pino({ level: process.env.TEST_LOG ?? 'silent' });
  }
}

/** What an event says. */
export interface Payload {
  readonly type: string;
  readonly timestamp: string;
  readonly data: {
    readonly eventId: string;
    readonly tenantId: string;
    readonly subject: { type: string; id: string };
  } & Record<string, unknown>;
}

/** An answer of a status. */
export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(code, headers).end(body);
