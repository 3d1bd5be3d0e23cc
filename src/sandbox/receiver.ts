/**
 * Where the sandbox finds a receiver of events on this machine: `https://9000.receiver.test/hooks` stands for
 * `http://127.0.0.1:9000/hooks`, as long as the operator lists that origin in SIMULATOR_ORIGINS. `.test` belongs to nobody
 * (RFC 6761), so that no address of anybody is taken.
 */
export function simulatedReceiver(origins: readonly string[]): (url: URL) => string | null {
  return ({ protocol, hostname, port, pathname, search }) => {
    const [, number] = /^(\d{2,5})\.receiver\.test$/.exec(hostname) ?? [];
    const origin = `http://127.0.0.1:${number}`;
    return protocol === 'https:' && port === '' && origins.includes(origin) ? `${origin}${pathname}${search}` : null;
  };
}
