import { IsOptional, IsUUID } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { HandoffChangeInput } from '../handoff/handoff.input.js';

@InputType({ description: 'Who leads the project.' })
export class AssignProjectLeadInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The person: an active member with a role in delivery.' })
  personId: string;
}

@InputType({ description: 'A task of the project.' })
export class ProjectTaskInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The task.' })
  taskId: string;
}

@InputType({ description: 'Who owns a task.' })
export class AssignTaskInput extends ProjectTaskInput {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The person: any active member; null leaves the task to its role.' })
  personId: string | null;
}
