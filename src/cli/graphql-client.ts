import { StartupError } from '../core/startup-error.js';

export interface GraphQLAnswer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly {
    message: string;
    path?: readonly (string | number)[];
    extensions?: Record<string, unknown>;
  }[];
}

/** The least that a client of the API needs: one POST with a token. */
export class GraphQLClient {
  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  /** Sends a document; errors are answered, not thrown. */
  async send(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<GraphQLAnswer> {
    let response: Response;
    try {
      response = await fetch(`${this.address}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}`, ...headers },
        body: JSON.stringify({ query, variables }),
      });
    } catch {
      throw new StartupError(`No server answers at ${this.address}: start one with npm start.`);
    }
    const { data = null, errors = [] } = (await response.json()) as Partial<GraphQLAnswer>;
    return { data, errors };
  }
}
