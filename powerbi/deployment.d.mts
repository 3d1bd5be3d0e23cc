/** What is deployed where. */
export interface DeployOptions {
  /** The folder powerbi/. */
  readonly root: string;
  readonly workspace: string;
  readonly feed: string;
  readonly tenantId: string;
  /** Minutes. */
  readonly utcOffset?: number;
  readonly name?: string;
  readonly withReport?: boolean;
  readonly refresh?: boolean;
}

/** The ways out. */
export interface DeployServices {
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  readonly log: (line: string) => void;
  readonly tokens: { readonly fabric: string; readonly powerBi: string };
  readonly fabricUrl: string;
  readonly powerBiUrl: string;
}

export interface Part {
  readonly path: string;
  readonly payload: string;
  readonly payloadType: 'InlineBase64';
}

export class DeployError extends Error {}
export function partsOf(root: string, replace?: Readonly<Record<string, string>>): Part[];
export function faultsOf(options: Omit<DeployOptions, 'root'>): string[];
export function planOf(options: DeployOptions): string[];
export function deploy(
  options: DeployOptions,
  services: DeployServices,
): Promise<{ readonly modelId: string; readonly reportId: string | null }>;
export function requestToken(
  way: { readonly fetch: typeof fetch; readonly loginUrl: string },
  client: { readonly directory: string; readonly clientId: string; readonly secret: string },
  scope: string,
): Promise<string>;
