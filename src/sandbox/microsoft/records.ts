/** A customer's Entra directory with what hangs on it. */
export interface Directory {
  /** The Entra tenant id. */
  readonly id: string;
  readonly slug: string;
  /** `northwind-managed.sharepoint.com`. */
  readonly host: string;
  /** `northwind-managed.onmicrosoft.com`. */
  readonly domain: string;
}

/** An app registration: one for all customers. */
export interface AppRegistration {
  /** The client id. */
  readonly id: string;
  readonly displayName: string;
  readonly secrets: readonly { readonly value: string; readonly expiresAt: string | null }[];
  /** SHA-256 of the certificate in hex, and its public key as SPKI PEM. */
  readonly certificates: readonly { readonly thumbprintSha256: string; readonly publicKey: string }[];
  /** What `aud` of a token for our own API may be, for on-behalf-of. */
  readonly audiences: readonly string[];
}

/** The app in one directory: what its administrator consented to. */
export interface ServicePrincipal {
  /** `<tid>/<client id>`. */
  readonly id: string;
  /** Differs from the client id: granting a site to it is a well-known mistake. */
  readonly objectId: string;
  /** Application permissions, for example `Sites.Selected`. */
  readonly roles: readonly string[];
  /** Delegated permissions, for example `ChannelMessage.Send`. */
  readonly scopes: readonly string[];
  /** When the consent counts. */
  readonly from: string;
  /** Mailboxes that RBAC for Applications lets it send from; null for all of the directory. */
  readonly mailboxes: readonly string[] | null;
}

/** Somebody of a directory. */
export interface User {
  /** `<tid>/<oid>`. */
  readonly id: string;
  readonly tid: string;
  readonly oid: string;
  readonly name: string;
  readonly upn: string;
  /** What a sign-in of theirs asks for that no exchange of a token can give; absent for nothing. */
  readonly challenge?: 'mfa' | 'conditionalAccess' | null;
}

/** A SharePoint site; the id is the triple `host,site collection,web`. */
export interface Site {
  readonly id: string;
  readonly tid: string;
  readonly host: string;
  /** `sites/delivery`. */
  readonly path: string;
  readonly name: string;
  readonly createdAt: string;
}

/** A document library: a drive and the list behind it. */
export interface Library {
  /** The drive's id, `b!...`. */
  readonly id: string;
  readonly siteId: string;
  readonly listId: string;
  /** `Documents`. */
  readonly name: string;
  /** The path segment in web addresses, `Shared Documents`. */
  readonly folder: string;
  readonly rootId: string;
  readonly createdAt: string;
}

/** What an administrator gave the app on a site, or on one library of it. */
export interface Grant {
  readonly id: string;
  readonly siteId: string;
  /** Null for the whole site. */
  readonly listId: string | null;
  readonly appId: string;
  readonly roles: readonly string[];
  readonly from: string;
}

/** A column of a library. */
export interface Column {
  readonly id: string;
  readonly listId: string;
  readonly name: string;
  readonly displayName: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'dateTime' | 'choice';
  readonly choices: readonly string[];
  readonly indexed: boolean;
}

/** Bytes of a file at one time. */
export interface Version {
  /** `3.0`. */
  readonly id: string;
  readonly at: string;
  readonly by: By;
  readonly size: number;
  /** SHA-256 in hex: the name under which the store keeps the bytes. */
  readonly blob: string;
  readonly hash: string;
}

/** Who did it. */
export interface By {
  readonly kind: 'user' | 'application';
  readonly id: string;
  readonly name: string;
}

/** A folder or a file. */
export interface Item {
  readonly id: string;
  readonly driveId: string;
  readonly parentId: string | null;
  readonly guid: string;
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly createdAt: string;
  readonly createdBy: By;
  readonly modifiedAt: string;
  readonly modifiedBy: By;
  /** Counts changes of content or metadata. */
  readonly eTag: number;
  /** Counts changes of content. */
  readonly cTag: number;
  /** Newest first; empty for a folder. */
  readonly versions: readonly Version[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly links: readonly Link[];
  readonly checkedOutBy: By | null;
  /** Somebody has it open: 423 for everybody else. */
  readonly openBy: By | null;
  readonly deleted: boolean;
  /** From when paths and lists show it. */
  readonly shownFrom: string;
  /** Where it stands in the library's sequence of changes. */
  readonly change: number;
  /** The number in the list, as `listItem.id`. */
  readonly number: number;
}

/** A sharing link. */
export interface Link {
  readonly id: string;
  readonly type: string;
  readonly scope: string;
  readonly appId: string;
}

/** An unfinished upload. */
export interface UploadSession {
  readonly id: string;
  readonly driveId: string;
  readonly parentId: string;
  readonly name: string;
  /** The item that it replaces, when it was there at the start. */
  readonly itemId: string | null;
  readonly behaviour: string;
  readonly deferCommit: boolean;
  readonly by: By;
  readonly expiresAt: string;
  /** SHA-256 of each range received, in order. */
  readonly parts: readonly { readonly blob: string; readonly size: number }[];
  readonly total: number | null;
}

/** A Teams channel. */
export interface Channel {
  /** `19:...@thread.tacv2`. */
  readonly id: string;
  readonly tid: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly name: string;
}

/** What stands in a channel, by whatever way it came. */
export interface Message {
  /** Milliseconds since 1970, unique in the channel. */
  readonly id: string;
  readonly channelId: string;
  readonly replyTo: string | null;
  readonly at: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
  readonly from: By;
  readonly subject: string | null;
  readonly importance: string;
  readonly html: string;
  readonly contentType: string;
  readonly attachments: readonly MessageAttachment[];
  readonly mentions: readonly unknown[];
  /** The workflow that posted it; null for Graph. */
  readonly workflowId: string | null;
}

/** An attachment with its content as the text in which Graph keeps it. */
export interface MessageAttachment {
  readonly id: string;
  readonly contentType: string;
  readonly content: string;
}

/** A Power Automate flow "When a Teams webhook request is received" that posts to a channel. */
export interface Workflow {
  readonly id: string;
  readonly tid: string;
  readonly channelId: string;
  readonly host: string;
  readonly signature: string;
  readonly state: 'on' | 'off' | 'deleted';
}

/** What came of one accepted request: seen in Power Automate alone, never by the caller. */
export interface WorkflowRun {
  readonly id: string;
  readonly workflowId: string;
  readonly at: string;
  readonly state: 'Succeeded' | 'Failed';
  readonly reason: string | null;
  readonly messageId: string | null;
}

/** A mail that was accepted. */
export interface Mail {
  readonly id: string;
  readonly tid: string;
  readonly from: string;
  readonly at: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
  readonly contentType: string;
  /** The sender's own headers (x-...) by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who wants to know of changes in a library. */
export interface Subscription {
  readonly id: string;
  readonly tid: string;
  readonly appId: string;
  readonly driveId: string;
  readonly resource: string;
  readonly changeType: string;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly clientState: string | null;
  readonly expiresAt: string;
}
