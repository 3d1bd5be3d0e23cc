import { VendorError } from '../../src/core/outbox/vendor-error.js';
import { faultOfTransport, NotSent } from '../../src/integrations/http/fault.rules.js';
import { MOST_SENT, repeatAfterMs, type Sent } from '../../src/integrations/http/repeat.rules.js';

const NOW = new Date('2026-11-23T14:00:00.000Z');

const asked = { vendor: 'HaloPSA', isRepeatable: true };
const lost: Sent = { error: faultOfTransport(Object.assign(new Error('cut'), { code: 'ECONNRESET' }), asked) };
const unreached: Sent = { error: faultOfTransport(new NotSent('no way'), asked) };
const answered = (status: number, retryAfter?: string): Sent => ({
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});

it.each<{ what: string; sent: Sent; harmless: number | null; other: number | null }>([
  { what: 'a cut connection', sent: lost, harmless: 250, other: null },
  { what: 'nobody who listens', sent: unreached, harmless: 250, other: null },
  { what: '500', sent: answered(500), harmless: 250, other: null },
  { what: '503', sent: answered(503), harmless: 250, other: null },
  { what: '503 that says when', sent: answered(503, '1'), harmless: null, other: null },
  { what: '429 for a moment', sent: answered(429, '2'), harmless: 2000, other: 2000 },
  { what: '429 for longer', sent: answered(429, '4'), harmless: null, other: null },
  { what: '429 without an end', sent: answered(429), harmless: null, other: null },
  { what: '501', sent: answered(501), harmless: null, other: null },
  { what: '404', sent: answered(404), harmless: null, other: null },
  { what: '200', sent: answered(200), harmless: null, other: null },
  {
    what: 'what we refused to send',
    sent: { error: new VendorError('REFUSED', { code: 'ADDRESS_REFUSED', message: 'no', remedy: 'no' }) },
    harmless: null,
    other: null,
  },
])('after $what a harmless request goes out again in $harmless ms, another in $other', ({ sent, harmless, other }) => {
  expect(repeatAfterMs(sent, true, 1, 20, NOW)).toBe(harmless);
  expect(repeatAfterMs(sent, false, 1, 20, NOW)).toBe(other);
});

it('is sent three times in all, with growing pauses, and never after a wait that was long', () => {
  expect(repeatAfterMs(lost, true, 2, 20, NOW)).toBe(500);
  expect(repeatAfterMs(lost, true, MOST_SENT, 20, NOW)).toBeNull();
  expect(repeatAfterMs(answered(429, '1'), true, MOST_SENT, 20, NOW)).toBeNull();
  expect(repeatAfterMs(lost, true, 1, 5001, NOW)).toBeNull();
});
