// The servers of the benchmark as processes: started, asked what they send to PostgreSQL, looked at in /proc, and ended.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const READY_WITHIN = 60_000;
const TICKS_A_SECOND = 100;

/** Starts a server from a file. `settings` is what bench/servers/child.mjs reads. */
export async function startServer({ name, file, settings, nodeOptions = [] }) {
  const child = fork(file, [], {
    env: { ...process.env, NODE_ENV: 'production', BENCH_SETTINGS: JSON.stringify(settings) },
    execArgv: nodeOptions,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Values of statements may hold undefined dates and such; JSON is what both sides agree on.
    serialization: 'json',
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint = `${complaint}${chunk}`.slice(-4000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const { url } = await next(child, 'url', () => `${name} did not start: ${complaint}`, ended);
  return {
    name,
    url,
    pid: child.pid,
    complaint: () => complaint,
    /** What the server sends to PostgreSQL while `work` runs. */
    record: async (work) => {
      child.send('record');
      child.send('recording');
      await next(child, 'recording', () => `${name} does not record`, ended);
      const answer = await work();
      child.send('recorded');
      const { recorded } = await next(child, 'recorded', () => `${name} does not record`, ended);
      return { answer, statements: recorded };
    },
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The next message of a child that has this property. */
function next(child, property, complaint, ended) {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(complaint())), READY_WITHIN);
    const listen = (message) => {
      if (!(property in message)) return;
      clearTimeout(patience);
      child.off('message', listen);
      resolve(message);
    };
    child.on('message', listen);
    void ended.then(() => {
      clearTimeout(patience);
      reject(new Error(complaint()));
    });
  });
}

const statOf = (pid) => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program stands in brackets and may hold blanks; the third field follows it.
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

/** Milliseconds of CPU that a process has used, its threads included. */
export function cpuOf(pid) {
  const fields = statOf(pid);
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_A_SECOND;
}

/** Milliseconds of CPU that PostgreSQL has used: the postmaster, its children of now, and those that have ended. */
export function cpuOfPostgres(dataDirectory) {
  const postmaster = Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  const own = statOf(postmaster);
  const ended = ((Number(own[13]) + Number(own[14])) * 1000) / TICKS_A_SECOND;
  let sum = cpuOf(postmaster) + ended;
  for (const child of children) {
    try {
      sum += cpuOf(child);
    } catch {
      // Ended meanwhile: counted with the postmaster's from now on.
    }
  }
  return sum;
}

/** The memory of a process in MB (10^6 bytes): as it is, and the most that it was. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name) => Math.round((Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) * 1024) / 1e6);
  return { now: of('VmRSS'), most: of('VmHWM') };
}
