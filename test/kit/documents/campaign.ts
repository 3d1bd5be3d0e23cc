import type { Arena, Player } from './arena.js';
import { Dice } from './dice.js';
import { type Asker, type Difference, differenceText } from './difference.js';
import { type Asked, documentOf } from './document.js';
import { shrink } from './shrink.js';

/** Differences that are told; what comes after them is only counted. */
const TOLD = 20;
/** Of those told, the ones that are shrunk, which costs some hundred requests each. */
const SHRUNK = 5;
/** Documents after which it is told how far the comparison is. */
const STEP = 100;

/** What a comparison came to. */
export interface CampaignResult {
  readonly documents: number;
  /** Answered by a plan. */
  readonly compiled: number;
  /** Answered with data and without an error. */
  readonly withData: number;
  /** How often each asker asked, and each combination of status and codes was answered. */
  readonly askers: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, number>>;
  readonly differing: number;
  /** The first of them as text, shrunk. */
  readonly differences: readonly string[];
}

/** Asks both servers of an arena and keeps count. */
export class Campaign {
  private documents = 0;
  private withData = 0;
  private compiled = 0;
  private differing = 0;
  private readonly askers = new Map<string, number>();
  private readonly answers = new Map<string, number>();
  private readonly differences: string[] = [];

  /** `tell` gets each difference when it is found, and how far it is now and then. */
  constructor(
    private readonly arena: Arena,
    private readonly tell: (text: string) => void = () => undefined,
  ) {}

  /** Asks so many generated documents, each by somebody of chance. */
  async play(seed: number, documents: number): Promise<CampaignResult> {
    for (let at = 0; at < documents; at++) {
      const { player, asked } = this.throwAt(seed + at);
      await this.compare(player.asker, asked);
      if (this.documents % STEP === 0) this.tell(`${this.documents} documents, ${this.differing} differences`);
    }
    return this.result();
  }

  /** The first generated document that is answered in two ways, or null when so many are not. */
  async firstDifference(seed: number, documents: number): Promise<Difference | null> {
    for (let at = 0; at < documents; at++) {
      const { player, asked } = this.throwAt(seed + at);
      const found = await this.arena.pair.difference(player.asker, asked);
      if (!found.isSame) return found;
    }
    return null;
  }

  /** Asks one document of both. */
  async compare(asker: Asker, asked: Asked): Promise<void> {
    const { pair, compiled } = this.arena;
    const before = compiled.app.plans?.counts.compiled ?? 0;
    const found = await pair.difference(asker, asked);
    this.compiled += (compiled.app.plans?.counts.compiled ?? 0) - before;
    this.documents++;
    const { status, body } = found.ordinary;
    const isData = status === 200 && !body.includes('"errors":[') && body.startsWith('{"data":{');
    this.withData += isData ? 1 : 0;
    const codes = isData
      ? ['data']
      : [...new Set(body.match(/"code":"[A-Z_]+"/g) ?? [])].map((one) => one.slice(8, -1));
    count(this.askers, asker.name);
    count(this.answers, `${status} ${codes.toSorted().join(' ')}`.trim());
    if (found.isSame) return;
    this.differing++;
    if (this.differences.length >= TOLD) return;
    const text = differenceText(this.differences.length < SHRUNK ? await this.shrunk(found) : found);
    this.differences.push(text);
    this.tell(text);
  }

  result(): CampaignResult {
    const { documents, compiled, withData, differing, differences } = this;
    return {
      documents,
      compiled,
      withData,
      askers: Object.fromEntries(this.askers),
      answers: Object.fromEntries([...this.answers].toSorted(([, a], [, b]) => b - a)),
      differing,
      differences,
    };
  }

  private throwAt(seed: number): { player: Player; asked: Asked } {
    const player = new Dice(seed ^ 0x5f3759df).pick(this.arena.players);
    return { player, asked: documentOf(seed, player.material) };
  }

  private async shrunk(found: Difference): Promise<Difference> {
    const { pair, schema, players } = this.arena;
    const { asker } = players.find(({ asker }) => asker.name === found.asker)!;
    let smallest = found;
    await shrink(schema, found.asked, async (asked) => {
      const again = await pair.difference(asker, asked);
      if (!again.isSame) smallest = again;
      return !again.isSame;
    });
    return smallest;
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
