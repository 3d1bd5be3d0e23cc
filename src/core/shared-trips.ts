interface Waiting<P, A> {
  readonly passenger: P;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

/** Does what all of them want in one trip, and answers each, in their order. */
export type Travel<P, A> = (together: readonly P[]) => Promise<readonly A[]>;

export interface SharedTripsOptions {
  /** As long as fewer trips than this are under way, nobody waits for company. */
  readonly few: number;
  /** How many travel together. */
  readonly most: number;
  /** Whether a trip failed by the fault of one of them: each is then taken again, alone. */
  readonly isOfOne: (error: unknown) => boolean;
}

/**
 * Trips to the same place: whoever comes while enough of them are under way waits until one is back, and then travels with
 * all others who wait. A quiet process takes everybody alone and at once; a busy one makes an eighth of the trips.
 */
export class SharedTrips<P, A> {
  private waiting: Waiting<P, A>[] = [];
  private underWay = 0;

  constructor(private readonly options: SharedTripsOptions) {}

  /** What one of them is answered; rejected with what their own trip fails with. */
  join(passenger: P, travel: Travel<P, A>): Promise<A> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ passenger, resolve, reject });
      if (this.isWorthATrip()) void this.shuttle(travel);
    });
  }

  /** With all places taken another trip leaves at once, however many are under way: the pool has the last word. */
  private isWorthATrip(): boolean {
    const { few, most } = this.options;
    return this.waiting.length >= (this.underWay < few ? 1 : most);
  }

  private async shuttle(travel: Travel<P, A>): Promise<void> {
    while (this.isWorthATrip()) {
      this.underWay += 1;
      await this.take(this.waiting.splice(0, this.options.most), travel);
      this.underWay -= 1;
    }
  }

  private async take(together: readonly Waiting<P, A>[], travel: Travel<P, A>): Promise<void> {
    try {
      const answers = await travel(together.map(({ passenger }) => passenger));
      together.forEach(({ resolve }, at) => resolve(answers[at]!));
    } catch (error) {
      if (together.length > 1 && this.options.isOfOne(error))
        await Promise.all(together.map((one) => this.take([one], travel)));
      else for (const { reject } of together) reject(error);
    }
  }
}
