// What a server of the benchmark says to the process that started it: where it listens, and, when asked, what it sent to
// PostgreSQL for one request.

/** The settings that the parent gave. */
export const settings = JSON.parse(process.env.BENCH_SETTINGS);

/** Tells the parent that the server answers at `url`; `recorder` writes down statements (recorder.mjs). */
export function announce(url, recorder) {
  process.on('message', (message) => {
    if (message === 'record') recorder.start();
    if (message === 'recorded') process.send({ recorded: recorder.stop() });
    if (message === 'recording') process.send({ recording: true });
  });
  // The parent has gone: so does everything that it started.
  process.on('disconnect', () => process.exit(0));
  process.send({ url });
}
