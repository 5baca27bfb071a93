/** The server's own methods and what they carry, as docs/protocol.md has them. */

export const HEAT_MAP = 'ppl/heatMap';
export const PROFILE = 'ppl/profile';
export const STATUS = 'ppl/status';

/** What each request is answered with. */
export interface Answers {
  readonly [HEAT_MAP]: HeatMap;
  readonly [PROFILE]: Profile;
}

export interface WirePosition {
  readonly line: number;
  readonly character: number;
}

export interface WireRange {
  readonly start: WirePosition;
  readonly end: WirePosition;
}

/** Parameters of the notification `ppl/status`, which the server sends whenever one of them changes. */
export interface Status {
  /** What the server is doing; a newer server may know more states than this client. */
  readonly state: string;
  /** The text of the status item. */
  readonly message: string;
  readonly model: string;
  /** Empty until the model is loaded, as is `precision`. */
  readonly device: string;
  readonly precision: string;
}

export interface HeatBand {
  readonly range: WireRange;
  /** 1 (mild) to 5 (strongest). */
  readonly band: number;
  readonly surprisalBits: number;
}

export interface HeatSummary {
  readonly perplexity: number | null;
  readonly bitsPerWord: number | null;
  readonly bitsPerByte: number | null;
  readonly maxSurprisalBits: number | null;
  readonly top1Accuracy: number | null;
  readonly nWords: number;
  readonly nTokens: number;
  readonly nBytes: number;
}

export interface HeatMap {
  /** The version that the bands belong to; null if the server does not have the document. */
  readonly version: number | null;
  readonly isScored: boolean;
  /** Why there is nothing to draw. */
  readonly message: string;
  readonly bands: readonly HeatBand[];
  readonly summary: HeatSummary | null;
}

export interface ProfilePoint {
  readonly range: WireRange;
  /** Null where nothing is scored, as is `maxSurprisalBits`. */
  readonly bitsPerWord: number | null;
  readonly maxSurprisalBits: number | null;
  readonly nWords: number;
}

export interface ProfileSection {
  readonly title: string;
  /** 1 for the highest heading; 0 for what stands before the first. */
  readonly level: number;
  readonly range: WireRange;
  readonly perplexity: number | null;
  readonly bitsPerWord: number | null;
  readonly bitsPerByte: number | null;
  readonly maxSurprisalBits: number | null;
  readonly nWords: number;
  readonly nFindings: number;
}

export interface Profile {
  readonly version: number | null;
  readonly isScored: boolean;
  /** Why there is nothing to draw. */
  readonly message: string;
  readonly points: readonly ProfilePoint[];
  readonly sections: readonly ProfileSection[];
  readonly summary: HeatSummary | null;
}
