import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join, resolve } from 'node:path';

const UP_WITHIN_MS = 60_000;

/** A simulator in a process of its own. */
export class Simulator {
  private asked = 0;
  private readonly waiting = new Map<number, { done: (answer: unknown) => void; failed: (error: Error) => void }>();

  private constructor(
    /** For example `http://127.0.0.1:40123`. */
    readonly origin: string,
    private readonly child: ChildProcess,
  ) {
    child.on('message', (said: { id: number; answer?: unknown; error?: string }) => {
      const asker = this.waiting.get(said.id);
      this.waiting.delete(said.id);
      if (said.error === undefined) asker?.done(said.answer);
      else asker?.failed(new Error(said.error));
    });
  }

  static async start(kind: 'halopsa' | 'microsoft', folder: string, seed: number): Promise<Simulator> {
    const program = resolve('test/faults/campaign/simulators.mjs');
    const child = fork(program, [kind, join(folder, kind), String(seed)], { execArgv: [] });
    const origin = await new Promise<string>((up, failed) => {
      const limit = setTimeout(() => failed(new Error(`The simulator ${kind} did not come up`)), UP_WITHIN_MS);
      child.once('message', (said: { origin: string }) => up(said.origin));
      child.once('exit', (code) => failed(new Error(`The simulator ${kind} ended with ${code}`)));
      child.once('message', () => clearTimeout(limit));
    });
    return new Simulator(origin, child);
  }

  /** What HTTP does not tell; simulators.mjs names the questions. */
  ask<T>(question: string, input: unknown = {}): Promise<T> {
    this.asked += 1;
    const id = this.asked;
    return new Promise<T>((done, failed) => {
      this.waiting.set(id, { done: done as (answer: unknown) => void, failed });
      this.child.send({ id, ask: question, with: input });
    });
  }

  /** A call of its control interface; throws what it says when it refuses. */
  async control(path: string, body: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((exit) => this.child.once('exit', exit));
    this.child.kill('SIGKILL');
    await ended;
  }
}

interface Worker {
  readonly child: ChildProcess;
  isUp: boolean;
}

/** The built `countersign worker`, several times; what they log goes into a file. */
export class Workers {
  private readonly running = new Set<Worker>();
  private isStopping = false;
  /** Processes that were started so far. */
  started = 0;

  constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly logFile: string,
  ) {}

  /** Starts so many. */
  start(count: number): void {
    for (let n = 0; n < count; n++) this.add();
  }

  /** Kills one that is up, chosen by the number, and starts another; false when none is up now. */
  kill(chosen: number): boolean {
    const up = [...this.running].filter(({ isUp }) => isUp);
    const victim = up[chosen % Math.max(1, up.length)];
    if (!victim) return false;
    victim.isUp = false;
    victim.child.kill('SIGKILL');
    return true;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(
      [...this.running].map(async ({ child }) => {
        const ended = new Promise((exit) => child.once('exit', exit));
        child.kill('SIGKILL');
        await ended;
      }),
    );
  }

  private add(): void {
    this.started += 1;
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [resolve('dist/src/main.js'), 'worker'], {
      env: { PATH, HOME, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const worker = { child, isUp: false };
    this.running.add(worker);
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('running')) worker.isUp = true;
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('exit', () => {
      this.running.delete(worker);
      log.end();
      if (!this.isStopping) this.add();
    });
  }
}
