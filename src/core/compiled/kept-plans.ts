/** What is kept of an operation; it grows with the fields that were looked at so far. */
interface Weighty {
  readonly selections: { readonly fields: number };
}

/** Plans by their keys. When there are too many, or of too many fields together, those used longest ago go first. */
export class KeptPlans<P extends Weighty> {
  private readonly plans = new Map<string, P>();

  constructor(
    private readonly most: number,
    private readonly mostFields: number,
  ) {}

  /** How many there are. */
  get size(): number {
    return this.plans.size;
  }

  /** The plan of the key, made when it is not there. */
  of(key: string, make: () => P): P {
    const known = this.plans.get(key);
    if (known) this.plans.delete(key);
    else this.makeRoom();
    const plan = known ?? make();
    this.plans.set(key, plan);
    return plan;
  }

  private makeRoom(): void {
    let fields = 0;
    for (const plan of this.plans.values()) fields += plan.selections.fields;
    for (const [key, plan] of this.plans) {
      if (this.plans.size < this.most && fields <= this.mostFields) return;
      this.plans.delete(key);
      fields -= plan.selections.fields;
    }
  }
}
