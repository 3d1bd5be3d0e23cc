// Statements of one tenant as one message to PostgreSQL, prepared where they have a name, with one Sync at the end: the most
// that node-postgres can be brought to. The caller opens and ends the transaction, or leaves it to the Sync, which is the end
// of an implicit one (PostgreSQL manual, 54.2.3 and 54.2.4).
import pg from 'pg';

const PREPARED = Symbol('prepared');

/** What a client is given with `query`: pg calls the methods whose names begin with `handle`. */
class OneTrip {
  #rows = [];

  constructor(statements, resolve, reject) {
    Object.assign(this, { statements, resolve, reject });
  }

  submit(connection) {
    const known = (connection[PREPARED] ??= new Set());
    const { stream } = connection;
    stream.cork();
    try {
      for (const { name = '', text, values = [] } of this.statements) {
        if (!known.has(name)) connection.parse({ text, name, types: [] });
        if (name) known.add(name);
        connection.bind({ portal: '', statement: name, values, valueMapper: pg.utils.prepareValue });
        connection.execute({ portal: '', rows: 0 });
      }
      connection.sync();
    } finally {
      stream.uncork();
    }
    return null;
  }

  handleRowDescription() {}

  handleDataRow({ fields }) {
    this.#rows.push(fields);
  }

  handleCommandComplete() {}

  handleEmptyQuery() {}

  handlePortalSuspended() {}

  handleError(error, connection) {
    // What was prepared in a message that failed may be gone.
    connection[PREPARED] = new Set();
    this.reject(error);
  }

  handleReadyForQuery() {
    this.resolve(this.#rows);
  }
}

/** Sends `{ name, text, values }` in one round trip; the rows of all of them, as arrays of texts. */
export const oneTrip = (client, statements) =>
  new Promise((resolve, reject) => void client.query(new OneTrip(statements, resolve, reject)));
