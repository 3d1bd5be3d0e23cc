import { BACKTEST_READ } from '../../backtest/backtest.message.js';
import type { EffectHandlers } from '../../core/outbox/handler.js';
import { HANDOFF_STATUS } from '../../handoff/status.message.js';
import { PROVISION_PROJECT } from '../../project/provision.message.js';
import { actualsHandler } from './actuals.handler.js';
import { HALOPSA_ACTUALS } from './actuals.message.js';
import { approvalHandler } from './approval.handler.js';
import { backtestDealHandler, backtestReadHandler, HALOPSA_BACKTEST } from './backtest.handler.js';
import { HALOPSA_APPROVAL, HALOPSA_NOTE, HALOPSA_REVERT } from './win.message.js';
import { winHandler } from './win.handler.js';
import { intakeHandler } from './intake.handler.js';
import { HALOPSA_INTAKE } from './intake.message.js';
import { HALOPSA_SWEEP, sweepHandler } from './sweep.handler.js';
import { HaloAgents } from './halopsa.agents.js';
import type { HaloPsa } from './halopsa.client.js';
import { projectHandler } from './project.handler.js';
import { projectSweepHandler } from './project-sweep.handler.js';
import { HALOPSA_PROJECTS } from './project-sweep.message.js';
import { HALOPSA_PROJECT, HALOPSA_STATUS, HALOPSA_TASK, provisionHandler, statusHandler } from './provision.plan.js';
import { haloStatusHandler } from './status.handler.js';
import { taskHandler } from './task.handler.js';

/** What the worker does for HaloPSA, by the kind of the effect. */
export function haloHandlers(halopsa: HaloPsa): EffectHandlers {
  const agents = new HaloAgents();
  return {
    [PROVISION_PROJECT]: provisionHandler,
    [HANDOFF_STATUS]: statusHandler,
    [HALOPSA_PROJECT]: projectHandler(halopsa, agents),
    [HALOPSA_TASK]: taskHandler(halopsa, agents),
    [HALOPSA_STATUS]: haloStatusHandler(halopsa),
    [HALOPSA_INTAKE]: intakeHandler(halopsa),
    [HALOPSA_NOTE]: winHandler(halopsa, false),
    [HALOPSA_REVERT]: winHandler(halopsa, true),
    [HALOPSA_APPROVAL]: approvalHandler(halopsa),
    [HALOPSA_SWEEP]: sweepHandler(halopsa),
    [HALOPSA_PROJECTS]: projectSweepHandler(halopsa),
    [HALOPSA_ACTUALS]: actualsHandler(halopsa),
    [BACKTEST_READ]: backtestReadHandler(halopsa),
    [HALOPSA_BACKTEST]: backtestDealHandler(halopsa),
  };
}
