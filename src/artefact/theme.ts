/** The one restrained look of all four artefacts: colours as RRGGBB, without a hash sign. */
export const COLOUR = {
  ink: '1B2733',
  muted: '5B6875',
  line: 'D5DBE1',
  band: 'F3F6F8',
  accent: '0B5C7A',
  accentSoft: 'DCEAF0',
  good: '2E7D4F',
  warn: 'B26A00',
  bad: 'B3382C',
  paper: 'FFFFFF',
} as const;

/** Fonts that Office has and LibreOffice replaces by ones of the same measures. */
export const FONT = { body: 'Calibri', mono: 'Courier New' } as const;

/** Text that XML 1.0 and a standard PDF font can hold, on one line, without the characters that turn its direction. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu, '')
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .trim();
}

/** Text of at most so many characters; what is cut off ends in an ellipsis. */
export function clipped(text: string, most: number): string {
  const letters = [...plain(text)];
  return letters.length <= most
    ? letters.join('')
    : `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
