import { textOf } from './values.js'; /** An answer that is no success: status and the text that the vendor would show. */
export class HaloRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'HaloRefusal';
  }
}

/** 400: what was sent cannot be taken. */
export function badRequest(message: string): HaloRefusal {
  return new HaloRefusal(400, message);
}

/** 404: there is no such record (any more). */
export function notFound(what: string, id: unknown): HaloRefusal {
  return new HaloRefusal(404, `There is no ${what} ${textOf(id)}.`);
}
