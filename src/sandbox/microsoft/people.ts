import { Refusal } from './exchange.js';
import type { By, Column, Item, Library, ServicePrincipal, User, Workflow } from './records.js';
import { SANDBOX_APP } from './constants.js';
import { withVersion } from './sharepoint/content.js';
import { lifecycle } from './sharepoint/subscriptions.js';
import type { Tree } from './sharepoint/tree.js';
import type { MicrosoftWorld } from './world.js';

const PERSON: By = { kind: 'user', id: '11111111-1111-4111-8111-111111111111', name: 'Dana of Delivery' };

/** What people do in SharePoint and Teams, and administrators in their consoles: beside the API, without its permissions. */
export class People {
  constructor(
    private readonly world: MicrosoftWorld,
    private readonly tree: Tree,
  ) {}

  /** Somebody saves other bytes into a document. `path` is below the library's root. */
  editDocument(tid: string, path: string, content: Buffer | string): void {
    const { item } = this.#find(tid, path);
    this.tree.put(withVersion(this.world, item, Buffer.from(content), PERSON));
  }

  /** Somebody renames a document or folder. */
  rename(tid: string, path: string, name: string): void {
    const { item } = this.#find(tid, path);
    this.tree.put({ ...item, name, eTag: item.eTag + 1, modifiedBy: PERSON, modifiedAt: this.world.stamp() });
  }

  /** Somebody moves a document or folder into another folder. */
  move(tid: string, path: string, folder: string): void {
    const { item } = this.#find(tid, path);
    const { item: parent } = this.#find(tid, folder);
    this.tree.put({
      ...item,
      parentId: parent.id,
      eTag: item.eTag + 1,
      modifiedBy: PERSON,
      modifiedAt: this.world.stamp(),
    });
  }

  /** Somebody deletes a document, or a folder with all that stands in it. */
  remove(tid: string, path: string): void {
    const { item } = this.#find(tid, path);
    this.tree.put({ ...item, deleted: true });
  }

  /** Somebody opens a document (423 for everybody else), or closes it. */
  hold(tid: string, path: string, open: boolean): void {
    const { item } = this.#find(tid, path);
    this.tree.put({ ...item, openBy: open ? PERSON : null });
  }

  /** Somebody deletes the site. */
  deleteSite(tid: string): void {
    this.world.store.drop('site', this.#library(tid).siteId);
  }

  /** A site owner makes a column. */
  addColumn(tid: string, name: string, kind: Column['kind']): void {
    const { listId } = this.#library(tid);
    const id = this.world.newGuid();
    this.world.store.put('column', { id, listId, name, displayName: name, kind, choices: [], indexed: false });
  }

  /** Somebody answers a message in the channel. Answers the reply's id. */
  reply(tid: string, messageId: string, text: string): string {
    const message = this.world.store.get('message', messageId);
    const channel = message && this.world.store.get('channel', message.channelId);
    if (!message || channel?.tid !== tid) throw unknown('message');
    const id = this.world.newMessageId();
    this.world.store.put('message', {
      ...message,
      id,
      replyTo: message.id,
      at: this.world.now().toISOString(),
      from: PERSON,
      subject: null,
      html: text,
      contentType: 'text',
      attachments: [],
      mentions: [],
      workflowId: null,
    });
    return id;
  }

  /** Where the buttons of a message's cards lead: what somebody who answers a card opens in the browser. */
  buttons(messageId: string): { title: string; url: string }[] {
    const message = this.world.store.get('message', messageId);
    if (!message) throw unknown('message');
    return message.attachments.flatMap(({ content }) => openUrls(JSON.parse(content)));
  }

  /** An administrator changes what the app may; tokens that are out keep what they had. Null takes the app away. */
  consent(tid: string, change: Partial<Pick<ServicePrincipal, 'roles' | 'scopes' | 'mailboxes'>> | null): void {
    const id = `${tid}/${SANDBOX_APP.clientId}`;
    const principal = this.world.store.get('principal', id);
    if (change === null) return this.world.store.drop('principal', id);
    const fresh = { id, objectId: this.world.newGuid(), roles: [], scopes: [], mailboxes: null };
    const from = new Date(this.world.now().getTime() + this.world.settings.grantDelayMs).toISOString();
    this.world.store.put('principal', { ...fresh, ...principal, ...change, from });
  }

  /** A policy asks this person for an interactive sign-in; null ends it. */
  challenge(tid: string, oid: string, challenge: User['challenge']): void {
    const user = this.world.store.get('user', `${tid}/${oid}`);
    if (!user) throw unknown('person');
    this.world.store.put('user', { ...user, challenge: challenge ?? null });
  }

  /** The owner of the team deletes the channel, which the flow of a webhook does not notice. */
  deleteChannel(tid: string): void {
    const channel = this.world.store.all('channel').find((one) => one.tid === tid);
    if (!channel) throw unknown('channel');
    this.world.store.drop('channel', channel.id);
  }

  /** A SharePoint administrator grants the site, or one library of it, to an application; none of the roles revokes. */
  grantSite(tid: string, roles: readonly string[], more: { appId?: string; libraryOnly?: boolean } = {}): void {
    const { siteId, listId } = this.#library(tid);
    const appId = more.appId ?? SANDBOX_APP.clientId;
    for (const grant of this.world.store.all('grant')) {
      if (grant.siteId === siteId && grant.appId === appId) this.world.store.drop('grant', grant.id);
    }
    if (roles.length === 0) return;
    const id = this.world.newGuid();
    const from = this.world.now().toISOString();
    this.world.store.put('grant', { id, siteId, listId: more.libraryOnly ? listId : null, appId, roles, from });
  }

  /** The owner turns the flow off or on, or deletes it. */
  setWorkflow(tid: string, state: Workflow['state']): void {
    const workflow = this.world.store.all('workflow').find((one) => one.tid === tid);
    if (!workflow) throw unknown('workflow');
    this.world.store.put('workflow', { ...workflow, state });
  }

  /** Every token that is out answers 401 from now on. */
  revokeTokens(tid: string): void {
    for (const [text, token] of this.world.tokens) if (token.tid === tid) this.world.tokens.delete(text);
  }

  /** The app's secret expires, or is replaced. */
  setSecret(value: string, expiresAt: string | null): void {
    const app = this.world.store.get('app', SANDBOX_APP.clientId);
    if (!app) throw unknown('application');
    this.world.store.put('app', { ...app, secrets: [{ value, expiresAt }] });
  }

  /** A certificate is added to the app's registration. */
  addCertificate(thumbprintSha256: string, publicKey: string): void {
    const app = this.world.store.get('app', SANDBOX_APP.clientId);
    if (!app) throw unknown('application');
    const certificate = { thumbprintSha256: thumbprintSha256.toLowerCase(), publicKey };
    this.world.store.put('app', { ...app, certificates: [...app.certificates, certificate] });
  }

  /** SharePoint forgets the unfinished uploads. */
  loseUploadSessions(tid: string): void {
    const { id } = this.#library(tid);
    for (const session of this.world.store.all('session')) {
      if (session.driveId === id) this.world.store.drop('session', session.id);
    }
  }

  /** Every delta link that is out answers 410 from now on. */
  expireDeltaLinks(): void {
    this.world.deltaEpoch += 1;
  }

  /** Graph sends a lifecycle event of a subscription. */
  sendLifecycle(subscriptionId: string, event: string): Promise<void> {
    return lifecycle(this.world, subscriptionId, event);
  }

  /** The text of a document as it stands. */
  read(tid: string, path: string): Buffer {
    const [version] = this.#find(tid, path).item.versions;
    if (!version) throw unknown('file');
    return this.world.store.bytes(version.blob);
  }

  #library(tid: string): Library {
    const site = this.world.store.all('site').find((one) => one.tid === tid);
    const library = this.world.store.all('library').find((one) => one.siteId === site?.id);
    if (!library) throw unknown('site');
    return library;
  }

  #find(tid: string, path: string): { library: Library; item: Item } {
    const library = this.#library(tid);
    const item = this.tree.walk(this.tree.item(library, 'root'), path.split('/').filter(Boolean));
    if (!item) throw unknown('document');
    return { library, item };
  }
}

function openUrls(card: unknown): { title: string; url: string }[] {
  if (Array.isArray(card)) return card.flatMap(openUrls);
  if (typeof card !== 'object' || card === null) return [];
  const { type, title, url } = card as Record<string, unknown>;
  const own = type === 'Action.OpenUrl' ? [{ title: String(title), url: String(url) }] : [];
  return [...own, ...Object.values(card).flatMap(openUrls)];
}

function unknown(what: string): Refusal {
  return new Refusal(404, 'itemNotFound', `The sandbox has no such ${what}.`);
}
