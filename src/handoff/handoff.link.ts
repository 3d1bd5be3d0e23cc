/** Where the page of a handoff stands under the public address; its id follows. */
export const HANDOFF_PAGE_PATH = '/handoffs/';

/**
 * The address of a handoff's page, for links in vendors' systems. It is no secret and grants nothing: whoever follows it
 * signs in and sees what their role may see. `publicUrl` is the setting of that name (core/config.ts).
 */
export function handoffUrl(publicUrl: string, handoffId: string): string {
  return `${publicUrl}${HANDOFF_PAGE_PATH}${handoffId}`;
}
