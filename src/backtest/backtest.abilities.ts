import type { AbilityContribution } from '../core/ability.js';
import { Role } from '../identity/roles.js';

const { SALES_MANAGER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, FINANCE_APPROVER, AUDITOR } = Role;

/** RevOps gives the deals; both sides and whoever freezes baselines see what came of them, figures of margin by their class. */
export const backtestAbilities: AbilityContribution = (grant) => {
  for (const subject of ['Backtest', 'BacktestDeal'])
    grant([SALES_MANAGER, SERVICE_DELIVERY_LEAD, REVOPS_ADMIN, FINANCE_APPROVER, AUDITOR], 'read', subject);
  grant([REVOPS_ADMIN], 'run', 'Backtest');
  grant(['SYSTEM'], ['read', 'run'], 'Backtest');
};
