import { invalidRequest } from '../exchange.js';

const FORBIDDEN = /["*:<>?/\\|]/;
const RESERVED = /^(\.lock|desktop\.ini|con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

/**
 * Throws 400 for what SharePoint takes as no name (support.microsoft.com, "Restrictions and limitations in OneDrive and
 * SharePoint"). `#` and `%` are fine.
 */
export function assertName(name: string): void {
  const bad =
    name === '' ||
    FORBIDDEN.test(name) ||
    [...name].some((letter) => letter.charCodeAt(0) < 32) ||
    name !== name.trim() ||
    name.endsWith('.') ||
    name.startsWith('~$') ||
    RESERVED.test(name) ||
    name.toLowerCase().includes('_vti_');
  if (bad) throw invalidRequest('The provided name cannot contain special characters or is reserved.');
}

/** Throws 400 when the decoded path of an item would be too long. */
export function assertPathLength(names: readonly string[], longest: number): void {
  if (names.join('/').length > longest) throw invalidRequest('The specified path is too long.');
}

/** `brief.docx` becomes `brief 1.docx`, `brief 2.docx`...: the first that is free. */
export function freeName(name: string, taken: (name: string) => boolean): string {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let number = 1; ; number += 1) {
    const candidate = `${stem} ${number}${ending}`;
    if (!taken(candidate)) return candidate;
  }
}
