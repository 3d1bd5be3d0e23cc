/** What a GraphQL request answered. */
export interface Answer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

/** How a persona asks the API; the demo asks over HTTP, the tests in process. */
export type Ask = (persona: string, document: string, variables: Readonly<Record<string, unknown>>) => Promise<Answer>;

/** One finding as the API shows it. */
export interface ToldFinding {
  readonly code: string;
  readonly severity: string;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

/** One step as it went: what `npm run demo -- --json` prints a line of. */
export interface Step {
  readonly step: number;
  readonly persona: string;
  readonly operation: string;
  readonly outcome: 'DONE' | 'REFUSED' | 'DENIED' | 'READ';
  readonly findings: readonly ToldFinding[];
  readonly ids: Readonly<Record<string, string>>;
  /** What happened, for a person. */
  readonly told: string;
}

export interface TellerOptions {
  readonly ask: Ask;
  /** The text of an operation of schema/operations, by its file's name. */
  readonly document: (operation: string) => string;
  readonly tell: (step: Step) => void;
}

/** Any JSON object of an answer. */
export type Json = Readonly<Record<string, any>>; // oxlint-disable-line typescript/no-explicit-any -- the story reads what its own documents ask for

/** Plays steps, checks that each went as the story says, and tells it. */
export class Teller {
  private count = 0;

  constructor(private readonly options: TellerOptions) {}

  /** One who plays and checks the same, and tells nothing: for what was told before. */
  quiet(): Teller {
    return new Teller({ ...this.options, tell: () => undefined });
  }

  /** A query; answers its data. `told` may say what was in it. */
  async read(
    persona: string,
    operation: string,
    variables: Json,
    told: string | ((data: Json) => string) | null = null,
  ): Promise<Json> {
    const { data, errors } = await this.ask(persona, operation, variables);
    if (!data) throw new Error(`${persona} could not read ${operation}: ${errors[0]?.message ?? 'no answer'}`);
    if (told) {
      const text = typeof told === 'string' ? told : told(data);
      this.record({ persona, operation, outcome: 'READ', findings: [], ids: {}, told: text });
    }
    return data;
  }

  /** A mutation that must succeed; answers the changed record. */
  async done(
    persona: string,
    operation: string,
    input: Json,
    told: string | ((result: Json) => string),
  ): Promise<Json> {
    const result = await this.mutate(persona, operation, input);
    if (result.__typename === 'Refused') {
      const reasons = (result.findings as ToldFinding[]).map(({ code, path }) => `${code} at ${path}`);
      throw new Error(`${persona}: ${operation} was refused: ${reasons.join('; ')}`);
    }
    const text = typeof told === 'string' ? told : told(result);
    this.record({ persona, operation, outcome: 'DONE', findings: [], ids: idsOf(result), told: text });
    return result;
  }

  /** A mutation that must be refused with these codes among its findings; answers all of them. */
  async refused(
    persona: string,
    operation: string,
    input: Json,
    codes: readonly string[],
    told: string,
  ): Promise<readonly ToldFinding[]> {
    const result = await this.mutate(persona, operation, input);
    const findings = (result.findings ?? []) as ToldFinding[];
    const missing = codes.filter((code) => !findings.some((found) => found.code === code));
    if (result.__typename !== 'Refused' || missing.length > 0) {
      throw new Error(
        `${persona}: ${operation} was to be refused with ${missing.join(', ')}, and was ${JSON.stringify(result)}`,
      );
    }
    this.record({ persona, operation, outcome: 'REFUSED', findings, ids: {}, told });
    return findings;
  }

  /** A request that must end in an error with this code. */
  async denied(persona: string, operation: string, variables: Json, code: string, told: string): Promise<void> {
    const { errors } = await this.ask(persona, operation, variables);
    if (errors[0]?.extensions?.code !== code) throw new Error(`${persona}: ${operation} was to end in ${code}`);
    const finding = {
      code,
      severity: 'BLOCKING',
      path: operation,
      message: errors[0].message,
      remedy: typeof errors[0].extensions.remedy === 'string' ? errors[0].extensions.remedy : '',
    };
    this.record({ persona, operation, outcome: 'DENIED', findings: [finding], ids: {}, told });
  }

  /** Tells what was read, or done, by another way than GraphQL. */
  note(persona: string, operation: string, told: string, outcome: 'READ' | 'DONE' = 'READ'): void {
    this.record({ persona, operation, outcome, findings: [], ids: {}, told });
  }

  /** A mutation that may end either way, untold; answers the record or the refusal. */
  async mutate(persona: string, operation: string, input: Json): Promise<Json> {
    const { data, errors } = await this.ask(persona, operation, { input });
    const result = data && Object.values(data)[0];
    if (!result) throw new Error(`${persona}: ${operation} ended in an error: ${JSON.stringify(errors)}`);
    return result as Json;
  }

  private ask(persona: string, operation: string, variables: Json): Promise<Answer> {
    return this.options.ask(persona, this.options.document(operation), variables);
  }

  private record(step: Omit<Step, 'step'>): void {
    this.count += 1;
    this.options.tell({ step: this.count, ...step });
  }
}

function idsOf(result: Json): Record<string, string> {
  const key = `${String(result.__typename)[0]!.toLowerCase()}${String(result.__typename).slice(1)}Id`;
  const handoff = result.handoff as Json | undefined;
  return { [key]: String(result.id), ...(handoff ? { handoffId: String(handoff.id) } : {}) };
}
