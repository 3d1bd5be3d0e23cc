const RESERVED = /^(\.lock|desktop\.ini|con|prn|aux|nul|com\d|lpt\d)$/i;
const LONGEST = 80;

/**
 * A name that SharePoint takes for a folder, from what people or other systems call something: what it forbids becomes a
 * hyphen (support.microsoft.com, "Restrictions and limitations in OneDrive and SharePoint").
 */
export function folderName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replaceAll(/["*:<>?/\\|#%\p{C}]+/gu, '-')
    .replaceAll(/_vti_/gi, '-vti-')
    .replaceAll(/\s+/g, ' ');
  const name = [...plain]
    .slice(0, LONGEST)
    .join('')
    .replaceAll(/^[\s~$]+|[\s.]+$/g, '');
  return name === '' || RESERVED.test(name) ? `_${name}` : name;
}

/** A path below a library, each segment encoded: `#` or `?` would cut the address. */
export const encodedPath = (names: readonly string[]): string => names.map(encodeURIComponent).join('/');
