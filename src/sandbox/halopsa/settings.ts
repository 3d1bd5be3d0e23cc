/** An API application of the instance (facts 3.1): what it may do is what it and its agent's role may do, both. */
export interface HaloApplication {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `SERVICES` is "Client ID and Secret (Services)"; `PASSWORD` looks like it in the screen and gives no token for it. */
  readonly method: 'SERVICES' | 'PASSWORD';
  /** The agent that it acts as. */
  readonly agentId: number;
  /** Scopes that the application allows; `all` is every one. */
  readonly scopes: readonly string[];
  /** Scopes that the agent's role allows. What the token has and the role has not is refused with 403. */
  readonly agentScopes: readonly string[];
  /** Fields of tickets that this agent may not write: dropped in silence, with 200. */
  readonly silentFields: readonly string[];
}

/** What is asked of a token, by what is called. */
export type ScopeKey = 'tickets' | 'quotations' | 'customers' | 'agents' | 'configuration' | 'webhooks';

/** What a webhook's body looks like (facts 3.4: there is no canonical payload). */
export type PayloadStyle = 'TICKET' | 'OBJECT_ID' | 'TICKET_ID' | 'FAULT_ID' | 'ID' | 'BATCH';

/**
 * How this instance behaves. What the facts mark as reported from live use or unconfirmed is a setting, so that the
 * connector can be tried both ways; docs/sandbox-halopsa.md lists them with their sources.
 */
export interface HaloSettings {
  /** Rows a page at most: a larger `page_size` is cut to this in silence. */
  readonly pageCap: number;
  /** Rows where no page is asked for. */
  readonly defaultRows: number;
  /** Requests in a rolling window, all clients of the instance together. */
  readonly rateLimit: number;
  readonly rateWindowSeconds: number;
  /** How a 429 says when to come again. */
  readonly retryAfter: 'NONE' | 'SECONDS' | 'DATE';
  readonly tokenSeconds: number;
  /** Whether `tenant` must go with a token request, as on cloud instances. */
  readonly tenantParameter: 'REQUIRED' | 'OPTIONAL';
  readonly applications: readonly HaloApplication[];
  /** Which scope each group of calls asks for; the prefix `read:` or `edit:` is added by the verb. */
  readonly scopes: Readonly<Record<ScopeKey, string>>;
  /** Whether one posted record is answered as an object or as a list of one. */
  readonly reply: 'OBJECT' | 'ARRAY';
  /** Whether an object is taken where the API asks for an array. */
  readonly singleObjectBody: boolean;
  /** In a batch, a record that cannot be taken: left out of a 200, or a 400 after those before it were done. */
  readonly badRecordInBatch: 'LEAVE_OUT' | 'STOP';
  /** Filters that this version knows nothing of: ignored in silence. */
  readonly ignoredFilters: readonly string[];
  /** New tickets are missing from lists for so long, in milliseconds. */
  readonly listLagMs: number;
  /** Whether lists carry `third_party_id_string`. */
  readonly thirdPartyIdInLists: boolean;
  /** What stands for no date: `1899-12-30T00:00:00`, `0001-01-01T00:00:00`, or null. */
  readonly emptyDate: string | null;
  /** Minutes that the instance's times are ahead of UTC. */
  readonly utcOffsetMinutes: number;
  /** Under which key each list stands; null is a bare array. */
  readonly listKeys: Readonly<Record<string, string | null>>;
  /** Puts the Won outcome behind HaloPSA's own approval, decided by this agent; null is no approval. */
  readonly wonApproverAgentId: number | null;
  /** The codes of `result` of an approval. */
  readonly approvalResults: { readonly pending: number; readonly approved: number; readonly rejected: number };
  /** A custom field that the Won outcome asks for, null for none. A status write through the API passes it by. */
  readonly wonNeedsField: string | null;
  /** Whether the project type's default template adds tasks of its own, unless the client says otherwise. */
  readonly defaultTemplate: boolean;
  readonly payload: PayloadStyle;
  /** Pause before a webhook is sent, in milliseconds. */
  readonly webhookDelayMs: number;
  /** Seed of chance, for faults that happen now and then. */
  readonly seed: number;
}

/** The application that the sample instances have. */
export const SAMPLE_APPLICATION: HaloApplication = {
  clientId: '5e1d7c3a-8f43-4be2-9a0e-0d7c3f2b6a11',
  clientSecret: 'sandbox-halopsa-secret',
  method: 'SERVICES',
  agentId: 90,
  scopes: ['all'],
  agentScopes: ['all'],
  silentFields: [],
};

/** An instance as the facts describe a cloud one. */
export const DEFAULT_SETTINGS: HaloSettings = {
  pageCap: 100,
  defaultRows: 50,
  rateLimit: 700,
  rateWindowSeconds: 300,
  retryAfter: 'SECONDS',
  tokenSeconds: 3600,
  tenantParameter: 'REQUIRED',
  applications: [SAMPLE_APPLICATION],
  scopes: {
    tickets: 'tickets',
    quotations: 'tickets',
    customers: 'customers',
    agents: 'agents',
    configuration: 'tickets',
    webhooks: 'webhooks',
  },
  reply: 'OBJECT',
  singleObjectBody: false,
  badRecordInBatch: 'LEAVE_OUT',
  ignoredFilters: [],
  listLagMs: 0,
  thirdPartyIdInLists: false,
  emptyDate: '1899-12-30T00:00:00',
  utcOffsetMinutes: 0,
  listKeys: {
    tickets: 'tickets',
    actions: 'actions',
    quotations: 'quotes',
    clients: 'clients',
    sites: 'sites',
    users: 'users',
    agents: 'agents',
    statuses: 'statuses',
  },
  wonApproverAgentId: null,
  approvalResults: { pending: 0, approved: 1, rejected: 2 },
  wonNeedsField: null,
  defaultTemplate: true,
  payload: 'TICKET',
  webhookDelayMs: 0,
  seed: 1,
};

/**
 * Settings with some of them changed. Throws a RangeError that names a setting that does not exist or is of another
 * type, so that a mistyped one in a test or on the command line is noticed.
 */
export function changeSettings(settings: HaloSettings, patch: Partial<HaloSettings>): HaloSettings {
  const model: Readonly<Record<string, unknown>> = { ...DEFAULT_SETTINGS };
  for (const [name, value] of Object.entries(patch)) {
    if (!Object.hasOwn(model, name)) throw new RangeError(`There is no setting ${name}.`);
    const nullable = name === 'emptyDate' || name === 'wonApproverAgentId' || name === 'wonNeedsField';
    if (nullable ? value !== null && typeof value === 'object' : typeof value !== typeof model[name]) {
      throw new RangeError(`The setting ${name} is a ${typeof model[name]}, not a ${typeof value}.`);
    }
  }
  return { ...settings, ...patch };
}
