import ipaddr from 'ipaddr.js';
import { VendorError } from '../../core/outbox/vendor-error.js';

/** Addresses that are public by their range and belong to nobody we talk to (Azure's WireServer; reliability 6). */
const DENIED: readonly string[] = ['168.63.129.16'];

/** Ports that a vendor may listen on; anything else is a way to probe. */
const PORTS: readonly string[] = ['', '443', '8443'];

const REMEDY = "Give the vendor's public https address, such as https://example.halopsa.com.";

/** Where a request may go. */
export interface Target {
  readonly url: URL;
  /** One of this process's own simulators: plain http, and the address must be this machine's. */
  readonly isLoopback: boolean;
}

/**
 * Checks the address of a request before anything is resolved: https, a usual port, no credentials in it, no address
 * that is not public by any spelling (the WHATWG parser turns `0x7f.1` and `2130706433` into 127.0.0.1). `loopback`
 * holds the origins of this process's own simulators, given by its configuration; `hosts` the names that may be
 * reached, with everything under them, or null for any public one. VendorError REFUSED otherwise.
 */
export function checkedTarget(text: string, loopback: readonly string[], hosts: readonly string[] | null): Target {
  if (!URL.canParse(text)) throw refused('is not an address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refused('has credentials in it');
  if (loopback.includes(url.origin)) return { url, isLoopback: true };
  if (url.protocol !== 'https:') throw refused('is not https');
  if (!PORTS.includes(url.port)) throw refused(`uses port ${url.port}`);
  const literal = url.hostname.replaceAll(/^\[|\]$/g, '');
  if (ipaddr.isValid(literal) && !isPublic(literal)) throw refused('is not public');
  if (hosts && !hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))) throw notAllowed();
  return { url, isLoopback: false };
}

/** Whether an IP address is a public unicast one, also when it is written as IPv4 inside of IPv6. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && !DENIED.includes(parsed.toString());
}

/** Whether an IP address is this machine itself. */
export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/** The address to connect to; every resolved one must be allowed, so that no answer of a resolver slips one in. */
export function checkedAddress(resolved: readonly string[], wantsLoopback: boolean): string {
  const allowed = wantsLoopback ? isLoopback : isPublic;
  const [first] = resolved;
  if (first === undefined) throw refused('resolves to nothing');
  if (!resolved.every(allowed)) throw refused('resolves to an address that is not public');
  return first;
}

function notAllowed(): VendorError {
  return new VendorError('REFUSED', {
    code: 'HOST_NOT_ALLOWED',
    message: 'The host is none of the vendors known here.',
    remedy: 'Correct the address, or have the operator add the host to VENDOR_HOSTS.',
  });
}

function refused(why: string): VendorError {
  return new VendorError('REFUSED', { code: 'ADDRESS_REFUSED', message: `The address ${why}.`, remedy: REMEDY });
}
