/**
 * A start that cannot go on for a reason that a person can mend: a taken port, a wrong URL, a locked data folder.
 * The message is one sentence that names the thing and the remedy; the command line prints it alone, without a stack.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
