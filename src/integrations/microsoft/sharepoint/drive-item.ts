import { type GraphRecord, partOf, textIn } from '../graph.client.js';

/** What is kept and compared of a file or folder (learn.microsoft.com/graph/api/resources/driveitem). */
export interface DriveItem {
  readonly id: string;
  readonly name: string;
  /** For people's browsers; needs no API. */
  readonly webUrl: string;
  /** Changes with the content alone; with its own quotes. */
  readonly cTag: string;
  /** Null for a folder. */
  readonly quickXorHash: string | null;
  /** The application that changed it last; null when a person did. */
  readonly modifiedByApplication: string | null;
}

/** The properties that `driveItem` reads. */
export const ITEM_SELECT = '$select=id,name,webUrl,cTag,file,lastModifiedBy';

/** Reads Graph's driveItem. */
export function driveItem(record: GraphRecord): DriveItem {
  const by = partOf(record, 'lastModifiedBy');
  const isPerson = Object.keys(partOf(by, 'user')).length > 0;
  return {
    id: textIn(record, 'id'),
    name: textIn(record, 'name'),
    webUrl: textIn(record, 'webUrl'),
    cTag: textIn(record, 'cTag'),
    quickXorHash: textIn(partOf(partOf(record, 'file'), 'hashes'), 'quickXorHash') || null,
    modifiedByApplication: isPerson ? null : textIn(partOf(by, 'application'), 'id') || null,
  };
}

/** SharePoint rewrites Office files on upload: their bytes are not what was sent. */
export const isRewritten = (name: string): boolean => /\.(docx|xlsx|pptx)$/i.test(name);
