import '../../../pages/shared.js';
import type { Document } from './documents.js';

interface Settings {
  readonly signIn: { readonly isSandbox: boolean } | null;
}
interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly remedy?: string };
  }[];
}
/** The session that all our pages share (pages/shared.js): code with PKCE, the token in memory alone. */
interface SharedSession {
  readonly kept: {
    get(key: string): string | null;
    set(key: string, value: string): void;
    drop(...keys: string[]): void;
  };
  signIn(prompt?: string): Promise<void>;
  finishSignIn(answer: URLSearchParams): Promise<void>;
  ask(document: string, variables: object): Promise<Answer>;
  isSignedIn(): boolean;
}
declare global {
  var page: {
    session(options: { settings: object; home: string; name: string; withoutSignIn: string }): SharedSession;
  };
}

/** The page's path: where the sign-in comes back to. */
export const HOME = '/reports';

/** What went wrong, said to the person; the code is the API's. */
export class AskError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** The person's session: asks the API with their own token. */
export class Session {
  readonly #shared: SharedSession;
  readonly #documents: Record<string, string> = {};
  readonly isSandbox: boolean;

  constructor(settings: Settings) {
    this.isSandbox = settings.signIn?.isSandbox ?? false;
    this.#shared = globalThis.page.session({
      settings: { ...settings, documents: this.#documents },
      home: HOME,
      name: 'reports',
      withoutSignIn: 'Sign-in from this page is not set up here: the figures are in the OData feed and the exports.',
    });
  }

  /** True once the person is signed in; otherwise the browser is on its way to the provider, and comes back. */
  async begin(): Promise<boolean> {
    const answer = new URLSearchParams(location.search);
    if (answer.has('state')) {
      // The code is good once: it does not stay in the history. What was looked at comes back instead.
      history.replaceState(null, '', HOME + (this.#shared.kept.get('query') ?? ''));
      await this.#shared.finishSignIn(answer);
    }
    if (this.#shared.isSignedIn()) return true;
    await this.#leave();
    return false;
  }

  /** Lets somebody else sign in, with the same address. */
  signInAnew(): Promise<void> {
    return this.#leave('login');
  }

  async #leave(prompt?: string): Promise<void> {
    this.#shared.kept.set('query', location.search);
    await this.#shared.signIn(prompt);
  }

  /** The answer to a document. Throws `AskError`; an ended session signs in again and never answers. */
  async ask<Variables extends object, Data>({ text }: Document<Variables, Data>, variables: Variables): Promise<Data> {
    this.#documents[text] = text;
    let answer: Answer;
    try {
      answer = await this.#shared.ask(text, variables);
    } catch {
      throw new AskError('The server cannot be reached, or did not answer in time.', 'UNREACHABLE');
    }
    const [error] = answer.errors ?? [];
    if (!error) return answer.data as Data;
    const { code = 'UNKNOWN', remedy = '' } = error.extensions ?? {};
    if (code === 'UNAUTHENTICATED') {
      await this.#leave();
      return new Promise<Data>(() => undefined);
    }
    throw new AskError(`${error.message} ${remedy}`.trim(), code);
  }
}
