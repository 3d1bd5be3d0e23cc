// A plain load: so many connections ask for so long, each its own requests one after the other. Used where a size is held against
// another size of the same database, so that what the asking itself costs is the same on both sides.
import { Agent, request } from 'node:http';

/** Sends one request over an agent; answers status and body. */
export function ask(agent, url, { headers, body }) {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString('utf8') }));
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * Asks for `seconds` over `connections`, each taking `next(connection)`. Answers requests a second, p50 and p99 in ms. An answer
 * that is none ends it. `onSecond` is told every second.
 */
export async function askFor({ urls, connections, seconds, next, onSecond = () => undefined }) {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const times = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  const ticking = setInterval(onSecond, 1000);
  const lane = async (connection) => {
    while (performance.now() < until) {
      const asked = performance.now();
      const { status, text } = await ask(agent, urls[connection % urls.length], next(connection));
      if (status !== 200 || text.includes('"errors":')) throw new Error(`${status} ${text.slice(0, 500)}`);
      // A long run keeps one time in a hundred thousand places, whichever comes.
      times[times.length < 100_000 ? times.length : Math.trunc(Math.random() * 100_000)] = performance.now() - asked;
      answered += 1;
    }
  };
  let answered = 0;
  try {
    await Promise.all(Array.from({ length: connections }, (_, connection) => lane(connection)));
  } finally {
    clearInterval(ticking);
    agent.destroy();
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.trunc(sorted.length * share))];
  return { rate: (answered * 1000) / (performance.now() - started), answered, p50: at(0.5), p99: at(0.99) };
}
