// Writes down what a process sends to PostgreSQL through `pg`: the statements with their values and answers, in order, on
// which connection, and which of them left together. Off until it is asked for, and then for a single request at a time.

/** Listens to every client of this copy of `pg`. `start()` begins anew, `stop()` answers what was sent since. */
export function recorderOf(pg) {
  const { query } = pg.Client.prototype;
  let sent = null;
  let flush = 0;
  let isOpen = false;
  pg.Client.prototype.query = function recorded(config, values, callback) {
    if (!sent) return query.call(this, config, values, callback);
    // Whatever is sent before the program waits for anything leaves as one flush.
    if (!isOpen) {
      isOpen = true;
      flush += 1;
      queueMicrotask(() => (isOpen = false));
    }
    if (config.statements) {
      const entries = config.statements.map(({ text, values = [] }) => ({
        connection: this.processID,
        flush,
        text,
        values: plain(values),
        rows: [],
      }));
      sent.push(...entries);
      const { done } = config;
      config.done = (results) => {
        for (const [at, { rows }] of results.entries()) entries[at].rows = plain(rows);
        done(results);
      };
      return query.call(this, config);
    }
    const isText = typeof config === 'string';
    const entry = {
      connection: this.processID,
      flush,
      text: (isText ? config : config.text) ?? '',
      values: plain(isText ? values : config.values),
      rows: [],
    };
    sent.push(entry);
    const answer = query.call(this, config, values, callback);
    answer?.then?.(
      (result) => (entry.rows = plain((Array.isArray(result) ? result.at(-1) : result).rows)),
      () => undefined,
    );
    return answer;
  };
  return {
    start: () => {
      sent = [];
      flush = 0;
    },
    stop: () => {
      const recorded = sent ?? [];
      sent = null;
      return recorded;
    },
  };
}

/** As PostgreSQL's text, so that it can be sent to another process and then to PostgreSQL again. */
function plain(value) {
  if (value === undefined) return [];
  return JSON.parse(JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner)));
}
