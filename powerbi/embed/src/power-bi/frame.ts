import type { Embed, Report } from 'powerbi-client';
import type { PowerBi } from '../data.js';
import { element } from '../dom.js';
import { isDue, renewalIn } from '../pure/renewal.js';

/** What a report is shown with. */
export interface Ready {
  readonly reportId: string;
  readonly embedUrl: string;
  readonly token: string;
  readonly expiresAt: string;
}

/** What a report is shown with, when it can be. */
export function readyOf({ kind, reportId, embedUrl, token, expiresAt }: PowerBi): Ready | null {
  if (kind !== 'READY' || reportId === null || embedUrl === null || token === null || expiresAt === null) return null;
  return { reportId, embedUrl, token, expiresAt };
}

/** What a shown report needs of the page. */
export interface FrameOptions {
  readonly ready: Ready;
  readonly title: string;
  /** A new token, or why there is none. */
  readonly renew: () => Promise<Ready | string>;
  /** The report cannot be shown, or no longer. */
  readonly failed: (code: string) => void;
  readonly loaded: () => void;
}

/** How long a report may take to come up. */
const LOAD_WITHIN = 20_000;
/** How long to wait after a renewal that did not work. */
const RETRY_AFTER = 30_000;

/** A report in its frame. `stop` ends the renewal of its token. */
export interface Frame {
  readonly element: HTMLElement;
  stop(): void;
}

/** Shows a report by Microsoft's SDK, which is fetched for it. */
export function reportFrame(options: FrameOptions): Frame {
  const { title, renew, failed, loaded } = options;
  const host = element('div', { class: 'report', role: 'region', 'aria-label': title });
  let { ready } = options;
  let stopped = false;
  let report: Embed | null = null;
  let renewal: ReturnType<typeof setTimeout> | undefined;
  const patience = setTimeout(() => fail('TIMED_OUT'), LOAD_WITHIN);
  const stop = (): void => {
    stopped = true;
    clearTimeout(patience);
    clearTimeout(renewal);
    document.removeEventListener('visibilitychange', whenVisible);
  };
  const fail = (code: string): void => {
    if (stopped) return;
    stop();
    failed(code);
  };
  const renewLater = (): void => {
    clearTimeout(renewal);
    renewal = setTimeout(() => void renewNow(), renewalIn(ready.expiresAt, Date.now()));
  };
  async function renewNow(): Promise<void> {
    try {
      const next = await renew();
      if (stopped) return;
      if (typeof next === 'string') return retryUntilTheEnd(next);
      ready = next;
      await report?.setAccessToken(next.token);
      renewLater();
    } catch {
      retryUntilTheEnd('TOKEN_EXPIRED');
    }
  }
  /** What is shown stays until its token ends; until then a new one is asked for again. */
  function retryUntilTheEnd(code: string): void {
    if (Date.parse(ready.expiresAt) <= Date.now()) return fail(code);
    clearTimeout(renewal);
    renewal = setTimeout(() => void renewNow(), RETRY_AFTER);
  }
  // A sleeping tab has missed its time.
  const whenVisible = (): void => {
    if (document.visibilityState === 'visible' && isDue(ready.expiresAt, Date.now())) void renewNow();
  };
  void (async () => {
    try {
      const { service, factories, models } = await import('powerbi-client');
      if (stopped) return;
      const powerBi = new service.Service(factories.hpmFactory, factories.wpmpFactory, factories.routerFactory);
      const shown = powerBi.embed(host, {
        type: 'report',
        tokenType: models.TokenType.Embed,
        id: ready.reportId,
        embedUrl: ready.embedUrl,
        accessToken: ready.token,
        permissions: models.Permissions.Read,
        viewMode: models.ViewMode.View,
        settings: {
          panes: { filters: { visible: false }, pageNavigation: { visible: true } },
          background: models.BackgroundType.Transparent,
        },
      }) as Report;
      report = shown;
      shown.on('loaded', () => {
        clearTimeout(patience);
        loaded();
      });
      shown.on<{ message?: string }>('error', ({ detail }) => fail(detail?.message ?? 'UNKNOWN'));
      renewLater();
      document.addEventListener('visibilitychange', whenVisible);
    } catch {
      // The SDK was not there, or refuses the address: it takes Microsoft's hosts alone.
      fail('NOT_EMBEDDED');
    }
  })();
  return { element: host, stop };
}
