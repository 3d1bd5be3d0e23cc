import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can go silent as a host does that was cut off: nothing arrives, nothing is refused, nothing ends. */
export interface SilentProxy {
  /** An address of the server, as one that goes through here. */
  through(url: string): string;
  /** From now on nothing passes on any connection, nor on those that are made later. */
  silence(): void;
  /** New connections pass; those that went silent stay so. */
  replace(): void;
  close(): Promise<void>;
}

/** Opens the way to the server at this address. */
export async function openSilentProxy(url: string): Promise<SilentProxy> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  let isSilent = false;
  /** Those who were cut off never pass anything again. */
  let deaf = new WeakSet<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    if (isSilent) deaf.add(client);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.push(from);
      from.on('error', () => undefined);
      from.on('data', (bytes) => deaf.has(client) || to.write(bytes));
      from.on('close', () => deaf.has(client) || to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = String((server.address() as AddressInfo).port);
  return {
    through: (address) => Object.assign(new URL(address), { port: own }).href,
    silence: () => {
      isSilent = true;
      for (const socket of sockets) deaf.add(socket);
    },
    replace: () => void (isSilent = false),
    close: async () => {
      deaf = new WeakSet();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
