import type { Answer } from '../exchange.js';
import type { MicrosoftWorld } from '../world.js';

/** An error of the token endpoint, with the AADSTS number in its text as Entra ID has it. */
export class EntraError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly number: number,
    readonly text: string,
    readonly suberror: string | null = null,
    /** What an interactive sign-in is to prove, as Entra's `claims`. */
    readonly claims: string | null = null,
  ) {
    super(text);
  }

  answer(world: MicrosoftWorld): Answer {
    const trace = world.newGuid();
    const correlation = world.newGuid();
    const timestamp = world.stamp().replace('T', ' ');
    return {
      status: this.status,
      headers: { 'cache-control': 'no-store' },
      body: {
        error: this.error,
        error_description: `AADSTS${this.number}: ${this.text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
        error_codes: [this.number],
        timestamp,
        trace_id: trace,
        correlation_id: correlation,
        error_uri: `https://login.microsoftonline.com/error?code=${this.number}`,
        ...(this.suberror ? { suberror: this.suberror } : {}),
        ...(this.claims ? { claims: this.claims } : {}),
      },
    };
  }
}
