import { draftBrief } from '../../src/brief/brief.effects.js';
import { briefFacts } from '../../src/brief/brief.queries.js';
import { draftFactsOf } from '../../src/brief/brief.view.js';
import { configurationOf } from '../../src/catalogue/catalogue.queries.js';
import { command, done, refused } from '../../src/core/command.js';
import { blocks } from '../../src/core/finding.js';
import { termsOf } from '../../src/deal/deal.queries.js';
import { lockHandoff } from '../../src/handoff/handoff.queries.js';
import { changeHandoff, handoffSubject } from '../../src/handoff/handoff.rules.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { eligiblePeople } from '../../src/identity/identity.queries.js';
import { planProject } from '../../src/project/plan.rules.js';
import { createProject, replanProject } from '../../src/project/project.effects.js';

/** What a submit does in project/ and brief/, without its gates. */
export const submitForTest = command({
  name: 'submitForTest',
  action: 'edit',
  subject: 'Handoff',
  facts: ({ handoffId }: { handoffId: string }) => ({
    handoff: lockHandoff(handoffId),
    ...briefFacts(handoffId),
    people: eligiblePeople(),
  }),
  decide: (facts, _input, moment) => {
    const { handoff, version, snapshot, project, baseline, baselineLines, milestones, tasks } = facts;
    const { serviceTemplate, dealType, answers, startOn } = handoff;
    const plan = planProject({
      serviceTemplate,
      dealType,
      answers,
      configuration: configurationOf(version),
      startOn: startOn ?? '2026-12-01',
      terms: termsOf(snapshot),
    });
    if (blocks(plan.findings)) return refused(plan.findings, { subject: handoffSubject(handoff.id) });
    const made = { ...facts, plan, clientName: facts.client.name, dealTitle: facts.deal.title };
    const effects =
      project && baseline
        ? replanProject({ project, milestones, tasks, baseline, baselineLines }, made, moment)
        : createProject(made, moment);
    const rows = { project: effects.project, milestones: effects.milestones, tasks: effects.tasks };
    const budget = effects.baseline
      ? { baseline: effects.baseline.baseline, baselineLines: effects.baseline.lines }
      : {};
    const brief = draftBrief(draftFactsOf({ ...facts, ...rows, ...budget }, moment.now), moment);
    return done({
      id: handoff.id,
      subject: handoffSubject(handoff.id),
      messages: brief.messages,
      writes: [...effects.statements, ...brief.statements, changeHandoff(handoff, { stage: Stage.IN_REVIEW })],
    });
  },
});
