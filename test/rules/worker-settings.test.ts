import { readConfig } from '../../src/core/config.js';

const ENTRA = { ENTRA_CLIENT_ID: '5e1d7c3a-8f43-4be2-9a0e-0d7c3f2b6a11' };

it('a worker holds its effects for half a minute, and simulates nothing elsewhere, unless told otherwise', () => {
  expect(readConfig({}, '.')).toMatchObject({ leaseMs: 30_000, microsoftSimulator: null });
  const told = { WORKER_LEASE_SECONDS: '5', MICROSOFT_SIMULATOR: 'http://127.0.0.1:4000' };
  expect(readConfig(told, '.')).toMatchObject({ leaseMs: 5000, microsoftSimulator: 'http://127.0.0.1:4000' });
});

it.each<{ env: Record<string, string>; says: RegExp }>([
  { env: { WORKER_LEASE_SECONDS: '1' }, says: /WORKER_LEASE_SECONDS is "1": .* from 2 to 300/ },
  {
    env: { MICROSOFT_SIMULATOR: 'http://graph.example.com' },
    says: /MICROSOFT_SIMULATOR .* an address of this machine/,
  },
  {
    env: { ...ENTRA, MICROSOFT_SIMULATOR: 'http://127.0.0.1:4000' },
    says: /MICROSOFT_SIMULATOR is set beside an identity provider/,
  },
])('$env is refused in one sentence', ({ env, says }) => {
  expect(() => readConfig(env, '.')).toThrow(says);
});
