import type { Command, CommandResult } from '../core/command.js';
import type { EffectHandler, EffectResult, EffectTools } from '../core/outbox/handler.js';
import type { Queries } from '../core/statement.js';
import { alertOverdue, sampleOverrides } from './control.commands.js';

/** Runs the control for the month that an effect `control.run` names. */
export const controlRunHandler: EffectHandler = ({ payload }, tools) => {
  const { period = '', from = '', to = '' } = payload;
  return commandOf(tools, sampleOverrides, { period, from: new Date(from), to: new Date(to) });
};

/** Looks whether the items of the run that an effect `control.overdue` names were reviewed in time. */
export const controlOverdueHandler: EffectHandler = ({ payload }, tools) =>
  commandOf(tools, alertOverdue, { runId: payload.runId ?? '' });

async function commandOf<I, F extends Queries>(
  { run }: EffectTools,
  command: Command<I, F>,
  input: I,
): Promise<EffectResult> {
  const result: CommandResult = await run(command, input);
  if (result.kind === 'refused') throw new Error(`${command.name}: ${result.findings.map(({ code }) => code).join()}`);
  return { receipt: result.id, writes: [] };
}
