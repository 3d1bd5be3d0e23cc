import type { MemberRole } from './configuration.words.js';

/** What the team can do in a week (document 004 "Capacity validation"). Public holidays shorten a week by themselves. */
export interface TeamCapacity {
  /** The roles that delivery plans with, such as `Network engineer`; they are not the roles by which people sign in. */
  roles: RoleCapacity[];
  /** People whose hours are counted by name, beside those of their role. */
  people?: PersonCapacity[];
}

/** The hours of a role. */
export interface RoleCapacity {
  /** Its name; case and spaces do not tell two roles apart. */
  role: string;
  /** Hours a week of everybody in it who is not under `people`, a decimal text such as `112.5`. */
  hoursPerWeek: string;
  /** The tasks of these owners are proposed for this role when a plan is drawn from a task pack. Absent: none. */
  tasksOf?: MemberRole[];
}

/** The hours of one person in one role. */
export interface PersonCapacity {
  /** Key of a person. */
  person: string;
  /** One of the roles above. */
  role: string;
  /** Hours a week, a decimal text. */
  hoursPerWeek: string;
}

/** Two names of a planning role are the same when their keys are: case and spaces do not matter. */
export const planningRoleKey = (role: string): string => role.trim().replaceAll(/\s+/g, ' ').toLowerCase();
