import { asKnown } from '../deadlines.js';
import type { History } from '../history.js';
import type { Kind, Told } from '../kinds.js';
import { settingOf } from '../tenants.js';
import { at, NO_WORKER, numberOf } from './lines.js';

/** Whether a deadline had passed at an instant, before what it waits for. */
const isMissed = (due: number | null, end: number | null, instant: number): boolean =>
  due !== null && due < instant && due < (end ?? instant);

/**
 * The score of a sign-off, by the rubric of document 004 as it stands in requirements section 5: a light handoff has no
 * meeting, so that 70 points are possible. Everything is written down; what differs are risks that nothing is done about
 * (10), the deadlines of sales (15) and the introduction (5).
 */
function scored({ tenant, calendar, looks }: Told, history: History, signedAt: number): string[] {
  const { tale, close, introduction, endedAt, pauses, submissions, returns } = history;
  const start = close === null ? null : startOf(calendar, close);
  const due = (clock: string, from: number, known: number): number | null =>
    calendar.due(settingOf(tenant, clock, tale.dealType), from, asKnown(pauses, known));
  for (const look of looks) {
    if (look.at < signedAt) continue;
    const sent = introduction && introduction.recordedAt <= look.at ? introduction.sentAt : null;
    const ended = endedAt !== null && endedAt <= look.at ? endedAt : null;
    const introducedBy = start === null ? null : due('INTRODUCTION', start, look.at);
    const voided = sent === null ? ended : null;
    const toldAt = sent === null ? voided : introduction!.recordedAt;
    const ends = [toldAt, introducedBy].filter((end) => end !== null);
    if (start !== null && ends.length === 0) continue;
    const decided = start === null ? signedAt : Math.max(signedAt, Math.min(...ends));
    if (decided > look.at) continue;
    const over = sent ?? voided;
    const inTime = start === null || (over !== null && toldAt! <= decided && over <= (introducedBy ?? Infinity));
    const known = (instants: readonly number[]): number[] => instants.filter((instant) => instant <= look.at);
    const corrections = known(returns).map((from) => {
      const end = known(submissions).find((instant) => instant >= from) ?? ended;
      return isMissed(due('RETURN_CORRECTION', from, look.at), end, decided);
    });
    const document =
      start !== null && isMissed(due('DOCUMENT_COMPLETE', start, look.at), submissions[0] ?? ended, decided);
    const isLate = document || corrections.includes(true);
    const earned = 15 + 10 + 15 + (history.mitigates ? 10 : 0) + (isLate ? 0 : 15) + (inTime ? 5 : 0);
    const total = Math.floor((earned * 100) / 70);
    const band = total >= 90 ? 'EXCELLENT' : total >= 80 ? 'GOOD' : total >= 70 ? 'ACCEPTABLE' : 'SUBSTANDARD';
    const score = [numberOf(tale), tale.owner, at(signedAt), at(decided), `${earned}/70`, total, band].join(' ');
    return [`${score} | ${at(look.at)}`];
  }
  return [];
}

function startOf(calendar: Told['calendar'], { wonAt, importedAt }: NonNullable<History['close']>): number {
  const wonOn = calendar.dateOf(wonAt);
  return calendar.dateOf(importedAt) <= wonOn ? importedAt : calendar.at(wonOn, '24:00');
}

/** The score of every sign-off: points, band, and the instant as of which it was computed. */
export const scores: Kind = {
  ...NO_WORKER,
  name: 'scores',
  expected: (told) =>
    told.histories.flatMap((history) => history.signOffs.flatMap(({ signedAt }) => scored(told, history, signedAt))),
  found: async ({ world }) => {
    const rows = await world.rows(
      `select h.number as handoff, p.handle, s.signed_at, q.scored_at, q.earned, q.possible, q.total, q.band, q.recorded_at
       from quality_score q join handoff h on h.tenant_id = $1 and h.id = q.handoff_id
       join feasibility_sign_off s on s.tenant_id = $1 and s.id = q.sign_off_id
       join person p on p.tenant_id = $1 and p.id = q.owner_id where q.tenant_id = $1 and q.cause = 'ACCEPTANCE'`,
    );
    return rows.map(({ handoff, handle, signed_at, scored_at, earned, possible, total, band, recorded_at }) => {
      const when = [signed_at, scored_at].map((instant) => at(instant as Date));
      const points = `${String(earned)}/${String(possible)}`;
      return `${[handoff, handle, ...when, points, total, band].join(' ')} | ${at(recorded_at as Date)}`;
    });
  },
  timeless: (text) => text.split(' | ')[0]!,
};
