import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A message by its field numbers: numbers, doubles (as bytes), and messages or texts as bytes. */
export type Message = ReadonlyMap<number, readonly (bigint | number | Uint8Array)[]>;

/** Reads any message, without its definition. */
export function decode(bytes: Uint8Array): Message {
  const fields = new Map<number, (bigint | number | Uint8Array)[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value = read(reader, type);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

function read(reader: BinaryReader, type: WireType): bigint | number | Uint8Array {
  if (type === WireType.Varint) return BigInt(reader.int64());
  if (type === WireType.LengthDelimited) return reader.bytes();
  if (type === WireType.Bit64) return new Uint8Array(new BigUint64Array([BigInt(reader.fixed64())]).buffer);
  throw new Error(`Found wire type ${type}`);
}

const bytesOf = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());

/** The messages of a field. */
export function messages(message: Message, field: number): readonly Message[] {
  return (message.get(field) ?? []).map((value) => decode(bytesOf(value)));
}

export function texts(message: Message, field: number): readonly string[] {
  return (message.get(field) ?? []).map((value) => new TextDecoder().decode(bytesOf(value)));
}

export function double(message: Message, field: number): number | undefined {
  const [value] = message.get(field) ?? [];
  return value instanceof Uint8Array ? new Float64Array(Uint8Array.from(value).buffer)[0] : undefined;
}

/** A fixed 64 bit number. */
export function fixed(message: Message, field: number): bigint | undefined {
  const [value] = message.get(field) ?? [];
  return value instanceof Uint8Array ? new BigUint64Array(Uint8Array.from(value).buffer)[0] : undefined;
}

export function number(message: Message, field: number): number | undefined {
  const [value] = message.get(field) ?? [];
  return typeof value === "bigint" ? Number(value) : undefined;
}

/** Packed varints. */
export function packed(message: Message, field: number): readonly number[] {
  const reader = new BinaryReader(bytesOf(message.get(field)?.[0]));
  const found: number[] = [];
  while (reader.pos < reader.len) found.push(reader.uint32());
  return found;
}
