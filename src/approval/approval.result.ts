import { resultOf } from '../core/graphql/shapes.js';
import { ApprovalRequest } from './request.entity.js';

/** The answer of every mutation that opens or changes an approval request: its new state, or the refusal. */
export const ApprovalRequestResult = resultOf('ApprovalRequestResult', ApprovalRequest);
