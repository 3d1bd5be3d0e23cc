import { StartupError } from '../core/startup-error.js';

/** Ctrl-C, a supervisor's stop, a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborted by the first signal to stop. The listeners stay: npm passes on the Ctrl-C that the terminal has sent already,
 * and the second one must not end a process that is putting its database down.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => controller.abort(new StartupError('Stopped.')));
  return controller.signal;
}

/** Resolves at the signal. */
export function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** The work's outcome, or a StartupError at the signal: whoever called then lets go of what it holds. */
export async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const given: Promise<never> = stopped(signal).then(() => signal.throwIfAborted() as never);
  return Promise.race([work, given]);
}
