import { type ConfigurationFault, duplicates } from './configuration.fault.js';
import type { TenantConfiguration } from './configuration.js';
import { actingRole } from './people.faults.js';
import { pilotPolicy, rolloutThresholds } from './rollout.rules.js';

/** Thresholds that climb from phase to phase, and a pilot whose least is not above its most. */
export function rolloutFaults(configuration: Pick<TenantConfiguration, 'rollout'>): ConfigurationFault[] {
  if (!configuration.rollout) return [];
  const { weekOneBps, extendBps, weekFourBps, monthlyBps, matureBps } = rolloutThresholds(configuration);
  const climbing = [weekOneBps, extendBps, weekFourBps, monthlyBps, matureBps];
  const { least, most } = pilotPolicy(configuration);
  const order: ConfigurationFault = {
    code: 'THRESHOLD_ORDER',
    path: ['rollout', 'thresholds'],
    message: `The thresholds fall from one phase to the next: ${climbing.join(', ')}.`,
    remedy:
      'Let weekOneBps, extendBps, weekFourBps, monthlyBps and matureBps each be as high as the one before or higher.',
  };
  const size: ConfigurationFault = {
    code: 'PILOT_SIZE',
    path: ['rollout', 'pilot'],
    message: `The pilot takes at least ${least} and at most ${most} deals.`,
    remedy: 'Set most to least or more.',
  };
  return [
    ...(climbing.some((bps, index) => index > 0 && bps < climbing[index - 1]!) ? [order] : []),
    ...(least > most ? [size] : []),
  ];
}

/** Courses told apart by key, and roles that somebody holds and that act. */
export function trainingFaults({
  people,
  training,
}: Pick<TenantConfiguration, 'people' | 'training'>): ConfigurationFault[] {
  if (!training) return [];
  const keys = training.courses.map(({ key }, index) => ({
    path: ['training', 'courses', index, 'key'],
    identity: key,
  }));
  return [
    ...duplicates('course', keys),
    ...training.certify.flatMap((role, index) => actingRole(people, role, ['training', 'certify', index])),
  ];
}
