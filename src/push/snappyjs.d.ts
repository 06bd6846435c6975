/** The package has no types of its own. */
declare module "snappyjs" {
  /** Snappy's block format. */
  export function compress(uncompressed: Uint8Array): Uint8Array<ArrayBuffer>;
  /** @throws Error for invalid data, or more than `maxLength` bytes. */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array<ArrayBuffer>;
}
