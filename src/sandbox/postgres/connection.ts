import { Client } from 'pg';

/** Connects, does one piece of work and disconnects, whatever comes of it. */
export async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // Without a listener a lost connection would end this process; the query that it hits is rejected anyway.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
