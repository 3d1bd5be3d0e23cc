import { monitorEventLoopDelay } from 'node:perf_hooks';

const MINUTE = 60_000;
/** How often the loop is looked at, in milliseconds: what Node measures is the time from one look to the next. */
const LOOK_EVERY = 20;

/** The delay of the event loop, in seconds. */
export interface EventLoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Measures the event loop; nothing is measured before it is made. */
export class EventLoopMeter {
  private readonly histogram = monitorEventLoopDelay({ resolution: LOOK_EVERY });
  private readonly timer: NodeJS.Timeout;
  private last: EventLoopDelay | null = null;

  constructor() {
    this.histogram.enable();
    // Whoever looks, and however often: all see the same whole minute.
    this.timer = setInterval(() => {
      this.last = this.current();
      this.histogram.reset();
    }, MINUTE);
    this.timer.unref();
  }

  /** Over the last whole minute, or since the beginning before there was one. */
  delay(): EventLoopDelay {
    return this.last ?? this.current();
  }

  stop(): void {
    clearInterval(this.timer);
    this.histogram.disable();
  }

  private current(): EventLoopDelay {
    const { histogram } = this;
    // Before its first sample the histogram answers 0 or its own bounds.
    if (histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
    return {
      p50: late(histogram.percentile(50)),
      p99: late(histogram.percentile(99)),
      max: late(histogram.max),
    };
  }
}

/** How much later than due a look was, in seconds. */
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - LOOK_EVERY / 1000);
