import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import { formOf } from '../../src/integrations/connection/connection.forms.js';
import { connectionFindings } from '../../src/integrations/connection/connection.rules.js';
import { readEntraApp } from '../../src/core/entra-app.js';

const findingsOf = (settings: Record<string, string>): string[] => {
  const named = Object.entries(settings).map(([name, value]) => ({ name, value }));
  return connectionFindings(formOf(Vendor.TEAMS, settings), {
    baseUrl: 'https://teams.microsoft.com',
    settings: named,
    credentials: [{ name: 'webhookUrl', value: 'https://x.api.powerplatform.com/hook?sig=1' }],
  }).map(({ code, path }) => `${code} ${path}`);
};

const CHANNEL = { teamId: 'f41fcb28-e1ec-4229-9aa5-148c01a8c3f5', channelId: '19:abc@thread.tacv2' };

test.each([
  { what: 'nothing', settings: {} },
  { what: 'topics in any case', settings: { topics: 'decisions, Alerts' } },
  {
    what: 'quiet hours, a digest, a burst',
    settings: { quietHours: 'ON', digest: 'DAILY', digestAt: '16:30', burst: '5' },
  },
  { what: 'a delegated channel', settings: { delegated: 'ON', ...CHANNEL } },
])('a channel may set $what', ({ settings }) => {
  expect(findingsOf(settings as unknown as Record<string, string>)).toEqual([]);
});

test.each([
  { settings: { topics: 'DECISIONS,GOSSIP' }, says: ['CONNECTION_FIELD_INVALID settings.topics'] },
  { settings: { digestAt: '25:00' }, says: ['CONNECTION_FIELD_INVALID settings.digestAt'] },
  {
    settings: { burst: '0', burstMinutes: '1441' },
    says: ['settings.burst', 'settings.burstMinutes'].map((path) => `CONNECTION_FIELD_INVALID ${path}`),
  },
  { settings: { quietHours: 'yes' }, says: ['CONNECTION_FIELD_INVALID settings.quietHours'] },
  {
    settings: { delegated: 'ON' },
    says: ['settings.teamId', 'settings.channelId'].map((path) => `CONNECTION_FIELD_MISSING ${path}`),
  },
  { settings: { delegated: 'ON', ...CHANNEL, teamId: 'Delivery' }, says: ['CONNECTION_FIELD_INVALID settings.teamId'] },
])('what cannot be meant is refused by its name: $settings', ({ settings, says }) => {
  expect(findingsOf(settings as unknown as Record<string, string>)).toEqual(says);
});

test('the proof of the API is a secret or a certificate, and belongs to a registration', () => {
  expect(readEntraApp({}, null)).toBeNull();
  expect(readEntraApp({ ENTRA_CLIENT_SECRET: 's' }, 'app')).toEqual({ clientId: 'app', clientSecret: 's' });
  expect(() => readEntraApp({ ENTRA_CLIENT_SECRET: 's' }, null)).toThrow(/without ENTRA_CLIENT_ID/);
  expect(() => readEntraApp({ ENTRA_CLIENT_SECRET: 's', ENTRA_CERTIFICATE_FILE: 'f' }, 'app')).toThrow(/choose one/);
  expect(() => readEntraApp({ ENTRA_CERTIFICATE_FILE: '/nowhere.pem' }, 'app')).toThrow(/must be a PEM file/);
});
