import type { QueryRunner } from 'typeorm';
import {
  allowValues,
  createTenantTable,
  forbidValues,
  refuseOverEvidence,
  TablesMigration,
} from '../src/core/migration.js';

const TEMPLATES = ['QUALITY_TASK_GIVEN', 'QUALITY_TASK_OVERDUE'];
const CRITERIA = `('SUMMARY', 'STAKEHOLDER_MAP', 'COMMITMENTS', 'RISKS', 'ALL_ATTENDED', 'FULL_AGENDA', 'QUESTIONS_ANSWERED', 'WITHIN_SLA', 'INTRODUCTION')`;
const BAND = `in ('EXCELLENT', 'GOOD', 'ACCEPTABLE', 'SUBSTANDARD')`;

const person = (column: string): string => `foreign key (tenant_id, ${column}) references person (tenant_id, id)`;

/**
 * The 100-point rubric, the reviews that the system makes, spot checks, red flags, and who was told of what is due. Scores
 * and the contents of a review are frozen; each review is made once a period (unique), whatever process makes it and when.
 */
export class Quality1700000000042 extends TablesMigration {
  readonly tables = [
    'quality_score',
    'score_criterion',
    'score_amendment',
    'remediation',
    'quality_review',
    'review_item',
    'review_action',
    'spot_check_draw',
    'spot_check',
    'red_flag',
    'quality_step',
  ];

  async up(runner: QueryRunner): Promise<void> {
    await this.scores(runner);
    await this.reviews(runner);
    await this.spotChecks(runner);
    await createTenantTable(
      runner,
      'red_flag',
      `code text not null check (code in ('COMPLETION_WEEK_1', 'COMPLETION_WEEK_4', 'COMPLETION_EXTEND', 'COMPLETION_MONTHLY',
        'COMPLETION_MATURE', 'FIRST_TOUCH_LATE', 'ESCALATED_SHARE', 'OPEN_EXCEPTIONS')),
      period text not null check (length(period) between 4 and 20),
      review_id uuid not null,
      numerator int not null check (numerator >= 0),
      denominator int not null check (denominator >= 0),
      threshold int not null,
      subject_ids text not null check (subject_ids like '[%]'),
      owner_id uuid,
      raised_at timestamptz(3) not null,
      due_at timestamptz(3) not null,
      action text check (length(action) between 10 and 2000),
      acknowledged_by uuid,
      acknowledged_at timestamptz(3),
      revision int not null,
      check ((acknowledged_at is null) = (acknowledged_by is null) and (acknowledged_at is null) = (action is null)),
      unique (tenant_id, code, period),
      foreign key (tenant_id, review_id) references quality_review (tenant_id, id),
      ${person('owner_id')},
      ${person('acknowledged_by')}`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'quality_step',
      `subject_type text not null check (subject_type in ('QualityReview', 'ReviewAction', 'Remediation', 'SpotCheck', 'RedFlag')),
      subject_id uuid not null,
      step int not null check (step >= 0),
      person_id uuid not null,
      due_at timestamptz(3) not null,
      fires_at timestamptz(3) not null,
      fired_at timestamptz(3) not null,
      is_news boolean not null,
      ended_at timestamptz(3),
      check (fired_at >= fires_at),
      unique (tenant_id, subject_id, step),
      ${person('person_id')}`,
      'select, insert, update',
    );
    await runner.query('create index quality_step_person on quality_step (tenant_id, person_id, id)');
    await allowValues(runner, 'notice', 'template', TEMPLATES);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await super.down(runner);
    await forbidValues(runner, 'notice', 'template', TEMPLATES);
  }

  private async scores(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'quality_score',
      `handoff_id uuid not null,
      cause text not null check (cause in ('ACCEPTANCE', 'REMEDIATION')),
      sign_off_id uuid not null,
      owner_id uuid not null,
      delivery_manager_id uuid,
      service_template text not null,
      tier text not null,
      rule_version int not null check (rule_version > 0),
      earned int not null check (earned between 0 and 100),
      possible int not null check (possible between 1 and 100),
      total int not null check (total between 0 and 100),
      band text not null check (band ${BAND}),
      scored_at timestamptz(3) not null,
      recorded_at timestamptz(3) not null,
      check (earned <= possible and total = earned * 100 / possible),
      check (recorded_at >= scored_at),
      unique (tenant_id, id, owner_id),
      unique (tenant_id, sign_off_id, cause),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, sign_off_id) references feasibility_sign_off (tenant_id, id),
      ${person('owner_id')},
      ${person('delivery_manager_id')}`,
      'select, insert',
    );
    await runner.query('create index quality_score_handoff on quality_score (tenant_id, handoff_id, id)');
    await runner.query('create index quality_score_at on quality_score (tenant_id, scored_at)');
    await createTenantTable(
      runner,
      'score_criterion',
      `score_id uuid not null,
      criterion text not null check (criterion in ${CRITERIA}),
      points int not null check (points >= 0),
      most int not null check (most >= 0),
      reasons text not null check (reasons like '[%]'),
      sources text not null check (sources like '[%]'),
      check (points <= most),
      unique (tenant_id, score_id, criterion),
      foreign key (tenant_id, score_id) references quality_score (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'score_amendment',
      `score_id uuid not null,
      owner_id uuid not null,
      criterion text not null check (criterion in ${CRITERIA}),
      points int not null check (points between 0 and 15),
      reason text not null check (length(reason) between 10 and 2000),
      amended_by uuid not null,
      amended_at timestamptz(3) not null,
      constraint score_amendment_not_by_rep check (amended_by <> owner_id),
      foreign key (tenant_id, score_id, owner_id) references quality_score (tenant_id, id, owner_id),
      ${person('amended_by')}`,
      'select, insert',
    );
    await runner.query('create index score_amendment_score on score_amendment (tenant_id, score_id, id)');
    await createTenantTable(
      runner,
      'remediation',
      `score_id uuid not null,
      handoff_id uuid not null,
      owner_id uuid not null,
      state text not null check (state in ('OPEN', 'DONE', 'NOT_NEEDED')),
      opened_at timestamptz(3) not null,
      due_at timestamptz(3) not null,
      outcome text check (length(outcome) between 10 and 2000),
      settled_by uuid,
      settled_at timestamptz(3),
      revision int not null,
      check ((state = 'OPEN') = (settled_at is null) and (settled_at is null) = (settled_by is null)),
      constraint remediation_not_by_rep check (settled_by <> owner_id),
      unique (tenant_id, score_id),
      foreign key (tenant_id, score_id, owner_id) references quality_score (tenant_id, id, owner_id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      ${person('owner_id')},
      ${person('settled_by')}`,
      'select, insert, update',
    );
    await runner.query('create index remediation_handoff on remediation (tenant_id, handoff_id)');
  }

  private async reviews(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'quality_review',
      `kind text not null check (kind in ('WEEKLY', 'MONTHLY', 'QUARTERLY')),
      period text not null check (length(period) between 7 and 8),
      from_at timestamptz(3) not null,
      to_at timestamptz(3) not null,
      owner_id uuid,
      deputy_id uuid,
      state text not null check (state in ('OPEN', 'HELD')),
      opened_at timestamptz(3) not null,
      made_at timestamptz(3) not null,
      due_at timestamptz(3) not null,
      attendee_ids text not null check (attendee_ids like '[%]'),
      notes text check (length(notes) between 10 and 8000),
      conclusions text check (length(conclusions) between 10 and 8000),
      held_by uuid,
      held_at timestamptz(3),
      revision int not null,
      check (from_at < to_at and to_at <= opened_at and opened_at <= made_at),
      check ((state = 'HELD') = (held_at is not null) and (held_at is null) = (held_by is null)
        and (held_at is null) = (notes is null) and (held_at is null) = (conclusions is null)),
      unique (tenant_id, kind, period),
      ${person('owner_id')},
      ${person('deputy_id')},
      ${person('held_by')}`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'review_item',
      `review_id uuid not null,
      position int not null check (position > 0),
      topic text not null check (topic ~ '^[A-Z_]{3,40}$'),
      handoff_id uuid,
      subject_type text,
      subject_id uuid,
      label text check (length(label) between 1 and 200),
      figures text not null check (figures like '{%}'),
      erosion_minor bigint,
      erosion_bps int,
      currency text check (currency ~ '^[A-Z]{3}$'),
      check ((erosion_minor is null) = (currency is null)),
      check ((subject_id is null) = (subject_type is null)),
      unique (tenant_id, review_id, position),
      foreign key (tenant_id, review_id) references quality_review (tenant_id, id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'review_action',
      `review_id uuid not null,
      text text not null check (length(text) between 5 and 2000),
      owner_id uuid not null,
      state text not null check (state in ('OPEN', 'DONE')),
      opened_by uuid not null,
      opened_at timestamptz(3) not null,
      due_on date not null,
      due_at timestamptz(3) not null,
      outcome text check (length(outcome) between 5 and 2000),
      done_by uuid,
      done_at timestamptz(3),
      revision int not null,
      check ((state = 'DONE') = (done_at is not null) and (done_at is null) = (done_by is null)
        and (done_at is null) = (outcome is null)),
      foreign key (tenant_id, review_id) references quality_review (tenant_id, id),
      ${person('owner_id')},
      ${person('opened_by')},
      ${person('done_by')}`,
      'select, insert, update',
    );
    await runner.query('create index review_action_review on review_action (tenant_id, review_id, id)');
    await runner.query('create index review_action_owner on review_action (tenant_id, owner_id, id)');
  }

  private async spotChecks(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'spot_check_draw',
      `period text not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
      owner_id uuid not null,
      review_id uuid not null,
      seed text not null check (length(seed) between 16 and 64),
      share_bps int not null check (share_bps between 1 and 10000),
      rows int not null check (rows > 0),
      size int not null check (size between 1 and rows),
      ids_sha256 text not null check (ids_sha256 ~ '^[0-9a-f]{64}$'),
      drawn_at timestamptz(3) not null,
      unique (tenant_id, period, owner_id),
      foreign key (tenant_id, review_id) references quality_review (tenant_id, id),
      ${person('owner_id')}`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'spot_check',
      `draw_id uuid not null,
      handoff_id uuid not null,
      owner_id uuid not null,
      delivery_manager_id uuid,
      reviewer_id uuid,
      state text not null check (state in ('OPEN', 'UNASSIGNED', 'SOUND', 'FLAWED')),
      opened_at timestamptz(3) not null,
      due_at timestamptz(3) not null,
      verdicts text not null check (verdicts like '{%}'),
      found text check (length(found) between 10 and 4000),
      checked_by uuid,
      checked_at timestamptz(3),
      revision int not null,
      check ((state in ('SOUND', 'FLAWED')) = (checked_at is not null) and (checked_at is null) = (checked_by is null)),
      constraint spot_check_not_by_part check (checked_by <> owner_id and checked_by <> delivery_manager_id
        and reviewer_id <> owner_id and reviewer_id <> delivery_manager_id),
      unique (tenant_id, draw_id, handoff_id),
      foreign key (tenant_id, draw_id) references spot_check_draw (tenant_id, id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      ${person('owner_id')},
      ${person('delivery_manager_id')},
      ${person('reviewer_id')},
      ${person('checked_by')}`,
      'select, insert, update',
    );
    await runner.query('create index spot_check_handoff on spot_check (tenant_id, handoff_id)');
    await runner.query('create index spot_check_reviewer on spot_check (tenant_id, reviewer_id, id)');
  }
}
