/** What an administrator of one directory's Power BI has allowed. */
export interface PowerBiTenant {
  /** The Entra tenant id. */
  readonly id: string;
  /** "Service principals can use Fabric APIs". */
  readonly servicePrincipals: boolean;
  /** "Semantic Model Execute Queries REST API". */
  readonly executeQueries: boolean;
}

/** A service principal profile: it belongs to its application for ever. */
export interface PowerBiProfile {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
}

/** A workspace with the applications, or profiles of them, that are its members. */
export interface PowerBiWorkspace {
  readonly id: string;
  readonly tid: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly capacity: 'SHARED' | 'PREMIUM';
}

export interface PowerBiColumn {
  readonly name: string;
  readonly dataType: string;
}

export interface PowerBiTable {
  readonly name: string;
  readonly columns: readonly PowerBiColumn[];
}

/** A semantic model: pushed, or imported by somebody. */
export interface PowerBiDataset {
  readonly id: string;
  readonly tid: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly isPush: boolean;
  readonly retention: 'None' | 'basicFIFO';
  readonly tables: readonly PowerBiTable[];
  /** Roles of row-level security; none: no identity is taken. */
  readonly roles: readonly string[];
  /** What becomes of its next refreshes. */
  readonly refreshOutcome: 'Completed' | 'Failed' | 'Disabled';
}

/** The rows of one post, in the order in which they came. */
export interface PowerBiRows {
  readonly id: string;
  readonly datasetId: string;
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface PowerBiReport {
  readonly id: string;
  readonly tid: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly datasetId: string;
}

/** A refresh of a model; whether it is still running follows from the time. */
export interface PowerBiRefreshRecord {
  readonly id: string;
  readonly datasetId: string;
  readonly refreshType: 'ViaApi' | 'ViaEnhancedApi' | 'Scheduled';
  readonly startTime: string;
  readonly endTime: string;
  readonly outcome: 'Completed' | 'Failed' | 'Disabled';
}

/** An embed token that was given out; its text is not kept. */
export interface PowerBiEmbedGrant {
  readonly id: string;
  readonly tid: string;
  readonly reportId: string;
  readonly expiration: string;
  readonly username: string | null;
  readonly customData: string | null;
  readonly roles: readonly string[];
}
