/**
 * What can be set of the simulated Microsoft 365. Limits are the vendor's as of November 2026 and change without notice;
 * what Microsoft's documentation leaves open is marked UNVERIFIED.
 */
export interface Settings {
  /** Lifetime of an access token in seconds; Entra gives 60 to 90 minutes. */
  readonly tokenSeconds: number;
  /** SharePoint resource units a minute for one app in one tenant (1,250 for up to 1,000 licences). 0 switches it off. */
  readonly unitsPerMinute: number;
  /** Requests a second to one Teams channel or one workflow (4). 0 switches it off. */
  readonly channelRequestsPerSecond: number;
  /** Largest Teams message and Workflows payload in bytes (about 28 KB; UNVERIFIED for Graph). */
  readonly messageBytes: number;
  /** The highest Adaptive Card version that every Teams client renders. */
  readonly cardVersion: string;
  /** `run-fails`: 202, and the run fails later, as documented; `413`: refused at once (UNVERIFIED). */
  readonly oversizeWorkflow: 'run-fails' | '413';
  /** Largest simple upload in bytes (250 MB). */
  readonly simpleUploadBytes: number;
  /** Life of an unfinished upload session in minutes (UNVERIFIED). */
  readonly uploadSessionMinutes: number;
  /** Whether `PUT .../content` honours `If-Match` (UNVERIFIED: SharePoint does, the page does not list it). */
  readonly putHonoursIfMatch: boolean;
  /** Whether a path upload makes missing folders (UNVERIFIED: so off). */
  readonly pathUploadMakesFolders: boolean;
  /** For how long a new item cannot be found by path or in lists, in milliseconds (UNVERIFIED: 0). */
  readonly freshItemDelayMs: number;
  /** After what time a site grant or a consent counts, in milliseconds ("can take minutes"). */
  readonly grantDelayMs: number;
  /** Whether a change of columns makes a version, as in a library with versioning. */
  readonly columnsMakeVersions: boolean;
  /** Whether a `write` grant on a site may make columns (UNVERIFIED: so off; `owner` and `fullcontrol` may). */
  readonly writeGrantMakesColumns: boolean;
  /** How many versions are kept (500 major versions by default; administrators trim). */
  readonly keptVersions: number;
  /** Longest decoded path of an item in characters (UNVERIFIED: 400). */
  readonly pathLength: number;
  /** Which sharing links the administrator lets people make. */
  readonly linkPolicy: 'anyone' | 'organization' | 'none';
  /** Whether `http://` addresses may receive change notifications; Microsoft takes `https://` only. */
  readonly httpNotifications: boolean;
  /** How long a refresh of a model in Power BI takes, in seconds. */
  readonly refreshSeconds: number;
  /** How long a post of rows is in work, in milliseconds. */
  readonly pushMs: number;
  /** From when on no push dataset is made any more, an instant; empty for never (31 October 2027 at Microsoft). */
  readonly pushDatasetsEnd: string;
}

/** As a small tenant is set up. */
export const DEFAULT_SETTINGS: Settings = {
  tokenSeconds: 3599,
  unitsPerMinute: 1250,
  channelRequestsPerSecond: 4,
  messageBytes: 28 * 1024,
  cardVersion: '1.5',
  oversizeWorkflow: 'run-fails',
  simpleUploadBytes: 250 * 1024 * 1024,
  uploadSessionMinutes: 15,
  putHonoursIfMatch: true,
  pathUploadMakesFolders: false,
  freshItemDelayMs: 0,
  grantDelayMs: 0,
  columnsMakeVersions: true,
  writeGrantMakesColumns: false,
  keptVersions: 500,
  pathLength: 400,
  linkPolicy: 'organization',
  httpNotifications: false,
  refreshSeconds: 30,
  pushMs: 0,
  pushDatasetsEnd: '2027-11-01T00:00:00Z',
};
