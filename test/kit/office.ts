import { inflateSync } from 'node:zlib';
import { unzipSync } from 'fflate';

/** The parts of an Office file that are text, by name. */
export function partsOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  const decoder = new TextDecoder();
  return new Map(
    Object.entries(unzipSync(bytes))
      .filter(([name]) => /\.(xml|rels)$/.test(name))
      .map(([name, part]) => [name, decoder.decode(part)]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_found, name: string) => ENTITIES[name]!);

/** The texts of a part in their order: `w:t` of a document, `a:t` of a slide, `c:v` of a chart. */
export const textsIn = (xml: string, tag: 'w:t' | 'a:t' | 'c:v'): string[] =>
  [...xml.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([^<]*)</${tag}>`, 'g'))].map(([, text]) => unescaped(text!));

/** A PDF as somebody reads it who knows a little of ISO 32000: the texts of its pages, and the files inside. */
export interface ReadPdf {
  readonly text: string;
  readonly pages: number;
  readonly files: ReadonlyMap<string, Buffer>;
}

interface Stream {
  readonly dictionary: string;
  readonly bytes: Buffer;
}

/** Reads what pdfkit writes: streams, texts as hex strings in arrays of TJ, names of files as strings. */
export function readPdf(pdf: Buffer): ReadPdf {
  const objects = new Map<string, Stream | string>();
  const latin = pdf.toString('latin1');
  for (const match of latin.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [, id, body] = match as unknown as [string, string, string];
    const at = body.indexOf('stream\n');
    if (at === -1) objects.set(id, body);
    else {
      const dictionary = body.slice(0, at);
      const length = Number(/\/Length (\d+)/.exec(dictionary)![1]);
      const raw = Buffer.from(body.slice(at + 7, at + 7 + length), 'latin1');
      objects.set(id, { dictionary, bytes: dictionary.includes('/FlateDecode') ? inflateSync(raw) : raw });
    }
  }
  const streams = [...objects.values()].filter((one) => typeof one !== 'string');
  const text = streams
    .filter(({ dictionary }) => !dictionary.includes('/EmbeddedFile'))
    .map(({ bytes }) => textOf(bytes.toString('latin1')))
    .join('\n');
  const files = new Map<string, Buffer>();
  for (const object of objects.values()) {
    const found = typeof object === 'string' && /\/Type \/Filespec[\s\S]*\/EF <<[\s\S]*?\/F (\d+) 0 R/.exec(object);
    if (!found) continue;
    const name = /\/UF \(([^)]*)\)/.exec(object)?.[1] ?? /\/F \(([^)]*)\)/.exec(object)![1]!;
    files.set(name.replaceAll('\0', '').replace(/^\u00FE\u00FF/, ''), (objects.get(found[1]!) as Stream).bytes);
  }
  return { text, pages: latin.match(/\/Type \/Page\n/g)?.length ?? 0, files };
}

const WINDOWS = new TextDecoder('windows-1252');

/** The texts of a page's stream, one line a TJ. */
const textOf = (content: string): string =>
  [...content.matchAll(/\[([^\]]*)\] TJ/g)]
    .map(([, array]) =>
      [...array!.matchAll(/<([0-9a-f]*)>/g)].map(([, hex]) => WINDOWS.decode(Buffer.from(hex!, 'hex'))).join(''),
    )
    .join('\n');
