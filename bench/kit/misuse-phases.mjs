// What a tenant that takes more than its part does (bench/misuse.mjs), in a thread of its own.
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { ask } from './ask.mjs';

const FLOOD = 200;
const DEEP = 16;
const BEYOND = 20;
const STALLED = 50;
const DRIPPING = 100;

/** By name, what happens at the same time: each a function that goes on until it is over. */
export const PHASES = {
  calm: () => [],
  '200 costly pages at once': ({ lane, requests }) => times(FLOOD, () => lane(requests.costly)),
  '200 handoffs in full at once': ({ lane, requests }) => times(FLOOD, () => lane(requests.inFull)),
  '16 of the deepest documents at once': ({ lane, requests }) => times(DEEP, () => lane(requests.deepest)),
  'pages of 100,000, lists of 10,000': ({ lane, requests }) =>
    times(BEYOND, (n) => lane(n % 2 ? requests.longPage : requests.longList)),
  'clients that stop reading': ({ raw, requests }) =>
    times(STALLED, () => raw(httpText(requests.costly).repeat(20), (socket) => void socket.pause())),
  'requests drop by drop': ({ raw, requests }) =>
    times(DRIPPING, () =>
      raw(httpText(requests.costly).slice(0, -40), (socket) =>
        setInterval(() => socket.writable && socket.write('x'), 1000),
      ),
    ),
};

const times = (count, make) => Array.from({ length: count }, (_, n) => make(n));

const httpText = ({ headers, body }) => {
  const { pathname, hostname } = new URL(workerData.url);
  const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const length = Buffer.byteLength(body);
  return `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n${lines.join('')}Content-Length: ${length}\r\n\r\n${body}`;
};

async function misuse({ phase, url, requests }) {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const answers = {};
  const count = (name) => (answers[name] = (answers[name] ?? 0) + 1);
  let isOver = false;

  /** Sends it again and again; counts what is answered. */
  async function lane(request) {
    while (!isOver) {
      const { status, text } = await ask(agent, url, request).catch(() => ({ status: 0, text: '' }));
      const code = text.startsWith('{"errors"') ? /"code":"([A-Z_]+)"/.exec(text)?.[1] : null;
      count(code ? `${status} ${code}` : String(status));
      if (status === 503) await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** A raw connection that does as `act` says. */
  async function raw(text, act) {
    const { hostname, port } = new URL(url);
    while (!isOver) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(text);
      const timer = act(socket);
      await new Promise((resolve) => {
        const end = setInterval(() => isOver && socket.destroy(), 100);
        socket.once('close', () => {
          clearInterval(end);
          clearInterval(timer);
          count('cut off');
          resolve();
        });
      });
    }
  }

  parentPort.once('message', () => (isOver = true));
  await Promise.all(PHASES[phase]({ lane, raw, requests }));
  agent.destroy();
  parentPort.postMessage(answers);
}

if (!isMainThread) await misuse(workerData);
