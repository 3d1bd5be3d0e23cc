import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MicrosoftWorld } from '../world.js';

const LIFE_MS = 3_600_000;

/** The `tempauth` of a pre-authenticated download address: names the bytes, holds for an hour, cannot be made up. */
export function downloadTicket(world: MicrosoftWorld, blob: string, name: string): string {
  const claims = Buffer.from(JSON.stringify([blob, name, world.now().getTime() + LIFE_MS])).toString('base64url');
  return `${claims}.${sign(world, claims)}`;
}

/** What a ticket stands for; null for a false or an expired one. */
export function redeemTicket(world: MicrosoftWorld, ticket: string): { blob: string; name: string } | null {
  const [claims = '', signature = ''] = ticket.split('.');
  const right = Buffer.from(sign(world, claims));
  const given = Buffer.from(signature);
  if (right.length !== given.length || !timingSafeEqual(right, given)) return null;
  const [blob, name, until] = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as [string, string, number];
  return until > world.now().getTime() ? { blob, name } : null;
}

function sign(world: MicrosoftWorld, claims: string): string {
  return createHmac('sha256', world.ticketKey).update(claims).digest('base64url');
}
