import { IsOptional, IsUUID, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'A change of the project of one handoff.' })
export class ProjectInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision of the handoff that you saw.' })
  expectedRevision: number;
}

@InputType({ description: 'Who leads the project.' })
export class AssignProjectLeadInput extends ProjectInput {
  @IsUUID()
  @Field(() => ID, { description: 'The person: an active member with a role in delivery.' })
  personId: string;
}

@InputType({ description: 'A task of the project.' })
export class ProjectTaskInput extends ProjectInput {
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
