import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { playStory as play } from '../../src/sandbox/demo/story.js';
import type { Step } from '../../src/sandbox/demo/teller.js';
import { operation } from './operation.js';
import type { World } from './world.js';

/** A handoff that went all the way, and how. */
export interface Story {
  readonly handoffId: string;
  readonly requestId: string;
  readonly steps: readonly Step[];
}

let opportunities = 5000;

/** Plays the demo's story in process, in the world's tenant; another tenant's sales manager is the stranger. */
export async function playStory(world: World): Promise<Story> {
  const steps: Step[] = [];
  const stranger = await world.suite.tenant();
  const ended = await play({
    sample: readFileSync(resolve('samples/halopsa/managed-network-below-floor.json'), 'utf8'),
    opportunityId: ++opportunities,
    now: world.suite.clock.at,
    document: operation,
    tell: (step) => void steps.push(step),
    ask: async (persona, document, variables) => {
      const actor = persona === CAST.stranger ? await stranger.as('SALES_MANAGER') : await world.as(persona);
      return actor.graphql(document, variables);
    },
  });
  return { ...ended, steps };
}
