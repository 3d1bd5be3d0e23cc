import { handoffUrl } from '../../../handoff/handoff.link.js';

/** A button of a card. */
export interface CardLink {
  readonly title: string;
  readonly url: string;
}

/** The API's own console: where records without a page of their own are looked up. */
const CONSOLE_PATH = '/graphql';

/**
 * The button back to our own page of a handoff, or to the API's console for what has no page. It is no secret and grants
 * nothing: whoever follows it signs in and sees what their role may see.
 */
export function backLink(publicUrl: string, handoffId: string | null): CardLink {
  const url = handoffId === null ? `${publicUrl}${CONSOLE_PATH}` : handoffUrl(publicUrl, handoffId);
  return { title: 'Open in Countersign', url };
}

/** The button to the newest brief in SharePoint; none while there is none. */
export function briefLinks(url: string | null): CardLink[] {
  return url === null ? [] : [{ title: 'Open the brief', url }];
}
