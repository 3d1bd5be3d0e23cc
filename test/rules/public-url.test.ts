import { readConfig, withAddress } from '../../src/core/config.js';
import { handoffUrl } from '../../src/handoff/handoff.link.js';

const OIDC = { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'api' };

it.each([
  { env: {}, address: 'http://127.0.0.1:4000', url: 'http://127.0.0.1:4000' },
  { env: { PORT: '4100' }, address: 'http://127.0.0.1:4100', url: 'http://127.0.0.1:4100' },
  { env: { PORT: '0' }, address: 'http://127.0.0.1:54321', url: 'http://127.0.0.1:54321' },
  { env: { PORT: '0', PUBLIC_URL: 'https://c.example.com/' }, address: 'http://x:1', url: 'https://c.example.com' },
  { env: { PUBLIC_URL: 'https://example.com/countersign/' }, address: '', url: 'https://example.com/countersign' },
  { env: { PUBLIC_URL: 'http://localhost:8080' }, address: '', url: 'http://localhost:8080' },
])('links begin with $url', ({ env, address, url }) => {
  expect(withAddress(readConfig(env as Record<string, string>, '.'), address).publicUrl).toBe(url);
});

it.each([
  { text: 'http://countersign.example.com', sentence: /^PUBLIC_URL is ".*": it must be an https address/ },
  { text: 'countersign.example.com', sentence: /^PUBLIC_URL is ".*": it must be an https address/ },
  { text: 'https://user:secret@example.com', sentence: /^PUBLIC_URL is ".*": write it as https:/ },
  { text: 'https://example.com/?tenant=1', sentence: /^PUBLIC_URL is ".*": write it as https:/ },
  { text: 'javascript:alert(1)', sentence: /^PUBLIC_URL is ".*": it must be an https address/ },
])('$text is no public address', ({ text, sentence }) => {
  expect(() => readConfig({ PUBLIC_URL: text }, '.')).toThrow(sentence);
});

it('a link to a handoff names it and nothing else', () => {
  expect(handoffUrl('https://c.example.com', '0190')).toBe('https://c.example.com/handoffs/0190');
});

it.each([
  { env: {}, on: true },
  { env: { SAMPLE_CONNECTIONS: 'off' }, on: false },
  { env: OIDC, on: false },
  { env: { ENTRA_CLIENT_ID: '6f1c2c0e-4a51-4b0f-9d7e-0c5e5a4db0c5' }, on: false },
  { env: { DATABASE_URL: 'postgresql://u@db/x' }, on: false },
])('with $env samples are connected: $on', ({ env, on }) => {
  expect(readConfig(env as Record<string, string>, '.').sampleConnections).toBe(on);
});

it.each([{ env: OIDC }, { env: { DATABASE_URL: 'postgresql://u@db/x' } }])(
  'real people or a real database are never wired to simulators: $env',
  ({ env }) => {
    const read = () => readConfig({ ...(env as Record<string, string>), SAMPLE_CONNECTIONS: 'on' }, '.');
    expect(read).toThrow(/^SAMPLE_CONNECTIONS is on beside/);
  },
);
