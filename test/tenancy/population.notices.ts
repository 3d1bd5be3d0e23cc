import { pino } from 'pino';
import { Role } from '../../src/identity/roles.js';
import { setNoticePreference } from '../../src/notice/notice.commands.js';
import { NoticeDelivery } from '../../src/notice/notice.entity.js';
import { NoticePlanner } from '../../src/notice/notice.planner.js';
import type { World } from '../kit/world.js';

/** Notes what people should be told of the tenant's story, and lets two of them say how they want it. */
export async function populateNotices(world: World): Promise<void> {
  const { suite, tenantId } = world;
  for (const role of [Role.SALES_MANAGER, Role.REVOPS_ADMIN]) {
    const persona = await world.as(role);
    await persona.done(setNoticePreference, { delivery: NoticeDelivery.DIGEST, quietHours: true, dailyMails: 5 });
  }
  const planner = new NoticePlanner({
    gateway: suite.gateway,
    present: () => suite.clock.now(),
    tenants: async () => [tenantId],
    deliver: async () => 0,
    log: pino({ level: 'silent' }),
  });
  await planner.pass();
}
