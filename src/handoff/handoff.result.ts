import { resultOf } from '../core/graphql/shapes.js';
import { Handoff } from './handoff.entity.js';

/** The answer of every mutation that changes a handoff: its new state, or the refusal. */
export const HandoffResult = resultOf('HandoffResult', Handoff);
